from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import DatesContradict
from service.notes.dates import DatesRead, read_dates
from service.types import Interview

NOW = datetime(2026, 11, 17, 18, 0, tzinfo=timezone(timedelta(hours=1)))  # a Tuesday
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def decision(notes: str, now: datetime = NOW) -> date | None:
    found = read_dates(notes, now).decision_date
    return found.day if found else None


def interview(notes: str, now: datetime = NOW) -> date | datetime | None:
    found = read_dates(notes, now).interview_at
    return found.value if found else None


def warned(read: DatesRead) -> list[str]:
    return [warning.type for warning in read.warnings]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Friday", date(2026, 11, 20)),
        ("this Friday", date(2026, 11, 20)),
        ("next Friday", date(2026, 11, 27)),
        ("Tuesday", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 18)),
        ("end of week", date(2026, 11, 20)),
        ("EOW", date(2026, 11, 20)),
        ("the end of next week", date(2026, 11, 27)),
        ("end of month", date(2026, 11, 30)),
        ("EOM", date(2026, 11, 30)),
        ("early next week", date(2026, 11, 24)),
        ("mid next week", date(2026, 11, 26)),
        ("next week", date(2026, 11, 27)),
        ("next week, probably Wednesday", date(2026, 11, 25)),
        ("Wednesday of next week", date(2026, 11, 25)),
        ("the week of Nov 30", date(2026, 12, 4)),
        ("the week after next", date(2026, 12, 4)),
        ("11/27", date(2026, 11, 27)),
        ("27/11", date(2026, 11, 27)),
        ("27.11.", date(2026, 11, 27)),
        ("2026-11-27", date(2026, 11, 27)),
        ("11/27/26", date(2026, 11, 27)),
        ("Nov 27", date(2026, 11, 27)),
        ("Nov. 27th", date(2026, 11, 27)),
        ("27 November", date(2026, 11, 27)),
        ("the 27th of November", date(2026, 11, 27)),
        ("Friday, November 27, 2026", date(2026, 11, 27)),
        ("the 25th", date(2026, 11, 25)),
        ("the 10th", date(2026, 12, 10)),
        ("Thurs 19th", date(2026, 11, 19)),
        ("Friday the 27th", date(2026, 11, 27)),
        ("mid December", date(2026, 12, 20)),
        ("early January", date(2027, 1, 10)),
        ("before Thanksgiving", date(2026, 11, 25)),
        ("before Christmas", date(2026, 12, 24)),
        ("Jan 8", date(2027, 1, 8)),
        ("Thursday or Friday", date(2026, 11, 20)),
        ("Thursday no wait Friday", date(2026, 11, 20)),
    ],
)
def test_a_promised_date_is_read(words: str, expected: date) -> None:
    assert decision(f"Met Priya today. They'll get back to me by {words}") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("hear back in two weeks", date(2026, 12, 1)),
        ("a decision within 10 days", date(2026, 11, 27)),
        ("they respond w/in a week", date(2026, 11, 24)),
        ("timeline: 2-3 weeks", date(2026, 12, 8)),
        ("feedback in a couple of weeks", date(2026, 12, 1)),
        ("decision in a week or two", date(2026, 12, 1)),
        ("answer within 5 business days", date(2026, 11, 24)),
        ("they decide in a month", date(2026, 12, 17)),
        ("decision after the holidays", date(2027, 1, 8)),
        ("On Friday they'll let me know", date(2026, 11, 20)),
        ("Q: when will I hear back?\nA: by Friday", date(2026, 11, 20)),
        ("Timeline:\n- the 25th", date(2026, 11, 25)),
        ("They were supposed to get back to me last Friday", date(2026, 11, 13)),
    ],
)
def test_a_promise_in_its_own_words_is_read(sentence: str, expected: date) -> None:
    assert decision(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Interviewed today with Priya", date(2026, 11, 17)),
        ("spoke w/ Priya this morning", date(2026, 11, 17)),
        ("call with Priya yesterday", date(2026, 11, 16)),
        ("met the team last Thurs", date(2026, 11, 12)),
        ("interviewed tuesday", date(2026, 11, 17)),
        ("Interview on Friday", date(2026, 11, 13)),
        ("interviewed 3 days ago", date(2026, 11, 14)),
        ("Interview 17/11 with Bob", date(2026, 11, 17)),
        ("interviewed 11/16", date(2026, 11, 16)),
        ("Tue Nov 17 - Meridian Freight - Priya Raman", date(2026, 11, 17)),
        ("just got off a call with Priya", date(2026, 11, 17)),
        ("Interviewed for the project manager role on Monday", date(2026, 11, 16)),
        ("interviewed Thursday no wait Friday", date(2026, 11, 13)),
    ],
)
def test_the_interviews_day_is_the_nearest_past(sentence: str, expected: date) -> None:
    assert interview(sentence) == expected


@pytest.mark.parametrize(
    ("notes", "hour", "minute"),
    [
        ("call today at 2pm", 14, 0),
        ("spoke at 14:00 today", 14, 0),
        ("interviewed today 10.30 with Bo", 10, 30),
        ("interviewed today at 3 with Bo", 15, 0),
        ("Date: Tue, Nov 17\nTime: 2:15 pm", 14, 15),
        ("When: Tuesday, Nov 17, 2-3pm", 14, 0),
    ],
)
def test_a_time_makes_the_interview_a_moment_in_the_zone_of_now(notes: str, hour: int, minute: int) -> None:
    assert interview(notes) == datetime(2026, 11, 17, hour, minute, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(
    "notes",
    [
        "3 of 11, in fact 3/11 services carved out",
        "on-call 24/7, team of 10-15 people, 2-3 yrs, Q3, 401k",
        "I'd say the interview went 9/10",
        "works with python 3.11. and node 20",
        "met her on the 25th floor",
        "every Friday they demo to each other",
        "the product is live since 2019, migrated in March",
        "they decided to cut 3 weeks of testing",
        "she sat with the team, the sun was out",
        "I may 2 the point, march 3 miles",
        "start date would be Jan 4",
        "it went ok",
    ],
)
def test_what_is_no_date_of_this_interview_is_not_read_as_one(notes: str) -> None:
    read = read_dates(notes, NOW)
    assert (read.interview_at, read.decision_date) == (None, None)


def test_the_next_round_is_not_the_interview() -> None:
    read = read_dates("Interviewed Tuesday. Next round is Thursday with the VP.", NOW)
    assert read.interview_at
    assert read.interview_at.day == date(2026, 11, 17)
    assert [(m.text, m.kind) for m in read.mentions] == [("Tuesday", "interview"), ("Thursday", "other")]


def test_my_own_deadline_is_not_their_decision() -> None:
    read = read_dates("I need to submit the take-home by Friday.", NOW)
    assert read.decision_date is None
    assert [m.kind for m in read.mentions] == ["deadline"]


def test_notes_read_weeks_later_count_from_the_interview() -> None:
    late = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
    assert decision("Date: Nov 17, 2026\nhear back by end of next week", late) == date(2026, 11, 27)
    read = read_dates("Met Priya today, hear back by Friday", late, Interview(at=date(2026, 11, 17)))
    assert read.decision_date
    assert read.decision_date.day == date(2026, 11, 20)


def test_the_year_is_right_around_new_year() -> None:
    january = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
    assert interview("Interviewed on Dec 30", january) == date(2026, 12, 30)
    december = datetime(2026, 12, 29, 9, 0, tzinfo=UTC)
    assert decision("Interviewed today, decision by 4 January", december) == date(2027, 1, 4)
    assert decision("Interviewed today, decision by Friday", december) == date(2027, 1, 1)


def test_the_later_statement_wins_and_a_warning_names_both_dates() -> None:
    read = read_dates("Decision by Nov 20. Later Priya wrote: decision by Nov 25", NOW)
    assert read.decision_date
    assert read.decision_date.day == date(2026, 11, 25)
    assert warned(read) == ["contradiction"]
    assert "20 November 2026" in read.warnings[0].detail
    assert "25 November 2026" in read.warnings[0].detail


def test_a_narrower_statement_is_no_contradiction() -> None:
    read = read_dates("They decide next week. I will hear back on the 25th.", NOW)
    assert read.decision_date
    assert read.decision_date.day == date(2026, 11, 25)
    assert read.warnings == ()


def test_a_read_decision_before_the_interview_is_dropped_with_a_warning() -> None:
    read = read_dates("Interviewed Nov 16. Decision by Nov 10", NOW)
    assert read.interview_at
    assert read.decision_date is None
    assert warned(read) == ["decision_before_interview"]


def test_two_given_dates_that_contradict_are_refused() -> None:
    with pytest.raises(DatesContradict):
        read_dates("", NOW, Interview(at=date(2026, 11, 17), decision_date=date(2026, 11, 16)))


def test_given_dates_win_over_the_notes() -> None:
    stated = Interview(at=datetime(2026, 11, 16, 10, 0, tzinfo=UTC), decision_date=date(2026, 12, 1))
    read = read_dates("Interviewed today, decision by Friday", NOW, stated)
    assert read.interview_at
    assert read.interview_at.value == stated.at
    assert read.interview_at.span is None
    assert read.decision_date
    assert read.decision_date.value == date(2026, 12, 1)
    assert read.warnings == ()


def test_next_friday_is_said_to_be_ambiguous_only_where_the_readings_differ() -> None:
    assert warned(read_dates("decision by next Friday", NOW)) == ["date_ambiguous"]
    friday = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert warned(read_dates("decision by next Monday", friday)) == []


def test_a_weekday_that_does_not_fit_its_date_is_reported() -> None:
    assert warned(read_dates("Interviewed Fri Nov 16", NOW)) == ["weekday_mismatch"]


def test_a_european_day_first_date_is_taken_where_the_american_one_is_far() -> None:
    read = read_dates("Interviewed on 3/11", datetime(2026, 11, 4, 9, 0, tzinfo=UTC))
    assert read.interview_at
    assert read.interview_at.day == date(2026, 11, 3)
    assert warned(read) == ["date_ambiguous"]


moments = st.datetimes(datetime(2000, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.sampled_from(WEEKDAYS), st.sampled_from(["", "last ", "this past "]))
def test_an_interviews_weekday_lies_within_the_week_before(now: datetime, weekday: str, near: str) -> None:
    day = interview(f"Interviewed {near}{weekday}", now)
    assert isinstance(day, date)
    assert WEEKDAYS[day.weekday()] == weekday
    assert timedelta(1 if near else 0) <= now.date() - day <= timedelta(7 if near else 6)


@given(moments, st.sampled_from(WEEKDAYS), st.sampled_from(["", "this ", "next "]))
def test_a_promised_weekday_lies_ahead(now: datetime, weekday: str, near: str) -> None:
    day = decision(f"They will get back to me by {near}{weekday}", now)
    assert day
    assert WEEKDAYS[day.weekday()] == weekday
    assert timedelta(0) < day - now.date() <= timedelta(14 if near == "next " else 7)


UNRELATED = (
    "The office is bright.",
    "They ship with 12 people, 24/7.",
    "Their planners use 3 of 11 tools.",
    "Nice dog!",
)


@given(moments, st.lists(st.sampled_from(UNRELATED), max_size=6), st.lists(st.sampled_from(UNRELATED), max_size=6))
def test_unrelated_sentences_change_nothing(now: datetime, before: list[str], after: list[str]) -> None:
    plain = "I interviewed on Monday. I will hear back in two weeks."
    alone, among = read_dates(plain, now), read_dates("\n".join([*before, plain, *after]), now)
    assert alone.interview_at
    assert among.interview_at
    assert alone.interview_at.value == among.interview_at.value
    assert alone.decision_date
    assert among.decision_date
    assert alone.decision_date.value == among.decision_date.value


WORDS = ("interviewed", "decision by", "next Friday", "Nov 31", "the 31st", "2pm", "12/31", "in 3 months", "İ", "💼",
         "no wait", "Monday", "or", "\n", ": ", "EOM", "99 weeks ago", "Feb 29", "at 25:00", "2026-13-45")  # fmt: skip


@given(moments, st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=12).map(" ".join))
def test_spans_cut_exactly_the_words_and_reading_twice_is_the_same(now: datetime, notes: str) -> None:
    read = read_dates(notes, now)
    assert read == read_dates(notes, now)
    assert all(notes[m.span.start : m.span.end] == m.text for m in read.mentions)
    ends = [(m.span.start, m.span.end) for m in read.mentions]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))
    for fact in (read.interview_at, read.decision_date):
        assert fact is None or (fact.span is not None and notes[fact.span.start : fact.span.end].strip())
    if read.interview_at:
        assert read.interview_at.day <= now.date()


def test_an_emails_date_line_gives_way_to_a_date_that_is_said_to_be_the_interviews() -> None:
    header = "From: Tom Becker\nDate: Mon, Nov 16, 2026 at 9:12 AM\nSubject: Interview\n\n"
    read = read_dates(header + "Your interview is confirmed for Tuesday, Nov 17 at 2:00 PM.", NOW)
    assert read.interview_at
    assert read.interview_at.value == datetime(2026, 11, 17, 14, 0, tzinfo=NOW.tzinfo)
    assert read.warnings == ()
    assert interview(header + "Thank you for the talk!") == datetime(2026, 11, 16, 9, 12, tzinfo=NOW.tzinfo)


def test_when_i_follow_up_is_neither_date() -> None:
    read = read_dates("If I don't hear back by Friday I'll follow up on Monday.", NOW)
    assert read.interview_at is None
    assert [m.kind for m in read.mentions] == ["decision", "deadline"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("he rings 2nd wk of jan", "2027-01-15"),
        ("they decide in the first week of December", "2026-12-11"),
        ("she will call in the last week of November", "2026-12-04"),
    ],
)
def test_a_counted_week_of_a_month_ends_on_its_friday(said: str, day: str) -> None:
    now = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
    decision = read_dates(f"Interview on 16 November 2026.\n{said}", now).decision_date
    assert decision is not None
    assert str(decision.day) == day


def test_the_day_that_was_said_in_the_end_is_the_one() -> None:
    now = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
    decision = read_dates("Interview on 16 November 2026.\ntells me thursday... friday she said in the end", now)
    assert decision.decision_date is not None
    assert str(decision.decision_date.day) == "2026-11-20"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("decision Fri. update: it's Tues 24 Nov now", "2026-11-24"),
        ("they tell me by the 25th. no, corrected by mail: 27 Nov", "2026-11-27"),
        ("decision Fri. Update - now Tues 24 Nov", "2026-11-24"),
        ("decision Fri\nedit: Tues 24 Nov instead", "2026-11-24"),
        ("decision Fri. it's Tues 24 Nov now", "2026-11-24"),
        ("decision Fri -> moved to 24 Nov", "2026-11-24"),
        ("decision ~~20 Nov~~ 24 Nov", "2026-11-24"),
        ("decision 25 Nov. Lotte mailed: it's moved to 20 Nov", "2026-11-20"),
        ("decision by the 25th (no: 27th)", "2026-11-27"),
    ],
)
def test_a_later_word_on_the_decision_wins(said: str, day: str) -> None:
    assert str(decision(f"Met Irma Doyle today.\n{said}")) == day


@pytest.mark.parametrize(
    "said",
    [
        "decision Fri. From 1 December the shop is shut",
        "decision Fri. update: they start 1 December",
        "decision Fri. Update: I sent the form on 24 Nov",
    ],
)
def test_another_day_told_later_is_not_the_decisions(said: str) -> None:
    assert str(decision(f"Met Irma Doyle today.\n{said}")) == "2026-11-20"


@pytest.mark.parametrize(
    "said", ["Irma says they decide by 27 Nov. Tom says they decide by 24 Nov", "decide by 24 Nov. decide by 27 Nov"]
)
def test_of_two_days_that_cannot_be_told_apart_the_later_is_kept(said: str) -> None:
    read = read_dates(f"Met Irma Doyle today. {said}", NOW)
    assert read.decision_date
    assert read.decision_date.day == date(2026, 11, 27)
    assert warned(read) == ["contradiction"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("decision EOW next wk", "2026-11-27"),
        ("decision end of wk next wk", "2026-11-27"),
        ("decision end of the week after next", "2026-12-04"),
        ("decision first week of Dec", "2026-12-11"),
        ("decision 1st wk December", "2026-12-11"),
        ("decision 2nd wk of jan", "2027-01-15"),
        ("decision week 2 of January", "2027-01-15"),
        ("decision first two weeks of January", "2027-01-15"),
        ("decision the last week of December", "2027-01-01"),
        ("decision first half of December", "2026-12-15"),
        ("decision 2nd week of next month", "2026-12-18"),
        ("decision first week of the month", "2026-12-11"),
    ],
)
def test_a_counted_week_ends_with_its_friday(said: str, day: str) -> None:
    assert str(decision(f"Met Irma Doyle today. {said}")) == day


def test_a_page_of_spaces_after_a_date_is_read_at_once() -> None:
    assert decision("decision 5 May" + " " * 18_000 + "now 6 May") is not None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("decision by 24 Nov\nUpdate 19 Nov: nothing new", "2026-11-24"),
        ("decision by 24 Nov\nEDIT 19 Nov: Ruth mailed, now the 27th", "2026-11-27"),
        ("decision by 24 Nov. Update (19 Nov) now 27 Nov", "2026-11-27"),
    ],
)
def test_the_day_of_an_update_is_not_what_it_says(said: str, day: str) -> None:
    assert str(decision(f"Met Irma Doyle today.\n{said}")) == day


def test_the_latest_day_named_counts() -> None:
    assert str(decision("I hear by 24 Nov, at the latest 27 Nov")) == "2026-11-27"


def test_a_date_before_a_long_gap_is_read_in_time() -> None:
    assert str(decision("decision 24 Nov" + " " * 5000 + "they sew")) == "2026-11-24"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("decision by Monday week.", date(2026, 11, 30)),
        ("They decide a week on Friday.", date(2026, 11, 27)),
        ("Decision on Monday. week two is the trial.", date(2026, 11, 23)),
        ("They give me notice until the 24th.", date(2026, 11, 24)),
        ("they write on the 24th", date(2026, 11, 24)),
        ("text by Friday", date(2026, 11, 20)),
    ],
)
def test_a_week_after_a_weekday_and_a_promise_by_post_are_read(sentence: str, expected: date) -> None:
    assert decision(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "They decide on cases faster now, from 26 to 12 days.",
        "I'd sit with claims for a week, they answered.",
        "I will write more tomorrow.",
    ],
)
def test_how_long_something_took_is_no_promise(sentence: str) -> None:
    assert decision(sentence) is None


def test_of_two_readings_the_day_of_writing_is_the_interviews() -> None:
    tenth = datetime(2026, 11, 10, 18, 0, tzinfo=UTC)
    assert interview("Interview 10/11 with Bob", tenth) == date(2026, 11, 10)
    assert interview("Interview 10/11 with Bob", datetime(2026, 10, 20, 18, 0, tzinfo=UTC)) == date(2026, 10, 11)


def test_an_assessment_and_a_talk_just_over_have_their_day() -> None:
    assert interview("PRISON OFFICER. ASSESSMENT DAY WAS YESTERDAY.") == date(2026, 11, 16)
    assert interview("They fire on Mondays.\n- kiln loaded by hand\n- I painted the shed yesterday.") is None
