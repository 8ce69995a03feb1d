"""False alarms matter as much as misses: a letter that can be sent is let through."""

from __future__ import annotations

import pytest

from service.drafting.checks import check_message
from service.rubric import score_message
from service.types import Severity
from tests.drafting.checks.letters import Letter, good_letters

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


def test_there_are_at_least_a_dozen_good_letters_of_all_kinds() -> None:
    assert len(LETTERS) >= 12
    assert len({x.context.kind for x in LETTERS}) == 3
