"""afterword read: what was understood of notes, in colour, with how sure it is."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from service.command_input import moment, text_of
from service.types import UNSURE, Fact, Facts, NoteItem, Owner, Person

_COLOURS = {
    Owner.THEIRS: "cyan",
    Owner.MINE: "green",
    Owner.CLARIFY: "yellow",
    Owner.NEXT_STEP: "magenta",
    Owner.LOGISTICS: "white",
    Owner.SMALL_TALK: "bright_black",
    Owner.PRIVATE: "red",
}


@click.command()
@click.argument("notes", type=click.File("rb"), default="-")
@click.option("--now", default=None, help="When the notes are read, ISO 8601; default: now.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def read(notes: Any, now: str | None, as_json: bool) -> None:
    """Print what was understood of NOTES: whose each item is, who was there, firm, job and days."""
    from service.reading.read import read_notes
    from service.reading.reader import Reader

    facts = read_notes(text_of(notes), Reader.load(), now=moment(now))
    if as_json:
        click.echo(json.dumps(asdict(facts) | {"missing": facts.missing}, ensure_ascii=False, indent=1, default=_plain))
        return
    for line in _lines(facts):
        click.echo(line)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _lines(facts: Facts) -> list[str]:
    day, decision = facts.interview_at, facts.decision_date
    out = [
        _fact("firm", facts.company),
        _fact("job", facts.role),
        _fact("interview", Fact(f"{day.value}", day.span, day.confidence) if day else None),
        _fact("answer by", Fact(f"{decision.value}", decision.span, decision.confidence) if decision else None),
        f"{'application':<12}{facts.application.state}" + ("" if facts.application.took_place else ", not held"),
        *(_person(p) for p in facts.people),
        "",
        *(_item(i) for i in facts.items),
    ]
    return out + [click.style(f"! {w.detail}", fg="yellow") for w in facts.warnings]


def _sure(confidence: float) -> str:
    return click.style(f" {confidence:.0%}{'?' if confidence < UNSURE else ''}", dim=True)


def _fact(name: str, fact: Fact | None) -> str:
    return f"{name:<12}" + (click.style(fact.value, bold=True) + _sure(fact.confidence) if fact else "-")


def _person(person: Person) -> str:
    title = f", {person.title}" if person.title else ""
    return f"{person.role:<12}" + click.style(person.name, bold=True) + title + _sure(person.confidence)


def _item(item: NoteItem) -> str:
    whose = item.privacy or item.speaker or (f"to {item.heard_by}" if item.heard_by else "")
    head = f"{item.owner:<11}{item.worth or ' '} {whose:<20.20}"
    text = textwrap.shorten(item.text, 110, placeholder=" …")
    return click.style(head, fg=_COLOURS[item.owner]) + text + _sure(item.confidence)
