"""Labelled notes → cases of the evals: one file an interview, in the folder that the evals read.

python -m training.reader.cases

The development lots, whose notes have been looked at while the reader and the checks were made, as cases of the development split; the reader's test
lots (``test-*``), by fresh hands, as cases of the test split. Interviews of other lots are made only where verdicts are about them
(evals/verdicts/cases). What a letter must not tell beyond what the checks see is taken only where it is plain: names and numbers that stand in private
items and nowhere else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from evals.case_dates import disagreement
from evals.files import CASES
from evals.verdicts.data import MORE_CASES, VERDICTS, load_verdicts
from service.types import TOPICS, Facts, NoteItem, Owner, PersonRole
from training.reader import data
from training.reader.as_facts import facts_of

LOTS = ("dev", "dev-2", "dev-3")
TEST = "test-"  # how the names of test lots begin
_WORTH = 2  # 'good': what a letter may rest on (GUIDE.md)
_SMALL = 12  # numbers up to here stand in any notes


def case_of(record: data.Record, split: str = "dev") -> dict[str, Any]:
    """The content of a cluster file with one case (evals/cases/README.md)."""
    facts = facts_of(record)
    told = [i for i in facts.items if i.owner in TOPICS and i.worth >= _WORTH]
    interviewers = [{"name": p.name, "title": p.title} for p in facts.interviewers]
    names = {p["name"] for p in interviewers}
    others = (PersonRole.CANDIDATE, PersonRole.INTERVIEWER)
    truth: dict[str, Any] = {
        "candidate": facts.candidate.name if facts.candidate else None,
        "company": facts.company.value if facts.company else None,
        "role": facts.role.value if facts.role else None,
        **_days(record, facts),
        "interviewers": interviewers,
        "not_recipients": sorted({p.name for p in facts.people if p.role not in others} - names),
    }
    case = {
        "id": record["id"],
        "tags": list(dict.fromkeys([*record["tags"], "labelled", *_outcome(record)])),
        "notes": record["notes"],
        "now": record["now"],
        "truth": truth,
        "items": [_item(i) for i in facts.items],
        "could_mention": [i.text for i in told],
        "must_not_appear": list(_private_only(facts, " ".join(i.text for i in told))),
        "missing": list(facts.missing),
    }
    return {"cluster": record["id"], "split": split, "cases": [case]}


def _outcome(record: data.Record) -> list[str]:
    held = [] if record["took_place"] else ["not_held"]
    return held + ([record["state"]] if record["state"] != "waiting" else [])


def _item(item: NoteItem) -> dict[str, str]:
    speaker = {"speaker": item.speaker} if item.speaker else {}
    return {"quote": item.text, "owner": item.owner.value, **speaker}


def _days(record: data.Record, facts: Facts) -> dict[str, Any]:
    """Both days with the first words for them that do not say another day: a slip put right later is marked as well."""
    out: dict[str, Any] = {}
    for which, fact in (("interview", facts.interview_at), ("decision", facts.decision_date)):
        day = fact.day if fact else None
        marked = [m for m in record["marks"] if m["kind"] == "day" and m["day"] == which]
        words = [record["notes"][m["start"] : m["end"]] for m in marked]
        fitting = [w for w in words if day and not list(disagreement(which, day, w))]
        out |= {f"{which}_date": day, f"{which}_words": fitting[0] if fitting else None}
    return out


def _private_only(facts: Facts, told: str) -> Iterator[str]:
    """Patterns for capitalised words and numbers that only private items hold."""
    private = [(i.start, i.end) for i in facts.items if i.owner is Owner.PRIVATE]
    hidden = " / ".join(facts.notes[s:e] for s, e in private)
    open_text = facts.notes
    for start, end in sorted(private, reverse=True):
        open_text = f"{open_text[:start]} {open_text[end:]}"
    elsewhere = set(re.findall(r"\w+", open_text.lower())) | {w.lower() for p in facts.people for w in p.name.split()}
    numbers = [n for n in re.findall(r"(?<![\w.,])\d+(?![\w.,]*\d)", hidden) if int(n) > _SMALL]
    names = re.findall(r"(?<=[a-z,;] )[A-Z][a-z]{3,}", hidden)
    for word in dict.fromkeys([*numbers, *names]):
        if word.lower() not in elsewhere and not re.search(rf"\b{word}\b", told, re.IGNORECASE):
            yield rf"\b{word}\b"


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that a case can be read."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


_HEAD = "# Made by `python -m training.reader.cases`"
_STYLE: dict[str, Any] = {"Dumper": _Dumper, "allow_unicode": True, "sort_keys": False, "width": 118}


def written(record: data.Record, lot: str) -> str:
    """The cluster file's text."""
    head = f"{_HEAD} from training/reader/data/{lot}.jsonl: mend the labels there.\n"
    return head + yaml.dump(case_of(record, "test" if lot.startswith(TEST) else "dev"), **_STYLE)


def made(messages: Path = VERDICTS) -> Iterator[tuple[Path, str]]:
    """Every file that is to be there, with its text."""
    judged = {m.case for m in load_verdicts(messages)}
    for path in sorted(data.FOLDER.glob("*.jsonl")):
        for record in data.lot(path):
            name = f"{record['id']}.yaml"
            if path.stem in LOTS or path.stem.startswith(TEST):
                yield CASES / name, written(record, path.stem)
            elif record["id"] in judged:
                yield MORE_CASES / name, written(record, path.stem)


def main() -> int:
    there = dict(made())
    for path, text in there.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (*CASES.glob("*.yaml"), *MORE_CASES.glob("*.yaml")):
        if path not in there and path.read_text(encoding="utf-8").startswith(_HEAD):
            path.unlink()  # of a lot that is no longer what it was
    return 0


if __name__ == "__main__":
    sys.exit(main())
