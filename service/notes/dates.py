"""When the interview was and when the decision is promised, each with the words it was read from.

The notes were written after the interview: its date is the nearest past one, the decision's the nearest after the
interview. Words such as 'next Friday' count from the day the notes were written, which is ``now`` unless the
interview is known to lie elsewhere; promises ('within ten days') count from the interview. See docs/dates.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from service.errors import DatesContradict, RequestError
from service.notes.date_cues import Said, read_statements
from service.notes.date_phrases import any_of, time_line, words
from service.notes.date_reading import Anchors, Reading, Side, read_phrase
from service.types import DateFact, Interview, Span, Warning

_ABSOLUTE = frozenset({"iso", "day_month", "month_day", "numeric", "weekday_day", "ordinal"})
_VAGUE = frozenset(
    {"count", "end_month_name", "in_month", "week", "part_week", "month", "week_of", "nth_week", "holiday", "end_of"}
)
_HEADING_REACH = timedelta(days=60)
_BESIDE = 15  # characters from a cue to the date that it surely means: 'they decide by'
_YEARS = range(1970, 2200)  # beyond them a year is a slip, and near the calendar's ends nothing can be counted


@dataclass(frozen=True)
class DateMention:
    """``value`` is the last day that the words may mean; ``precise`` is False where they mean several."""

    value: date | datetime
    span: Span
    text: str  # exactly notes[span.start:span.end]
    kind: str  # interview | decision | deadline | other
    precise: bool = True


@dataclass(frozen=True)
class DatesRead:
    interview_at: DateFact | None
    decision_date: DateFact | None
    mentions: tuple[DateMention, ...] = ()
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True)
class _Dated:
    said: Said
    reading: Reading


def read_dates(notes: str, now: datetime, given: Interview | None = None) -> DatesRead:
    """The two dates that matter, and every date mentioned. ``now`` is aware; times are in its zone.

    Raises:
        RequestError: the caller gave a date of a year in which no interview is.
        DatesContradict: the caller gave a decision date before the interview.
    """
    given = given or Interview()
    _require_years(now, given)
    if given.at and given.decision_date and given.decision_date < _day(given.at, now):
        raise DatesContradict("The decision date lies before the interview. Correct one of the two.")
    statements = read_statements(notes)
    interviews = _interviews(statements, notes, now)
    interview, warnings = _interview_fact(interviews, notes, now, given)
    anchors = _anchors(interviews, interview, now)
    decisions = _decisions(statements, notes, anchors)
    decision, more = _decision_fact(decisions, given)
    warnings += more
    if interview and decision and decision.day < interview.day:
        warnings += (_before(decision.day, interview.day),)
        interview, decision = (None, decision) if given.decision_date else (interview, None)
    return DatesRead(interview, decision, _mentions(statements, interviews, decisions, notes, now, anchors), warnings)


def _require_years(now: datetime, given: Interview) -> None:
    stated = {"The time taken as now": now, "The interview's date": given.at, "The decision date": given.decision_date}
    for what, value in stated.items():
        if value is not None and value.year not in _YEARS:
            raise RequestError(f"{what} is not between {_YEARS[0]} and {_YEARS[-1]}. Correct its year.")


def _day(value: date | datetime, now: datetime) -> date:
    value = _local(value, now)
    return value.date() if isinstance(value, datetime) else value


def _local(value: date | datetime, now: datetime) -> date | datetime:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=now.tzinfo) if value.tzinfo is None else value.astimezone(now.tzinfo)


def _read(said: Said, anchors: Anchors, side: Side) -> Reading | None:
    reading = read_phrase(said.phrase, anchors, side)
    end = read_phrase(said.until, anchors, side) if said.until else None
    if reading is None or end is None:
        return reading
    return Reading(min(reading.first, end.first), max(reading.last, end.last), precise=False)


def _interviews(statements: Sequence[Said], notes: str, now: datetime) -> tuple[_Dated, ...]:
    """The statements of when the interview was; an earlier round counts only where nothing else does."""
    today = Anchors(now.date(), now.date())
    dated = [
        _Dated(said, reading)
        for said in statements
        if _about_interview(said, notes) and (reading := _read(said, today, Side.PAST))
    ]
    past = [d for d in dated if d.reading.precise and d.reading.last <= now.date() and _near_enough(d, now)]
    main = [d for d in past if d.said.cue not in ("earlier", "heading")] or [d for d in past if d.said.cue == "heading"]
    return tuple(main or past)


def _near_enough(dated: _Dated, now: datetime) -> bool:
    """A heading's date is the interview's when it is recent."""
    return dated.said.cue != "heading" or now.date() - dated.reading.last <= _HEADING_REACH


def _about_interview(said: Said, notes: str) -> bool:
    if said.phrase.form in _VAGUE or _ahead(said):
        return False
    if said.cue in ("interview", "earlier", "heading"):
        return said.cue_text == "date" or not _in_future_tense(said, notes)
    gone_by = said.phrase.form in ("today", "just_now") or said.phrase.groups.get("near") in (
        "last",
        "past",
        "this past",
    )
    return said.cue == "next_round" and gone_by and not _in_future_tense(said, notes)


def _ahead(said: Said) -> bool:
    """Words that can only mean a day to come."""
    g = said.phrase.groups
    counted = said.phrase.form == "count_in" or (said.phrase.form == "count_ago" and g["tail"] != "ago")
    return (
        counted
        or g.get("near") in ("next", "coming", "this coming")
        or "tomorrow" in g.get("word", "")
        or g.get("word") in ("tmrw", "eod")
    )


@cache
def _future_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w)|(?='))(?:{any_of(words()['future'])})\b", re.IGNORECASE)


def _in_future_tense(said: Said, notes: str) -> bool:
    clause = re.split(r"[.,;!?\n]|\b(?:and|but|so|who)\b", notes[max(0, said.span.start - 80) : said.span.start])[-1]
    return bool(_future_pattern().search(clause))


def _interview_fact(
    interviews: Sequence[_Dated], notes: str, now: datetime, given: Interview
) -> tuple[DateFact | None, tuple[Warning, ...]]:
    if given.at:
        return DateFact(_local(given.at, now)), ()
    stated = [d for d in interviews if d.said.phrase.form in _ABSOLUTE] or list(interviews)
    if not stated:
        return None, ()
    chosen = stated[-1]
    warnings = [
        _contradiction("interview", d.reading.last, chosen.reading.last)
        for d in stated
        if d.reading.last != chosen.reading.last
    ]
    warnings += _doubts(chosen)
    chosen = next(
        (d for d in reversed(interviews) if d.reading.last == chosen.reading.last and d.said.phrase.time), chosen
    )
    clock = chosen.said.phrase.time or time_line(notes)
    day = chosen.reading.last
    return DateFact(datetime.combine(day, clock, now.tzinfo) if clock else day, chosen.said.span), tuple(warnings[-3:])


def _anchors(interviews: Sequence[_Dated], interview: DateFact | None, now: datetime) -> Anchors:
    """Notes that call the interview 'today' or 'Tuesday', rightly so, were written now; others on its day."""
    if interview is None:
        return Anchors(now.date(), now.date())
    fresh = any(d.said.phrase.form not in _ABSOLUTE and d.reading.last == interview.day for d in interviews)
    return Anchors(now.date() if fresh else interview.day, interview.day)


# 'guests choose Friday's dinner': the day of a thing that is no meeting to decide.
THING_OF_A_DAY = re.compile(r"\w+day['’]s (?!(?:meeting|board|panel|committee|call|decision)\b)[a-z]", re.IGNORECASE)


def _decisions(statements: Sequence[Said], notes: str, anchors: Anchors) -> tuple[_Dated, ...]:
    about = (
        said
        for said in statements
        if said.cue == "decision" and _promises(said, notes) and not THING_OF_A_DAY.match(notes, said.span.start)
    )
    return tuple(_Dated(said, reading) for said in about if (reading := _read(said, anchors, Side.FUTURE)))


@cache
def _promised_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(words()['promised'])})\b", re.IGNORECASE)


def _promises(said: Said, notes: str) -> bool:
    """A day gone by is the decision's only where the promise was not kept; 'today they said …' is no promise."""
    if re.match(r"[^.!?\n]{0,60}\?", notes[said.span.end :]):
        return False  # a question is no promise
    helped = said.cue_text.startswith(
        ("'", "will ring", "will call", "will text", "will tell", "will phone", "will e", "would")
    )
    if helped and re.search(
        rf"(?i)\bi\s*{re.escape(said.cue_text)}", notes[max(0, said.span.start - 100) : said.span.end + 40]
    ):
        return False  # 'I'll write more tomorrow' is the candidate's plan
    g = said.phrase.groups
    past = (
        g.get("near") in ("last", "past", "this past")
        or g.get("tail") == "ago"
        or g.get("word", "").startswith(("yester", "last", "day before"))
    )
    if past or said.phrase.form == "just_now":
        return past and bool(_promised_pattern().search(notes[max(0, said.span.start - 60) : said.span.start]))
    return said.phrase.form != "today" or said.forward or "word" not in g or "tomorrow" in g["word"]


def _decision_fact(decisions: Sequence[_Dated], given: Interview) -> tuple[DateFact | None, tuple[Warning, ...]]:
    """The later statement wins; where both stand right beside their cues and none amends, the later day does.

    So no check-in is early. A statement that only narrows one down ('next week, likely Tuesday') is no contradiction.
    """
    if given.decision_date:
        return DateFact(given.decision_date), ()
    chosen: _Dated | None = None
    warnings: list[Warning] = []
    for dated in decisions:
        if chosen is None or _within(dated.reading, chosen.reading):
            chosen = dated if chosen is None or dated.reading != chosen.reading else chosen
        elif not _within(chosen.reading, dated.reading):
            newer = dated.said.amends or chosen.said.gap > _BESIDE or dated.reading.last > chosen.reading.last
            taken = "later statement" if newer else "later day"
            warnings.append(_contradiction("decision", chosen.reading.last, dated.reading.last, taken))
            chosen = dated if newer else chosen
    if chosen is None:
        return None, ()
    return DateFact(chosen.reading.last, chosen.said.span), (*warnings[-3:], *_doubts(chosen))


def _within(inner: Reading, outer: Reading) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def written_day(day: date) -> str:
    """'Friday 20 November 2026'."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _contradiction(what: str, earlier: date, later: date, taken: str = "later statement") -> Warning:
    days = f"{written_day(earlier)}, and later {written_day(later)}"
    detail = f"The notes give two dates for the {what}: {days}. The {taken} was taken."
    return Warning("contradiction", detail)


def _before(decision: date, interview: date) -> Warning:
    days = f"The decision date ({written_day(decision)}) lies before the interview ({written_day(interview)})"
    detail = f"{days}. Please give the right one."
    return Warning("decision_before_interview", detail)


def _doubts(dated: _Dated) -> list[Warning]:
    day, other = dated.reading.last, dated.reading.other
    found = []
    if other:
        found.append(
            Warning(
                "date_ambiguous", f"A date was read as {written_day(day)}; it could also mean {written_day(other)}."
            )
        )
    if dated.reading.weekday_clash:
        found.append(
            Warning(
                "weekday_mismatch",
                f"The weekday in the notes does not fit the date: it is a {day:%A} ({written_day(day)}).",
            )
        )
    return found


def _mentions(
    statements: Sequence[Said],
    interviews: Sequence[_Dated],
    decisions: Sequence[_Dated],
    notes: str,
    now: datetime,
    anchors: Anchors,
) -> tuple[DateMention, ...]:
    kinds = {d.said.span: ("interview", d.reading) for d in interviews} | {
        d.said.span: ("decision", d.reading) for d in decisions
    }
    mentions = []
    for said in statements:
        kind, reading = kinds.get(said.span) or _elsewhere(said, anchors)
        if reading:
            mentions.append(_mention(said, kind, reading, notes, now))
    return tuple(mentions)


def _elsewhere(said: Said, anchors: Anchors) -> tuple[str, Reading | None]:
    past = said.cue_text == "since" or (
        said.cue == "other" and said.cue_text.endswith(("ed", "began", "built", "went live"))
    )
    return ("deadline" if said.cue == "deadline" else "other"), _read(said, anchors, Side.PAST if past else Side.FUTURE)


def _mention(said: Said, kind: str, reading: Reading, notes: str, now: datetime) -> DateMention:
    clock = said.phrase.time if reading.first == reading.last else None
    value = datetime.combine(reading.last, clock, now.tzinfo) if clock else reading.last
    return DateMention(value, said.span, notes[said.span.start : said.span.end], kind, reading.precise)
