"""First words for a model to go on from, chosen by what the sentence is for and the shape of the item."""

from __future__ import annotations

from service.drafting.outline import SlotPurpose
from service.drafting.topics import Shape, Topic
from service.phrases import load


def openings(purpose: SlotPurpose, topic: Topic | None, turn: int, *, spoken: bool) -> tuple[str, ...]:
    """Openings in the order to try them; ``turn`` starts further down the list, so that two sentences begin differently."""
    listed: dict[str, list[str]] = load("openings").get(purpose.value, {})
    patterns = listed.get(_shape(topic)) or listed.get("any") or next(iter(listed.values()), [])
    start = turn % len(patterns) if patterns else 0
    return tuple(patterns[start:] + patterns[:start])


def _shape(topic: Topic | None) -> str:
    if topic is None:
        return "any"
    if topic.asked:
        return "asked"
    return "noun" if topic.shape is Shape.NOUN else "clause"
