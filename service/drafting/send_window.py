"""When each message is best sent, and the plan of what to send when.

Pure: ``now`` is an argument, and every time is in its zone. Public holidays are not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from service.types import DateFact, MessageKind, SendStatus, SendWindow

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class SendRules:
    """The waits between an interview and its messages; each names the rule it serves."""

    interview_length: timedelta = timedelta(hours=1)  # of an interview of which only the start is known
    thank_you_pause: timedelta = timedelta(hours=1)  # G25: not the minute it ends
    thank_you_within: timedelta = timedelta(hours=24)  # G1
    check_in_after_days: int = 7  # G7, G26; some coaches say 1 or 2
    check_in_business_days: tuple[int, int] = (5, 10)  # G26, where no decision date was promised
    second_check_in_after: timedelta = _WEEK  # G27
    linkedin_after: timedelta = timedelta(hours=24)  # G29
    linkedin_for: timedelta = _WEEK
    day_starts: time = time(9)  # messages go out in the morning
    day_ends: time = time(17)  # a dated interview without a time is over by then


@dataclass(frozen=True)
class TimelineEntry:
    """One step of the plan: a message kind, 'second_check_in', 'keep_applying' or 'stop'."""

    kind: str
    not_before: datetime | None
    not_after: datetime | None
    status: SendStatus
    advice: str
    rule: str


def send_window(
    kind: MessageKind,
    *,
    interview_at: DateFact | None,
    decision_date: DateFact | None,
    now: datetime,
    rules: SendRules | None = None,
) -> SendWindow:
    """When to send a message of this kind, seen from ``now``; unknown where the date it hangs on is not known."""
    rules = rules or SendRules()
    if kind is MessageKind.THANK_YOU:
        return _thank_you(interview_at, now, rules)
    if kind is MessageKind.LINKEDIN:
        return _linkedin(interview_at, now, rules)
    return _check_in(interview_at, decision_date, now, rules)


def timeline(
    *, interview_at: DateFact | None, decision_date: DateFact | None, now: datetime, rules: SendRules | None = None
) -> tuple[TimelineEntry, ...]:
    """The whole plan for one interview, in the order of its steps."""
    rules = rules or SendRules()
    steps = [MessageKind.THANK_YOU, MessageKind.LINKEDIN, MessageKind.CHECK_IN]
    windows = {
        kind: send_window(kind, interview_at=interview_at, decision_date=decision_date, now=now, rules=rules)
        for kind in steps
    }
    first = windows[MessageKind.CHECK_IN]
    messages = [_entry(kind.value, window) for kind, window in windows.items()]
    second = _entry("second_check_in", _second_check_in(first, now, rules))
    return (*messages[:2], _keep_applying(), messages[2], second, _stop(second, now, rules))


def add_business_days(day: date, count: int) -> date:
    """``count`` days from Monday to Friday later; public holidays are not known."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def written_time(at: datetime) -> str:
    """'Wednesday 18 November, 15:00'."""
    return f"{_written_day(at.date())}, {at:%H:%M}"


def _written_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _status(not_before: datetime, not_after: datetime, now: datetime) -> SendStatus:
    if now < not_before:
        return SendStatus.TOO_EARLY
    return SendStatus.NOW if now <= not_after else SendStatus.OVERDUE


def _window(
    not_before: datetime, not_after: datetime, now: datetime, advice: dict[SendStatus, str], rule: str
) -> SendWindow:
    status = _status(not_before, not_after, now)
    return SendWindow(not_before, not_after, status, advice[status], rule)


def _unknown(advice: str, rule: str) -> SendWindow:
    return SendWindow(None, None, SendStatus.UNKNOWN, advice, rule)


def _started(interview_at: DateFact, now: datetime) -> datetime | None:
    """The interview's start in the zone of ``now``; None where only its day is known."""
    value = interview_at.value
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=now.tzinfo) if value.tzinfo is None else value.astimezone(now.tzinfo)


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)


def _thank_you(interview_at: DateFact | None, now: datetime, rules: SendRules) -> SendWindow:
    """The same day or the next morning (G25), within 24 hours of the interview (G1)."""
    if interview_at is None:
        return _unknown("Send it the same day or the next morning, within 24 hours of the interview.", "G1")
    started = _started(interview_at, now)
    if started:
        not_before = started + rules.interview_length + rules.thank_you_pause
        not_after = started + rules.thank_you_within
    else:
        not_before = _at(interview_at.day, rules.day_starts, now)
        not_after = _at(interview_at.day, rules.day_ends, now) + rules.thank_you_within
    before = f"before {written_time(not_after)}"
    advice = {
        SendStatus.TOO_EARLY: f"Let a little time pass: send it after {written_time(not_before)} and {before}.",
        SendStatus.NOW: f"Send it {before}.",
        SendStatus.OVERDUE: "Still send it today, and say nothing of the delay.",
    }
    return _window(not_before, not_after, now, advice, "G1")


def _linkedin(interview_at: DateFact | None, now: datetime, rules: SendRules) -> SendWindow:
    """Not before 24 hours after the interview (G29), then within a week, at a civil hour."""
    if interview_at is None:
        return _unknown("Send the request once 24 hours have passed since the interview, within a week of it.", "G29")
    started = _started(interview_at, now) or _at(interview_at.day, rules.day_ends, now) - rules.interview_length
    not_before = _civil(started + rules.interview_length + rules.linkedin_after, rules)
    not_after = not_before + rules.linkedin_for
    advice = {
        SendStatus.TOO_EARLY: f"Wait until {written_time(not_before)}: a day after the interview is soon enough.",
        SendStatus.NOW: f"Send the request now, or by {_written_day(not_after.date())} at the latest.",
        SendStatus.OVERDUE: "You can still send it today: a late request does no harm.",
    }
    return _window(not_before, not_after, now, advice, "G29")


def _civil(at: datetime, rules: SendRules) -> datetime:
    """Not in the night: too early becomes that morning."""
    return max(at, at.replace(hour=rules.day_starts.hour, minute=rules.day_starts.minute, second=0, microsecond=0))


def _working(day: date) -> date:
    """A weekend is moved to its Monday."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def _check_in(
    interview_at: DateFact | None, decision_date: DateFact | None, now: datetime, rules: SendRules
) -> SendWindow:
    """A week after the promised date (G7, G26); without one, 5 to 10 business days after the interview."""
    if decision_date:
        first = _working(decision_date.day + timedelta(days=rules.check_in_after_days))
        last, rule = add_business_days(first, 5), "G7"
        early = f"Give them until {_written_day(first)}; write then if you have heard nothing."
    elif interview_at:
        soonest, latest = rules.check_in_business_days
        first, last = (add_business_days(interview_at.day, days) for days in (soonest, latest))
        rule = "G26"
        early = f"No decision date is known: write on {_written_day(first)} if you have heard nothing by then."
    else:
        return _unknown("Ask when they will decide; else write five to ten business days after the interview.", "G26")
    advice = {
        SendStatus.TOO_EARLY: early,
        SendStatus.NOW: f"If you have heard nothing, send it by {_written_day(last)}.",
        SendStatus.OVERDUE: "If you have heard nothing, send it today, and say nothing of the delay.",
    }
    return _window(_at(first, rules.day_starts, now), _at(last, rules.day_ends, now), now, advice, rule)


def _second_check_in(first: SendWindow, now: datetime, rules: SendRules) -> SendWindow:
    """A week after the first one, which is the last there is (G27)."""
    if first.not_before is None:
        return _unknown("If the first check-in stays unanswered for a week, one more is fine.", "G27")
    sent = max(first.not_before, now) if first.status is SendStatus.OVERDUE else first.not_before
    day = _working((sent + rules.second_check_in_after).date())
    last = add_business_days(day, 5)
    advice = {
        SendStatus.TOO_EARLY: f"If the first check-in stays unanswered, one more on {_written_day(day)} is fine.",
        SendStatus.NOW: f"If your first check-in is a week old and unanswered, send one more by {_written_day(last)}.",
        SendStatus.OVERDUE: "If your first check-in went unanswered, one last short note is fine today.",
    }
    return _window(_at(day, rules.day_starts, now), _at(last, rules.day_ends, now), now, advice, "G27")


def _entry(kind: str, window: SendWindow) -> TimelineEntry:
    return TimelineEntry(kind, window.not_before, window.not_after, window.status, window.advice, window.rule)


def _keep_applying() -> TimelineEntry:
    advice = "Keep applying elsewhere while this one is open."
    return TimelineEntry("keep_applying", None, None, SendStatus.NOW, advice, "G10")


def _stop(second: TimelineEntry, now: datetime, rules: SendRules) -> TimelineEntry:
    """After two check-ins there is no third (G27): ``not_before`` is when to let it go."""
    if second.not_after is None:
        return TimelineEntry("stop", None, None, SendStatus.UNKNOWN, "After two check-ins, let it rest.", "G27")
    at = _at(_working((second.not_after + _WEEK).date()), rules.day_starts, now)
    if now < at:
        advice = f"If {_written_day(at.date())} comes without a word, let it rest: two check-ins are enough."
        return TimelineEntry("stop", at, None, SendStatus.TOO_EARLY, advice, "G27")
    return TimelineEntry("stop", at, None, SendStatus.NOW, "If you have written twice, let it rest now.", "G27")
