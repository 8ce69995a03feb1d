"""Numbers, days and times that the notes do not have (G35)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from service.drafting.checks.finding import hard, places, soft
from service.rubric.amounts import amounts, days, known_days, times
from service.rubric.context import CheckContext
from service.rubric.gratitude import has_thanks
from service.rubric.ground import read_ground
from service.rubric.words import sentences
from service.types import UNSURE, Violation, Wording

_JOINTS = frozenset({"to", "of", "out of", "->", "=>", "→", "/", "-", "–"})
_SPOKEN = frozenset(map(Decimal, (1, 2, 3)))  # 'two things stayed with me' counts what the letter itself says


def ungrounded_numbers(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    ground = read_ground(context)
    for where, text in places(wording):
        for amount in amounts(text):
            counted = amount.value in _SPOKEN and not any(c.isdigit() for c in amount.text)
            if amount.value not in ground.values and not counted:
                at = (amount.start, amount.end)
                yield hard("ungrounded_number", "G35", f"'{amount.text.strip()}' is not in the notes.", where, at)


def reversed_numbers(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'From 22 to 40' where the notes go from 40 to 22, '11 of 3' where they have 3 of 11."""
    steps = set(_steps(read_ground(context).usable))
    for where, text in places(wording):
        for a, b in _steps(text):
            if (b, a) in steps and (a, b) not in steps and a != b:
                yield hard("reversed_number", "G35", "Two numbers stand the wrong way round.", where)


def _steps(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    """The pairs of numbers that something joins: '40 to 9', '3 of 11', '88 -> 97 per cent'."""
    for a, b in itertools.pairwise(amounts(text, in_days=True)):
        if text[a.end : b.start].strip(" %").lower() in _JOINTS:
            yield a.value, b.value


def ungrounded_days(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    known = read_ground(context).days
    for where, text in places(wording):
        spoken: dict[tuple[int, int], bool] = {}
        for day in days(text):
            spoken[day.start, day.end] = spoken.get((day.start, day.end), False) or known.cover(day)
        for at, is_known in spoken.items():
            if not is_known:
                yield hard("ungrounded_date", "G35", f"'{text[slice(*at)]}' is not a day of the notes.", where, at)


def ungrounded_times(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    known = {(t.hour, t.minute) for t in times(read_ground(context).usable)}
    for where, text in places(wording):
        for time in times(text):
            if (time.hour, time.minute) not in known:
                at = (time.start, time.end)
                yield hard("ungrounded_time", "G35", f"'{time.text}' is not in the notes.", where, at)


def interview_days(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Thanks for the talk on a day that was not the interview's, though the notes name it for something else."""
    held = context.facts.interview_at
    if held is None or held.confidence < UNSURE or held.others:
        return  # what can mean another day is asked about, not held against anybody
    known = known_days("", (held.day,))
    for where, text in places(wording):
        for sentence in sentences(text):
            named = days(sentence.text)
            if named and has_thanks(sentence.text) and not any(known.cover(day) for day in named):
                at = (sentence.start + named[0].start, sentence.start + named[0].end)
                yield soft("other_day", "G35", f"By the notes the talk was on {held.day:%A %-d %B}.", where, at)


CHECKS = (ungrounded_numbers, reversed_numbers, ungrounded_days, ungrounded_times, interview_days)
