"""Numbers and days of a text, in one form however written: 'three' and 3, '3k' and 3,000, 'Nov 25' and 25 November."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from service.phrases import load


@dataclass(frozen=True)
class Amount:
    value: Decimal
    is_percent: bool
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Day:
    """A day as far as the text tells it: any of the three may be None."""

    month: int | None
    day: int | None
    weekday: int | None  # Monday is 0
    text: str
    start: int
    end: int


@cache
def _names(table: str) -> dict[str, int]:
    first = 1 if table == "months" else 0
    return {name: n for n, names in enumerate(load("check_numbers")[table], first) for name in names}


@cache
def _number_words() -> dict[str, int]:
    data = load("check_numbers")
    return {**data["units"], **data["tens"]}


@cache
def _digits_pattern() -> re.Pattern[str]:
    suffix = "|".join(sorted(load("check_numbers")["suffixes"], key=len, reverse=True))
    return re.compile(
        rf"(?<![\w.])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"(?:\s?(?P<suffix>{suffix})(?![^\W_]))?"
        r"(?P<percent>\s?(?:%|percent\b|per cent\b|pct\b|pc\b))?",
        re.IGNORECASE,
    )


@cache
def _words_pattern() -> re.Pattern[str]:
    data = load("check_numbers")
    units, tens, scales = ("|".join(data[k]) for k in ("units", "tens", "scales"))
    small = rf"(?:(?:{tens})(?:[- ](?:{units}))?|{units})"
    return re.compile(
        rf"\b(?P<small>{small})?(?:(?<=\w)\s|\b)?(?P<scale>{scales})?\b(?P<percent>\s?(?:percent\b|per cent\b|%))?",
        re.IGNORECASE,
    )


def _spelled(small: str | None, scale: str | None) -> Decimal:
    table = _number_words()
    value = sum(table[w] for w in re.split(r"[- ]", small.lower())) if small else 1
    return Decimal(value * (load("check_numbers")["scales"][scale.lower()] if scale else 1))


@lru_cache(maxsize=256)
def amounts(text: str, *, in_days: bool = False) -> tuple[Amount, ...]:
    """Every number of ``text`` that is not part of a web address, a name such as 'Q3' or, unless ``in_days``, a day.

    Notes say '3/11 services' too, which reads like a day: ask for ``in_days`` where the text is the ground.
    """
    taken = [] if in_days else [(d.start, d.end) for d in days(text)]
    taken += [(t.start, t.end) for t in times(text)]
    taken += [m.span() for m in re.finditer(r"https?://\S+|www\.\S+|(?<!\S)[^\s@]+@\S+", text)]
    found = [*_digit_amounts(text), *_word_amounts(text)]
    free = [a for a in found if not any(s < a.end and a.start < e for s, e in taken)]
    return tuple(sorted(free, key=lambda a: a.start))


@dataclass(frozen=True)
class Time:
    hour: int  # 1 to 12: notes rarely say which half of the day
    minute: int
    text: str
    start: int
    end: int


_TIME = re.compile(
    r"\b(?P<h>[01]?\d|2[0-3])(?:[:.](?P<m>[0-5]\d))?\s?(?P<half>[ap]\.?m\b\.?)"
    r"|\b(?P<hh>[01]?\d|2[0-3]):(?P<mm>[0-5]\d)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def times(text: str) -> tuple[Time, ...]:
    """Every time of day, '10:30', '2pm' and '14.00 pm' alike."""
    return tuple(
        Time((int(m["h"] or m["hh"]) - 1) % 12 + 1, int(m["m"] or m["mm"] or 0), m.group(), m.start(), m.end())
        for m in _TIME.finditer(text)
    )


_MIXED = re.compile(r"(?<=[^\W\d_])\d+|(?<!\d)\d+(?=[^\W\d_])")


@lru_cache(maxsize=512)
def values_in(text: str) -> frozenset[Decimal]:
    """Every value that ``text`` gives ground for, those inside days and names such as 'Y6' too."""
    mixed = {Decimal(m.group()).normalize() for m in _MIXED.finditer(text)}
    return frozenset({a.value for a in amounts(text, in_days=True)} | mixed)


def _digit_amounts(text: str) -> Iterable[Amount]:
    suffixes = load("check_numbers")["suffixes"]
    for m in _digits_pattern().finditer(text):
        factor = suffixes[m["suffix"].lower()] if m["suffix"] else 1
        value = (Decimal(m["number"].replace(",", "")) * factor).normalize()
        yield Amount(value, bool(m["percent"]), m.group(), m.start(), m.end())


def _word_amounts(text: str) -> Iterable[Amount]:
    for m in _words_pattern().finditer(text):
        # 'one' is nearly always a pronoun or an article, never worth a question.
        if not (m["small"] or m["scale"]) or ((m["small"] or "").lower() == "one" and not m["scale"]):
            continue
        yield Amount(_spelled(m["small"], m["scale"]).normalize(), bool(m["percent"]), m.group(), m.start(), m.end())


@cache
def _day_patterns() -> tuple[re.Pattern[str], ...]:
    month = "|".join(sorted(_names("months"), key=len, reverse=True))
    weekday = "|".join(sorted(_names("weekdays"), key=len, reverse=True))
    day = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
    return tuple(
        re.compile(p, re.IGNORECASE)
        for p in (
            r"\b(?P<year>\d{4})-(?P<m>[01]?\d)-(?P<day>[0-3]?\d)\b",
            rf"\b(?P<month>{month})\.? (?:the )?{day}\b(?!:\d|%|,\d)(?:,? (?P<year>20\d\d)\b)?",
            rf"\b{day} (?:of )?(?P<month>{month})\b(?:,? (?P<year>20\d\d)\b)?",
            r"(?<![\d/.])(?P<a>[0-3]?\d)[/.](?P<b>[0-3]?\d)(?:[/.](?P<year>\d{4}|\d\d))?(?![\d/%]|\.\d)",
            rf"\b(?P<month>{month})\b",
            rf"\b(?P<weekday>{weekday})s?\b",
            r"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)\b",
        )
    )


# Short words that are a month or a weekday only in some company, and the company they keep.
_DOUBTFUL = frozenset({"may", "march", "sat", "sun", "mon", "wed", "mar", "dec", "sep", "jan"})
_BEFORE_A_DAY = frozenset(
    {"in", "by", "of", "since", "until", "till", "on", "next", "this", "last", "from", "early", "late", "mid", "before"}
)


@lru_cache(maxsize=256)
def days(text: str) -> tuple[Day, ...]:
    """Every day, month or weekday named in ``text``; '11/12' is read both ways round."""
    found: list[Day] = []
    for pattern in _day_patterns():
        for m in pattern.finditer(text):
            if not any(d.start < m.end() and m.start() < d.end for d in found):
                found += _read_day(text, m)
    return tuple(sorted(found, key=lambda d: d.start))


def _read_day(text: str, m: re.Match[str]) -> list[Day]:
    groups = m.groupdict()
    at = (m.group(), m.start(), m.end())
    if groups.get("weekday"):
        return [] if _is_doubtful(text, m) else [Day(None, None, _names("weekdays")[groups["weekday"].lower()], *at)]
    if groups.get("a"):
        a, b = int(groups["a"]), int(groups["b"])
        is_date = "/" in m.group() or bool(groups["year"])
        pairs = dict.fromkeys((mo, d) for mo, d in ((a, b), (b, a)) if 1 <= mo <= 12 and 1 <= d <= 31)
        return [Day(mo, d, None, *at) for mo, d in pairs] if is_date else []
    named = groups.get("month")
    month = _names("months")[named.lower()] if named else int(groups["m"]) if groups.get("m") else None
    day = int(groups["day"]) if groups.get("day") else None
    if (day is not None and not 1 <= day <= 31) or (day is None and _is_doubtful(text, m)):
        return []
    return [Day(month, day, None, *at)]


def _is_doubtful(text: str, m: re.Match[str]) -> bool:
    word = m.group().lower()
    if word not in _DOUBTFUL:
        return False
    before = re.search(r"([^\W\d_]+)\W{1,2}$", text[: m.start()])
    if re.match(r" (?:the )?\d", text[m.end() : m.end() + 6]):
        return False
    company = before[1].lower() if before else ""
    # 'This may', 'on sat' and 'from sun' are as good as nothing in small letters.
    return company not in (_BEFORE_A_DAY if m.group()[0].isupper() else _BEFORE_A_DAY - {"this", "on", "from"})


@dataclass(frozen=True)
class KnownDays:
    """The days that a text or the facts speak of, to hold a mention against."""

    pairs: frozenset[tuple[int, int]]
    months: frozenset[int]
    numbers: frozenset[int]  # days of the month
    weekdays: frozenset[int]

    def cover(self, day: Day) -> bool:
        if day.weekday is not None:
            return day.weekday in self.weekdays
        if day.month is not None and day.day is not None:
            return (day.month, day.day) in self.pairs
        if day.month is not None:
            return day.month in self.months
        return day.day in self.numbers


def known_days(text: str, dates: tuple[date, ...]) -> KnownDays:
    """What ``text`` and ``dates`` give ground for; a weekday also has ground when one of the dates falls on it."""
    named = days(text)
    pairs = {(d.month, d.day) for d in named if d.month and d.day} | {(d.month, d.day) for d in dates}
    years = {d.year for d in dates}
    pairs |= {(d.month, d.day) for n in {d.day for d in named if d.day and not d.month} for d in _next(n, dates)}
    resolved = {day for y in years for mo, d in pairs if (day := _date(y, mo, d)) is not None}
    return KnownDays(
        pairs=frozenset(pairs),
        months=frozenset({d.month for d in named if d.month} | {d.month for d in dates}),
        numbers=frozenset({d.day for d in named if d.day} | {d.day for d in dates}),
        # What may be a day is ground enough: '(sat)' in notes is Saturday in a letter.
        weekdays=frozenset(
            {d.weekday for d in named if d.weekday is not None}
            | {d.weekday() for d in resolved}
            | {_names("weekdays")[w] for w in re.findall(r"[a-z]+", text.lower()) if w in _names("weekdays")}
        ),
    )


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(number: int, dates: tuple[date, ...]) -> list[date]:
    """The first day with that number on or after the earliest of ``dates``: 'the 28th' said on the 19th."""
    if not dates:
        return []
    start = min(dates)
    later = ((start.year + (start.month + n - 1) // 12, (start.month + n - 1) % 12 + 1) for n in range(3))
    found = [d for year, month in later if (d := _date(year, month, number)) is not None and d >= start]
    return found[:1]
