"""What the words of a day are said on, and what the calendar knows: the ground that words and rules share."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class Token:
    """``kind``: D a day, W weekday, M month, N number, O ordinal, Y year, U unit, q quarter, n next, t this, l last, a after,
    b before, f from/of/on, g ago, k week of, p part of, e weekend, h half, c correction, o or/to, i "that is", s the
    interview, x something that is not said."""

    kind: str
    value: int = 0
    text: str = ""
    day: date | None = None
    weekday: bool = False  # of the day, nothing but its weekday stood there
    exact: bool = False  # a date or a weekday, not 'in a week' or 'end of May'


@dataclass
class Saying:
    """The day on which the words were said, what they may mean, and on the way what else they can.

    ``past``: they tell of what has been. ``month_first``: how figures are written, None where nobody knows.
    """

    said: date
    now: date
    past: bool
    month_first: bool | None
    others: list[date] = field(default_factory=list)
    mismatch: bool = False

    def dated(self, day: int, month: int, year: int | None = None) -> date | None:
        """The next such day, or the one nearest by where it has been."""
        years = [year] if year else [self.said.year + k for k in (-1, 0, 1)]
        days = [d for y in years if (d := date_of(y, month, day))]
        if not days:
            return None
        if self.past:
            return min(days, key=lambda d: (abs(d - self.said), d))
        return next((d for d in days if d >= self.said), days[-1])

    def weekday(self, number: int) -> date:
        """The last such day till now, or the first one to come."""
        if self.past:
            return self.said - timedelta((self.said.weekday() - number) % 7)
        return next_weekday(self.said, number)

    def monday(self, weeks: int = 0) -> date:
        """Of this week or a later one; on a Saturday 'this week' is the next, and 'next week' is it too."""
        late = self.said.weekday() > 4 and not self.past and weeks == 0
        return self.said - timedelta(self.said.weekday()) + timedelta(7 * (weeks + late))


def date_of(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] else None


def next_weekday(day: date, weekday: int) -> date:
    """The first such weekday after ``day``."""
    return day + timedelta((weekday - day.weekday() - 1) % 7 + 1)


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def later(day: date, count: float, unit: str) -> date:
    if unit == "workday":
        for _ in range(int(count)):
            day += timedelta({4: 3, 5: 2}.get(day.weekday(), 1))
        return day
    if unit == "month":
        year, month = divmod(day.year * 12 + day.month - 1 + int(count), 12)
        return min(month_end(date(year, month + 1, 1)), date(year, month + 1, 1) + timedelta(day.day - 1))
    if unit == "hour":
        return day + timedelta(-(-int(count) // 24) if count > 12 else 0)
    return day + timedelta(round(count * {"day": 1, "week": 7, "fortnight": 14, "quarter": 91, "year": 365}[unit]))
