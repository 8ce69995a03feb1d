"""What counts as right: checked on readings that are right, wrong and missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.types import DateFact, Fact, Facts, NoteItem, Owner, Person, PersonRole
from training.reader.markup import parse_set
from training.reader.measure import measured, same_name, sign_test, wilson

RECORD = parse_set(
    """porter
now: 2026-11-03T17:40+00:00
tags: telegram
took_place: yes
state: waiting
interview: 2026-11-03
decision: -
P1: Denise Okoro | interviewed | matron
P2: Kerry | arranged | -
---
[[L {F St Orrin's}, {J night porter}, {I today}. {P2 Kerry} booked it]]
- [[T:P1:3 {P1 Denise} ({t1 matron}) runs a "quiet hour"]] [[X:pay 41k min]]"""
)
NOTES = RECORD["notes"]


def _item(words: str, owner: Owner, **more: Any) -> NoteItem:
    at = NOTES.index(words)
    return NoteItem("i1", words, at, at + len(words), owner, **more)


def _facts(**more: Any) -> Facts:
    right = Facts(
        NOTES,
        "en",
        (
            _item("St Orrin's, night porter, today. Kerry booked it", Owner.LOGISTICS),
            _item('Denise (matron) runs a "quiet hour"', Owner.THEIRS, speaker="Denise Okoro"),
            _item("41k min", Owner.PRIVATE),
        ),
        (Person("Denise Okoro", PersonRole.INTERVIEWER, "matron"), Person("Kerry", PersonRole.ARRANGED)),
        Fact("St Orrin's"),
        Fact("night porter"),
        DateFact(date(2026, 11, 3)),
    )
    return replace(right, **more)


def test_a_right_reading_is_right_in_every_figure() -> None:
    counts = measured(RECORD, _facts())
    for name, values in counts.items():
        assert all(v is not any(w in name for w in ("wrong", "early", "greeted")) for v in values), name


@pytest.mark.parametrize(
    ("change", "figure", "value"),
    [
        ({"company": None}, "firm right", False),
        ({"company": None}, "firm wrong", False),
        ({"company": Fact("Kettle")}, "firm wrong", True),
        ({"people": (Person("Kerry", PersonRole.INTERVIEWER),)}, "greeted who did not interview", True),
        ({"people": ()}, "interviewers exact", False),
        ({"interview_at": DateFact(date(2026, 11, 2))}, "interview day early", True),
        ({"decision_date": DateFact(date(2026, 11, 6))}, "decision day wrong", True),
        ({"items": (_item("41k min", Owner.MINE),)}, "private kept out", False),
        ({"items": (_item("41k min", Owner.MINE, worth=0),)}, "private kept out", True),
    ],
)
def test_what_is_wrong_is_counted_as_wrong(change: dict[str, Any], figure: str, value: bool) -> None:
    assert measured(RECORD, _facts(**change))[figure] == [value]


def test_names_are_compared_without_titles_and_accents() -> None:
    assert same_name("Dr Sean O'Meara", "Seán O'Meara")
    assert same_name("Okoro", "Denise Okoro")
    assert not same_name("Tom Birch", "Tom Aldous")


def test_intervals_and_chance() -> None:
    low, high = wilson(95, 100)
    assert 0.88 < low < 0.95 < high < 0.99
    assert sign_test(5, 5) == 1
    assert sign_test(10, 0) < 0.01
