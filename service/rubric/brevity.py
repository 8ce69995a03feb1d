"""As long as it will be read (G20, G22, G23)."""

from __future__ import annotations

from service.phrases import load
from service.rubric.context import CheckContext
from service.types import MessageKind, Score, Violation, Wording


def brevity(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score:
    """Full inside the range, falling to nothing at the floor and the ceiling."""
    if context.kind is MessageKind.LINKEDIN:
        return _linkedin(wording, context)
    limits = load("limits")["body_words"][context.kind.value]
    count, least, most = wording.word_count, limits["least"], limits["most"]
    room = f"{least} to {most} words read best"
    if count < least:
        value = _slope(count, limits["floor"] // 2, least)
    elif count > most:
        value = _slope(limits["ceiling"] - count, 0, limits["ceiling"] - most)
    else:
        value = 1.0
    return Score("brevity", value, value >= 0.5, limits["rule"], f"{count} words; {room}.")


def _linkedin(wording: Wording, context: CheckContext) -> Score:
    limit = context.char_limit or load("limits")["linkedin_characters"]["hard"]
    count, least = wording.char_count, 60
    reason = f"{count} of {limit} characters."
    if count > limit:
        return Score("brevity", 0.0, False, "G20", f"{reason} LinkedIn cuts off the rest.")
    value = _slope(count, 0, least)
    return Score("brevity", value, value >= 0.5, "G20", reason)


def _slope(value: float, low: float, high: float) -> float:
    return round(max(0.0, min(1.0, (value - low) / (high - low))), 4)
