"""The sentences that need no model: true of the facts, worded for the day they are read, with no gap where a fact is missing."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.drafting.fixed import Wordings, company_name, day_words, greeting, role_name, signature, subject
from service.drafting.openings import openings
from service.drafting.outline import SlotPurpose
from service.drafting.sentence_shapes import Shape, Topic
from service.phrases import load
from service.types import DateFact, Fact, Facts, MessageKind, Person, PersonRole, Recipient, Span, Tone

TODAY = date(2026, 11, 18)
OMAR = Recipient("Omar Aziz", "workshop manager")


def facts(notes: str = "Met Omar.", **known: object) -> Facts:
    return Facts(notes=notes, language="en", items=(), **known)  # type: ignore[arg-type]


def words(recipient: Recipient = OMAR, tone: Tone = Tone.WARM, **known: object) -> Wordings:
    return Wordings(facts(**known), recipient, tone, TODAY)


@pytest.mark.parametrize(
    ("name", "tone", "said"),
    [
        ("Omar Aziz", Tone.WARM, "Omar"),
        ("Omar Aziz", Tone.FORMAL, "Omar Aziz"),
        ("Ngọc Anh Trần", Tone.NEUTRAL, "Ngọc"),
        ("Dr Amara Okafor", Tone.WARM, "Dr Okafor"),
        ("Prof. Lim", Tone.WARM, "Prof Lim"),
    ],
)
def test_a_greeting_calls_the_reader_as_one_would(name: str, tone: Tone, said: str) -> None:
    text = greeting(words(Recipient(name), tone)).fixed
    assert text.rstrip(",").endswith(f" {said}")


@pytest.mark.parametrize("tone", list(Tone))
def test_a_greeting_without_a_name_names_nobody(tone: Tone) -> None:
    text = greeting(words(Recipient(None), tone)).fixed
    assert text.endswith(",")
    assert "None" not in text


@pytest.mark.parametrize("tone", list(Tone))
def test_the_candidates_name_stands_under_the_close(tone: Tone) -> None:
    signed = signature(words(tone=tone, people=(Person("Kit Sorensen", PersonRole.CANDIDATE),)), 4).fixed
    assert signed.splitlines()[1:] == ["Kit Sorensen"]
    assert "\n" not in signature(words(tone=tone), 4).fixed


@pytest.mark.parametrize(
    ("interview", "when"),
    [
        (TODAY, " on Wednesday"),
        (date(2026, 11, 16), " on Monday"),
        (date(2026, 11, 10), " on November 10"),
        (date(2026, 11, 30), ""),
        (None, ""),
    ],
)
def test_the_day_of_the_talk_is_named_so_that_it_stays_true(interview: date | None, when: str) -> None:
    assert words().when(DateFact(interview) if interview else None) == when


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ("decision by Nov 27", "November 27"),
        ("decision by 27 November", "27 November"),
        ("by 27/11", "27 November"),
        ("by 11/27", "November 27"),
    ],
)
def test_a_date_is_written_in_the_order_of_the_notes(notes: str, said: str) -> None:
    assert day_words(date(2026, 11, 27), notes) == said


def test_a_company_typed_in_lower_case_gets_its_capitals_and_others_stay_as_they_are() -> None:
    lower = "met omar at ferrow tiles, he runs 3 kilns"
    assert company_name(facts(lower, company=Fact("ferrow tiles", Span(12, 24)))) == "Ferrow Tiles"
    assert company_name(facts("Met Omar at eVale.", company=Fact("eVale", Span(12, 17)))) == "eVale"
    assert company_name(facts()) is None


@pytest.mark.parametrize(("read", "said"), [("glazer position", "glazer"), ("Night porter", "Night porter")])
def test_the_role_is_said_without_the_word_role(read: str, said: str) -> None:
    assert role_name(facts(role=Fact(read))) == said


LONG = st.text("abcdefgh ijk", min_size=1, max_size=90).map(lambda t: " ".join(t.split()) or "x")


@given(LONG, LONG, st.sampled_from([MessageKind.THANK_YOU, MessageKind.CHECK_IN]))
@settings(max_examples=60, deadline=None)
def test_a_subject_keeps_its_fifty_characters_whatever_the_names(company: str, role: str, kind: MessageKind) -> None:
    text = subject(kind, words(company=Fact(company), role=Fact(role)))
    assert text
    assert len(text) <= 50
    assert "{" not in text


def test_linkedin_has_no_subject() -> None:
    assert subject(MessageKind.LINKEDIN, words()) is None


def known() -> list[dict[str, object]]:
    given_ = {
        "company": Fact("Ferrow Tiles"),
        "role": Fact("glazer"),
        "interview_at": DateFact(TODAY - timedelta(days=1)),
        "decision_date": DateFact(date(2026, 11, 27)),
    }
    return [dict(chosen) for n in range(5) for chosen in itertools.combinations(given_.items(), n)]


def listed(node: object) -> list[list[str]]:
    """Every list of sentence patterns under ``node``."""
    if isinstance(node, list):
        return [node] if all(isinstance(p, str) for p in node) else []
    return [found for child in node.values() for found in listed(child)] if isinstance(node, dict) else []


@pytest.mark.parametrize("kind", ["thank_you", "check_in", "linkedin"])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_every_sentence_reads_whole_whichever_facts_are_known(kind: str, turn: int) -> None:
    for some in known():
        w = Wordings(facts(**some), OMAR, Tone.WARM, TODAY, turn)
        for patterns in listed(load("outline")[kind]):
            text = w.pick(patterns)
            assert not any(gap in text for gap in ("  ", " .", " ,", "{", "}", "None", " at .", "..")), text


def test_members_of_a_panel_are_thanked_in_other_words() -> None:
    patterns = load("outline")["thank_you"]["thanks"]["warm"]
    said = {
        Wordings(facts(company=Fact("Ferrow Tiles")), OMAR, Tone.WARM, TODAY, turn).pick(patterns) for turn in range(3)
    }
    assert len(said) == 3


def test_datetimes_are_said_by_their_day() -> None:
    assert words().when(DateFact(datetime.fromisoformat("2026-11-17T23:30:00+01:00"))) == " on Tuesday"


@pytest.mark.parametrize("purpose", [SlotPurpose.HIGHLIGHT, SlotPurpose.CONTRIBUTION, SlotPurpose.CLARIFICATION])
@pytest.mark.parametrize("shape", list(Shape))
def test_two_places_of_one_message_open_in_different_words(purpose: SlotPurpose, shape: Shape) -> None:
    topic = Topic(shape, "the move to electric kilns")
    first, second = openings(purpose, topic, 0, spoken=True), openings(purpose, topic, 1, spoken=True)
    assert sorted(first) == sorted(second)
    assert first
    assert len(first) == 1 or first[0] != second[0]


@pytest.mark.parametrize("text", ["you run 3 kilns", "you are moving to electric kilns"])
def test_openings_for_a_clause_can_be_gone_on_with(text: str) -> None:
    for opening in openings(SlotPurpose.HIGHLIGHT, Topic(Shape.CLAUSE, text), 0, spoken=True):
        assert opening
        assert not opening.endswith((".", " about you"))
