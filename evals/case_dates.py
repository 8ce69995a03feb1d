"""Whether the dates of a case agree with each other and with the words in its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = rf"(?P<day>{'|'.join(_DAYS)})(?:day|s|sday|nesday|rs|r|rsday|urday)?\.?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_NUMBER = r"(?P<number>\d{1,2})(?:st|nd|rd|th)?\b"
_DATED = (
    re.compile(rf"\b(?:{_DAY},? +)?(?:the +)?{_MONTH} +{_NUMBER}", re.IGNORECASE),
    re.compile(rf"\b(?:{_DAY},? +)?(?:the +)?{_NUMBER} +(?:of +)?{_MONTH}\b", re.IGNORECASE),
    re.compile(r"\b(?P<year>\d{4})-(?P<iso_month>\d\d)-(?P<number>\d\d)\b"),
)
_WEEKDAY = re.compile(rf"\b{_DAY}(?![a-z])", re.IGNORECASE)


class _Truth(Protocol):
    @property
    def interview_date(self) -> date | None: ...
    @property
    def interview_words(self) -> str | None: ...
    @property
    def decision_date(self) -> date | None: ...
    @property
    def decision_words(self) -> str | None: ...


class _Dated(Protocol):
    @property
    def notes(self) -> str: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    @property
    def truth(self) -> _Truth: ...


def date_problems(case: _Dated) -> Iterable[str]:
    """One sentence per contradiction between a case's dates, or between a date and the words it was read from."""
    truth = case.truth
    if truth.interview_date and truth.decision_date and truth.decision_date < truth.interview_date:
        yield "decision_date lies before interview_date. Mend one of them."
    interview = ("interview", truth.interview_date, truth.interview_words)
    decision = ("decision", truth.decision_date, truth.decision_words)
    for what, day, words in (interview, decision):
        if words and day is None:
            yield f"{what}_words are given, but {what}_date is null. State the date, or drop the words."
        elif words and day and "weekday_mismatch" not in case.warnings:
            yield from disagreement(what, day, words)
    if truth.interview_date and "weekday_mismatch" not in case.warnings:
        yield from _impossible_weekdays(case.notes, truth.interview_date)


def disagreement(what: str, day: date, words: str) -> Iterable[str]:
    """Where ``words`` name another weekday or date than ``day``."""
    weekdays = [m["day"].lower() for m in _WEEKDAY.finditer(words)]
    if weekdays and _DAYS[day.weekday()] not in weekdays:
        yield f"{what}_words say '{words}', but {day} is a {day:%A}. Mend the date or the words."
    found = [m for pattern in _DATED for m in pattern.finditer(words)]
    if found and not any(int(m["number"]) == day.day and _month(m) == day.month for m in found):
        yield f"{what}_words say '{words}', but {what}_date is {day}. Mend one of them."


def _month(found: re.Match[str]) -> int:
    groups = found.groupdict()
    return int(groups["iso_month"]) if "iso_month" in groups else _MONTHS.index(groups["month"].lower()) + 1


def _impossible_weekdays(notes: str, near: date) -> Iterable[str]:
    """'Tue Nov 16' when the 16th, in the year nearest to the interview, is a Monday."""
    for found in (m for pattern in _DATED[:2] for m in pattern.finditer(notes) if m["day"]):
        try:
            years = [date(near.year + n, _month(found), int(found["number"])) for n in (-1, 0, 1)]
        except ValueError:
            continue
        day = min(years, key=lambda d: abs(d - near) / timedelta(days=1))
        if _DAYS[day.weekday()] != found["day"].lower():
            yield f"the notes say '{found[0]}', but that is a {day:%A}. Mend them, or add the warning weekday_mismatch."
