"""Two readings of the same notes made one: the learned reader's and a language model's. Pure.

What the model names must stand in the notes, capitals and accents and one slip of typing forgiven: names of its prompt's
examples never pass. What the caller stated was settled before and stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from rapidfuzz.distance import Levenshtein

from service.reading.days import resolve
from service.reading.forms import is_no_name
from service.reading.people import with_capitals
from service.types import CORRECTED, DateFact, Fact, Facts, Given, NoteItem, Owner, Person, PersonRole, Span, Warning

SURE = 0.9  # the reader's word stands from here on
# What it holds private stays so from here on: a model that obeys an order in the notes calls everything fit to tell, and a
# line too few costs less than one too many. On the development lots two in three of the lines between the two are private.
KEPT_PRIVATE = 0.7
DOUBTED = 0.5  # the confidence of a fact on which the two differ
# Nobody and nothing of 8,438 labelled people and 3,257 firms is called by more, nor are all but two of 3,127 jobs: a model
# that names a sentence is obeying an order.
MOST_WORDS_OF_A_NAME = 6
# A small model is right about a part where the reader is less sure than this, and who is left out by one that named another
# interviewer did not interview where the reader is less sure than that (on 48 development sets, docs/reader.md).
SURE_OF_PART, SURE_OF_MEETING = 0.8, 0.95


@dataclass(frozen=True)
class NamedPerson:
    name: str
    part: PersonRole
    title: str | None = None


@dataclass(frozen=True)
class ReadLine:
    number: int  # of the item, from 1
    owner: Owner
    who: str | None
    worth: int


@dataclass(frozen=True)
class ModelReading:
    """What a model read; every text in the notes' own words."""

    company: str | None = None
    role: str | None = None
    people: tuple[NamedPerson, ...] = ()
    interview_words: str | None = None
    decision_words: str | None = None
    lines: tuple[ReadLine, ...] = ()

    @property
    def read_all(self) -> bool:
        """Whether it is a large model's, which has said of every line whose it is."""
        return bool(self.lines)


def join_readings(facts: Facts, reading: ModelReading, *, now: datetime, given: Given) -> Facts:
    """``facts`` with what ``reading`` adds and what it settles."""
    told = _without_private(facts)
    company, company_open = _joined(facts.company, reading, told, "company")
    # Nor is a small model's job, where the reader has none: six of ten fresh notes name none, and it took all six from titles.
    asked = facts.role is not None or reading.read_all
    role, role_open = _joined(facts.role, reading, told, "role") if asked else (None, ())
    settled = given.recipients or not (reading.read_all or facts.application.took_place)
    people = facts.people if settled else _with_people(facts.people, reading, told)
    nobody = {p.name for p in people if _within(p.span, company, facts.notes)}
    renamed: dict[str, str | None] = {old.name: new.name for old, new in zip(facts.people, people, strict=False)}
    renamed |= dict.fromkeys(nobody)
    people = tuple(p for p in people if p.name not in nobody)
    known = tuple(
        replace(i, speaker=renamed.get(i.speaker or "", i.speaker), heard_by=renamed.get(i.heard_by or "", i.heard_by))
        for i in facts.items
    )
    items = _with_lines(known, reading, people)
    # A small model's days are not taken: of 30 sets that nobody had read it named four that the reader had not, all wrong.
    told_days = reading if reading.read_all else ModelReading()
    return replace(
        facts,
        company=company,
        role=role,
        people=people,
        items=items,
        interview_at=facts.interview_at or _day(told_days.interview_words, facts, now, "interview"),
        decision_date=facts.decision_date or _day(told_days.decision_words, facts, now, "decision"),
        warnings=(*_still_open(facts, people, reading), *company_open, *role_open),
    )


def _still_open(facts: Facts, people: tuple[Person, ...], reading: ModelReading) -> tuple[Warning, ...]:
    """The warnings of the reader's that the model's reading does not settle: who was met, once it names somebody too."""
    met = any(p.role is PersonRole.INTERVIEWER for p in people)
    settled = not met or any(named.part is PersonRole.INTERVIEWER for named in reading.people)
    return tuple(w for w in facts.warnings if not (settled and w.type == "interviewer_unsure"))


def _joined(read: Fact | None, reading: ModelReading, told: str, what: str) -> tuple[Fact | None, tuple[Warning, ...]]:
    """The reader's where it is sure, the model's where the reader has none. Where they differ doubt is said, and a small
    model's is not taken: the reader names no more than one job in fifty wrong, and the model may be obeying an order."""
    named = reading.company if what == "company" else reading.role
    if read is not None and (read.span is None or read.confidence >= SURE):
        return read, ()
    span = _find_name(named, told)
    if span is None:
        return read, ()
    words = told[span.start : span.end]
    if what == "company" and words.islower():
        words = with_capitals(words)
    if read is None:
        return Fact(words, span, DOUBTED + 0.2), ()
    if _plain(words) in _plain(read.value) or _plain(read.value) in _plain(words):
        longer = max(read.value, words, key=len)
        return replace(read, value=longer, confidence=SURE), ()
    said = f"The {what} may be '{read.value}' or '{words}'. Say which, and the messages follow."
    fact = Fact(words, span, DOUBTED) if reading.read_all else replace(read, confidence=DOUBTED)
    return fact, (Warning(f"{what}_unsure", said),)


def _with_people(read: tuple[Person, ...], reading: ModelReading, told: str) -> tuple[Person, ...]:
    """Whom the model names, with the part it gives them, where the reader is not sure.

    A model that read every line is taken at its word on who is a person at all: nobody else is greeted. A small one, which
    takes a firm or 'arvo' for a name, only says what part somebody plays whom the reader has marked. About a talk that was
    not held it has no say: who was to hold it reads like who did.
    """
    met = [p for p in read if p.role is PersonRole.INTERVIEWER]
    agreed = any(_same(p.name, n.name) for p in met for n in reading.people if n.part is PersonRole.INTERVIEWER)
    people = [_as_named(person, reading.people, told, reading.read_all, agreed) for person in read]
    for named in reading.people:
        new = not any(_same(p.name, named.name) for p in people)
        if new and named.part is PersonRole.INTERVIEWER and reading.read_all:
            span = _find_name(named.name, told)
            if span is not None:
                said = with_capitals(told[span.start : span.end])
                people.append(Person(said, named.part, _in(told, named.title), span, DOUBTED))
    return tuple(people)


def _as_named(person: Person, named: tuple[NamedPerson, ...], told: str, read_all: bool, agreed: bool) -> Person:
    match = next((n for n in named if _same(person.name, n.name)), None)
    met = person.role is PersonRole.INTERVIEWER
    if match is None:
        stranger = met and ((read_all and named) or (agreed and person.confidence < SURE_OF_MEETING))
        return replace(person, role=PersonRole.MENTIONED, confidence=DOUBTED) if stranger else person
    sure = person.confidence >= SURE_OF_PART and not read_all
    # A small model makes nobody an interviewer: of 30 sets that nobody had read it made three, and none of them was.
    unmet = match.part is PersonRole.INTERVIEWER and (not (met or read_all) or _find(person.name, told) is None)
    part = person.role if sure or unmet or person.role is PersonRole.CANDIDATE else match.part
    fuller = _find_name(match.name, told) if read_all else None
    name = with_capitals(told[fuller.start : fuller.end]) if fuller else person.name
    return replace(person, name=name, role=part, title=person.title or _in(told, match.title))


def _within(span: Span | None, firm: Fact | None, notes: str) -> bool:
    """Whether what was read as a name stands in the firm's: 'Wendleby' of 'Wendleby Minster' is nobody."""
    if span is None or firm is None:
        return False
    places = re.finditer(re.escape(firm.value), notes, re.IGNORECASE)
    return any(m.start() <= span.start and span.end <= m.end() for m in places)


def _without_private(facts: Facts) -> str:
    """The notes at the same length with what is private blanked: whom and what private lines alone name, no model names."""
    told = facts.notes
    for item in facts.items:
        if item.owner is Owner.PRIVATE:
            told = told[: item.start] + " " * (item.end - item.start) + told[item.end :]
    return told


def _in(notes: str, words: str | None) -> str | None:
    span = _find(words, notes)
    return notes[span.start : span.end] if span else None


def _find_name(words: str | None, notes: str) -> Span | None:
    return _find(words, notes) if words and len(words.split()) <= MOST_WORDS_OF_A_NAME else None


def _find(words: str | None, notes: str) -> Span | None:
    """Where a name or a title that a model gives stands; nowhere when nobody can be called so."""
    return find_in_notes(words, notes) if words and not is_no_name(words) else None


def _with_lines(items: tuple[NoteItem, ...], reading: ModelReading, people: tuple[Person, ...]) -> tuple[NoteItem, ...]:
    """The model's word on whose a line is, but what the reader holds private with some confidence stays so; a regret may
    hold the better answer."""
    rows = {line.number: line for line in reading.lines}
    out = []
    for number, item in enumerate(items, 1):
        row = rows.get(number)
        private = item.owner is Owner.PRIVATE and item.confidence >= KEPT_PRIVATE
        better = row is not None and row.owner is Owner.CLARIFY and item.privacy == "regret"
        if row is None or item.reason == CORRECTED or (private and not better):
            out.append(item)
            continue
        who = next((p.name for p in people if row.who and _same(p.name, row.who)), None)
        theirs = row.owner is Owner.THEIRS
        out.append(
            replace(
                item,
                owner=row.owner,
                speaker=who if theirs else None,
                heard_by=None if theirs else who if row.owner in (Owner.MINE, Owner.CLARIFY) else None,
                worth=max(0, min(3, row.worth)),
                confidence=SURE if row.owner is item.owner else max(item.confidence, 0.7),
            )
        )
    return tuple(out)


def _day(words: str | None, facts: Facts, now: datetime, which: str) -> DateFact | None:
    span = find_in_notes(words, facts.notes) if words else None
    if span is None:
        return None
    said = now.date()
    if which == "decision" and facts.interview_at is not None and facts.interview_at.day <= said:
        said = facts.interview_at.day
    past = which == "interview" and facts.application.took_place
    read = resolve(facts.notes[span.start : span.end], said, now=now.date(), past=past)
    return DateFact(read.day, span, DOUBTED + 0.2, read.others) if read is not None else None


def _plain(text: str) -> str:
    low = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in low if not unicodedata.combining(c)).split())


def _same(a: str, b: str) -> bool:
    """Whether two namings can be of one person: one's words are all in the other's."""
    left, right = set(_plain(a).split()), set(_plain(b).split())
    return bool(left and right) and (left <= right or right <= left)


def find_in_notes(words: str, notes: str) -> Span | None:
    """Where ``words`` stand in ``notes``: exactly, or with other capitals or accents, or one slip of typing."""
    at = notes.find(words)
    if at >= 0:
        return Span(at, at + len(words))
    target = _plain(words)
    if not target:
        return None
    count = len(target.split())
    near: Span | None = None
    for span in _runs(notes, count):
        said = _plain(notes[span.start : span.end]).strip(".,;:()!?\"'")
        if said == target:
            return span
        if near is None and len(target) > 5 and Levenshtein.distance(said, target, score_cutoff=1) <= 1:
            near = span
    return near


def _runs(notes: str, count: int) -> Iterator[Span]:
    """Every run of ``count`` words of ``notes``."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in notes.split():
        start = notes.index(word, at)
        at = start + len(word)
        places.append((start, at))
    for n in range(len(places) - count + 1):
        start, end = places[n][0], places[n + count - 1][1]
        while start < end and notes[start] in "([\"'*-":
            start += 1
        while end > start and notes[end - 1] in ")]\"'*.,;:!?":
            end -= 1
        yield Span(start, end)
