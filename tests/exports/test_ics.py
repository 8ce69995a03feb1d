from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from service.drafting.send_window import TimelineEntry, timeline
from service.errors import NothingToRemind
from service.exports.ics import ics_reminders
from service.types import DateFact, SendStatus

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 17, 18, 0, tzinfo=BERLIN)
PLAN = timeline(
    interview_at=DateFact(datetime(2026, 11, 17, 14, 0, tzinfo=BERLIN)),
    decision_date=DateFact(date(2026, 11, 27)),
    now=NOW,
)


def calendar(entries: tuple[TimelineEntry, ...] = PLAN, now: datetime = NOW) -> Calendar:
    return Calendar.from_ical(ics_reminders(entries, uid_seed="drf_1", now=now))


def test_each_message_ahead_has_one_reminder_at_its_time() -> None:
    events = {str(event["summary"]): event["dtstart"].dt for event in calendar().walk("VEVENT")}
    assert events == {
        "Send the thank-you email": datetime(2026, 11, 18, 11, 0, tzinfo=UTC),
        "Send the LinkedIn request": datetime(2026, 11, 18, 14, 0, tzinfo=UTC),
        "Check in if there is no news": datetime(2026, 12, 4, 8, 0, tzinfo=UTC),
        "Check in a last time if there is no news": datetime(2026, 12, 11, 8, 0, tzinfo=UTC),
    }


def test_each_reminder_rings_and_says_what_to_do() -> None:
    for event in calendar().walk("VEVENT"):
        (alarm,) = event.walk("VALARM")
        assert alarm["action"] == "DISPLAY"
        assert alarm["trigger"].dt == timedelta(0)
        assert alarm["description"] == event["summary"]
        assert event["dtstamp"].dt == NOW


def test_uids_differ_between_reminders_and_stay_between_exports() -> None:
    uids = [str(event["uid"]) for event in calendar().walk("VEVENT")]
    assert len(set(uids)) == len(uids) == 4
    assert uids == [str(event["uid"]) for event in calendar(now=NOW + timedelta(minutes=5)).walk("VEVENT")]
    assert "drf_1" not in "".join(uids)


def test_the_file_has_crlf_and_folded_lines() -> None:
    raw = ics_reminders(PLAN, uid_seed="x" * 300, now=NOW)
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 75


def test_nothing_of_an_entrys_wording_is_in_the_file() -> None:
    private = tuple(replace(entry, advice="They pay badly and Priya was rude") for entry in PLAN)
    assert b"Priya" not in ics_reminders(private, uid_seed="s", now=NOW)


def test_a_window_that_is_over_or_unknown_has_no_reminder() -> None:
    unknown = TimelineEntry("check_in", None, None, SendStatus.UNKNOWN, "", "G26")
    for entries, now in (((unknown,), NOW), (PLAN, NOW + timedelta(days=300)), ((), NOW)):
        with pytest.raises(NothingToRemind, match="date"):  # a calendar without a component is none (RFC 5545, 3.6)
            ics_reminders(entries, uid_seed="s", now=now)


@pytest.mark.parametrize(
    ("zone", "talked", "decide", "check_in"),
    [
        ("Europe/Berlin", date(2027, 3, 24), date(2027, 3, 29), "2027-04-05T09:00:00+02:00"),
        ("America/New_York", date(2026, 10, 28), date(2026, 11, 2), "2026-11-09T09:00:00-05:00"),
        ("Australia/Lord_Howe", date(2027, 4, 1), date(2027, 4, 5), "2027-04-12T09:00:00+10:30"),
    ],
)
def test_a_reminder_after_the_clocks_change_is_at_the_time_that_the_clock_then_shows(zone, talked, decide, check_in):
    now = datetime.combine(talked, time(18), ZoneInfo(zone))
    entries = timeline(interview_at=DateFact(talked), decision_date=DateFact(decide), now=now)
    raw = ics_reminders(entries, uid_seed="s", now=now)
    events = {str(e["summary"]): e["dtstart"] for e in Calendar.from_ical(raw).walk("VEVENT")}
    begins = events["Check in if there is no news"]
    assert begins.params["TZID"] == zone
    assert begins.dt.isoformat() == check_in
    # A library of another maker reads the same from the file's own description of the zone.
    theirs = {e.summary.value: e.dtstart.value for e in vobject.readOne(raw.decode()).vevent_list}
    assert theirs["Check in if there is no news"] == datetime.fromisoformat(check_in)


def test_without_a_zones_name_times_are_in_utc():
    now = NOW.astimezone(timezone(timedelta(hours=1)))
    raw = ics_reminders(PLAN, uid_seed="s", now=now)
    assert b"TZID" not in raw
    assert b"DTSTART:20261118T110000Z" in raw


def test_a_reminder_is_never_in_the_past() -> None:
    late = datetime(2026, 11, 18, 13, 30, tzinfo=BERLIN)
    first = calendar(now=late).walk("VEVENT")[0]
    assert first["dtstart"].dt == late
