"""The words of a day → the day they mean, from the day on which they were said.

The words become a row of tokens, each of a kind that one letter names; rules over the kinds fold neighbours into days until
only days are left: 'two weeks from friday' is 'NUfW', then 'NUfD', then 'D'. A day is never earlier than its words can mean;
where they can mean two days, the later is the answer and the other is named beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from service.reading.day_rules import EXACT, Rule, rules, weekday_alone
from service.reading.day_saying import Saying, Token
from service.reading.day_words import tokens_of


@dataclass(frozen=True)
class DayRead:
    day: date
    others: tuple[date, ...] = ()  # what else the words can mean
    exact: bool = True  # a date or a weekday, not 'in a week' or 'end of May'
    mismatch: bool = False  # a weekday stands there that is not this date's


def resolve(
    words: str, said: date, *, now: date | None = None, past: bool = False, month_first: bool | None = None
) -> DayRead | None:
    """The day of ``words`` said on ``said``; ``past``: they tell of what has been, else of what will be.

    ``now``: the day of 'today' and 'tomorrow', where the notes were written later than what they tell was said.
    ``month_first``: how '3/4' is written where the notes come from, None where nobody knows.
    """
    reading = Saying(
        said, now or said, past and not re.search(r"\b(?:next|tomorrow|tmrw|coming)\b", words.lower()), month_first
    )
    tokens = tokens_of(words, reading)
    if tokens and tokens[-1].text in ("after", "following") and tokens[-2:][0].kind in "WUN":
        tokens = tokens[:-2]  # 'the Monday after': after what stands elsewhere
    for pattern, rule in rules():
        tokens = _folded(tokens, pattern, rule, reading)
    days = [t for t in tokens if t.day]
    if not days or any(t.kind == "U" and t.text == "day" for t in tokens):
        return None  # 'the Friday before Founders' Day': of a day that no calendar here knows
    kinds = "".join(t.kind for t in tokens)
    turn = max(kinds.rfind("c"), kinds.rfind("i"))
    if turn >= 0 and "D" in kinds[turn:]:
        days = [t for t in tokens[turn:] if t.day]  # 'Thursday no wait Friday', 'in a fortnight, so the 19th'
    vague = [t.day for t in days if t.day and not t.exact]
    low = f" {words.lower()}"
    if vague and not reading.past:
        days = [_within(t, max(vague), after="after" in low, within=" in " in low) for t in days]
    days = [t for t in days if t.exact] or days
    if not reading.past:
        days = [_in_turn(before, t) for before, t in zip([None, *days], days, strict=False)]
    chosen = days[-1] if reading.past else max(days, key=lambda t: t.day or date.min)
    assert chosen.day is not None
    others = tuple(sorted({d for d in reading.others if d != chosen.day}))
    return DayRead(chosen.day, others, chosen.exact, reading.mismatch)


def _in_turn(before: Token | None, token: Token) -> Token:
    """'Next Monday or Tuesday': a weekday that would lie before the day named just before it is the one behind that."""
    if before is None or not token.weekday or before.day is None or token.day is None or token.day > before.day:
        return token
    return replace(token, day=before.day + timedelta((token.day - before.day).days % 7))


def _within(token: Token, frame: date, *, after: bool, within: bool) -> Token:
    """'Before month end, that Friday': a weekday beside a vaguer word is the one there, not the next to come."""
    if not token.weekday or token.day is None or token.day + timedelta(3) >= frame:
        return token
    back = (frame.weekday() - token.day.weekday()) % 7
    late = after or (within and back > 3)  # 'in a week, Friday probably': the nearest one
    return replace(token, day=frame + timedelta(7 - back) if late else frame - timedelta(back))


def _folded(tokens: list[Token], pattern: re.Pattern[str], rule: Rule, reading: Saying) -> list[Token]:
    at = 0
    while found := pattern.search("".join(t.kind for t in tokens), at):
        a, b = found.span()
        day = rule(reading, tokens[a:b])
        if day is not None:
            tokens = [
                *tokens[:a],
                Token(
                    "D",
                    text=" ".join(t.text for t in tokens[a:b]),
                    day=day,
                    exact=rule in EXACT,
                    weekday=rule is weekday_alone,
                ),
                *tokens[b:],
            ]
        at = a + 1
    return tokens


def clock(words: str) -> time | None:
    """The time of day among the words of a day: 'today 2pm', 'at 14:30', '10.30'."""
    text = words.lower()
    text = re.sub(
        r"(?<![\d/.:-])(\d{1,2}(?:[:.]\d\d)?)\s*(?:-|–|to)\s*\d{1,2}(?:[:.]\d\d)?\s*([ap])\.?m\b", r"\1\2m", text
    )
    iso = re.search(r"\d{8}t(\d\d)(\d\d)", text)
    plain = (
        iso
        or re.search(r"(?<![\d/.:-])(\d{1,2})(?:[:.h](\d\d))?\s*([ap])\.?m\b", text)
        or re.search(r"(?<![\d/.:-])(\d{1,2}):(\d\d)(?![\d/])", text)
    )
    plain = plain or re.search(r"(?:\bat|@)\s*(\d{1,2})(?:[.:](\d\d))?(?![\d/]|\s*(?:st|nd|rd|th))", text)
    if plain is None:
        return time(12) if re.search(r"\b(?:noon|midday)\b", text) else None
    half = plain[3] if plain.re.groups > 2 else ""
    hour, minute = int(plain[1]), int(plain[2] or 0)
    if (half == "p" and hour < 12) or (not half and not iso and 1 <= hour <= 6):
        hour += 12  # nobody interviews at three in the night
    return time(hour % 24 if not (half == "a" and hour == 12) else 0, minute) if minute < 60 else None
