"""Marked day words → the interview's day and the day of the promised answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from service.errors import DatesContradict, RequestError
from service.reading.days import DayRead, clock, resolve
from service.reading.spans import Mark
from service.types import DateFact, Interview, Span, Warning

_YEARS = range(1970, 2200)  # beyond them a year is a slip, and near the calendar's ends nothing can be counted
# No answer is promised for so late (33 days in 1,437 labelled notes): 'by Nov 27', written on the 28th, is a slip.
_LONGEST = timedelta(days=180)
_AMERICA = (timedelta(hours=-10), timedelta(hours=-4))  # where '3/4' is the fourth of March
_FIGURES = re.compile(r"(?<![\d/.:-])(\d{1,2})[/-](\d{1,2})(?![\d:%])")


@dataclass(frozen=True)
class Days:
    interview: DateFact | None
    decision: DateFact | None
    warnings: tuple[Warning, ...] = ()


def days(text: str, spans: list[Mark], now: datetime, stated: Interview, *, least: float) -> Days:
    """Stated days win. Raises DatesContradict where the stated ones do, RequestError for a year in which no interview is."""
    _require_years(now, stated)
    if stated.at and stated.decision_date and stated.decision_date < _day(stated.at):
        raise DatesContradict(
            f"The decision date {stated.decision_date} is before the interview {_day(stated.at)}. Correct one of them."
        )
    offset = now.utcoffset() or timedelta()
    month_first = _order(text)
    if month_first is None and _AMERICA[0] <= offset <= _AMERICA[1]:
        month_first = True
    warnings: list[Warning] = []

    def read(kind: str, said: date, *, past: bool) -> list[tuple[DayRead, Mark]]:
        out = []
        for mark in spans:
            if mark.kind == kind and mark.confidence >= least:
                found = resolve(text[mark.start : mark.end], said, now=now.date(), past=past, month_first=month_first)
                if found:
                    out.append((found, mark))
        return out

    if stated.at:
        interview: DateFact | None = DateFact(stated.at)
    else:
        interview = _interview(text, read("day-interview", now.date(), past=True), now, warnings)
    said = interview.day if interview and interview.day <= now.date() else now.date()
    if stated.decision_date:
        decision: DateFact | None = DateFact(stated.decision_date)
    else:
        decision = _fact(read("day-decision", said, past=False), "decision", warnings)
        if decision and not said <= decision.day <= said + _LONGEST:
            warnings.append(
                Warning(
                    "decision_before_interview",
                    f"The day of the answer reads as {_long(decision.day)}, which is not within the half year after the "
                    "interview; it was left out.",
                )
            )
            decision = None
    return Days(interview, decision, tuple(warnings))


def _order(text: str) -> bool | None:
    """Whether the notes put the month first in figures, as a date of theirs shows that can be read in one order only."""
    pairs = [(int(m[1]), int(m[2])) for m in _FIGURES.finditer(text)]
    day_first = any(12 < a <= 31 and b <= 12 for a, b in pairs)
    month_first = any(a <= 12 and 12 < b <= 31 for a, b in pairs)
    return month_first if day_first != month_first else None


def _require_years(now: datetime, stated: Interview) -> None:
    named = (
        ("The time of the request", now),
        ("The interview's day", stated.at),
        ("The decision date", stated.decision_date),
    )
    for what, value in named:
        if value is not None and value.year not in _YEARS:
            raise RequestError(f"{what} is not between {_YEARS[0]} and {_YEARS[-1]}. Correct its year.")


def _interview(text: str, found: list[tuple[DayRead, Mark]], now: datetime, warnings: list[Warning]) -> DateFact | None:
    fact = _fact(found, "interview", warnings)
    if fact is None:
        return None
    times = [t for day, mark in found if day.day == fact.day and (t := clock(text[mark.start : mark.end]))]
    if not times:
        return fact
    return replace(fact, value=datetime.combine(fact.day, times[-1], tzinfo=now.tzinfo))


def _fact(found: list[tuple[DayRead, Mark]], kind: str, warnings: list[Warning]) -> DateFact | None:
    """The day that has most support, where two have as much the later said, and the others beside it."""
    if not found:
        return None
    support: dict[date, float] = {}
    for day, mark in found:
        support[day.day] = support.get(day.day, 0.0) + mark.confidence
    read, mark = max(found, key=lambda f: (support[f[0].day], f[1].start))
    rivals = [f for f in found if support[f[0].day] > support[read.day] - 0.15]
    exact = [f for f in rivals if f[0].exact] or rivals
    if kind == "decision":
        read, mark = max(exact, key=lambda f: f[0].day)  # never earlier than any of the words
    elif min(support[f[0].day] for f in rivals) > 0.9:
        read, mark = max(exact, key=lambda f: f[1].start)  # corrected later
    rivals = exact
    others = {d for day, m in rivals for d in (day.day, *day.others)} - {read.day}
    if read.mismatch:
        warnings.append(
            Warning(
                "weekday_mismatch",
                f"The weekday beside {_long(read.day)} is not that date's; check the day of the {kind}.",
            )
        )
    if read.others:
        listed = " or ".join(_long(d) for d in sorted({read.day, *read.others}))
        warnings.append(
            Warning("date_ambiguous", f"The day of the {kind} can be read as {listed}; the later one was taken.")
        )
    elif others:
        listed = " and ".join(_long(d) for d in sorted({read.day, *others}))
        warnings.append(
            Warning("contradiction", f"The notes name {listed} as the day of the {kind}; {_long(read.day)} was taken.")
        )
    return DateFact(read.day, Span(mark.start, mark.end), round(mark.confidence, 3), tuple(sorted(others)))


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
