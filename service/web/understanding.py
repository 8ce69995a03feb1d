"""What was understood, as the page shows it: facts to correct, marked notes, and the plan of what to send when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from service.drafting.send_window import SendRules, TimelineEntry, timeline
from service.errors import AfterwordError
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.types import UNSURE, DateFact, Fact, Facts, Given, NoteItem, Person, Warning
from service.web.corrections import OwnerChoice, item_mark, owner_choices
from service.web.form import NOT_HELD, SINCE, PageForm, PersonRow, row_mark, shown_people

PLAN_TITLES = {
    "thank_you": "Thank-you email",
    "linkedin": "LinkedIn request",
    "keep_applying": "Keep going",
    "check_in": "Check-in",
    "second_check_in": "A second check-in",
    "stop": "Let it rest",
}
_STATUS_WORDS = {"too_early": "not yet", "now": "now", "overdue": "overdue", "unknown": "date not known"}


@dataclass(frozen=True)
class FactField:
    """One fact to show and correct. ``kept`` says that the candidate typed it."""

    name: str
    label: str
    value: str
    kind: str = "text"
    kept: bool = False
    unsure: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Piece:
    """A stretch of the notes: an item with its owner, or the words between two items."""

    text: str
    item: NoteItem | None = None
    mark: str = ""
    owners: tuple[OwnerChoice, ...] = ()

    @property
    def unsure(self) -> bool:
        return self.item is not None and self.item.confidence < UNSURE


@dataclass(frozen=True)
class PersonShown:
    """``unsure``: the part that was read may be another; ``may_be_me``: nobody is known to be the candidate yet."""

    row: PersonRow
    mark: str
    unsure: bool = False
    may_be_me: bool = False


@dataclass(frozen=True)
class PlanStep:
    title: str
    entry: TimelineEntry
    when: str
    status_words: str


@dataclass(frozen=True)
class Understanding:
    """``problem`` stands where the notes could not be read; ``facts`` is None then, and where there are no notes."""

    facts: Facts | None = None
    problem: AfterwordError | None = None
    fields: tuple[FactField, ...] = ()
    people: tuple[PersonShown, ...] = ()
    people_given: bool = False
    pieces: tuple[Piece, ...] = ()
    plan: tuple[PlanStep, ...] = ()
    warnings: tuple[Warning, ...] = ()
    given_json: str = "{}"
    summary: tuple[str, ...] = field(default=())

    @property
    def doubts(self) -> int:
        """How much of it the candidate is asked to check."""
        parts: tuple[FactField | PersonShown | Piece, ...] = (*self.fields, *self.people, *self.pieces)
        return sum(part.unsure for part in parts)


def understand(page: PageForm, reader: Reader, rules: SendRules) -> Understanding:
    """Everything that the panel shows for ``page``; never raises for notes that cannot be used."""
    if not page.notes.strip():
        return Understanding(plan=_plan(None, page.now, rules))
    try:
        given = page.given()
        facts = read_notes(page.notes, reader, now=page.now, given=given)
    except AfterwordError as problem:
        return Understanding(problem=problem, plan=_plan(None, page.now, rules))
    people = shown_people(page, facts)
    return Understanding(
        facts=facts,
        fields=_fields(facts, page.given_names),
        people=tuple(_shown(p, facts) for p in people),
        people_given=page.people_given,
        pieces=tuple(_pieces(facts, [p.name for p in people])),
        plan=_plan(facts, page.now, rules),
        warnings=facts.warnings,
        given_json=json.dumps(given_body(given), ensure_ascii=False),
        summary=_summary(facts, people),
    )


def _shown(row: PersonRow, facts: Facts) -> PersonShown:
    read = next((p for p in facts.people if p.name == row.name), None)
    unsure = read is not None and read.confidence < UNSURE
    return PersonShown(row, row_mark(row), unsure, facts.candidate is None and not row.to)


def given_body(given: Given) -> dict[str, object]:
    """``given`` as the fields of a ``POST /draft`` body, so that the page's script need not work it out again."""
    interview: dict[str, object] = {
        "company": given.interview.company,
        "role": given.interview.role,
        "at": _iso(given.interview.at),
        "decision_date": _iso(given.interview.decision_date),
        "state": given.interview.state,
    }
    body: dict[str, object] = {}
    if given.candidate:
        body["candidate"] = {"name": given.candidate}
    if given.recipients:
        body["recipients"] = [_without_none({"name": r.name, "title": r.title}) for r in given.recipients]
    if given.interview.took_place is False:
        interview["took_place"] = False
    if any(v is not None for v in interview.values()):
        body["interview"] = _without_none(interview)
    if given.corrections:
        body["corrections"] = [
            _without_none({"start": c.start, "end": c.end, "owner": c.owner.value, "speaker": c.speaker})
            for c in given.corrections
        ]
    return body


def _without_none(values: Mapping[str, object]) -> dict[str, object]:
    return {k: v for k, v in values.items() if v is not None}


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def _fields(facts: Facts, kept: frozenset[str]) -> tuple[FactField, ...]:
    candidate = facts.candidate
    shown: tuple[tuple[str, str, str, str, float], ...] = (
        ("candidate", "You", candidate.name if candidate else "", "text", _sure(candidate)),
        ("company", "Company", facts.company.value if facts.company else "", "text", _sure(facts.company)),
        ("role", "Role", facts.role.value if facts.role else "", "text", _sure(facts.role)),
        ("interview_day", "Interview day", _iso_day(facts.interview_at), "date", _sure(facts.interview_at)),
        ("interview_time", "Time", _clock(facts.interview_at), "time", 1.0),
        ("decision_date", "They decide by", _iso_day(facts.decision_date), "date", _sure(facts.decision_date)),
    )
    fields = tuple(
        FactField(name, label, value, kind, name in kept, bool(value) and confidence < UNSURE)
        for name, label, value, kind, confidence in shown
    )
    since = NOT_HELD if not facts.application.took_place else facts.application.state.value
    doubted = any(w.type == "state_unsure" for w in facts.warnings)
    return (*fields, FactField("since", "Since then", since, "choice", "since" in kept, doubted, choices=SINCE))


def _sure(fact: Fact | DateFact | Person | None) -> float:
    """How sure the reader is; of a day that can be another one, it is not."""
    if fact is None:
        return 1.0
    return 0.0 if isinstance(fact, DateFact) and fact.others else fact.confidence


def _iso_day(fact: DateFact | None) -> str:
    return fact.day.isoformat() if fact else ""


def _clock(fact: DateFact | None) -> str:
    return f"{fact.value:%H:%M}" if fact and isinstance(fact.value, datetime) else ""


def _pieces(facts: Facts, people: Sequence[str]) -> Iterator[Piece]:
    """The notes from end to end; between items what has words is shown, so that nothing seems lost."""
    at = 0
    for item in facts.items:
        yield from _between(facts.notes[at : item.start])
        if not _is_label(item):
            yield Piece(item.text, item, item_mark(item, facts.notes), owner_choices(item, people))
        at = max(at, item.end)
    yield from _between(facts.notes[at:])


def _is_label(item: NoteItem) -> bool:
    """'Priya' of 'Priya: they page on impact only': nothing but the name of whoever says what follows."""
    words = item.text.lower().strip(" :-–").split()
    return item.worth == 0 and item.speaker is not None and set(words) <= set(item.speaker.lower().split())


def _between(text: str) -> Iterator[Piece]:
    """Words that belong to no item; a label such as 'Priya:' is told by the chip of what follows it."""
    words = text.strip(" \t\n-*•·")
    if any(c.isalnum() for c in words) and not words.endswith(":"):
        yield Piece(words)


def _plan(facts: Facts | None, now: datetime, rules: SendRules) -> tuple[PlanStep, ...]:
    interview_at, decision_date = (facts.interview_at, facts.decision_date) if facts else (None, None)
    entries = timeline(interview_at=interview_at, decision_date=decision_date, now=now, rules=rules)
    return tuple(PlanStep(PLAN_TITLES[e.kind], e, _when(e, now), _STATUS_WORDS[e.status]) for e in entries)


def _when(entry: TimelineEntry, now: datetime) -> str:
    if entry.kind == "keep_applying":
        return "Meanwhile"
    if entry.not_before is None:
        return "Any day" if entry.kind == "stop" else "Date needed"
    if entry.status == "now" and entry.kind != "stop":
        return "Now"
    return _day_words(entry.not_before.date(), now.date())


def _day_words(day: date, today: date) -> str:
    names = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    apart = (day - today).days
    return names.get(apart) or (f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else ""))


def _summary(facts: Facts, people: tuple[PersonRow, ...]) -> tuple[str, ...]:
    """The panel in one line, for when it is folded."""
    names = [p.name for p in people if p.to]
    parts = (
        ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        facts.company.value if facts.company else "",
        facts.role.value if facts.role else "",
    )
    return tuple(p for p in parts if p)
