"""Items whose matter is still to be marked, and the marks put into the lots (GUIDE.md, 'The matter').

python -m training.reader.matters ask LOT.jsonl > FILE       one line an item: set and place, owner, reader, the words
python -m training.reader.matters put LOT.jsonl FILE         FILE: set:start, TAB, the words that name it or '-'
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.reader.data import Record, lot, written

LEAST_WORTH = 2  # what a message would be built on


def to_mark(record: Record) -> Iterator[dict[str, Any]]:
    """The items of a set whose matter a message could name and nobody has looked for."""
    for item in record["items"]:
        told = item["owner"] in ("theirs", "mine") and item["worth"] >= LEAST_WORTH
        if told and not record.get("partial") and "named" not in item:
            yield item


def asked(record: Record) -> Iterator[str]:
    people = {p["id"]: p["name"] for p in record["people"]}
    for item in to_mark(record):
        words = " ".join(record["notes"][item["start"] : item["end"]].split())
        yield f"{record['id']}:{item['start']}\t{item['owner']}\t{people.get(item['person'], '-')}\t{words}"


def put(record: Record, answers: dict[int, str]) -> Record:
    """The set with a mark in each item that begins where an answer says; raises ValueError where its words are not there."""
    items, marks = [], list(record["marks"])
    for item in record["items"]:
        words = answers.get(item["start"])
        if words is None:
            items.append(item)
            continue
        items.append({**item, "named": words != "-"})
        # Put again, an answer takes the place of the former.
        marks = [m for m in marks if m["kind"] != "matter" or not item["start"] <= m["start"] < item["end"]]
        if words != "-":
            pattern = r"\s+".join(map(re.escape, words.split()))
            found = re.compile(pattern).search(record["notes"], item["start"], item["end"])
            if found is None:
                raise ValueError(f"{record['id']}: {words!r} does not stand in the item at {item['start']}")
            marks.append({"start": found.start(), "end": found.end(), "kind": "matter"})
    return {**record, "items": items, "marks": sorted(marks, key=lambda m: int(m["start"]))}


def main(arguments: list[str]) -> int:
    what, path = arguments[0], Path(arguments[1])
    records = lot(path)
    if what == "ask":
        print("\n".join(line for record in records for line in asked(record)))
        return 0
    answers: dict[str, dict[int, str]] = {}
    for line in Path(arguments[2]).read_text(encoding="utf-8").splitlines():
        place, words = line.split("\t")[:2]
        name, _, start = place.rpartition(":")
        answers.setdefault(name, {})[int(start)] = words.strip()
    written((put(record, answers.get(record["id"], {})) for record in records), path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
