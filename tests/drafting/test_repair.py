"""Of several wordings the first that may stand is taken; one that may not is passed over, with the reason."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.drafting.pieces import Piece, assemble
from service.drafting.repair import choose, hard_violations
from service.notes.read import read_notes
from service.rubric.context import CheckContext
from service.types import MessageKind, Recipient, Wording

NOTES = "Met Omar Aziz at Ferrow Tiles about the glazer job today.\n- he runs 3 kilns\n- salary is low, other offer from Nordlys"
FACTS = read_notes(NOTES, now=datetime.fromisoformat("2026-11-17T18:00:00+01:00"))
CONTEXT = CheckContext(kind=MessageKind.THANK_YOU, facts=FACTS, recipient=Recipient("Omar Aziz"))
HEAD = [Piece("Hi Omar,", 0), Piece("Thank you for your time today.", 1)]
TAIL = [Piece("Best wishes.", 9)]
GOOD = Piece("I enjoyed hearing that you run 3 kilns.", 2, "i2")


def settled(*options: Piece, head: list[Piece] = HEAD) -> Piece | None:
    return choose(options, head, TAIL, "Thank you", CONTEXT).piece


def test_the_first_that_may_stand_is_taken() -> None:
    other = Piece("What you said about the 3 kilns has stayed with me.", 2, "i2")
    assert settled(GOOD, other) is GOOD
    assert settled(other, GOOD) is other


@pytest.mark.parametrize(
    "bad",
    [
        "I enjoyed hearing that you run 7 kilns.",
        "My years at Google prepared me for this.",
        "Please greet Gunther Abernathy.",
        "Thank you, [Name], for the tour.",
        "The salary is lower than I hoped.",
        "I also have an offer from Nordlys.",
        "I run 3 kilns.",
        "He runs 3 kilns.",
    ],
)
def test_a_wording_that_breaks_a_hard_rule_is_passed_over_with_the_reason(bad: str) -> None:
    mended = choose([Piece(bad, 2, "i2", by_model=True), GOOD], HEAD, TAIL, "Thank you", CONTEXT)
    assert mended.piece is GOOD
    assert mended.against
    assert all(v.detail for v in mended.against)


def test_where_nothing_may_stand_nothing_does() -> None:
    assert settled(Piece("Dear [Name], 7 kilns at Google.", 2)) is None
    assert settled() is None


def test_a_fault_that_is_there_already_is_not_held_against_a_good_sentence() -> None:
    marred = [HEAD[0], Piece("Thank you for the tour, [Name].", 1)]
    assert settled(GOOD, head=marred) is GOOD


@pytest.mark.parametrize("bad", ["I enjoyed hearing that you run 7 kilns.", "Best regards to [Name]."])
def test_what_is_chosen_leaves_the_message_free_of_hard_violations(bad: str) -> None:
    chosen = settled(Piece(bad, 2), GOOD)
    assert chosen is not None
    body = assemble([*HEAD, chosen, *TAIL], MessageKind.THANK_YOU)
    assert hard_violations(Wording("Thank you", body), CONTEXT) == ()
    assert hard_violations(
        Wording("Thank you", assemble([*HEAD, Piece(bad, 2), *TAIL], MessageKind.THANK_YOU)), CONTEXT
    )
