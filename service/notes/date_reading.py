"""Which day a wording means: plain calendar arithmetic, no clock.

Weeks run from Monday. A range of days ('early next week') is read as a range, and what waits for it waits for
its last day, so that a check-in is never early.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from service.notes.date_phrases import DatePhrase, month_numbers, weekday_numbers, words

_DAY = timedelta(days=1)
_FAR = timedelta(days=200)  # a date without a year that far ahead is rather the one just gone by


class Side(Enum):
    PAST = "past"  # on or before the day the notes were written
    FUTURE = "future"  # after the interview


@dataclass(frozen=True)
class Reading:
    """The days from ``first`` to ``last`` that the words may mean; ``other`` is a second sensible reading of them."""

    first: date
    last: date
    precise: bool = True
    other: date | None = None
    weekday_clash: bool = False  # the weekday named is not that date's


@dataclass(frozen=True)
class Anchors:
    """What words count from: ``written`` for 'tomorrow' and 'next week', ``spoken`` for 'Friday' and 'in two weeks'."""

    written: date
    spoken: date


def read_phrase(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading | None:
    """What the words mean, or None where they name no day that exists."""
    try:
        return _READERS[phrase.form](phrase, anchors, side)
    except (ValueError, OverflowError):
        return None


def _one(day: date) -> Reading:
    return Reading(day, day)


def _range(first: date, last: date) -> Reading:
    return Reading(first, last, precise=False)


def _calendar(day: int, month: int, year: str | None, anchors: Anchors, side: Side) -> date:
    """The date in its written year; without one, the nearest on its side, unless the other side is far nearer."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    base = anchors.written if side is Side.PAST else anchors.spoken
    days = [candidate for y in range(base.year - 4, base.year + 5) if (candidate := _valid(y, month, day))]
    past = max((d for d in days if d <= base), default=None)
    future = min((d for d in days if d >= base), default=None)
    near, far = (past, future) if side is Side.PAST else (future, past)
    if near is None or (far is not None and abs(near - base) > _FAR > abs(far - base)):
        near = far
    if near is None:
        raise ValueError("no such day")
    return near


def _valid(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def _read_iso(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    g = phrase.groups
    return _one(date(int(g["year"]), int(g["month_no"]), int(g["day"])))


def _read_named_month(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    g = phrase.groups
    return _checked(_calendar(int(g["day"]), month_numbers()[g["month"]], g.get("year"), anchors, side), phrase)


def _checked(day: date, phrase: DatePhrase) -> Reading:
    weekday = phrase.groups.get("weekday")
    return replace(_one(day), weekday_clash=weekday is not None and weekday_numbers()[weekday] != day.weekday())


def _read_numeric(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading | None:
    """Month first with '/' and '-', day first with '.', the other way round where that is no date or a far one."""
    g = phrase.groups
    first, second = int(g["first"]), int(g["second"])
    if g["mark"] == "-" and "year" not in g:
        return None
    orders = [(second, first), (first, second)] if g["mark"] != "." else [(first, second)]
    days = [_calendar(d, m, g.get("year"), anchors, side) for d, m in orders if 1 <= m <= 12 and 1 <= d <= 31]
    if "weekday" in g:
        days.sort(key=lambda day: day.weekday() != weekday_numbers()[g["weekday"]])
    elif len(days) == 2 and _distance(days[0], anchors) > 90 and _distance(days[1], anchors) <= 31:
        return replace(_one(days[1]), other=days[0])
    elif len(days) == 2 and _distance(days[1], anchors) <= _SAME_DAYS < _ANOTHER_MONTH < _distance(days[0], anchors):
        return replace(_one(days[1]), other=days[0])  # '10/11', written on the tenth of November
    return _checked(days[0], phrase) if days else None


_SAME_DAYS = 2  # days from the day of writing
_ANOTHER_MONTH = 14


def _distance(day: date, anchors: Anchors) -> int:
    return abs((day - anchors.spoken).days)


def _read_weekday_day(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    weekday, day = weekday_numbers()[phrase.groups["weekday"]], int(phrase.groups["day"])
    days = [d for d in _months_of(day, anchors, side, 14) if d.weekday() == weekday]
    return _one(days[0]) if days else _checked(next(_months_of(day, anchors, side, 3)), phrase)


def _read_ordinal(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    return _one(next(_months_of(int(phrase.groups["day"]), anchors, side, 3)))


def _months_of(day: int, anchors: Anchors, side: Side, limit: int) -> Iterator[date]:
    """The nth of the months around, nearest first, on the side that counts."""
    if not 1 <= day <= 31:
        raise ValueError("no month has that day")
    base = anchors.written if side is Side.PAST else anchors.spoken
    step = -1 if side is Side.PAST else 1
    for months in range(limit):
        year, month = divmod(base.year * 12 + base.month - 1 + step * months, 12)
        found = _valid(year, month + 1, day)
        if found and (found - base) * step >= timedelta(0):
            yield found


def _weekday_near(weekday: int, base: date, side: Side) -> date:
    """The last such day up to ``base``, or the first one after it."""
    if side is Side.PAST:
        return base - _DAY * ((base.weekday() - weekday) % 7)
    return base + _DAY * ((weekday - base.weekday() - 1) % 7 + 1)


def _monday(day: date) -> date:
    return day - _DAY * day.weekday()


def _read_weekday(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    base = anchors.written if side is Side.PAST else anchors.spoken
    return _one(_weekday_near(weekday_numbers()[phrase.groups["weekday"]], base, side))


def _read_weekday_after(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    """'Monday week' and 'a week on Monday' are the Monday after the coming one."""
    coming = _weekday_near(weekday_numbers()[phrase.groups["weekday"]], anchors.spoken, Side.FUTURE)
    return _one(coming + _DAY * 7)


def _read_week_weekday(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    shift = {"last": -7, "this": 0, "next": 7}[phrase.groups["near"]]
    return _one(_monday(anchors.written) + _DAY * (shift + weekday_numbers()[phrase.groups["weekday"]]))


def _read_near_weekday(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    """'Next Friday' is the Friday of next week, 'this Friday' the coming one, 'last Friday' the one before today."""
    weekday, near, base = weekday_numbers()[phrase.groups["weekday"]], phrase.groups["near"], anchors.written
    if near in ("last", "past", "this past"):
        return _one(_weekday_near(weekday, base - _DAY, Side.PAST))
    coming = _weekday_near(weekday, base, Side.FUTURE)
    if near != "next":
        same_week = _monday(base) + _DAY * weekday
        return _one(same_week if near == "this" and side is Side.PAST and same_week <= base else coming)
    following = _monday(base) + _DAY * (7 + weekday)
    return replace(_one(following), other=coming if coming != following else None)


_DAY_WORDS = {
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
    "tmrw": 1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
}


def _read_today(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    word = phrase.groups.get("word", "today").removeprefix("the ")
    return _one(anchors.written + _DAY * _DAY_WORDS.get(word, 0))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _next_month(day: date) -> date:
    return _month_end(day) + _DAY


def _read_end_of(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    g = phrase.groups
    later = 2 if "after" in g else 1 if "next" in g or "following" in g else 0  # units after the present one
    unit = g.get("unit") or g.get("flip") or {"eow": "week", "eom": "month", "eoy": "year"}[g["short"]]
    base = anchors.written
    if unit == "week":
        monday = _monday(base + _DAY * 2) if base.weekday() > 4 else _monday(base)
        return _one(monday + _DAY * (7 * later + 4))
    if unit == "month":
        for _ in range(later):
            base = _next_month(base)
        return _one(_month_end(base))
    return _one(date(base.year + later, 12, 31))


_WEEK_PARTS = {"early": (0, 1), "mid": (1, 3), "late": (3, 4), "end": (4, 4)}  # days after Monday
_MONTH_PARTS = {
    "early": (1, 10),
    "mid": (10, 20),
    "late": (21, 31),
    "end": (31, 31),
    "first": (1, 15),
    "second": (16, 31),
}
_SAME_PART = {
    "first half of": "first",
    "second half of": "second",
    "latter half of": "second",
    "beginning of": "early",
    "start of": "early",
    "middle of": "mid",
    "later": "late",
    "end of": "end",
}


def _read_week(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    g = phrase.groups
    shift = 14 if "after" in g else {"last": -7, "this": 0, "next": 7}[g.get("near", "this")]
    return _part_of_week(_monday(anchors.written) + _DAY * shift, g.get("part", ""))


def _part_of_week(monday: date, part: str) -> Reading:
    first, last = _WEEK_PARTS.get(_SAME_PART.get(part, part), (0, 4))
    return _range(monday + _DAY * first, monday + _DAY * last)


def _read_part_week(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    reading = _part_of_week(_monday(anchors.written), phrase.groups["part"])
    week = timedelta(days=7) if side is Side.FUTURE and reading.last < anchors.written else timedelta(0)
    return _range(reading.first + week, reading.last + week)


def _read_week_of(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    g = phrase.groups
    month = month_numbers()[g.get("month") or g["month2"]]
    return _part_of_week(_monday(_calendar(int(g.get("day") or g["day2"]), month, None, anchors, side)), "")


def _read_month(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    near, first = phrase.groups["near"], anchors.written.replace(day=1)
    month = {"last": (first - _DAY).replace(day=1), "this": first, "next": _next_month(first)}[near]
    return _part_of_month(month, phrase.groups.get("part", ""))


def _part_of_month(month: date, part: str) -> Reading:
    length = monthrange(month.year, month.month)[1]
    first, last = (min(day, length) for day in _MONTH_PARTS.get(_SAME_PART.get(part, part), (1, 31)))
    return _range(month.replace(day=first), month.replace(day=last))


def _read_month_name(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    month = month_numbers()[phrase.groups["month"]]
    year = anchors.spoken.year + (side is Side.FUTURE and month < anchors.spoken.month)
    year -= side is Side.PAST and month > anchors.spoken.month
    return _part_of_month(date(year, month, 1), phrase.groups.get("part", ""))


_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_WEEKS = {"two": 2, "couple of": 2, "three": 3, "few": 3}


def _read_nth_week(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    """'The 2nd week of January' is the second one whose Monday lies in it; 'the first two weeks' end with the second."""
    month = _month_meant(phrase, anchors, side)
    last = _part_of_week(_monday(month.last), "")
    nth = phrase.groups.get("no") or phrase.groups["nth"]
    if nth == "last":
        return last
    weeks = phrase.groups.get("weeks", "1")
    first = _part_of_week(_monday(month.first + _DAY * 6) + _DAY * 7 * ((_NTH.get(nth) or int(nth[0])) - 1), "")
    until = first.last + _DAY * 7 * ((_WEEKS.get(weeks) or int(weeks)) - 1)
    return _range(first.first, until) if first.first <= month.last else last


def _month_meant(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    """The month of 'the first week of …'; of the present month where that week may be to come."""
    g = phrase.groups
    if "near" not in g:
        return _read_month_name(replace(phrase, groups={"month": g.get("month") or g["month2"]}), anchors, side)
    first = anchors.written.replace(day=1)
    if g["near"] in ("next", "the following") or (g["near"] == "the" and side is Side.FUTURE and _gone_by(g, anchors)):
        first = _next_month(first)
    return _range(first, _month_end(first))


def _gone_by(groups: Mapping[str, str], anchors: Anchors) -> bool:
    """'The first week of the month', said on the 20th, is that of the next month."""
    return groups.get("nth") != "last" and anchors.written.day > 7


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(words()["numbers"][text])


def _read_count(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading | None:
    """'Within 10 days' from the interview on; 'ago' and 'from now' count from the day of writing."""
    g = phrase.groups
    low, tail = _number(g["count"]), g.get("tail", "")
    high = _number(g["upto"]) if "upto" in g else 2 if g.get("more") == "two" else low
    past, base = tail == "ago", anchors.written if tail in ("ago", "from now", "from today") else anchors.spoken
    unit = "week" if g["unit"] == "fortnight" else g["unit"]
    times = 2 if g["unit"] == "fortnight" else 1
    days = [_counted(n * times, unit, "working" in g, base, past) for n in sorted((low, high))]
    if None in days:
        return None
    first, last = sorted(day for day in days if day is not None)
    vague = first != last or "more" in g or any(word in g["count"] for word in words()["vague_numbers"])
    within = g.get("lead") not in (None, "in", "after")
    return Reading(base if within and not past else first, last, precise=not vague)


def _counted(count: int, unit: str, working: bool, base: date, past: bool) -> date | None:
    if working and unit == "day" and not past:
        return add_business_days(base, count)
    from dateparser.date import DateDataParser  # heavy to import, so only where something was counted

    parser = DateDataParser(
        languages=["en"], settings={"RELATIVE_BASE": datetime.combine(base, time(12)), "TIMEZONE": "UTC"}
    )
    found = parser.get_date_data(f"{count} {unit}s ago" if past else f"in {count} {unit}s").date_obj
    return found.date() if found else None


def add_business_days(day: date, count: int) -> date:
    """``count`` days from Monday to Friday later; public holidays are not known."""
    while count:
        day += _DAY
        count -= day.weekday() < 5
    return day


def _read_holiday(phrase: DatePhrase, anchors: Anchors, side: Side) -> Reading:
    """'Before' is up to the day before, 'after the holidays' the first working week of January."""
    name, before = phrase.groups["holiday"], phrase.groups["lead"] != "after"
    day = next(d for y in (0, 1) if (d := _holiday(name, anchors.spoken.year + y, before)) > anchors.spoken)
    if before:
        return _range(anchors.spoken, day - _DAY)
    return _range(day + _DAY, _monday(day + _DAY * 3) + _DAY * 4)


def _holiday(name: str, year: int, before: bool) -> date:
    if "giving" in name:
        return date(year, 11, 22) + _DAY * ((3 - date(year, 11, 22).weekday()) % 7)
    if "mas" in name or ("holiday" in name and before):
        return date(year, 12, 25)
    return date(year, 1, 1)


_READERS = {
    "iso": _read_iso, "day_month": _read_named_month, "month_day": _read_named_month, "numeric": _read_numeric,
    "weekday_day": _read_weekday_day, "week_weekday": _read_week_weekday, "weekday_week": _read_week_weekday,
    "near_weekday": _read_near_weekday, "weekday": _read_weekday, "weekday_after": _read_weekday_after, "just_now": _read_today, "today": _read_today,
    "end_of": _read_end_of, "end_month_name": _read_month_name, "in_month": _read_month_name, "week": _read_week,
    "week_of": _read_week_of, "nth_week": _read_nth_week, "part_week": _read_part_week, "month": _read_month, "ordinal": _read_ordinal,
    "count_in": _read_count, "count_ago": _read_count, "count": _read_count, "holiday": _read_holiday,
}  # fmt: skip
