"""What people write when they edit a good letter, and nothing is wrong with it: no hard check may object."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.drafting.checks import check_message
from service.types import Severity
from tests.drafting.checks.letters import good_letter

P, COLD = "platform-0-thank_you", "warehouse-0-thank_you"

# letter, what stood there, what stands there instead
HONEST = [
    (P, "I am keen", "It is a change that I would love to work with. I am keen"),
    (P, "I am keen", "I am glad to come in. I am keen"),
    (P, "I am keen", "It is something that I can learn from. I am keen"),
    (P, "I am keen", "I thought about how the people would take to that. I am keen"),
    (P, "I am keen", "It is a change you can be proud of. I am keen"),
    (P, "I am keen", "I would love to help with the remaining eight services. I am keen"),
    (P, "I am keen", "I was sorry to miss Joel. I am keen"),
    (P, "I am keen", "I ran clusters for two years, so I know the feeling. I am keen"),
    (P, "I am keen", "You want the payments out next, and I would help with that. I am keen"),
    (P, "I am keen", "It is good how you pair each new joiner. I am keen"),
    (P, "I am keen", "Your engineers on call deserve that, as my own did. I am keen"),
    (COLD, "I ran the returns bay", "as I told you, I ran the returns bay"),
    (P, "Hi Priya,", "Hi Priya Raman -"),
]


@pytest.mark.parametrize(("name", "was", "now"), HONEST, ids=range(len(HONEST)))
def test_an_honest_edit_breaks_no_hard_rule(name: str, was: str, now: str) -> None:
    letter = good_letter(name)
    assert was in letter.wording.body
    wording = replace(letter.wording, body=letter.wording.body.replace(was, now))
    found = check_message(wording, letter.context)
    assert [(v.check, v.detail) for v in found if v.severity is Severity.HARD] == []
