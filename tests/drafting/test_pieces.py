"""Pieces on their way to a body: what the stream shows is the body, and evidence points to its sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.drafting.pieces import Piece, assemble, evidence_of, separator
from service.types import MessageKind

TEXT = st.text("abc .é🎉", min_size=1, max_size=12).filter(str.strip)
PIECES = st.lists(
    st.tuples(TEXT, st.integers(0, 3), st.one_of(st.none(), st.sampled_from(["i1", "i2"]))), max_size=8
).map(lambda rows: [Piece(text, paragraph, item) for text, paragraph, item in sorted(rows, key=lambda r: r[1])])
KIND = st.sampled_from(list(MessageKind))


@given(PIECES, KIND)
def test_separators_and_texts_joined_are_the_body(pieces: list[Piece], kind: MessageKind) -> None:
    befores = [None, *pieces]
    assert "".join(separator(b, p, kind) + p.text for b, p in zip(befores, pieces, strict=False)) == assemble(
        pieces, kind
    )


@given(PIECES, KIND)
def test_evidence_cuts_exactly_the_sentence_that_rests_on_an_item(pieces: list[Piece], kind: MessageKind) -> None:
    body = assemble(pieces, kind)
    found = [(body[e.start : e.end], e.item_id) for e in evidence_of(pieces, kind)]
    assert found == [(p.text, p.item_id) for p in pieces if p.item_id]


@pytest.mark.parametrize(
    ("kind", "body"),
    [(MessageKind.THANK_YOU, "Hi.\n\nOne. Two.\n\nBye."), (MessageKind.LINKEDIN, "Hi. One. Two. Bye.")],
)
def test_paragraphs_stand_apart_in_a_letter_and_together_on_linkedin(kind: MessageKind, body: str) -> None:
    pieces = [Piece("Hi.", 0), Piece("One.", 1), Piece("Two.", 1), Piece("Bye.", 2)]
    assert assemble(pieces, kind) == body


def test_no_pieces_are_an_empty_body() -> None:
    assert assemble([], MessageKind.THANK_YOU) == ""
    assert evidence_of([], MessageKind.THANK_YOU) == ()
