"""Thanks to the reader (G4)."""

from __future__ import annotations

import re
from functools import cache

from service.phrases import load
from service.rubric.context import CheckContext
from service.types import MessageKind, Score, Violation, Wording


@cache
def _patterns(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in load("gratitude")[key]), re.IGNORECASE)


def thanks_in(text: str) -> tuple[re.Match[str], ...]:
    """Every place where somebody is thanked, without the places that only look like it."""
    text = text.replace("’", "'")
    false = [m.span() for m in _patterns("not_thanks").finditer(text)]
    return tuple(m for m in _patterns("thanks").finditer(text) if not any(s <= m.start() < e for s, e in false))


def has_thanks(text: str) -> bool:
    return bool(thanks_in(text))


def asks_for_thanks(context: CheckContext) -> bool:
    """Whether a reader misses thanks that are not there: in a thank-you for a talk that was held. Blind readers sent
    check-ins and notes with a request to connect without them (docs/evals.md)."""
    return context.kind is MessageKind.THANK_YOU and context.facts.application.took_place


# Thanks for something count more than a bare 'Thanks' above the name.
_FOR = re.compile(r"^[^.!?\n]{0,30}?\b(?:for|that|your|to (?:you|have)|the)\b", re.IGNORECASE)


def gratitude(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """Full for thanks that say what for; half for thanks alone."""
    if not asks_for_thanks(context):
        return None
    found = thanks_in(wording.body)
    if not found:
        return Score("gratitude", 0.0, False, "G4", "Nobody is thanked.")
    said = next((m for m in found if _FOR.match(wording.body[m.end() :])), None)
    if said is None:
        return Score("gratitude", 0.5, False, "G4", "There is a thank-you, but it does not say what for.")
    tail = re.split(r"[.!?,;\n]", wording.body[said.start() : said.start() + 90])[0]
    value = 1.0 if len(found) <= 3 else 0.8
    reason = f"'{tail.strip()}' says what the thanks are for."
    return Score("gratitude", value, True, "G4", reason if value == 1.0 else f"{reason} {len(found)} times is a lot.")
