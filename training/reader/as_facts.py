"""A labelled set as the facts that a faultless reader would give: what writing is worth by itself is seen on these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from service.types import (
    Application,
    ApplicationState,
    DateFact,
    Fact,
    Facts,
    Given,
    NoteItem,
    Owner,
    Person,
    PersonRole,
    Span,
)

ROLES = {
    "interviewed": PersonRole.INTERVIEWER,
    "arranged": PersonRole.ARRANGED,
    "absent": PersonRole.ABSENT,
    "mentioned": PersonRole.MENTIONED,
    "candidate": PersonRole.CANDIDATE,
    "referee": PersonRole.REFEREE,
}


def facts_of(record: dict[str, Any], given: Given = Given()) -> Facts:  # noqa: B008 (frozen value)
    """The facts that the labels of ``record`` state (GUIDE.md)."""
    notes = record["notes"]
    names = {p["id"]: p["name"] for p in record["people"]}
    people = [Person(p["name"], ROLES[p["part"]], p["title"], _span_of(record, p["id"])) for p in record["people"]]
    if given.candidate and not any(p.role is PersonRole.CANDIDATE for p in people):
        people.append(Person(given.candidate, PersonRole.CANDIDATE))
    firms, jobs = _marked(record, "firm"), _marked(record, "job")
    items = tuple(
        NoteItem(
            id=f"i{n}",
            text=notes[i["start"] : i["end"]],
            start=i["start"],
            end=i["end"],
            owner=Owner(i["owner"]),
            speaker=names.get(i["person"]) if i["owner"] == "theirs" else None,
            heard_by=names.get(i["person"]) if i["owner"] in ("mine", "to_clarify") else None,
            worth=i["worth"],
            privacy=i["private"],
            matter=_matter(record, i) if i["owner"] in ("theirs", "mine", "to_clarify") else None,
        )
        for n, i in enumerate(record["items"], 1)
    )
    return Facts(
        notes=notes,
        language="en",
        items=items,
        people=tuple(people),
        company=max(firms, key=lambda f: len(f.value)) if firms else None,
        role=max(jobs, key=lambda f: len(f.value)) if jobs else None,
        interview_at=_day(record, "interview"),
        decision_date=_day(record, "decision"),
        application=Application(record["took_place"], ApplicationState(record["state"])),
    )


def now_of(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["now"])


def _matter(record: dict[str, Any], item: dict[str, Any]) -> str | None:
    """What a hand marked in the item; of one that nobody looked at the whole."""
    if not item.get("named", True):
        return None
    inside = [f.value for f in _marked(record, "matter") if f.span and item["start"] <= f.span.start < item["end"]]
    return inside[0] if inside else str(record["notes"][item["start"] : item["end"]])


def _marked(record: dict[str, Any], kind: str) -> list[Fact]:
    return [
        Fact(record["notes"][m["start"] : m["end"]], Span(m["start"], m["end"]))
        for m in record["marks"]
        if m["kind"] == kind
    ]


def _span_of(record: dict[str, Any], person: str) -> Span | None:
    mark = next((m for m in record["marks"] if m["kind"] == "person" and m["person"] == person), None)
    return Span(mark["start"], mark["end"]) if mark else None


def _day(record: dict[str, Any], which: str) -> DateFact | None:
    if not record[which]:
        return None
    mark = next(m for m in record["marks"] if m["kind"] == "day" and m["day"] == which)
    return DateFact(date.fromisoformat(record[which]), Span(mark["start"], mark["end"]))
