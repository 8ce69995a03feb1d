"""Words that name a matter whose forms are still to be told, and what hands told of them put into the lots (GUIDE.md, 'The phrase').

python -m training.reader.phrases ask LOT.jsonl > FILE       one line each: set and place, owner, reader, the item => the words
python -m training.reader.phrases put LOT.jsonl FILE         FILE: set:start-end, TAB, the forms that fit ('the plain') or '-'
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from service.reading import labels
from training.reader.data import Record, lot, written

Spans = dict[tuple[int, int], list[str]]  # [start, end) of the notes → the forms that fit


def asked(record: Record) -> Iterator[str]:
    """The marked matters of a set of which nobody has told it."""
    people = {p["id"]: p["name"] for p in record["people"]}
    known = {(p["start"], p["end"]) for p in record.get("phrases", [])}
    for mark in record["marks"]:
        if mark["kind"] != "matter" or (mark["start"], mark["end"]) in known:
            continue
        item = next(i for i in record["items"] if i["start"] <= mark["start"] < i["end"])
        words, whole = (" ".join(record["notes"][s["start"] : s["end"]].split()) for s in (mark, item))
        place = f"{record['id']}:{mark['start']}-{mark['end']}"
        yield f"{place}\t{item['owner']}\t{people.get(item['person'], '-')}\t{whole} => {words}"


def put(record: Record, answers: Spans) -> Record:
    """The set with ``answers``; one put again takes the place of the former. Raises ValueError for a span that lies in no
    item and for a form that its owner has not."""
    told: Spans = {(p["start"], p["end"]): p["as"] for p in record.get("phrases", [])}
    for (start, end), forms in answers.items():
        owner = next((i["owner"] for i in record["items"] if i["start"] <= start < end <= i["end"]), None)
        fits = {form for whose, form in labels.PHRASES if whose == owner}
        if not fits or not fits.issuperset(forms):
            raise ValueError(f"{record['id']}: {' '.join(forms) or '-'} at {start}-{end} of an item of {owner}")
        told[start, end] = sorted(forms)
    return (
        {**record, "phrases": [{"start": a, "end": b, "as": told[a, b]} for a, b in sorted(told)]} if told else record
    )


def main(arguments: list[str]) -> int:
    what, path = arguments[0], Path(arguments[1])
    records = lot(path)
    if what == "ask":
        print("\n".join(line for record in records for line in asked(record)))
        return 0
    answers: dict[str, Spans] = {}
    for line in Path(arguments[2]).read_text(encoding="utf-8").splitlines():
        place, forms = line.split("\t")[:2]
        name, _, span = place.rpartition(":")
        start, end = map(int, span.split("-"))
        answers.setdefault(name, {})[start, end] = [] if forms.strip() == "-" else forms.split()
    written((put(record, answers.get(record["id"], {})) for record in records), path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
