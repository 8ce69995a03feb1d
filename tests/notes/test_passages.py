"""An item among its neighbours: what was announced as private, what goes on from a story or from a regret."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.notes.owners import UNCLEAR
from service.notes.passages import opens_private_passage
from service.notes.read import read_notes
from service.types import NoteItem, Owner

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
MET = "Met Omar Aziz at Ferrow Tiles.\n"


def items(text: str) -> list[NoteItem]:
    return list(read_notes(MET + text, now=NOW).items)


def item(part: str, text: str) -> NoteItem:
    return next(i for i in items(text) if part in i.text)


@pytest.mark.parametrize(
    "announced",
    [
        "What I don't want going anywhere:",
        "Things I won't mention:",
        "What should not go into the email:",
        "private:",
        "Private note:",
        "just for me:",
        "And only for me:",
        "To keep to myself:",
        "between us:",
        "Not for the letter:",
    ],
)
def test_what_follows_a_private_announcement_is_private_to_the_end_of_the_line(announced: str) -> None:
    notes = f"He showed me the drying racks. {announced} the town is small, and he hums. The post is one step down. Also Holt rang.\nThey fire 900 tiles a week."
    assert item("drying racks", notes).owner is Owner.THEIRS
    assert {item(part, notes).owner for part in ("the town is small", "one step down", "Holt rang")} == {Owner.PRIVATE}
    assert item("900 tiles", notes).owner is Owner.THEIRS


@pytest.mark.parametrize(
    "text",
    [
        "They keep the private kilns apart: four on the hill. The clay is red.",
        "What I don't know yet: how the clay is dug.",
        "The gallery must not be dark: the glaze has to glow.",
        "He split it between us: two kilns each.",
    ],
)
def test_ordinary_words_before_a_colon_announce_nothing(text: str) -> None:
    assert not opens_private_passage(text)


@pytest.mark.parametrize(
    "text",
    [
        "I lifted the lads off the kiln. They weren't hurt, but it could have been worse.",
        "I taught the apprentices to stack. They had never seen a gas kiln.",
        "I rebuilt the drying racks. It took a winter.",
        "I label the shelves at night, so they can see it.",
        "I told him I label the shelves in red. So they can see it at night.",
    ],
)
def test_they_of_the_candidates_story_are_not_the_interviewers_side(text: str) -> None:
    last = items(text)[-1]
    assert (last.owner, last.reason) in ((Owner.SMALL_TALK, UNCLEAR), (Owner.MINE, "says 'i'"))


def test_because_they_goes_on_from_what_stood_before() -> None:
    notes = "He said the town hears of it first. Because they walk past the yard."
    assert item("walk past", notes).reason == UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "I told him about the racks. They fire 900 tiles a week.",
        "I told him about the racks. They are moving to gas in spring.",
        "I told him about the racks. They asked how long it took.",
        "I told him about the racks. They lost two glazers last year.",
        "I told him about the racks.\nThey were founded by a brick maker.",
    ],
)
def test_they_who_speak_or_work_are_the_interviewers_side(text: str) -> None:
    assert items(text)[-1].owner is Owner.THEIRS


def test_a_remark_on_a_regret_belongs_to_it() -> None:
    notes = (
        "Spoke about the yard for a long while, and about the clay, and about the town and who lives in it and why. "
        "I forgot to mention that 14 of the 16 racks still stand. That number would have helped."
    )
    assert item("number would", notes).owner is Owner.CLARIFY


@pytest.mark.parametrize("asked", ["Why do you want to leave?", "What is your greatest weakness?", "What do you earn?"])
def test_an_answer_about_leaving_pay_or_a_weakness_stays_private(asked: str) -> None:
    notes = f"Q: {asked}\nA: said I was after earlier finishes"
    assert item("earlier finishes", notes).owner is Owner.PRIVATE


def test_an_answer_to_any_other_question_is_the_candidates() -> None:
    notes = "Q: How do you load a kiln?\nA: heavy pots below, tiles on edge"
    assert item("heavy pots", notes).owner is Owner.MINE


def test_a_deed_without_a_subject_after_ones_own_is_ones_own() -> None:
    notes = "I glazed 90 bowls for the fair. Took five weeks to fire them all."
    assert item("five weeks", notes).owner is Owner.MINE
    assert item("five weeks", notes.replace(". ", ".\n")).owner is not Owner.MINE


@pytest.mark.parametrize(
    "text",
    [
        "he asked which glaze I use and I got the name wrong",
        "test firing - ruined the first bowl, second came out lovely",
        "I said some but in fact it is ninety bowls by now",
    ],
)
def test_a_slip_of_ones_own_is_a_regret(text: str) -> None:
    assert item(text.split(" and ")[-1][-20:], text).owner is Owner.CLARIFY


def test_what_goes_on_without_a_subject_is_said_by_the_same() -> None:
    notes = "Met Omar Aziz and Lena Holt at Ferrow Tiles.\nLena runs the kiln at night. Says the bricks crack in frost."
    found = {i.text: i.speaker for i in read_notes(notes, now=NOW).items}
    assert found["Says the bricks crack in frost."] == "Lena Holt"


def test_what_one_of_a_panel_heard_is_marked_so() -> None:
    notes = "Met Omar Aziz and Lena Holt at Ferrow Tiles.\nI told Lena how I stack tiles on edge"
    own = read_notes(notes, now=NOW).items[-1]
    assert (own.owner, own.speaker, own.heard_by) == (Owner.MINE, None, "Lena Holt")


def test_a_label_of_two_words_tells_the_owner() -> None:
    assert item("worst glaze", "Me, to fix: worst glaze was the copper red").owner is Owner.CLARIFY


@pytest.mark.parametrize(
    "text",
    [
        "mock call: they liked my opening",
        "tile cutting test - fluffed the 1st try, second was neat",
        "loading the kiln, nailed it",
        "sales role-play - good, I think",
    ],
)
def test_how_a_test_task_went_is_no_topic(text: str) -> None:
    assert items(text)[-1].owner in (Owner.SMALL_TALK, Owner.PRIVATE)


def test_what_is_taken_back_is_private_with_its_correction() -> None:
    notes = "I told him I had fired 900 tiles. Not true, it was the other shift."
    assert [i.owner for i in items(notes)[-2:]] == [Owner.PRIVATE, Owner.PRIVATE]
