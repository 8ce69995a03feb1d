"""Marked-up notes (GUIDE.md) to labelled sets, and what is wrong with them.

python -m training.reader.markup check FILE …     what a hand wrote, checked
python -m training.reader.markup convert FILE … > data.jsonl
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

OWNERS = {
    "T": "theirs",
    "M": "mine",
    "C": "to_clarify",
    "N": "next_step",
    "L": "logistics",
    "S": "small_talk",
    "X": "private",
}
PRIVACY = frozenset(
    [
        "pay",
        "health",
        "family",
        "offers",
        "opinion",
        "regret",
        "excuse",
        "confidence",
        "protected",
        "order",
        "self",
        "other",
    ]
)
PARTS = frozenset(["interviewed", "arranged", "absent", "mentioned", "candidate", "referee"])
STATES = frozenset(["waiting", "rejected", "offer", "withdrawn", "answered"])
EVENTS = frozenset(["rejected", "offer", "withdrawn", "answered", "noshow", "cancelled"])
DAYS = {"I": "interview", "D": "decision", "Z": "other"}

# The opening of an item or of a name, a closing of either; everything else is text.
_MARK = re.compile(
    r"\[\[(?P<owner>[TMCNLSX])(?::(?P<a>[A-Za-z0-9-]+))?(?::(?P<b>[0-3]))? |"
    r"\{(?P<tag>P\d+|t\d+|[FJIDZ]|rejected|offer|withdrawn|answered|noshow|cancelled) |(?P<end>\]\]|\})"
)


class MarkupError(ValueError):
    """A set that does not follow the guide; the text says where and why."""


def parse(text: str) -> list[dict[str, Any]]:
    """The labelled sets of one hand's file."""
    blocks = re.split(r"^=== *", text, flags=re.MULTILINE)[1:]
    return [parse_set(b) for b in blocks]


def parse_set(block: str) -> dict[str, Any]:
    """One set as a record of data.schema.json. Raises MarkupError."""
    name, _, rest = block.partition("\n")
    head, found, body = rest.partition("\n---\n")
    name = name.strip()
    if not found:
        raise MarkupError(f"{name}: no line '---' between header and notes")
    fields: dict[str, str] = {}
    for line in head.splitlines():
        if line.strip():
            key, colon, value = line.partition(":")
            if not colon or key.strip() in fields:
                raise MarkupError(f"{name}: header line {line!r}")
            fields[key.strip()] = value.strip()
    try:
        people = _people(fields)
        notes, items, marks = _unmark(body.strip("\n"), people)
    except MarkupError as error:
        raise MarkupError(f"{name}: {error}") from error
    try:
        record: dict[str, Any] = {
            "id": name,
            "tags": [t.strip() for t in fields["tags"].split(",") if t.strip()],
            "now": datetime.fromisoformat(fields["now"]).isoformat(),
            "notes": notes,
            "took_place": {"yes": True, "no": False}[fields["took_place"]],
            "state": fields["state"],
            "interview": _day(fields["interview"]),
            "decision": _day(fields["decision"]),
            "people": list(people.values()),
            "items": items,
            "marks": marks,
        }
    except (KeyError, ValueError) as error:
        raise MarkupError(f"{name}: header: {error!r}") from error
    if record["state"] not in STATES:
        raise MarkupError(f"{name}: state {record['state']!r}")
    _complete(record)
    return record


def _day(value: str) -> str | None:
    return None if value in ("-", "") else date.fromisoformat(value).isoformat()


def _people(fields: dict[str, str]) -> dict[str, dict[str, Any]]:
    people = {}
    for key, value in fields.items():
        if re.fullmatch(r"P\d+", key):
            cells = [c.strip() for c in value.split("|")]
            if len(cells) != 3 or cells[1] not in PARTS:
                raise MarkupError(f"{key}: want 'name | part | title', got {value!r}")
            people[key] = {
                "id": key,
                "name": cells[0],
                "part": cells[1],
                "title": None if cells[2] in ("-", "") else cells[2],
            }
    return people


def _unmark(body: str, people: dict[str, Any]) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    text: list[str] = []
    at = length = 0
    items: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    open_item: dict[str, Any] | None = None
    open_mark: dict[str, Any] | None = None
    for m in _MARK.finditer(body):
        text.append(body[at : m.start()])
        length += m.start() - at
        at = m.end()
        near = body[max(0, m.start() - 25) : m.end() + 25]
        if m["end"] == "}":
            if not open_mark:
                raise MarkupError(f"'}}' closes nothing near {near!r}")
            open_mark["end"] = length
            marks.append(open_mark)
            open_mark = None
        elif m["end"]:
            if not open_item or open_mark:
                raise MarkupError(f"']]' closes nothing, or within a {{…}}, near {near!r}")
            open_item["end"] = length
            items.append(open_item)
            open_item = None
        elif m["owner"]:
            if open_item or open_mark:
                raise MarkupError(f"an item within another near {near!r}")
            open_item = {"start": length, "end": 0, **_label(m, people, near)}
        else:
            if open_mark:
                raise MarkupError(f"{{…}} within another near {near!r}")
            tag = m["tag"]
            if tag[0] in "Pt" and tag[1:].isdigit():
                if "P" + tag[1:] not in people:
                    raise MarkupError(f"{tag} is not in the header, near {near!r}")
                open_mark = {
                    "start": length,
                    "end": 0,
                    "kind": "person" if tag[0] == "P" else "title",
                    "person": "P" + tag[1:],
                }
            elif tag in EVENTS:
                open_mark = {"start": length, "end": 0, "kind": "event", "event": tag}
            elif tag in DAYS:
                open_mark = {"start": length, "end": 0, "kind": "day", "day": DAYS[tag]}
            else:
                open_mark = {"start": length, "end": 0, "kind": {"F": "firm", "J": "job"}[tag]}
    text.append(body[at:])
    if open_item or open_mark:
        raise MarkupError("a mark is not closed")
    notes = "".join(text)
    left = re.search(r"\[\[|\]\]|\{|\}", notes)
    if left:
        raise MarkupError(f"an unknown mark near {notes[max(0, left.start() - 10) : left.start() + 30]!r}")
    for span in (*items, *marks):
        if not notes[span["start"] : span["end"]].strip():
            raise MarkupError(f"an empty mark near {notes[max(0, span['start'] - 20) : span['start'] + 20]!r}")
    return notes, items, marks


def _label(m: re.Match[str], people: dict[str, Any], near: str) -> dict[str, Any]:
    owner, a, b = m["owner"], m["a"], m["b"]
    if owner == "X":
        if a not in PRIVACY:
            raise MarkupError(f"X:{a} is no kind of private, near {near!r}")
        return {"owner": "private", "private": a, "person": None, "worth": 0}
    if owner in "TMC":
        if b is None or (a != "-" and a not in people):
            raise MarkupError(f"{owner} wants :PERSON:WORTH with a person of the header or '-', near {near!r}")
        return {"owner": OWNERS[owner], "private": None, "person": None if a == "-" else a, "worth": int(b)}
    return {"owner": OWNERS[owner], "private": None, "person": None, "worth": 0}


def _complete(record: dict[str, Any]) -> None:
    """Raises MarkupError where labels contradict each other or words are left without one."""
    name, notes = record["id"], record["notes"]
    covered = [False] * len(notes)
    for span in (*record["items"], *record["marks"]):
        covered[span["start"] : span["end"]] = [True] * (span["end"] - span["start"])
    bare = sum(len(w.group()) for w in re.finditer(r"[^\W\d_]{2,}", notes) if not covered[w.start()])
    letters = sum(len(w.group()) for w in re.finditer(r"[^\W\d_]{2,}", notes)) or 1
    if bare / letters > 0.35:
        raise MarkupError(f"{name}: {bare} of {letters} letters stand in no item")
    marked = {m["person"] for m in record["marks"] if m["kind"] == "person"}
    for person in record["people"]:
        if person["id"] not in marked:
            raise MarkupError(f"{name}: {person['id']} ({person['name']}) is marked nowhere in the notes")
    days = {m["day"] for m in record["marks"] if m["kind"] == "day"}
    for which in ("interview", "decision"):
        if record[which] and which not in days:
            raise MarkupError(f"{name}: {which} has a day and no {{{which[0].upper()} …}} in the notes")
    events = {m["event"] for m in record["marks"] if m["kind"] == "event"}
    if record["state"] != "waiting" and record["state"] not in events:
        raise MarkupError(f"{name}: state {record['state']} has no {{{record['state']} …}} in the notes")
    if not record["took_place"] and not events & {"noshow", "cancelled"}:
        raise MarkupError(f"{name}: took_place no, and no {{noshow …}} or {{cancelled …}} in the notes")


def main(arguments: list[str]) -> int:
    command, files = arguments[0], arguments[1:]
    wrong = 0
    seen: set[str] = set()
    for file in files:
        blocks = re.split(r"^=== *", Path(file).read_text(), flags=re.MULTILINE)[1:]
        for block in blocks:
            try:
                record = parse_set(block)
                if record["id"] in seen:
                    raise MarkupError(f"{record['id']}: the name is taken")
                seen.add(record["id"])
                if command == "convert":
                    print(json.dumps(record, ensure_ascii=False))
            except MarkupError as error:
                wrong += 1
                print(f"{file}: {error}", file=sys.stderr)
    print(f"{len(seen)} sets right, {wrong} wrong", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
