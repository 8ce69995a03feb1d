"""The words of a day → the day: never earlier than the words can mean, and where they can mean two days both are named."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.reading.days import clock, resolve

TUESDAY = date(2026, 11, 17)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def promised(words: str, said: date = TUESDAY) -> date | None:
    found = resolve(words, said)
    return found.day if found else None


def been(words: str, said: date = TUESDAY) -> date | None:
    found = resolve(words, said, past=True)
    return found.day if found else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # B23 and its kind: these were read weeks too early, or not at all
        ("by EOD tmrw", "2026-11-18"),
        ("the Monday after Thanksgiving", "2026-11-30"),
        ("the week after Thanksgiving", "2026-12-04"),
        ("by Friday, Monday at the latest", "2026-11-23"),
        ("within 48 hours", "2026-11-19"),
        ("by 2026/12/04", "2026-12-04"),
        ("26Nov", "2026-11-26"),
        ("the 25", "2026-11-25"),
        ("b4 Christmas", "2026-12-24"),
        ("48h from now", "2026-11-19"),
        ("before January", "2026-12-31"),
        ("before December is out", "2026-12-31"),
        ("before the first weekend in December", "2026-12-04"),
        ("the first weekend in December", "2026-12-06"),
        ("the 25th of the month", "2026-11-25"),
        ("within this month", "2026-11-30"),
        ("next Monday or Tuesday", "2026-11-24"),
        ("next Friday or Monday", "2026-11-30"),
        ("Friday the fourth", "2026-12-04"),
        ("4 December, a Friday", "2026-12-04"),
        ("4 December, Monday at the latest", "2026-12-07"),
        # weekdays
        ("Friday", "2026-11-20"),
        ("fri", "2026-11-20"),
        ("this Friday", "2026-11-20"),
        ("next Friday", "2026-11-27"),
        ("Tuesday", "2026-11-24"),
        ("Thurs", "2026-11-19"),
        ("Weds", "2026-11-18"),
        ("Friday week", "2026-11-27"),
        ("a week on Friday", "2026-11-27"),
        ("a fortnight Thursday", "2026-12-03"),
        ("Thursday fortnight", "2026-12-03"),
        ("Monday after next", "2026-11-30"),
        ("Friday next week", "2026-11-27"),
        ("Wednesday of next week", "2026-11-25"),
        ("next week, probably Wednesday", "2026-11-25"),
        ("Thursday or Friday", "2026-11-20"),
        ("Thursday no wait Friday", "2026-11-20"),
        ("the third Friday in December", "2026-12-18"),
        ("the last Friday of the month", "2026-11-27"),
        # weeks and months
        ("end of week", "2026-11-20"),
        ("EOW", "2026-11-20"),
        ("by the end of next week", "2026-11-27"),
        ("early next week", "2026-11-24"),
        ("next week", "2026-11-27"),
        ("the week after next", "2026-12-04"),
        ("the week of Nov 30", "2026-12-04"),
        ("over the weekend", "2026-11-22"),
        ("before the weekend", "2026-11-20"),
        ("end of month", "2026-11-30"),
        ("EOM", "2026-11-30"),
        ("by month's end", "2026-11-30"),
        ("mid December", "2026-12-15"),
        ("end of January", "2027-01-31"),
        ("first week of December", "2026-12-04"),
        ("in the first half of December", "2026-12-15"),
        ("in December", "2026-12-31"),
        # counted
        ("tomorrow", "2026-11-18"),
        ("the day after tomorrow", "2026-11-19"),
        ("in two weeks", "2026-12-01"),
        ("in a week or two", "2026-12-01"),
        ("2-3 weeks", "2026-12-08"),
        ("within ten working days", "2026-12-01"),
        ("within 5 business days", "2026-11-24"),
        ("in a fortnight", "2026-12-01"),
        ("a week today", "2026-11-24"),
        ("two weeks from tomorrow", "2026-12-02"),
        ("within the week", "2026-11-24"),
        ("in a month", "2026-12-17"),
        ("a couple of weeks", "2026-12-01"),
        # dates
        ("Nov 27", "2026-11-27"),
        ("27th of November", "2026-11-27"),
        ("Friday, November 27, 2026", "2026-11-27"),
        ("the 25th", "2026-11-25"),
        ("the 10th", "2026-12-10"),
        ("by the nineteenth", "2026-11-19"),
        ("the twenty-third", "2026-11-23"),
        ("Thurs 19th", "2026-11-19"),
        ("11/27", "2026-11-27"),
        ("27/11", "2026-11-27"),
        ("27.11.", "2026-11-27"),
        ("2026-11-27", "2026-11-27"),
        ("Jan 8", "2027-01-08"),
        ("24-26 November", "2026-11-26"),
        ("no later than 5 December", "2026-12-05"),
        ("within a fortnight, so the 1st", "2026-12-01"),
        # feasts
        ("before Christmas", "2026-12-24"),
        ("by Christmas Eve", "2026-12-24"),
        ("before Thanksgiving", "2026-11-25"),
    ],
)
def test_a_promised_day(words: str, expected: str) -> None:
    assert promised(words) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("said", "words", "expected"),
    [
        ("2027-03-15", "the week after Easter", "2027-04-02"),
        ("2026-02-19", "in a week, friday probably", "2026-02-27"),
        ("2026-03-11", "until 27.3.", "2026-03-27"),
        ("2027-03-15", "the Tuesday after Easter", "2027-03-30"),
        ("2026-08-25", "the Friday after Labor Day", "2026-09-11"),
        ("2026-10-20", "before Diwali", "2026-11-07"),
        ("2026-12-29", "by 4 January", "2027-01-04"),
        ("2026-11-20", "next Monday", "2026-11-23"),
        ("2026-12-18", "the first full week of January", "2027-01-08"),
    ],
)
def test_a_day_by_the_calendar(said: str, words: str, expected: str) -> None:
    assert promised(words, date.fromisoformat(said)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("today", "2026-11-17"),
        ("today 10.30", "2026-11-17"),
        ("tody 9.30", "2026-11-17"),
        ("tomorrow 9.30", "2026-11-18"),
        ("thurs 19th", "2026-11-19"),  # still to come: no Thursday that has been was the 19th, not lately
        ("this morning at ten", "2026-11-17"),
        ("yesterday", "2026-11-16"),
        ("ystrday", "2026-11-16"),
        ("11 November, Wednesday", "2026-11-11"),
        ("on Monday at 16:30", "2026-11-16"),
        ("first thing this morning", "2026-11-17"),
        ("this forenoon", "2026-11-17"),
        ("this a.m.", "2026-11-17"),
        ("last night", "2026-11-16"),
        ("Tuesday", "2026-11-17"),
        ("Friday", "2026-11-13"),
        ("last Thurs", "2026-11-12"),
        ("3 days ago", "2026-11-14"),
        ("Tues 17 Nov at 2", "2026-11-17"),
        ("11/16", "2026-11-16"),
        ("the 5th", "2026-11-05"),
        ("20261116T130000", "2026-11-16"),
        ("just out", "2026-11-17"),
        ("this evening 6.30", "2026-11-17"),
        ("ytd 6pm", "2026-11-16"),
    ],
)
def test_the_interviews_day_has_been(words: str, expected: str) -> None:
    assert been(words) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "words", ["soon", "they'll be in touch", "the day after", "two days after that", "5 people", "may I"]
)
def test_what_names_no_day_gives_none(words: str) -> None:
    assert resolve(words, TUESDAY) is None


def test_next_friday_is_the_later_one_and_the_other_is_named() -> None:
    found = resolve("next Friday", TUESDAY)
    assert found is not None
    assert (found.day, found.others) == (date(2026, 11, 27), (date(2026, 11, 20),))


@pytest.mark.parametrize(
    ("month_first", "expected"), [(None, "2027-04-03"), (True, "2027-03-04"), (False, "2027-04-03")]
)
def test_a_date_in_figures_that_two_countries_read_differently_is_both(month_first: bool | None, expected: str) -> None:
    found = resolve("03/04", date(2027, 2, 20), month_first=month_first)
    assert found is not None
    assert found.day == date.fromisoformat(expected)
    assert {found.day, *found.others} == {date(2027, 4, 3), date(2027, 3, 4)}


def test_a_day_before_a_feast_that_is_still_to_come_has_been() -> None:
    assert been("the Tuesday before Thanksgiving", date(2026, 11, 25)) == date(2026, 11, 24)


def test_a_weekday_that_is_not_its_dates_is_told() -> None:
    found = resolve("Fri Nov 16", TUESDAY, past=True)
    assert found is not None
    assert found.mismatch


def test_today_is_the_day_of_writing_though_the_talk_was_earlier() -> None:
    found = resolve("a week from today", date(2026, 11, 16), now=TUESDAY)
    assert found is not None
    assert found.day == date(2026, 11, 24)


@given(
    st.dates(date(2001, 1, 1), date(2090, 1, 1)),
    st.sampled_from(WEEKDAYS),
    st.sampled_from(["", "this ", "next ", "on "]),
)
def test_a_promised_weekday_lies_ahead_within_two_weeks(said: date, weekday: str, near: str) -> None:
    found = resolve(near + weekday, said)
    assert found is not None
    assert said < found.day <= said + timedelta(14)
    assert WEEKDAYS[found.day.weekday()] == weekday


@example("§0", TUESDAY, False)
@given(st.text(max_size=60), st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.booleans())
def test_any_words_are_read_without_a_fault(words: str, said: date, past: bool) -> None:
    resolve(words, said, past=past)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("today 2pm", time(14)),
        ("at 14:30", time(14, 30)),
        ("today at 3", time(15)),
        ("Tuesday, Nov 17, 2-3pm", time(14)),
        ("20261022T130000", time(13)),
        ("noon", time(12)),
        ("12.15 am", time(0, 15)),
        ("Nov 17", None),
    ],
)
def test_the_time_beside_a_day(words: str, expected: time | None) -> None:
    assert clock(words) == expected
