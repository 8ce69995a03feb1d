"""The page's form → what the pipeline takes. One reading of the form serves the page with and without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar

from starlette.datastructures import FormData

from service.errors import RequestError
from service.types import (
    ApplicationState,
    DraftRequest,
    Facts,
    Given,
    Interview,
    ItemCorrection,
    Length,
    MessageKind,
    PersonRole,
    Recipient,
    Tone,
)
from service.web.corrections import read_corrections

E = TypeVar("E", Tone, Length, MessageKind, ApplicationState)

REFLECTION = (
    ("talked", "What did you talk about?", "Who brought up what? Numbers and names help."),
    ("asked", "What did they ask you, and what did you say?", "A sentence or two for each is plenty."),
    ("well", "What went well?", "Something you enjoyed, or told them about."),
    ("better", "What would you say better?", "One answer you would like to finish."),
    ("next", "What happens next?", "When they decide, who writes to whom."),
)
HEADINGS = {
    "talked": "We talked about:",
    "asked": "Questions and answers:",
    "well": "What went well:",
    "better": "I would like to say better:",
    "next": "Next steps:",
}
_FACTS = ("candidate", "company", "role", "interview_day", "interview_time", "decision_date", "since")
NOT_HELD = "not_held"  # of 'What happened since': the interview itself did not take place
SINCE = (
    (ApplicationState.WAITING.value, "No answer yet"),
    (ApplicationState.ANSWERED.value, "They came back with a next step"),
    (ApplicationState.OFFER.value, "They made an offer"),
    (ApplicationState.REJECTED.value, "They decided for somebody else"),
    (ApplicationState.WITHDRAWN.value, "I withdrew"),
    (NOT_HELD, "The interview did not take place"),
)
MAX_NAME = 120
MAX_FIELDS = 10_000  # two for each item, and 20,000 characters can be many items
MAX_FORM_BYTES = 1_000_000


@dataclass(frozen=True)
class PersonRow:
    """One line of the people list: the name as shown, whether a message goes to them, and the name it was read as."""

    name: str
    title: str
    to: bool
    read_as: str = ""


@dataclass(frozen=True)
class PageForm:
    """All that the page holds. ``given`` names the facts that the candidate typed, which win over reading."""

    notes: str = ""
    now: datetime = field(default_factory=lambda: datetime.now().astimezone())
    kinds: tuple[MessageKind, ...] = (MessageKind.THANK_YOU, MessageKind.LINKEDIN)
    tone: Tone = Tone.WARM
    length: Length = Length.STANDARD
    linkedin_limit: int = 200
    facts: tuple[tuple[str, str], ...] = ()
    people: tuple[PersonRow, ...] = ()
    people_given: bool = False
    corrections: tuple[ItemCorrection, ...] = ()

    @property
    def given_names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.facts)

    def given(self) -> Given:
        """What the candidate states beside the notes.

        Raises:
            RequestError: a date or a time is none.
        """
        facts = dict(self.facts)
        since = facts.get("since")
        recipients = tuple(Recipient(p.name, p.title or None) for p in self.people if p.to) if self.people_given else ()
        return Given(
            candidate=facts.get("candidate"),
            recipients=recipients,
            interview=Interview(
                company=facts.get("company"),
                role=facts.get("role"),
                at=_at(facts.get("interview_day"), facts.get("interview_time"), self.now),
                decision_date=_day(facts.get("decision_date")),
                took_place=since != NOT_HELD if since else None,
                state=_choice(ApplicationState, since) if since and since != NOT_HELD else None,
            ),
            corrections=self.corrections,
        )

    def request(self) -> DraftRequest:
        return DraftRequest(
            notes=self.notes,
            now=self.now,
            kinds=self.kinds,
            given=self.given(),
            tone=self.tone,
            length=self.length,
            linkedin_limit=self.linkedin_limit,
        )


def read_form(form: FormData) -> PageForm:
    """The posted page.

    Raises:
        RequestError: a value is none that the page offers.
    """
    notes = _text(form, "notes") or _reflected(form)
    now = _now(_text(form, "now"))
    people = _people(form)
    return PageForm(
        notes=notes,
        now=now,
        kinds=_kinds(form),
        tone=_choice(Tone, _text(form, "tone") or Tone.WARM),
        length=_choice(Length, _text(form, "length") or Length.STANDARD),
        linkedin_limit=300 if _text(form, "linkedin_limit") == "300" else 200,
        facts=_facts(form),
        people=people,
        people_given=_people_given(form, people),
        corrections=_corrections(form, notes, people),
    )


def shown_people(page: PageForm, facts: Facts) -> tuple[PersonRow, ...]:
    """The rows to show: the candidate's own list where there is one, and everybody read since who is not on it."""
    read = tuple(
        PersonRow(p.name, p.title or "", p.role is PersonRole.INTERVIEWER, p.name)
        for p in facts.people
        if p.role is not PersonRole.CANDIDATE
    )
    if not page.people_given:
        return read
    known = {n.lower() for p in page.people for n in (p.name, p.read_as)}
    rest = tuple(PersonRow(p.name, p.title, False, p.read_as) for p in read if p.name.lower() not in known)
    me = facts.candidate.name.lower() if facts.candidate else None
    return tuple(p for p in page.people if p.to or p.name.lower() != me) + rest


def _text(form: FormData, name: str) -> str:
    """One value, with line breaks as one character each: a posted textarea has two."""
    value = form.get(name)
    return _plain(value) if isinstance(value, str) else ""


def _texts(form: FormData, name: str) -> list[str]:
    return [_plain(v) for v in form.getlist(name) if isinstance(v, str)]


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _reflected(form: FormData) -> str:
    """The answers to the reflection questions as notes (G11)."""
    parts = [(key, _text(form, f"reflect_{key}").strip()) for key, _, _ in REFLECTION]
    return "\n\n".join(f"{HEADINGS[key]}\n{answer}" for key, answer in parts if answer)


def _now(value: str) -> datetime:
    try:
        now = datetime.fromisoformat(value)
    except ValueError:
        return datetime.now().astimezone()
    return now if now.tzinfo else now.astimezone()


def _kinds(form: FormData) -> tuple[MessageKind, ...]:
    asked = tuple(_choice(MessageKind, k) for k in _texts(form, "kinds"))
    return asked or (MessageKind.THANK_YOU,)


def _choice(kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise RequestError(f"'{value[:40]}' is not one of {', '.join(kind)}.") from error


def _facts(form: FormData) -> tuple[tuple[str, str], ...]:
    """The facts that were typed: those that differ from what was read, and those typed before."""
    kept = set(_texts(form, "kept"))
    stated = []
    for name in _FACTS:
        value = _text(form, name).strip()[:MAX_NAME]
        if value and (name in kept or value != _text(form, f"{name}_was")):
            stated.append((name, value))
    return _with_time_and_day(form, dict(stated))


def _with_time_and_day(form: FormData, stated: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """A typed time needs its day, and a typed day keeps the time beside it."""
    pair = ("interview_day", "interview_time")
    if any(name in stated for name in pair):
        stated |= {name: value for name in pair if (value := _text(form, name).strip())}
    return tuple(stated.items())


def _people(form: FormData) -> tuple[PersonRow, ...]:
    names, titles, read_as = (_texts(form, f"person_{part}") for part in ("name", "title", "was"))
    ticked = set(_texts(form, "person_to"))
    return tuple(
        PersonRow(name.strip()[:MAX_NAME], title.strip()[:MAX_NAME], str(n) in ticked or not was, was)
        for n, (name, title, was) in enumerate(zip(names, titles, read_as, strict=False))
        if name.strip()
    )


def _people_given(form: FormData, people: tuple[PersonRow, ...]) -> bool:
    if "people" in _texts(form, "kept"):
        return True
    shown = _texts(form, "person_shown")
    return bool(people) and shown != [row_mark(p) for p in people]


def row_mark(row: PersonRow) -> str:
    """A row's state as one value, so that the next post tells whether the candidate changed it."""
    return f"{int(row.to)}|{row.name}|{row.title}"


def _corrections(form: FormData, notes: str, people: tuple[PersonRow, ...]) -> tuple[ItemCorrection, ...]:
    renamed = {p.read_as: p.name for p in people if p.read_as and p.read_as != p.name}
    return read_corrections(_texts(form, "item"), _texts(form, "item_owner"), notes, renamed)


def _day(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise RequestError("A date needs a day, a month and a year.") from error


def _at(day: str | None, clock: str | None, now: datetime) -> date | datetime | None:
    on = _day(day)
    if on is None or not clock:
        return on
    try:
        return datetime.combine(on, time.fromisoformat(clock), now.tzinfo)
    except ValueError as error:
        raise RequestError("A time is written as hours and minutes, 14:30.") from error
