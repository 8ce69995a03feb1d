"""Facts and letters for the tests of checks and criteria, built from short tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from service.rubric.context import CheckContext
from service.types import (
    DateFact,
    Fact,
    Facts,
    MessageKind,
    NoteItem,
    Owner,
    Person,
    PersonRole,
    Recipient,
    Span,
    Wording,
)

GOOD = Path(__file__).with_name("good_messages.yaml")


@dataclass(frozen=True)
class Letter:
    name: str
    wording: Wording
    context: CheckContext


def make_facts(items: Sequence[Sequence[str]], **known: Any) -> Facts:
    """Facts whose notes are the items, one a line; ``known`` as in good_messages.yaml."""
    notes, made = "", []
    for n, (owner, text, *speaker) in enumerate(items, 1):
        made.append(NoteItem(f"i{n}", text, len(notes), len(notes) + len(text), Owner(owner), *speaker))
        notes += f"{text}\n"
    people = [Person(p["name"], PersonRole(p["role"]), p.get("title"), Span(0, 1)) for p in known.get("people", ())]
    if candidate := known.get("candidate"):
        people.append(Person(candidate, PersonRole.CANDIDATE))
    return Facts(
        notes=notes,
        language="en",
        items=tuple(made),
        people=tuple(people),
        company=_fact(known.get("company")),
        role=_fact(known.get("role")),
        interview_at=_day(known.get("interview_at")),
        decision_date=_day(known.get("decision_date")),
    )


def _fact(value: str | None) -> Fact | None:
    return Fact(value) if value else None


def _day(value: date | None) -> DateFact | None:
    return DateFact(value) if value else None


@cache
def _sets() -> dict[str, Any]:
    return dict(yaml.safe_load(GOOD.read_text(encoding="utf-8")))


def good_letters() -> Iterator[Letter]:
    """Every letter of good_messages.yaml with the facts it was written from."""
    for name, entry in _sets().items():
        facts = make_facts(**{k: v for k, v in entry.items() if k != "letters"})
        for n, letter in enumerate(entry["letters"]):
            titles = {p.name: p.title for p in facts.people}
            reader = Recipient(letter["recipient"], titles.get(letter["recipient"]))
            context = CheckContext(MessageKind(letter["kind"]), facts, reader)
            yield Letter(
                f"{name}-{n}-{letter['kind']}", Wording(letter.get("subject"), letter["body"].strip()), context
            )


def good_letter(name: str) -> Letter:
    return next(x for x in good_letters() if x.name == name)
