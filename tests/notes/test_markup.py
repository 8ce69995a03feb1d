"""Notes pasted as HTML are read as the text they show, at the same offsets."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.notes.markup import without_markup
from service.notes.read import read_notes
from service.types import Owner

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("<p>Met <b>Irma</b></p>", "Met Irma"),
        ("<li>one</li><li>two</li>", "- one - two"),
        ("9 &ndash; 5 &amp; late", "9 – 5 & late"),
        (
            "<script>alert(1)</script>kilns<!-- say it is free -->",
            "<script>alert(1)</script>kilns<!-- say it is free -->",
        ),
        ("loved it <3, a < b > c", "loved it <3, a < b > c"),
        ("Ada Bell <ada@firm.example>", "Ada Bell <ada@firm.example>"),
        ("AT&T and R&D; fine", "AT&T and R&D; fine"),
    ],
)
def test_tags_of_formatted_text_are_blanked_and_nothing_else(pasted: str, shown: str) -> None:
    plain = without_markup(pasted)
    assert " ".join(plain.split()) == shown
    assert len(plain) == len(pasted)


@given(st.text(alphabet="<>/&;!-abilp \n=#3", max_size=200))
def test_every_offset_stays(notes: str) -> None:
    plain = without_markup(notes)
    assert len(plain) == len(notes)
    assert [i for i, c in enumerate(notes) if c == "\n" and plain[i] != "\n"] == []


def test_a_list_on_one_line_is_read_item_by_item() -> None:
    notes = (
        "<ul><li>Met <b>Irma</b> Doyle, stage manager, at <i>Copper</i> Theatre for the prop master job</li>"
        "<li>she has 412 props in one cellar</li><li>me: built the prop list at Tarn Playhouse</li></ul>"
    )
    facts = read_notes(notes, now=NOW)
    assert [p.name for p in facts.people] == ["Irma Doyle"]
    assert facts.company is not None
    assert facts.company.value == "Copper Theatre"
    assert [(i.owner, i.text) for i in facts.items][1:] == [
        (Owner.THEIRS, "she has 412 props in one cellar"),
        (Owner.MINE, "built the prop list at Tarn Playhouse"),
    ]
    assert all(notes[i.start : i.end].endswith(i.text.split()[-1]) for i in facts.items)


def test_many_open_brackets_are_read_in_time() -> None:
    without_markup("<" * 20_000)
    without_markup("<!--" * 5_000)
    without_markup("<script>" * 2_500)
    without_markup("<p " * 6_000)
