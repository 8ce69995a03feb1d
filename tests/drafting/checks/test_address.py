"""How the reader is addressed, and the day that is thanked for: what blind readers of letters would not send (G12, G35)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.drafting.checks import check_message
from service.rubric.context import CheckContext
from service.types import DateFact, MessageKind, Recipient, Wording

from .letters import make_facts

PEOPLE = [{"name": "Odhiambo Rading", "role": "interviewer"}, {"name": "Wiv", "role": "mentioned"}]
NOTES = make_facts(
    [("logistics", "met Mr Rading tue"), ("theirs", "the kiln runs at night"), ("next_step", "hear by thursday")],
    people=PEOPLE,
    interview_at=date(2026, 11, 17),
)


def seen(body: str, reader: str = "Odhiambo Rading", facts=NOTES) -> set[str]:
    context = CheckContext(MessageKind.THANK_YOU, facts, Recipient(reader))
    return {v.check for v in check_message(Wording("Thank you", f"{body}\n\nSam"), context)}


@pytest.mark.parametrize(
    ("greeting", "reported"), [("Hi Odhiambo,", True), ("Dear Mr Rading,", False), ("Dear Mr. Rading,", False)]
)
def test_the_title_that_the_notes_use_stands_in_the_greeting(greeting: str, reported: bool) -> None:
    assert ("title_dropped" in seen(f"{greeting}\n\nThank you.")) is reported


def test_a_title_behind_the_name_is_one_too() -> None:
    facts = make_facts([("theirs", "Revathi mam said 42")], people=[{"name": "Revathi", "role": "interviewer"}])
    assert "title_dropped" in seen("Hi Revathi,\n\nThank you.", "Revathi", facts)
    assert "title_dropped" not in seen("Dear Revathi mam,\n\nThank you.", "Revathi", facts)


def test_notes_without_a_title_ask_for_none() -> None:
    facts = make_facts([("theirs", "Ida: the kiln")], people=[{"name": "Ida", "role": "interviewer"}])
    assert not seen("Hi Ida,\n\nThank you.", "Ida", facts) & {"title_dropped", "small_letters", "not_an_interviewer"}


def test_a_name_in_small_letters_is_reported() -> None:
    facts = make_facts([("theirs", "kev: the board")], people=[{"name": "kev", "role": "interviewer"}])
    assert "small_letters" in seen("Hi kev,\n\nThank you.", "kev", facts)
    assert "small_letters" not in seen("Hi Kev,\n\nThank you.", "kev", facts)


def test_a_reader_who_surely_did_not_interview_is_reported_and_one_in_doubt_is_not() -> None:
    assert "not_an_interviewer" in seen("Hi Wiv,\n\nThank you.", "Wiv")
    doubted = replace(NOTES, people=tuple(replace(p, confidence=0.8) for p in NOTES.people))
    assert "not_an_interviewer" not in seen("Hi Wiv,\n\nThank you.", "Wiv", doubted)
    assert "not_an_interviewer" not in seen("Dear Mr Rading,\n\nThank you.")


@pytest.mark.parametrize(
    ("sentence", "reported"),
    [
        ("Thank you for seeing me on Thursday.", True),
        ("Thank you for seeing me on Tuesday.", False),
        ("I look forward to hearing from you on Thursday.", False),
        ("Thank you for Tuesday; I hope to hear by Thursday.", False),
    ],
)
def test_thanks_are_for_the_day_of_the_talk(sentence: str, reported: bool) -> None:
    assert ("other_day" in seen(f"Dear Mr Rading,\n\n{sentence}")) is reported


def test_a_day_that_may_mean_another_is_held_against_nobody() -> None:
    open_day = DateFact(date(2026, 11, 17), others=(date(2026, 11, 19),))
    facts = replace(NOTES, interview_at=open_day)
    assert "other_day" not in seen("Dear Mr Rading,\n\nThank you for Thursday.", facts=facts)


@pytest.mark.parametrize("greeting", ["Dear Engr. Rading,", "Kia ora Mr Rading,"])
def test_a_title_with_its_stop_and_a_greeting_of_another_land_are_read(greeting: str) -> None:
    assert not seen(f"{greeting}\n\nThank you.") & {"no_greeting", "wrong_greeting"}
