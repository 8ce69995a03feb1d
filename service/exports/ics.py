"""Reminders for the messages of one interview, as one ``.ics`` file (G40)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from service.errors import NothingToRemind

_LENGTH = timedelta(minutes=15)


class Step(Protocol):
    """A step of the plan, such as ``TimelineEntry``; only its kind and times are used, never its wording."""

    @property
    def kind(self) -> str: ...

    @property
    def not_before(self) -> datetime | None: ...

    @property
    def not_after(self) -> datetime | None: ...


@dataclass(frozen=True)
class _Reminder:
    title: str
    before_end: timedelta | None = None  # remind that long before the window closes, else as it opens


# Calendars are often shared: a title tells what to do, and names neither people nor company.
_REMINDERS: Mapping[str, _Reminder] = MappingProxyType(
    {
        "thank_you": _Reminder("Send the thank-you email", timedelta(hours=2)),
        "linkedin": _Reminder("Send the LinkedIn request"),
        "check_in": _Reminder("Check in if there is no news"),
        "second_check_in": _Reminder("Check in a last time if there is no news"),
    }
)


def ics_reminders(entries: Iterable[Step], *, uid_seed: str, now: datetime) -> bytes:
    """A calendar with one reminder for each message still ahead at ``now``.

    ``uid_seed`` names the draft: the same seed gives the same UIDs, so that a second import updates the first. Where
    ``now`` is in a named zone, reminders are at that zone's own time, whatever its clocks do until then; else in UTC.

    Raises:
        NothingToRemind: no message is ahead; a calendar must hold something (RFC 5545, 3.6).
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Afterword//Reminders//EN")
    calendar.add("version", "2.0")
    for entry in entries:
        reminder = _REMINDERS.get(entry.kind)
        at = _due(entry, reminder, now) if reminder else None
        if reminder and at:
            calendar.add_component(_event(entry.kind, reminder.title, at, uid_seed, now))
    if not calendar.subcomponents:
        raise NothingToRemind(
            "No date is known that lies ahead. State when the interview was (interview.at) or when they decide "
            "(interview.decision_date)."
        )
    # The zone's rules for the years around: some calendars stumble over the changes of half a century.
    calendar.add_missing_timezones(date(now.year - 1, 1, 1), date(now.year + 3, 1, 1))
    return bytes(calendar.to_ical())


def _due(entry: Step, reminder: _Reminder, now: datetime) -> datetime | None:
    """When to remind: in the window and not in the past; None where the window is unknown or over."""
    if entry.not_before is None or entry.not_after is None or entry.not_after <= now:
        return None
    wished = entry.not_after - reminder.before_end if reminder.before_end else entry.not_before
    return min(max(wished, entry.not_before, now), entry.not_after)


def _event(kind: str, title: str, at: datetime, uid_seed: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{sha256(f'{uid_seed}/{kind}'.encode()).hexdigest()[:32]}@afterword")
    event.add("dtstamp", now.astimezone(UTC))
    begins = at.astimezone(now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else UTC)
    event.add("dtstart", begins)
    event.add("dtend", begins + _LENGTH)
    event.add("summary", title)
    event.add("transp", "TRANSPARENT")  # a reminder does not make anyone busy
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(0))
    alarm.add("description", title)
    event.add_component(alarm)
    return event
