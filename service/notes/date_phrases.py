"""Where notes speak of dates: the spans, and which form of words each is.

Only the words are looked at here. What day they mean depends on when they were said and what they are about:
see ``date_reading``. The patterns are built from ``phrases/en/dates.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Any

from service import phrases
from service.notes.english import is_word
from service.types import Span

MAX_PHRASES = 120  # more dates than this are a calendar, not interview notes


@dataclass(frozen=True)
class DatePhrase:
    """Words that speak of a date, not yet resolved. ``bare`` ones count only where a cue says they are a date."""

    form: str
    groups: Mapping[str, str]
    span: Span
    time: time | None = None
    bare: bool = False


@cache
def words() -> Any:
    return phrases.load("dates")


def any_of(names: Iterable[str]) -> str:
    """A pattern for any of the words, longest first; a space stands for any white space."""
    ordered = sorted(set(names), key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"\s+").replace(r"\*", r"\w*") for name in ordered)


def _index(groups: list[list[str]]) -> dict[str, int]:
    return {name: position for position, names in enumerate(groups) for name in names}


@cache
def weekday_numbers() -> dict[str, int]:
    return _index(words()["weekdays"])


@cache
def month_numbers() -> dict[str, int]:
    return {name: position + 1 for name, position in _index(words()["months"]).items()}


_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ORDINAL = r"(?P<day>\d{1,2})\s?(?:st|nd|rd|th)\b"
_YEAR = r"(?:,?\s*(?P<year>20\d\d)\b)?"
_PART = r"(?P<part>early|mid|middle of|late|later|beginning of|start of|end of|sometime|some time|(?:first|second|latter)\s+half\s+of)"
_NEAR = r"(?P<near>next|this|last)"
_TIME = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?\s*(?P<half>[ap]\.?m\b\.?|[ap]\b)?(?![\d/%:])"
_TIME_REACH = 40  # characters after a date in which its time may stand
_TIME_AFTER = re.compile(
    rf"[ \t]{{0,3}}[,(]?[ \t]{{0,3}}(?P<lead>at\b|@|from\b|around\b|[-–—|T])?[ \t]{{0,3}}(?:(?P<word>noon|midday)\b|{_TIME})"
    r"(?:[ \t]{0,3}(?:-|–|to)[ \t]{0,3}\d{1,2}(?:[:.][0-5]\d)?[ \t]{0,3}(?P<end_half>[ap]\.?m\b\.?)?(?![\d/%:]))?",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(rf"(?<![\w/.:])(?:(?P<lead>at|@)[ \t]+)?{_TIME}[ \t]*,?[ \t]*(?:on[ \t]+)?$", re.IGNORECASE)
_ON = re.compile(
    r"(?:\b(?:on|by|until|till|before|dated|date|when|after|from|interviewed|latest)|[:@|(])\s*$", re.IGNORECASE
)


# One cheap look for what a form cannot do without; the form itself is tried only around it.
_KEYS = {
    "iso": r"20\d\d-",
    "month_name": "",  # filled from the word lists
    "weekday_name": "",
    "mark": r"\d[/.-]\d",
    "ordinal": r"\d ?(?:st|nd|rd|th)\b",
    "week": r"w(?:ee)?k",
    "month": r"month",
    "end": r"\bend|eo[wmy]|-end",
    "today": r"tod|ton|this |yest|last n|tom|tmr|eod|end of|day [ab]",
    "just": r"just",
    "unit": r"days?\b|w(?:ee)?k|month|fortnight",
    "holiday": r"thanks|mas\b|holiday|new y",
}
_MARGIN = 60


@dataclass(frozen=True)
class _Form:
    name: str
    key: str
    pattern: re.Pattern[str]


@cache
def _keys() -> dict[str, re.Pattern[str]]:
    names = {"month_name": any_of(month_numbers()), "weekday_name": any_of(weekday_numbers())}
    return {key: re.compile(rf"\b(?:{names[key]})\b" if key in names else pattern) for key, pattern in _KEYS.items()}


@cache
def _forms() -> tuple[_Form, ...]:
    """All forms, for lower-case text; where two fit the same words, the earlier one has them."""
    forms = (*_dated_forms(), *_week_forms(), *_counted_forms())
    return tuple(_Form(name, key, re.compile(rf"(?<![\w/$€£]){pattern}")) for name, key, pattern in forms)


def _dated_forms() -> list[tuple[str, str, str]]:
    month, w = any_of(month_numbers()), _weekday()
    m = rf"(?P<month>{month})\b\.?"
    long_month = any_of(name for names in words()["months"] for name in names if len(name) > 3 or name == "may")
    plain_month = any_of(name for name in month_numbers() if name not in words()["month_words"])
    week_day = rf"(?:{m}\s*{_DAY}|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>{month}))\b"
    return [
        ("iso", "iso", r"(?P<year>20\d\d)-(?P<month_no>\d\d)-(?P<day>\d\d)(?=\D|$)"),
        (
            "nth_week",
            "week",
            r"(?:the\s+)?(?:(?P<nth>1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last)\s+"
            r"(?:full\s+|(?P<weeks>two|2|couple\s+of|three|3|few)\s+)?w(?:ee)?ks?|w(?:ee)?k\s+(?P<no>[1-5]))\s+"
            rf"(?:(?:of|in)\s+(?:{m}|(?P<near>next|this|the|the\s+following)\s+month\b)|(?P<month2>{plain_month})\b)",
        ),
        ("week_of", "week", rf"(?:the\s+)?week\s+(?:of|commencing|starting)\s+(?:the\s+)?{week_day}"),
        ("day_month", "month_name", rf"(?:{w},?\s+(?:the\s+)?)?(?:the\s+)?{_DAY}(?:\s*(?:of\s+)?|-){m}{_YEAR}"),
        ("month_day", "month_name", rf"(?:{w},?\s+)?{m}\s*(?:the\s+)?{_DAY}(?![\d%]|[:.]\d|\s?[ap]m\b){_YEAR}"),
        (
            "numeric",
            "mark",
            rf"(?:{w},?\s+)?(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})"
            r"(?:(?:(?P=mark)(?P<year>20\d\d|\d\d)(?![\w%/]|[.-]\d))|(?P<dot>\.(?!\d))|(?![\w%/]|[.-]\d))",
        ),
        ("weekday_day", "ordinal", rf"{w},?\s+(?:the\s+)?{_ORDINAL}"),
        (
            "weekday_day",
            "weekday_name",
            rf"{w},?\s+(?:the\s+)?(?P<day>[12]?\d|3[01])(?=[ \t]*(?:$|[,;)\"”\n]|\.(?!\d)|[-–—]\s))",
        ),
        ("end_month_name", "month_name", rf"(?:the\s+)?{_PART}[\s-]+(?P<month>{month})\b"),
        ("in_month", "month_name", rf"(?:in|by|during|last)\s+(?P<month>{long_month})\b(?!\s*\d)"),
    ]


def _week_forms() -> list[tuple[str, str, str]]:
    w = _weekday()
    call = r"(?:call|interview|chat|screen|zoom|onsite|meeting|panel|conversation|phone)\b"
    relative = (
        r"today|tonight|this\s+(?:morning|afternoon|aft|evening)|yesterday|last\s+night|tomorrow|tmrw|end\s+of\s+(?:the\s+)?day|eod|"
        r"(?:the\s+)?day\s+(?:after\s+tomorrow|before\s+yesterday)"
    )
    return [
        (
            "week_weekday",
            "week",
            rf"(?P<near>next|this|last)\s+w(?:ee)?k\s*,?(?:\s*(?:on|probably|maybe|likely|by)\s+)*\s*{w}",
        ),
        ("weekday_week", "week", rf"{w}(?:\s+of)?\s+(?P<near>next|this|last)\s+w(?:ee)?k\b"),
        ("near_weekday", "weekday_name", rf"(?P<near>next|this\s+past|this\s+coming|this|last|past|coming)\s+{w}"),
        (
            "just_now",
            "just",
            rf"just\s+(?:got\s+off|finished|had|left|wrapped(?:\s+up)?|came\s+out\s+of|did)\s+(?:\w+\s+){{0,4}}?{call}",
        ),
        (
            "today",
            "today",
            rf"(?:(?:earlier|later)\s+)?(?P<word>{relative})(?:\s+(?:morning|afternoon|evening|night))?\b",
        ),
        (
            "end_of",
            "end",
            r"(?:(?:the\s+)?end\s+of\s+(?:(?:the|this)\s+)?(?P<next>next\s+)?(?P<unit>w(?:ee)?k|month|year)|"
            r"(?P<short>eow|eom|eoy)|(?P<flip>week|month)[\s-]end)"
            r"(?:\s+(?:(?P<after>after\s+next)|(?:of\s+)?(?P<following>next)\s+(?:w(?:ee)?k|month|year)))?\b",
        ),
        (
            "week",
            "week",
            rf"(?:the\s+)?(?:{_PART}\s+)?(?:the\s+)?"
            rf"(?:w(?:ee)?k\s+(?P<after>after(?:\s+next)?)\b(?!\s+\w)|{_NEAR}\s+w(?:ee)?k\b)",
        ),
        ("part_week", "week", r"(?P<part>early|mid|later?)[\s-]+(?:in\s+the\s+)?w(?:ee)?k\b"),
        ("month", "month", rf"(?:(?:{_PART})\s+)?{_NEAR}\s+month\b"),
        ("weekday_after", "weekday_name", rf"a\s+week\s+(?:on|from)\s+{w}"),
        ("weekday_after", "weekday_name", rf"{w}\s+week(?=[ \t]*(?:[.,;)!?\n]|$))"),
        ("weekday", "weekday_name", rf"{w}(?:\s+(?:morning|afternoon|evening|night|noon))?"),
        ("ordinal", "ordinal", rf"(?:the\s+|(?<=\bno[:,] )|(?<=\bthat )|(?<=\bit's )|(?<=\bnow )){_ORDINAL}"),
    ]


def _counted_forms() -> list[tuple[str, str, str]]:
    number = any_of(words()["numbers"])
    counted = rf"(?P<count>\d{{1,3}}|{number})(?:\s*(?:-|–|to|or)\s*(?P<upto>\d{{1,3}}|{number}))?"
    unit = r"(?P<working>business|working)?\s*(?P<unit>day|w(?:ee)?k|month|fortnight)s?\b"
    more = r"(?:\s+or\s+(?P<more>two|so))?"
    about = r"(?:the\s+)?(?:next\s+)?(?:about\s+|around\s+|roughly\s+|~\s*)?"
    lead = rf"(?P<lead>in|within|w/in|w/i|over|after|next|inside)\s+{about}"
    return [
        ("count_in", "unit", rf"{lead}{counted}\s*(?:-\s*)?{unit}{more}"),
        ("count_ago", "unit", rf"{counted}\s+{unit}\s+(?P<tail>ago|from\s+now|from\s+today|out|after\s+that)\b"),
        ("count", "unit", rf"{counted}\s*{unit}{more}"),
        ("holiday", "holiday", rf"(?P<lead>before|after|by|until)\s+(?P<holiday>{any_of(words()['holidays'])})\b"),
    ]


def _weekday() -> str:
    return rf"(?P<weekday>{any_of(weekday_numbers())})\b\.?"


def lower(text: str) -> str:
    """ASCII letters in lower case; unlike ``str.lower`` it never changes a text's length."""
    return text.translate(_LOWER)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _windows(text: str, key: str) -> list[tuple[int, int]]:
    """The stretches of text in which a form with that key can stand."""
    found: list[tuple[int, int]] = []
    for match in _keys()[key].finditer(text):
        start, end = max(0, match.start() - _MARGIN), min(len(text), match.end() + _MARGIN)
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def find_phrases(notes: str) -> tuple[DatePhrase, ...]:
    """Every wording of a date in the notes, in order, none overlapping; at most ``MAX_PHRASES``."""
    text = lower(notes)
    windows = {key: _windows(text, key) for key in _KEYS}
    taken = bytearray(len(notes))
    found: list[DatePhrase] = []
    for form in _forms():
        for match in (m for start, end in windows[form.key] for m in form.pattern.finditer(text, start, end)):
            phrase = None if any(taken[match.start() : match.end()]) else _phrase(form.name, match, notes)
            if phrase is not None:
                found.append(phrase)
                taken[phrase.span.start : phrase.span.end] = b"\x01" * (phrase.span.end - phrase.span.start)
    return tuple(_apart(found))[:MAX_PHRASES]


def _apart(found: list[DatePhrase]) -> list[DatePhrase]:
    """In order; of two that share characters ('next Friday 2pm next …'), the one that begins first."""
    kept: list[DatePhrase] = []
    for phrase in sorted(found, key=lambda p: (p.span.start, -p.span.end)):
        if not kept or kept[-1].span.end <= phrase.span.start:
            kept.append(phrase)
    return kept


def _phrase(form: str, match: re.Match[str], notes: str) -> DatePhrase | None:
    groups = {name: " ".join(text.split()) for name, text in match.groupdict().items() if text}
    if groups.get("unit") == "wk":
        groups["unit"] = "week"
    if not _is_a_date(form, match, groups, notes):
        return None
    start, end, clock = _with_time(match, notes) if form not in _TIMELESS else (match.start(), match.end(), None)
    while notes[end - 1] in ". \t\n" and not notes[start:end].lower().endswith(".m."):
        end -= 1
    bare = form == "count" or (form == "numeric" and not _surely_a_date(match, groups, notes, clock))
    return DatePhrase(form, groups, Span(start, end), clock, bare)


_TIMELESS = frozenset(
    {"count", "count_in", "count_ago", "end_of", "end_month_name", "week", "part_week", "month", "in_month"}
    | {"holiday", "just_now", "week_of"}
)


def _is_a_date(form: str, match: re.Match[str], groups: Mapping[str, str], notes: str) -> bool:
    if form in ("weekday", "near_weekday") and not _means_weekday(form, match, notes):
        return False
    if form in ("month_day", "in_month") and "year" not in groups:
        month = notes[match.start("month") : match.end("month")]
        if month in words()["month_words"] and not (form == "in_month" and month == "march"):
            return False
    if form in ("ordinal", "numeric", "month_day") and "year" not in groups:
        return _followed_as_a_date(match, notes)
    return True


def _means_weekday(form: str, match: re.Match[str], notes: str) -> bool:
    """'sat' and 'sun' are words, 'Fridays' and 'every Friday' a habit; neither is a day of this interview."""
    name = match["weekday"]
    if form == "weekday" and name in words()["qualified"]:
        return False
    if name in words()["capital"] and notes[match.start("weekday")].islower():
        return False
    if form == "weekday" and (_names_a_thing(match, notes) or _names_a_person(match, notes)):
        return False
    return not _recurring().search(notes, max(0, match.start() - 14), match.start())


def _names_a_thing(match: re.Match[str], notes: str) -> bool:
    """'the Friday family meetings', 'a Monday table': a weekday after an article and before a noun says which, not when."""
    before = notes[max(0, match.start() - 8) : match.start()].lower()
    following = re.match(r"[ \t]+([a-z][a-z'-]*)", notes[match.end() : match.end() + 24])
    return bool(
        re.search(r"(?<![\w])(?:the|a|her|his|their|my|our)\s+$", before)
        and following
        and following.group(1) not in words()["may_follow"]
    )


def _names_a_person(match: re.Match[str], notes: str) -> bool:
    """'Nguyễn Thu Hà': between two names no weekday stands."""
    before = re.search(r"([^\W\d_]+)[ \t]+$", notes[max(0, match.start() - 24) : match.start()])
    after = re.match(r"[ \t]+([^\W\d_]+)", notes[match.end() : match.end() + 24])
    spelled = notes[match.start("weekday") : match.end("weekday")]
    return bool(before and after and len(spelled) < 5) and not any(
        is_word(m[1]) or m[1].lower() in month_numbers() for m in (before, after) if m
    )


@cache
def _recurring() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(words()['recurring'])})\s+$", re.IGNORECASE)


def _followed_as_a_date(match: re.Match[str], notes: str) -> bool:
    """Not 'the 25th floor', not '3/11 services': after a date comes no small word that could be what is counted."""
    following = re.match(r"[ \t]+([a-z][a-z'-]*)|[ \t]*[%+]", notes[match.end() : match.end() + 24])
    return following is None or following.group(1) in words()["may_follow"]


def _surely_a_date(match: re.Match[str], groups: Mapping[str, str], notes: str, clock: time | None) -> bool:
    if "weekday" in groups or "year" in groups or clock is not None:
        return True
    return bool(_ON.search(notes[max(0, match.start() - 14) : match.start()]))


def _with_time(match: re.Match[str], notes: str) -> tuple[int, int, time | None]:
    start, end = match.span()
    after = _TIME_AFTER.match(notes, end, end + _TIME_REACH)
    clock = _clock(after) if after else None
    if after and clock:
        return start, after.end(), clock
    window = max(0, start - 20)
    before = _TIME_BEFORE.search(notes[window:start])
    clock = _clock(before) if before else None
    return (window + before.start(), end, clock) if before and clock else (start, end, None)


def _clock(match: re.Match[str]) -> time | None:
    """The time of day; an hour with neither minutes nor am/pm needs 'at' before it, and 1 to 7 is the afternoon."""
    groups = match.groupdict()
    if groups.get("word"):
        return time(12)
    hour, half = int(groups["hour"]), (groups["half"] or groups.get("end_half") or "").lower()[:1]
    if not (half or groups["minute"] or (groups.get("lead") or "").lower() in ("at", "@")):
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif not half and 1 <= hour <= 7 and len(groups["hour"]) == 1:
        hour += 12
    return time(hour, int(groups["minute"] or 0)) if hour < 24 else None


_TIME_LINE = re.compile(
    rf"^\W*(?:time|start time|at)\s*[:|]\s*(?:(?P<word>noon)|{_TIME}(?:\s*(?:-|–|to)\s*\S+?(?P<end_half>[ap]m))?)",
    re.IGNORECASE | re.MULTILINE,
)


def time_line(notes: str) -> time | None:
    """The time of a line of its own: 'Time: 2pm'."""
    match = next(
        (m for m in _TIME_LINE.finditer(notes) if m["word"] or m["half"] or m["minute"] or m["end_half"]), None
    )
    return _clock(match) if match else None


_END = re.compile(r"\n+|[;!]|\.(?=\s+[A-Z0-9\"(]|\s*\n|\s*$)")


@cache
def _abbreviation() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{any_of([*weekday_numbers(), *month_numbers()])}|[a-z]|approx|mr|ms|mrs|dr)$", re.IGNORECASE
    )


def sentence_bounds(notes: str) -> Iterator[int]:
    """Where sentences end. A heading ('Timeline:') and a question belong to the line that answers them."""
    for match in _END.finditer(notes):
        before = notes[max(0, match.start() - 12) : match.start()]
        if match[0][0] == "\n" and before.rstrip()[-1:] in (":", "?"):
            continue
        if match[0] != "." or not _abbreviation().search(before):
            yield match.end()
