"""False alarms matter as much as misses: a letter that can be sent is let through."""

from __future__ import annotations

import pytest

from service.drafting.checks import check_message
from service.rubric import score_message
from service.rubric.context import CheckContext
from service.types import MessageKind, Recipient, Severity, Wording
from tests.drafting.checks.letters import Letter, good_letters, make_facts

LETTERS = tuple(good_letters())


@pytest.mark.parametrize("letter", LETTERS, ids=lambda x: x.name)
def test_a_good_letter_breaks_no_hard_rule(letter: Letter) -> None:
    found = check_message(letter.wording, letter.context)
    assert [v for v in found if v.severity is Severity.HARD] == []


@pytest.mark.parametrize("letter", LETTERS, ids=lambda x: x.name)
def test_a_good_letter_passes_every_criterion(letter: Letter) -> None:
    card = score_message(letter.wording, letter.context, check_message(letter.wording, letter.context))
    assert [(c.name, c.reason) for c in card.criteria if not c.passed] == []
    assert card.overall > 0.85


@pytest.mark.parametrize("noted", ["ines duarte", "INES DUARTE", "Ines Duarte"])
def test_a_reader_noted_in_small_or_capital_letters_is_greeted_in_the_usual_ones(noted: str) -> None:
    """Dictated notes have no capitals; 'Hi Ines,' was once held for a greeting of somebody else."""
    facts = make_facts(
        [["theirs", f"{noted} proofs the rye for 19 hours"]], people=[{"name": noted, "role": "interviewer"}]
    )
    context = CheckContext(MessageKind.THANK_YOU, facts, Recipient(noted))
    said = Wording("Thank you", "Hi Ines,\n\nThank you for your time.")
    assert "wrong_greeting" not in {v.check for v in check_message(said, context)}
    other = Wording("Thank you", "Hi Inez,\n\nThank you for your time.")
    assert "wrong_greeting" in {v.check for v in check_message(other, context)}


def test_there_are_at_least_a_dozen_good_letters_of_all_kinds() -> None:
    assert len(LETTERS) >= 12
    assert len({x.context.kind for x in LETTERS}) == 3
