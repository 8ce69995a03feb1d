"""Which items tell what they do on a day to come, and are no topic of the talk."""

from __future__ import annotations

import re
from dataclasses import replace

from service.notes.dates import THING_OF_A_DAY, DatesRead
from service.notes.owners import CORRECTED
from service.types import NoteItem, Owner

_IN_TOUCH = re.compile(
    r"\b(?:rings?|calls?|phones?|writes?|e-?mails?|texts?|decides?|chooses?|tells? me|lets? me know|in touch|gets? back|meets? to decide"
    r"|telephones?|messages? me|answers? me|says? me|gives? me (?:notice|word)|results?|outcome|verdict"
    r"|(?:board|panel|committee|partners|governors|trustees|directors) (?:meets?|sits?|votes?))\b",
    re.IGNORECASE,
)
_ON_A_DAY = re.compile(
    r"\b(?:on|by|until|till|before|the|latest) (?:the )?\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|satur|sun)day\b(?!s)|\bin \w+ working days\b",
    re.IGNORECASE,
)
_AGAIN_AND_AGAIN = re.compile(
    r"\b(?:every|each|weekly|daily|monthly|usually|always|often|tenants?|customers?|clients?|patients?|parents?|guests?|suppliers?|pupils?|families)\b",
    re.IGNORECASE,
)
_LONGEST_STEP = 20  # words
_IN_A_SPAN = re.compile(
    r"\b(?:in|within|after) (?:an?|one|two|three|\d+|a few)(?: or \w+)? (?:days?|w(?:ee)?ks?|fortnights?|months?)\b|\b(?:1st|2nd|3rd|4th|first|second|third|last) w(?:ee)?k (?:of|in) [a-z]{3,9}\b",
    re.IGNORECASE,
)


def with_next_steps(items: tuple[NoteItem, ...], dates: DatesRead) -> tuple[NoteItem, ...]:
    """What they do on a day to come: 'he rings on the 9th'. 'She calls every tenant on the 3rd' is their work."""
    promised = [m.span for m in dates.mentions if m.kind == "decision"]
    dated = [m.span for m in dates.mentions]

    def is_step(item: NoteItem) -> bool:
        if item.owner is not Owner.THEIRS or item.reason == CORRECTED or _AGAIN_AND_AGAIN.search(item.text):
            return False
        if THING_OF_A_DAY.search(item.text):
            return False
        words = len(item.text.split())
        if words <= 14 and any(item.start <= s.start < item.end for s in promised):
            return True
        in_time = (
            any(item.start <= s.start < item.end for s in dated)
            or _IN_A_SPAN.search(item.text)
            or _ON_A_DAY.search(item.text)
        )
        return words <= _LONGEST_STEP and bool(in_time and _IN_TOUCH.search(item.text))

    return tuple(
        replace(i, owner=Owner.NEXT_STEP, reason="a next step with its day") if is_step(i) else i for i in items
    )
