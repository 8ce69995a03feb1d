"""Any text held against the notes: the same checks and criteria as for a draft, whoever wrote it."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.drafting.pipeline import Drafter
from service.drafting.scoring import score_text
from service.errors import NotesError, UnsupportedLanguage
from service.prompting.library import PromptLibrary, default_root
from service.types import DraftRequest, Given, Interview, MessageKind, Recipient, Score, Scorecard, Severity
from tests.reading_shipped import shipped

NOW = datetime.fromisoformat("2026-11-18T09:00:00+01:00")
NOTES = """Met Omar Aziz and Lena Holt at Ferrow Pots about the glazer job yesterday
- Omar fires 900 pots a week in 3 kilns
- Lena is moving the night shift to electric kilns by March
- I told them I cut breakage from 9% to 4%
- salary is low, other offer from Nordlys"""
GOOD = """Hi Omar,

Thank you for taking the time to talk with me yesterday about the glazer role at Ferrow Pots. Hearing how you fire 900 pots a week in 3 kilns has stayed with me, and I was glad to tell you how I cut breakage from 9% to 4%. I would love to bring that care to your team, and I am even more interested in the role after our talk.

Please let me know if I can send anything else that would help.

Best wishes,
Kit"""
GENERIC = """Hi Omar,

Thank you so much for your time. I enjoyed our conversation and learning more about the role and the team. I am very interested in the position and believe I would be a good fit. I look forward to hearing from you about the next steps, and I appreciate the opportunity to speak with you about the company and its goals.

Best wishes,
Kit"""


def score(body: str, kind: MessageKind = MessageKind.THANK_YOU, **more: object) -> Scorecard:
    return score_text(NOTES, kind, "Thank you", body, shipped(), now=NOW, **more)  # type: ignore[arg-type]


def hard(card: Scorecard) -> set[str]:
    return {v.rule for v in card.violations if v.severity is Severity.HARD}


def criterion(card: Scorecard, name: str) -> Score:
    return next(c for c in card.criteria if c.name == name)


def test_a_good_message_has_no_hard_violation_and_scores_above_a_generic_one() -> None:
    good, generic = score(GOOD), score(GENERIC)
    assert hard(good) == set()
    assert good.overall > generic.overall
    assert criterion(good, "specificity").passed
    assert not criterion(generic, "specificity").passed


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("900 pots", "700 pots", "G35"),
        ("Ferrow Pots", "Ferrow Tiles", "G35"),
        ("Hi Omar,", "Hi [Name],", "G36"),
        ("Hi Omar,", "Hi Omer,", "G35"),
        ("Please let me know", "The salary is low and I have another offer from Nordlys. Please let me know", "G30"),
    ],
)
def test_one_wrong_word_is_a_hard_violation_of_its_rule(before: str, after: str, rule: str) -> None:
    assert before in GOOD
    assert rule in hard(score(GOOD.replace(before, after)))


@pytest.mark.parametrize(("limit", "over"), [(200, True), (300, False)])
def test_a_linkedin_note_is_held_to_the_limit_asked_for(limit: int, over: bool) -> None:
    note = (
        "Hi Omar, thank you for your time yesterday. "
        + "I enjoyed hearing how you fire 900 pots a week in 3 kilns. " * 3
        + "Shall we connect?"
    )
    assert 200 < len(note) <= 300
    assert ("G20" in hard(score(note, MessageKind.LINKEDIN, linkedin_limit=limit))) is over


def test_the_reader_is_the_interviewer_whom_the_text_greets() -> None:
    to_lena = GOOD.replace("Hi Omar,", "Hi Lena,").replace(
        "you fire 900 pots a week in 3 kilns", "you are moving the night shift to electric kilns by March"
    )
    assert hard(score(to_lena)) == set()
    assert score(to_lena).overall == score(to_lena, recipient=Recipient("Lena Holt")).overall


def test_a_letter_that_greets_the_wrong_one_is_a_hard_violation() -> None:
    assert hard(score(GOOD, recipient=Recipient("Lena Holt")))


def test_what_the_caller_states_counts_as_known() -> None:
    body = GOOD.replace("Ferrow Pots", "Ferrow Pots International")
    assert hard(score(body))
    stated = Given(interview=Interview(company="Ferrow Pots International"))
    assert hard(score(body, given=stated)) == set()


async def test_a_draft_and_its_own_text_get_the_same_scorecard() -> None:
    request = DraftRequest(NOTES, NOW, (MessageKind.THANK_YOU, MessageKind.CHECK_IN))
    made = await Drafter(PromptLibrary.load(default_root()), lambda: None, shipped()).draft(request)
    first = [m for m in made.messages if m.recipient.name == "Omar Aziz"]
    assert len(first) == 2
    for m in first:
        again = score_text(NOTES, m.kind, m.wording.subject, m.wording.body, shipped(), now=NOW, recipient=m.recipient)
        assert again == m.scorecard


@pytest.mark.parametrize("body", ["", "   ", "🎉", "x" * 5000, "{}", "Hi"])
def test_any_text_gets_a_score_between_nought_and_one_with_reasons(body: str) -> None:
    card = score(body)
    assert 0 <= card.overall <= 1
    assert all(c.reason for c in card.criteria)
    assert not card.passed


def test_notes_that_cannot_be_read_are_refused_as_for_a_draft() -> None:
    with pytest.raises(NotesError):
        score_text("", MessageKind.THANK_YOU, None, GOOD, shipped(), now=NOW)
    with pytest.raises(UnsupportedLanguage):
        score_text(NOTES, MessageKind.THANK_YOU, None, GOOD, shipped(), now=NOW, given=Given(language="de"))
