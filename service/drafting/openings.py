"""First words for a model to go on from, chosen by what the sentence is for and the shape of the item."""

from __future__ import annotations

import re

from service.drafting.outline import SlotPurpose
from service.drafting.sentence_shapes import Shape, Topic
from service.phrases import load


def openings(purpose: SlotPurpose, topic: Topic | None, turn: int, *, spoken: bool) -> tuple[str, ...]:
    """Openings in the order to try them; ``turn`` starts further down the list, so that two sentences begin differently."""
    listed: dict[str, list[str]] = load("openings").get(purpose.value, {})
    patterns = next((listed[s] for s in _shapes(purpose, topic) if s in listed), [])
    start = turn % len(patterns) if patterns else 0
    return tuple(patterns[start:] + patterns[:start])


_YOURS = re.compile(r"you (?:(?:have|had|want|need|like|love|know|think|hope|own)\b|(?:are|were) (?!\w+ing\b))")
_STATE = re.compile(r"I(?:'ve|'m| have| am| was| had| know| speak| like| love| want| believe| think|'d)\b")


def _shapes(purpose: SlotPurpose, topic: Topic | None) -> tuple[str, ...]:
    """The lists to look in, the narrowest first."""
    if topic is None:
        return ("any", "clause", "noun")
    if topic.asked:
        return ("asked", "noun")
    if topic.sore:
        return ("noun_sore",) if topic.shape is Shape.NOUN else ("clause_sore",)
    if topic.shape is Shape.NOUN:
        return ("noun", "any", "clause")
    if purpose is SlotPurpose.HIGHLIGHT and topic.text.startswith("you "):
        return ("you_are", "you", "clause") if _YOURS.match(topic.text) else ("you", "clause")
    own = topic.text.startswith(("I ", "I'"))
    if own and _STATE.match(topic.text):
        return ("state", "clause")
    return ("action", "clause") if own else ("clause", "any")
