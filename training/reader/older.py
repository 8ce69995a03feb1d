"""The sets that the first version was made with (tests/strangers.json, evals/cases/), as records that are labelled in part.

    python -m training.reader.older > training/reader/data/older.jsonl

Only what they say is learned from: no border of an item, no word that is no name, no speaker where none is given.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from training.reader.data import Record

STRANGERS, CASES = Path("tests/strangers.json"), Path("evals/cases")


def _places(notes: str, words: str | None) -> list[tuple[int, int]]:
    if not words:
        return []
    low, sought, out, at = notes.lower(), words.lower(), [], 0
    while (found := low.find(sought, at)) >= 0:
        out.append((found, found + len(sought)))
        at = found + len(sought)
    return out


def _record(
    name: str, tags: list[str], notes: str, now: str, truth: dict[str, Any], items: list[tuple[str, str, str | None]]
) -> Record:
    people = [{"id": f"P{n}", "name": p, "part": "interviewed", "title": t} for n, (p, t) in enumerate(truth["met"], 1)]
    if truth["candidate"]:
        people.append({"id": f"P{len(people) + 1}", "name": truth["candidate"], "part": "candidate", "title": None})
    by_name = {p["name"]: p["id"] for p in people}
    marks = [
        {"start": a, "end": b, "kind": kind} for kind in ("firm", "job") for a, b in _places(notes, truth[kind])[:1]
    ]
    quotes = [
        {
            "start": a,
            "end": b,
            "owner": owner,
            "private": "other" if owner == "private" else None,
            "person": by_name.get(speaker or ""),
            "worth": 2,
        }
        for quote, owner, speaker in items
        for a, b in _places(notes, quote)[:1]
    ]
    return {
        "id": name,
        "tags": tags,
        "now": datetime.fromisoformat(now).isoformat(),
        "notes": notes,
        "took_place": True,
        "state": "waiting",
        "interview": truth["interview"],
        "decision": truth["decision"],
        "people": people,
        "items": sorted(quotes, key=lambda i: int(i["start"])),
        "marks": sorted(marks, key=lambda m: int(m["start"])),
        "truth": {"firm": truth["firm"], "job": truth["job"]},
        "partial": True,
    }  # fmt: skip


def strangers() -> list[Record]:
    out = []
    for s in json.loads(STRANGERS.read_text(encoding="utf-8")):
        truth = {
            "met": [(n, None) for n in s["interviewers"]],
            "candidate": s["candidate"],
            "firm": s["company"],
            "job": s["role"],
        }
        truth |= {"interview": s["interview_date"], "decision": s["decision_date"]}
        items: list[tuple[str, str, str | None]] = [
            (q, owner, None) for owner in ("private", "mine", "theirs") for q in s[owner]
        ]
        # Their 'mine' holds what should have been said as well, which is another owner now.
        items = [i for i in items if i[1] != "mine" or "should" not in i[0].lower()]
        out.append(_record(s["id"], ["stranger"], s["notes"], s["now"], truth, items))
    return out


def cases() -> list[Record]:
    out = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            t = case["truth"]
            truth = {
                "met": [(p["name"], p.get("title")) for p in t["interviewers"]],
                "candidate": t["candidate"],
                "firm": t["company"],
                "job": t["role"],
            }
            days = {k: str(t[f"{k}_date"])[:10] if t[f"{k}_date"] else None for k in ("interview", "decision")}
            items = [(i["quote"], i["owner"], i.get("speaker")) for i in case.get("items", ())]
            out.append(
                _record(case["id"], ["case", *case["tags"]], case["notes"], str(case["now"]), truth | days, items)
            )
    return out


if __name__ == "__main__":
    for record in (*strangers(), *cases()):
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
