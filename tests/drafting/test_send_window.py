from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.drafting.send_window import SendRules, send_window, timeline
from service.types import DateFact, MessageKind, SendStatus, SendWindow

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY_14 = DateFact(datetime(2026, 11, 17, 14, 0, tzinfo=BERLIN))
TUESDAY = DateFact(date(2026, 11, 17))
FRIDAY_27 = DateFact(date(2026, 11, 27))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def window(
    kind: MessageKind,
    now: datetime,
    interview: DateFact | None = TUESDAY_14,
    decision: DateFact | None = None,
    rules: SendRules | None = None,
) -> SendWindow:
    return send_window(kind, interview_at=interview, decision_date=decision, now=now, rules=rules)


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (at(17, 15, 59), SendStatus.TOO_EARLY),
        (at(17, 16), SendStatus.NOW),
        (at(18, 14), SendStatus.NOW),
        (at(18, 14, 1), SendStatus.OVERDUE),
    ],
)
def test_a_thank_you_goes_out_an_hour_after_the_end_and_within_a_day(now: datetime, status: SendStatus) -> None:
    found = window(MessageKind.THANK_YOU, now)
    assert (found.not_before, found.not_after, found.status) == (at(17, 16), at(18, 14), status)
    assert found.rule == "G1"


def test_the_advice_names_the_last_moment() -> None:
    assert window(MessageKind.THANK_YOU, at(17, 18)).advice == "Send it before Wednesday 18 November, 14:00."


def test_a_late_thank_you_is_still_sent_and_hides_nothing_but_the_delay() -> None:
    assert window(MessageKind.THANK_YOU, at(21, 9)).advice == "Still send it today, and say nothing of the delay."


def test_an_interview_without_a_time_is_thanked_for_the_same_day_or_the_next() -> None:
    found = window(MessageKind.THANK_YOU, at(17, 12), TUESDAY)
    assert (found.not_before, found.not_after, found.status) == (at(17, 9), at(18, 17), SendStatus.NOW)


def test_times_are_in_the_zone_of_now() -> None:
    interview = DateFact(datetime(2026, 11, 17, 13, 0, tzinfo=UTC))
    assert "Wednesday 18 November, 14:00" in window(MessageKind.THANK_YOU, at(17, 18), interview).advice


def test_a_linkedin_request_waits_a_day_and_lasts_a_week() -> None:
    found = window(MessageKind.LINKEDIN, at(17, 18))
    assert (found.not_before, found.not_after, found.status) == (at(18, 15), at(25, 15), SendStatus.TOO_EARLY)
    assert found.rule == "G29"
    assert window(MessageKind.LINKEDIN, at(26, 9)).status is SendStatus.OVERDUE


def test_a_check_in_waits_a_week_after_the_promised_date() -> None:
    found = window(MessageKind.CHECK_IN, at(28, 9), decision=FRIDAY_27)
    assert (found.not_before, found.status, found.rule) == (at(4, 9, month=12), SendStatus.TOO_EARLY, "G7")
    assert found.advice == "Give them until Friday 4 December; write then if you have heard nothing."


def test_how_long_a_check_in_waits_is_a_setting() -> None:
    found = window(MessageKind.CHECK_IN, at(28, 9), decision=FRIDAY_27, rules=SendRules(check_in_after_days=2))
    assert found.not_before == at(30, 9)  # two days after the Friday is a Sunday, so Monday


def test_without_a_promised_date_a_check_in_waits_five_to_ten_business_days() -> None:
    found = window(MessageKind.CHECK_IN, at(24, 10))
    assert (found.not_before, found.not_after) == (at(24, 9), at(1, 17, month=12))
    assert (found.status, found.rule) == (SendStatus.NOW, "G26")


@pytest.mark.parametrize("kind", list(MessageKind))
def test_without_any_date_the_advice_says_what_to_do(kind: MessageKind) -> None:
    found = window(kind, at(17, 18), None)
    assert (found.not_before, found.not_after, found.status) == (None, None, SendStatus.UNKNOWN)
    assert found.advice.endswith(".")


def test_the_plan_has_every_step_in_order() -> None:
    plan = timeline(interview_at=TUESDAY_14, decision_date=FRIDAY_27, now=at(17, 18))
    steps = ["thank_you", "linkedin", "keep_applying", "check_in", "second_check_in", "stop"]
    assert [entry.kind for entry in plan] == steps
    assert [entry.rule for entry in plan] == ["G1", "G29", "G10", "G7", "G27", "G27"]
    assert plan[4].not_before == at(11, 9, month=12)
    assert plan[5].not_before is not None
    assert plan[5].not_before > plan[4].not_before


def test_a_plan_without_dates_still_says_what_to_do() -> None:
    plan = timeline(interview_at=None, decision_date=None, now=at(17, 18))
    assert len(plan) == 6
    assert {entry.status for entry in plan} == {SendStatus.UNKNOWN, SendStatus.NOW}


def test_a_second_check_in_follows_a_late_first_one_by_a_week() -> None:
    plan = timeline(interview_at=TUESDAY_14, decision_date=None, now=at(20, 10, month=12))
    assert plan[3].status is SendStatus.OVERDUE
    assert plan[4].not_before == at(28, 9, month=12)


days = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(DateFact)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(BERLIN))  # noqa: DTZ001


@given(days, st.none() | days, moments)
def test_check_ins_never_go_out_on_a_weekend_or_before_the_promised_date(
    interview: DateFact, decision: DateFact | None, now: datetime
) -> None:
    first, second = (
        e for e in timeline(interview_at=interview, decision_date=decision, now=now) if e.kind.endswith("check_in")
    )
    assert first.not_before
    assert second.not_before
    assert first.not_before.weekday() < 5 > second.not_before.weekday()
    assert first.not_before.date() > (decision or interview).day
    assert second.not_before - first.not_before >= timedelta(days=6, hours=23)


@given(st.sampled_from(list(MessageKind)), days, st.none() | days, moments)
def test_a_window_opens_before_it_closes_and_its_status_fits(
    kind: MessageKind, interview: DateFact, decision: DateFact | None, now: datetime
) -> None:
    found = window(kind, now, interview, decision)
    assert found.not_before
    assert found.not_after
    assert found.not_before < found.not_after
    assert (found.status is SendStatus.NOW) == (found.not_before <= now <= found.not_after)
