"""Headings, however they are decorated, say whose part of the day follows, or that what follows was no part of the talk."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.notes.headings import heading_title, is_outside
from service.notes.owners import OUTSIDE
from service.notes.read import read_notes
from service.notes.segment import SegmentKind, segment
from service.types import Facts, NoteItem, Owner, PersonRole

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")


def read(notes: str) -> Facts:
    return read_notes(notes, now=NOW)


def item(text: str, notes: str) -> NoteItem:
    return next(i for i in read(notes).items if text in i.text)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("*** 10:15 Lena Orr, finance ***", "lena orr, finance"),
        (
            "---- what the foreman told me while we walked round the yard ----",
            "what the foreman told me while we walked round the yard",
        ),
        ("== Lena ==", "lena"),
        ("~~ after ~~", "after"),
        ("### Lena Orr ###", "lena orr"),
        ("++ 9:30-10:15 Lena Orr ++", "lena orr"),
        ("[ next ]", "next"),
        ("** 15:00 **", "15:00"),
    ],
)
def test_a_line_framed_by_marks_is_a_heading_without_its_time(line: str, title: str) -> None:
    assert heading_title(line, bulleted=False) == title


@pytest.mark.parametrize(
    "line", ["**they fire 900 tiles a week.**", "-- one kiln is down -- the other runs", "[x] call Lena", "[1]"]
)
def test_a_sentence_in_bold_or_between_dashes_is_no_heading(line: str) -> None:
    assert heading_title(line, bulleted=False) is None


def test_a_framed_heading_does_not_cling_to_the_sentence_before_it() -> None:
    notes = "met Lena Orr.\nI keep the firing log\n---- after lunch ----\n- they fire 900 tiles a week"
    assert [s.text for s in segment(notes) if s.kind is SegmentKind.HEADING] == ["after lunch"]


DAY = """Ferrow Tiles, works manager, Monday 16 November

*** 9:00 Lena Orr, managing director ***
- 9 kilns on 3 yards
- wants the brick kiln gone by 2028
*** 10:15 Tavish Quell-Moor, finance ***
- thinks in cost per firing
- I told him about the firing log at Holt
*** 11:30 walk round the yard, w/ charge hand Piet Snell ***
- he showed me the drying racks
*** 13:00 lunch, Lena again + the board ***
- the roof leaks over kiln 4
"""


def test_under_a_heading_that_names_one_interviewer_the_items_are_theirs() -> None:
    assert item("brick kiln", DAY).speaker == "Lena Orr"
    assert item("cost per firing", DAY).speaker == "Tavish Quell-Moor"
    assert item("firing log", DAY).owner is Owner.MINE


def test_who_was_only_met_on_the_way_keeps_their_words_from_the_interviewers() -> None:
    assert item("drying racks", DAY).speaker == "Piet Snell"
    assert [p.name for p in read(DAY).interviewers] == ["Lena Orr", "Tavish Quell-Moor"]


def test_a_heading_that_names_several_gives_its_items_to_none_of_them() -> None:
    assert item("roof leaks", DAY).speaker is None


def test_titles_are_read_inside_framed_headings() -> None:
    titles = {p.name: p.title for p in read(DAY).people}
    assert titles["Lena Orr"] == "managing director"
    assert titles["Piet Snell"] == "charge hand"


def test_a_time_and_a_place_are_no_person() -> None:
    notes = "Met Lena Orr at Ferrow Tiles.\n\n*** 14:00 Works Canteen ***\n- nine people at the long table"
    assert [p.name for p in read(notes).people] == ["Lena Orr"]


def test_initials_of_somebody_named_say_who_spoke() -> None:
    notes = "Panel: Lena Orr (managing director), Omar Aziz (kiln lead)\n- LO: nine kilns on three yards\n- OA asked about the glaze line"
    assert item("nine kilns", notes).speaker == "Lena Orr"
    assert item("glaze line", notes).speaker == "Omar Aziz"


def test_a_chief_of_people_who_was_there_is_no_recruiter() -> None:
    notes = "Ferrow Tiles, kiln lead\nHR = Petra Lowe, chief people officer\n- PL: new starters stay 22 months\n"
    assert [(p.name, p.role) for p in read(notes).people] == [("Petra Lowe", PersonRole.INTERVIEWER)]


def test_somebody_named_in_a_heading_and_in_private_still_interviewed() -> None:
    notes = "== 9:00 Lena Orr ==\n- 9 kilns on 3 yards\n\nFOR ME ONLY\n- Lena: arrogant"
    assert [p.name for p in read(notes).interviewers] == ["Lena Orr"]
    assert item("arrogant", notes).owner is Owner.PRIVATE


@pytest.mark.parametrize(
    "heading",
    [
        "what I read on the train",
        "things I looked up",
        "prep",
        "my research",
        "background",
        "from their website",
        "my questions",
        "questions to ask",
        "questions for them",
        "before the interview",
        "the schedule they mailed",
        "the agenda HR sent me",
        "invitation",
        "their email",
        "directions",
        "confirmation",
    ],
)
def test_what_was_read_or_mailed_before_is_no_part_of_the_talk(heading: str) -> None:
    notes = f"Met Omar Aziz at Ferrow Tiles.\n\n== {heading} ==\n- founded in 1961 by a brick maker\n\n== the talk ==\n- they fire 900 tiles a week"
    assert is_outside(heading)
    assert (item("founded", notes).owner, item("founded", notes).reason) == (Owner.LOGISTICS, OUTSIDE)
    assert item("900 tiles", notes).owner is Owner.THEIRS


@pytest.mark.parametrize(
    "heading", ["what they said", "research team", "the team", "prep kitchen", "questions they asked", "what I said"]
)
def test_an_ordinary_heading_is_part_of_the_talk(heading: str) -> None:
    assert not is_outside(heading)


def test_without_a_heading_after_it_a_pasted_invitation_ends_with_its_paragraph() -> None:
    notes = "their email:\nRing the bell at gate 3.\n\nOmar Aziz met me at the gate. They fire 900 tiles a week."
    assert item("Ring the bell", notes).owner is Owner.LOGISTICS
    assert item("900 tiles", notes).owner is Owner.THEIRS


def test_what_is_private_stays_private_in_what_was_read_before() -> None:
    notes = "Met Omar Aziz.\n\n== prep ==\n- salary band is 42k\n== talk ==\n- they fire 900 tiles"
    assert item("salary", notes).owner is Owner.PRIVATE


def test_for_me_only_is_still_private() -> None:
    assert item("car park", "Met Omar Aziz.\n\n*** FOR ME ONLY ***\n- the car park is far").owner is Owner.PRIVATE


def test_a_mark_before_a_page_of_spaces_is_read_at_once() -> None:
    assert heading_title("##" + " " * 1_400 + "#x", bulleted=False) is None
    assert heading_title("##" + " " * 190 + "#x", bulleted=False) is None
