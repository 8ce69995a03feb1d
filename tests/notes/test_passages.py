"""An item among its neighbours: what was announced as private, what goes on from a story or from a regret."""

from __future__ import annotations

from datetime import datetime

import pytest

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
