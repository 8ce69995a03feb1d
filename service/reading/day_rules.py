"""Rules over the kinds of tokens, which fold neighbours into days: 'NUfW', then 'NUfD', then 'D'.

The calendar rules here, and not English: what 'the Friday of the week after next' means is counted, and a rule that counts
wrongly is wrong for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from service.reading.day_saying import Saying, Token, date_of, later, month_end, next_weekday

Rule = Callable[[Saying, list[Token]], "date | None"]


def _of(tokens: list[Token], kind: str) -> Token | None:
    return next((t for t in tokens if t.kind == kind), None)


def _value(tokens: list[Token], kind: str, default: int = 1) -> int:
    found = _of(tokens, kind)
    return found.value if found else default


def _day_of_month(r: Saying, t: list[Token]) -> date | None:
    """'Tues 3 Nov 2026', 'the 3rd of November', 'Nov 3-5' (the last of them)."""
    numbers = [x.value for x in t if x.kind in "NO"]
    day = r.dated(numbers[-1], _value(t, "M"), _value(t, "Y", 0) or None)
    weekday = _of(t, "W")
    r.mismatch |= bool(day and weekday and weekday.value != day.weekday())
    return day


def _its_weekday_after(r: Saying, t: list[Token]) -> date | None:
    """'4 December, a Friday'; in '4 December, Monday at the latest' two days are named."""
    day = r.dated(next(x.value for x in t if x.kind in "NO"), _value(t, "M"), _value(t, "Y", 0) or None)
    return day if day and day.weekday() == _value(t, "W") else None


def _nth_weekday(r: Saying, t: list[Token]) -> date | None:
    month = _of(t, "M")
    first = (r.dated(28, month.value) if month else r.said) or r.said
    number, nth = _value(t, "W"), _of(t, "O")
    if nth is None:
        return month_end(first) - timedelta((month_end(first).weekday() - number) % 7)
    return next_weekday(first.replace(day=1) - timedelta(1), number) + timedelta(7 * (nth.value - 1))


def _week_of_month(r: Saying, t: list[Token]) -> date | None:
    """The Friday of 'the first week of June': the first one that leaves room for a week before it."""
    first = (r.dated(28, _value(t, "M")) or r.said).replace(day=1)
    if _of(t, "l"):
        return month_end(first) - timedelta((month_end(first).weekday() - 4) % 7)
    friday = next_weekday(first - timedelta(1), 4)
    return friday + timedelta(7 * (_value(t, "O") - 1 + (friday.day < 4)))


def _part_of_month(r: Saying, t: list[Token]) -> date | None:
    month, part = _of(t, "M"), t[0].text
    first = (
        (
            r.dated(15 if part == "mid" else 28, month.value, _value(t, "Y", 0) or None)
            if month
            else later(r.said, bool(_of(t, "n")), "month")
        )
        or r.said
    ).replace(day=1)
    if part in ("mid", "middle"):
        return first.replace(day=15)
    return first.replace(day=10) if part in ("early", "beginning", "start") else month_end(first)


def _half_of_month(r: Saying, t: list[Token]) -> date | None:
    first = (r.dated(28, _value(t, "M")) or r.said).replace(day=1)
    return first.replace(day=15) if _value(t, "O", 2) == 1 else month_end(first)


def _month(r: Saying, t: list[Token]) -> date | None:
    day = r.dated(28, _value(t, "M"), _value(t, "Y", 0) or None)
    return None if t[-1].text == "may" and len(t) == 1 else day and month_end(day)


def _before_month(r: Saying, t: list[Token]) -> date | None:
    """'Before June' is by the last day of May."""
    day = r.dated(28, _value(t, "M"), _value(t, "Y", 0) or None)
    return day and day.replace(day=1) - timedelta(1)


def _this_month(r: Saying, t: list[Token]) -> date | None:
    return month_end(r.said) if t[-1].text == "month" else None


def _number_of_month(r: Saying, t: list[Token]) -> date | None:
    """'The 15th of the month'."""
    return _ordinal(r, t) if t[-1].text == "month" else None


def _weekend_of_month(r: Saying, t: list[Token]) -> date | None:
    """'The first weekend of May' ends on its Sunday; before it is the Friday."""
    first = (r.dated(28, _value(t, "M")) or r.said).replace(day=1)
    saturday = next_weekday(first - timedelta(1), 5) + timedelta(7 * (_value(t, "O") - 1))
    return saturday + timedelta(-1 if _of(t, "b") else 1)


def _end_of_year(r: Saying, t: list[Token]) -> date | None:
    unit = t[-1].text
    return date(r.said.year, 12, 31) if unit == "year" else month_end(date(r.said.year, (r.said.month + 2) // 3 * 3, 1))


def _quarter(r: Saying, t: list[Token]) -> date | None:
    return r.dated(month_end(date(r.said.year, 3 * _value(t, "q"), 1)).day, 3 * _value(t, "q"))


def _weeks_on(t: list[Token]) -> int:
    kinds = "".join(x.kind for x in t)
    return 2 if "an" in kinds else 1 if "n" in kinds or "a" in kinds else -1 if "l" in kinds else 0


def _week(r: Saying, t: list[Token]) -> date | None:
    """A week is its Friday, since what is promised may come on its last day."""
    if t[-1].text != "week" and t[0].kind != "U" and not any(x.text == "week" for x in t):
        return None
    part = _of(t, "p")
    back = (
        0
        if part is None
        else 3
        if part.text in ("early", "beginning", "start")
        else 2
        if part.text in ("mid", "middle")
        else 0
    )
    return r.monday(_weeks_on(t)) + timedelta(4 - back)


def _weekday_of_week(r: Saying, t: list[Token]) -> date | None:
    return r.monday(_weeks_on(t)) + timedelta(_value(t, "W")) if any(x.text == "week" for x in t) else None


def _day_of_week(r: Saying, t: list[Token]) -> date | None:
    """'this day next week', 'this time next week'."""
    return r.said + timedelta(7) if t[0].text == "today" and t[-1].text == "week" else None


def _beside(r: Saying, t: list[Token]) -> date | None:
    """'The Friday after Easter', 'the Tuesday before the 9th'."""
    day, number = t[-1].day or r.said, _value(t, "W")
    return day - timedelta((day.weekday() - number - 1) % 7 + 1) if _of(t, "b") else next_weekday(day, number)


def _week_beside(r: Saying, t: list[Token]) -> date | None:
    day = t[-1].day or r.said
    weeks = {"a": 1, "b": -1}.get(t[1].kind, 0)
    return day - timedelta(day.weekday()) + timedelta(4 + 7 * weeks) if t[0].text == "week" else None


def _week_of(r: Saying, t: list[Token]) -> date | None:
    return _week_beside(r, t) if t[1].text == "of" else None


def _after_next(r: Saying, t: list[Token]) -> date | None:
    return None if r.past else r.weekday(t[0].value) + timedelta(7)


def weekday_alone(r: Saying, t: list[Token]) -> date | None:
    kinds, number = "".join(x.kind for x in t), _value(t, "W")
    if "l" in kinds:
        return r.now - timedelta((r.now.weekday() - number - 1) % 7 + 1)
    day = r.weekday(number)
    asks = next((x for x in t if x.kind == "n"), None)
    if asks and asks.text in ("next", "nxt") and "t" not in kinds and not r.past and day < r.monday(1):
        r.others.append(day)
        return day + timedelta(7)
    return day


def _and_weeks(r: Saying, t: list[Token]) -> date | None:
    """'Friday week', 'Thursday fortnight', 'two weeks from today', 'a week on Friday', 'two days after that'."""
    unit, count, day = _of(t, "U"), float(_value(t, "N")), _of(t, "D")
    if unit is None or (unit.text == "day" and t[0].kind == "D"):
        return None
    if _of(t, "h"):
        count += 0.5
    start = day.day if day and day.day else r.said
    return start - timedelta(count) if _of(t, "b") and unit.text == "day" else later(start, count, unit.text)


def _in_weeks(r: Saying, t: list[Token]) -> date | None:
    """'Friday in a fortnight': that many weeks after the coming one."""
    unit = _of(t, "U")
    if t[0].kind != "D" or t[1].text != "in" or unit is None or t[0].day is None:
        return None
    return later(t[0].day, _value(t, "N"), unit.text) if unit.text in ("week", "fortnight") else None


def _counted(r: Saying, t: list[Token]) -> date | None:
    numbers = [x.value for x in t if x.kind == "N"]
    unit = _of(t, "U")
    assert unit is not None
    count = (numbers[-1] if numbers else 1) + (0.5 if _of(t, "h") else 0)
    if _of(t, "x") or t[-1].text == "after" or (unit.text == "day" and not numbers):
        return None
    if _of(t, "g"):
        return later(r.now, -count, unit.text) if unit.text != "workday" else None
    return later(r.said, max(count, 2 if t[-1].kind in "No" else count), unit.text)


def _ordinal(r: Saying, t: list[Token]) -> date | None:
    number, weekday = [x.value for x in t if x.kind in "NO"][-1], _of(t, "W")
    months = [later(r.said.replace(day=1), k, "month") for k in range(-3, 4)]
    days = [d for first in months if (d := date_of(first.year, first.month, number))]
    fitting = [d for d in days if weekday is not None and d.weekday() == weekday.value and abs(d - r.said).days < 62]
    if weekday is not None and not any(d <= r.said if r.past else d >= r.said for d in fitting):
        if t[-1].kind == "N":
            return r.weekday(weekday.value)  # 'tue 15' where no Tuesday is the 15th: an hour
        if r.past and fitting:
            return min(fitting)  # 'thurs 4th' on the 2nd: still to come
        r.mismatch = True
    elif weekday is not None:
        days = fitting
    if r.past:
        return max((d for d in days if d <= r.said), default=None)
    return min((d for d in days if d >= r.said), default=None)


def _weekend(r: Saying, t: list[Token]) -> date | None:
    sunday = r.monday(1 if _of(t, "n") else 0) + timedelta(6 if not r.past else -1)
    if _of(t, "b"):
        return sunday - timedelta(2)
    return sunday + timedelta(1) if _of(t, "a") else sunday


def _after(r: Saying, t: list[Token]) -> date | None:
    """'After Easter' is no earlier than the Friday behind it; 'after one week' is no later than that."""
    if not t[-1].exact:
        return t[-1].day
    return next_weekday(t[-1].day or r.said, 4)


def _day_before(r: Saying, t: list[Token]) -> date | None:
    """'Before Christmas' for a feast; 'before the 9th' means by then."""
    day = t[-1].day or r.said
    return day - timedelta(1) if t[-1].text.startswith("§") else day


EXACT = (
    _day_of_month,
    _its_weekday_after,
    _nth_weekday,
    _ordinal,
    weekday_alone,
    _weekday_of_week,
    _beside,
    _after_next,
)


@cache
def rules() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    table: list[tuple[str, Rule]] = [
        (r"Of?Wf?(?:M|t?U)|lWf?(?:M|t?U)", _nth_weekday),
        (r"[NO]f?MY?,N?W|M[NO]Y?,N?W", _its_weekday_after),
        (r"W?(?:[NO]o)?[NO]f?MY?", _day_of_month),
        (r"W?M[NO](?:o[NO])?Y?", _day_of_month),
        (r"p?f?[Ol]Uf?M", _week_of_month),
        (r"b?Oef?M", _weekend_of_month),
        (r"[NO]ft?U", _number_of_month),
        (r"tU", _this_month),
        (r"[OpN]?hf?M", _half_of_month),
        (r"pf?MY?", _part_of_month),
        (
            r"pf?[nt]?U(?<=.)",
            lambda r, t: (
                _part_of_month(r, t)
                if t[-1].text == "month"
                else _end_of_year(r, t)
                if t[-1].text in ("year", "quarter")
                else None
            ),
        ),
        (r"D[nt]U|DUn", _day_of_week),
        (r"W[ft]*(?:Uan|Ua|UW|nU|lU)|Wft?U|[ntl]U,?i?f?W|UnW", _weekday_of_week),
        (r"pf?(?:t|n)*U(?:an?)?|[nt]+U(?:an)?|Uan|(?<!N)Ua$|Un|lU", _week),
        (r"Wan(?!U)|Wa(?:tW?|s)?$|Wats?", _after_next),
        (r"W[ab]D", _beside),
        (r"(?<!N)U[abk]D", _week_beside),
        (r"(?<![NO])UfD", _week_of),
        (r"W?O(?!U)|WN(?!U)|O(?=oO)", _ordinal),
        (r"(?<=,)N$", lambda r, t: None if r.past else _ordinal(r, t)),
        (r"(?<![NO])UfD", _week_of),
        (r"b?[nt]?ea?|a[nt]?e", _weekend),
        (r"[nlt]*W[nl]?(?!N?U$)|[nlt]*W[nl]?(?=N?U)", weekday_alone),
        (r"DfNU", _in_weeks),
        (r"N?hU[fa]*D|NU[fab]*D|DN?U|UfD|UD(?!U)", _and_weeks),
        (r"NUoN|NoNU|NhU|NU(?:N?h)?[af]*[sx]?g?|U(?=$)", _counted),
        (r"aD", _after),
        (r"bD", _day_before),
        (r"q", _quarter),
        (r"bMY?", _before_month),
        (r"MY?", _month),
    ]
    return tuple((re.compile(pattern), rule) for pattern, rule in table)
