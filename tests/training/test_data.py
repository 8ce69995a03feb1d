"""The labelled sets are the reader's source: each follows the schema, its spans hold, and no lot repeats another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from training.reader import phrases
from training.reader.data import FOLDER, lot, training_sets
from training.reader.markup import MarkupError, parse_set
from training.reader.matters import asked, put, to_mark

SCHEMA = json.loads((FOLDER.parent / "data.schema.json").read_text(encoding="utf-8"))
LOTS = sorted(FOLDER.glob("*.jsonl"))
EXAMPLE = """night-porter
now: 2026-11-03T17:40+00:00
tags: telegram
took_place: yes
state: waiting
interview: 2026-11-03
decision: -
P1: Denise Okoro | interviewed | matron
---
{F St Orrin's}, [[L {J night porter}, {I today}]]
- [[T:P1:3 {P1 Denise} ({t1 matron}) runs a "quiet hour"]] [[X:pay 41k min]]"""


@pytest.mark.parametrize("path", LOTS, ids=lambda p: p.stem)
def test_every_set_of_a_lot_follows_the_schema_and_its_spans_hold(path: Path) -> None:
    validator = Draft202012Validator(SCHEMA)
    for record in lot(path):
        assert not list(validator.iter_errors(record)), record["id"]
        for span in (*record["items"], *record["marks"]):
            assert record["notes"][span["start"] : span["end"]].strip(), (record["id"], span)
        known = {p["id"] for p in record["people"]}
        assert {m["person"] for m in record["marks"] if "person" in m} <= known, record["id"]
        ends = [0, *(i["end"] for i in record["items"])]
        assert all(i["start"] >= end for i, end in zip(record["items"], ends, strict=False)), record["id"]


@pytest.mark.parametrize("path", LOTS, ids=lambda p: p.stem)
def test_a_matter_stands_in_the_item_that_was_looked_at_for_one(path: Path) -> None:
    for record in lot(path):
        named = [i for i in record["items"] if i.get("named")]
        matters = [m for m in record["marks"] if m["kind"] == "matter"]
        inside = [[i for i in named if i["start"] <= m["start"] and m["end"] <= i["end"]] for m in matters]
        assert all(len(items) == 1 for items in inside), record["id"]
        assert [i["start"] for items in inside for i in items] == [i["start"] for i in named], record["id"]


def test_the_words_of_a_hand_are_put_into_the_item_that_it_was_asked_about() -> None:
    record = parse_set(EXAMPLE)
    (line,) = asked(record)
    place, owner, reader, words = line.split("\t")
    assert (owner, reader, words) == ("theirs", "Denise Okoro", 'Denise (matron) runs a "quiet hour"')
    start = int(place.rpartition(":")[2])
    (mark,) = [m for m in put(record, {start: '"quiet hour"'})["marks"] if m["kind"] == "matter"]
    assert record["notes"][mark["start"] : mark["end"]] == '"quiet hour"'
    assert put(put(record, {start: "runs"}), {start: '"quiet hour"'}) == put(record, {start: '"quiet hour"'})
    looked_at = put(record, {start: "-"})
    assert list(to_mark(looked_at)) == []
    assert looked_at["marks"] == record["marks"]
    with pytest.raises(ValueError, match="does not stand"):
        put(record, {start: "loud hour"})


@pytest.mark.parametrize("path", LOTS, ids=lambda p: p.stem)
def test_a_phrase_stands_in_an_item_that_can_be_told_in_such_a_form(path: Path) -> None:
    for record in lot(path):
        spans = {(p["start"], p["end"]): p["as"] for p in record.get("phrases", [])}
        assert phrases.put(record, spans) == record, record["id"]


def test_the_forms_of_a_phrase_are_asked_for_and_put_once() -> None:
    record = parse_set(EXAMPLE)
    (line,) = asked(record)
    named = put(record, {int(line.split("\t")[0].rpartition(":")[2]): '"quiet hour"'})
    (line,) = phrases.asked(named)
    place, owner, reader, words = line.split("\t")
    assert (owner, reader) == ("theirs", "Denise Okoro")
    assert words.endswith(' => "quiet hour"')
    start, end = map(int, place.rpartition(":")[2].split("-"))
    told = phrases.put(named, {(start, end): ["the", "plain"]})
    assert told["phrases"] == [{"start": start, "end": end, "as": ["plain", "the"]}]
    assert list(phrases.asked(told)) == []
    assert phrases.put(told, {(start, end): []})["phrases"] == [{"start": start, "end": end, "as": []}]
    with pytest.raises(ValueError, match="my at"):
        phrases.put(named, {(start, end): ["my"]})
    with pytest.raises(ValueError, match="of None"):
        phrases.put(named, {(len(record["notes"]) + 5, len(record["notes"]) + 9): ["the"]})


def test_there_are_sets_of_many_hands_and_none_is_told_twice() -> None:
    hands = training_sets()
    every = [r for records in hands.values() for r in records]
    assert len(hands) >= 6
    assert len(every) >= 800
    assert len({r["notes"] for p in LOTS for r in lot(p)}) == sum(len(lot(p)) for p in LOTS)


def test_marks_become_spans_of_the_bare_text() -> None:
    record = parse_set(EXAMPLE)
    notes = record["notes"]
    assert notes.startswith("St Orrin's, night porter, today\n- Denise (matron)")
    assert [(notes[m["start"] : m["end"]], m["kind"]) for m in record["marks"]] == [
        ("St Orrin's", "firm"),
        ("night porter", "job"),
        ("today", "day"),
        ("Denise", "person"),
        ("matron", "title"),
    ]
    assert [(notes[i["start"] : i["end"]], i["owner"], i["private"]) for i in record["items"]] == [
        ("night porter, today", "logistics", None),
        ('Denise (matron) runs a "quiet hour"', "theirs", None),
        ("41k min", "private", "pay"),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("[[T:P1:3 {P1 Denise}", "not closed|within"),
        ("[[T:P7:3 who]]", "P7|wants"),
        ("[[X:money 41k]]", "no kind of private"),
        ("{P1 }Denise", "empty|closes"),
    ],
)
def test_a_slip_of_the_hand_is_named(wrong: str, said: str) -> None:
    with pytest.raises(MarkupError, match=said):
        parse_set(EXAMPLE + "\n" + wrong)


def test_the_guides_own_example_passes() -> None:
    guide = (FOLDER.parent / "GUIDE.md").read_text(encoding="utf-8")
    example = "\n".join(line[4:] for line in guide.split("## Header")[0].splitlines() if line.startswith("    "))
    record: dict[str, Any] = parse_set(example.removeprefix("=== "))
    assert record["decision"] == "2026-11-06"
