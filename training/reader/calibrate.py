"""A reader's temperatures and thresholds, from sets that it was not trained on; written into its reader.json.

python -m training.reader.calibrate --weights FOLDER [LOT.jsonl …]      without a lot: every tenth set of each hand
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from service.reading import labels
from service.reading.markup import without_markup
from service.reading.matter import fitting
from service.reading.read import read_notes
from service.reading.reader import WEIGHTS, Reader
from service.reading.spans import softmax
from service.types import Given, Owner
from training.judge.examples import FOLDER as SENTENCES
from training.judge.examples import lot as lot_of_sentences
from training.judge.measure import calibrated
from training.reader.data import Record, divided, lot, training_sets
from training.reader.examples import NO, examples
from training.reader.measure import USABLE, measured, same_name, shared

# A lot is small: one sure mistake shall not make every second fact missing. Somebody greeted who was not there is worse
# than somebody missed.
MOST_ASKED = {"firm": 0.76, "job": 0.76, "day": 0.7, "interviewer": 0.88}
RIGHT_OF_USABLE = 0.95  # as long as no more than a third of what could be told is given up for it
FITTING = 0.8  # of the phrases that are said as they stand; two hands agree on nine in ten
SMALL_MODELS = ("dev-5", "dev-6")  # sentences of the embedded model's own, as it is asked now
MOST_WRONG = {"firm": 0.012, "job": 0.02, "day": 0.02, "interviewer": 0.01}


def temperatures(records: list[Record], reader: Reader) -> dict[str, float]:
    """For each head the temperature under which the labels are likeliest."""
    seen: dict[str, list[tuple[Any, int]]] = defaultdict(list)
    for record in records:
        marks = reader.read(without_markup(record["notes"]))
        for e in examples(record, reader.tokenizer, size=10**9):
            for k, tag in enumerate(e.tags[1:-1]):
                if tag != NO:
                    seen["tags"].append((marks.tags[k], tag))
            for a, b, owner, *_ in e.items:
                seen["owner"].append((marks.owner[a - 1 : b - 1].mean(0)[: labels.OUTSIDE], owner))
            for person, part in enumerate(e.parts):
                logits = sum(marks.part[a - 1 : b - 1].mean(0) for a, b, p in e.mentions if p == person)
                seen["part"].append((logits, part))
            if e.state != NO:
                seen["state"].append((marks.state[0], e.state))
                seen["held"].append((marks.held[0], e.held))
    grid = np.exp(np.linspace(np.log(0.4), np.log(3.5), 60))
    out = {}
    for name, pairs in seen.items():
        logits, target = np.stack([p[0] for p in pairs]), np.array([p[1] for p in pairs])
        losses = [-np.log(softmax(logits, t)[np.arange(len(target)), target] + 1e-9).mean() for t in grid]
        out[name] = round(float(grid[int(np.argmin(losses))]), 3)
    return out


def thresholds(records: list[Record], reader: Reader) -> dict[str, float]:
    """For each field the least confidence under which no more are wrong than the design allows."""
    reader.thresholds = {"firm": 0.0, "job": 0.0, "day": 0.0, "interviewer": 0.0, "usable": 0.0}
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for record in records:
        facts = read_notes(
            record["notes"], reader, now=datetime.fromisoformat(record["now"]), given=Given(language="en")
        )
        counts = measured(record, facts)
        for field, fact in (("firm", facts.company), ("job", facts.role)):
            if fact:
                found[field].append((fact.confidence, counts[f"{field} wrong"][0]))
        for kind, day in (("interview", facts.interview_at), ("decision", facts.decision_date)):
            if day:
                found["day"].append((day.confidence, counts[f"{kind} day wrong"][0]))
        for item in facts.items:
            gold = max(record["items"], key=lambda g: shared(item, g), default=None)
            if item.owner in USABLE and item.worth and gold:
                found["usable"].append((item.confidence, item.owner != gold["owner"]))
        names = [p["name"] for p in record["people"] if p["part"] == "interviewed"]
        for person in facts.interviewers:
            found["interviewer"].append((person.confidence, not any(same_name(n, person.name) for n in names)))
    out = {"usable": _usable(found.pop("usable"))}
    for field, pairs in found.items():
        allowed = MOST_WRONG[field] * len(records) * (2 if field in ("day", "interviewer") else 1)
        for least in np.arange(0.3, MOST_ASKED[field] + 0.001, 0.02):
            if sum(wrong for confidence, wrong in pairs if confidence >= least) <= max(1, allowed):
                break
        out[field] = round(float(least), 2)
    return out


def phrases(records: list[Record], reader: Reader) -> list[tuple[float, bool]]:
    """For each labelled span how likely its best form is held to fit, and whether it does."""
    out = []
    for record in records:
        marks = reader.read(without_markup(record["notes"])) if record.get("phrases") else None
        for span in record["phrases"] if marks else []:
            owner = next(i["owner"] for i in record["items"] if i["start"] <= span["start"] < i["end"])
            form, likely = fitting(marks, *marks.tokens.within(span["start"], span["end"]), Owner(owner))
            out.append((likely, form in span["as"]))
    return out


def least_fitting(pairs: list[tuple[float, bool]]) -> float:
    """The least likelihood from which on ``FITTING`` of the phrases fit; 1 where none is likely enough."""
    for least in np.arange(0.3, 0.99, 0.01):
        kept = [fits for likely, fits in pairs if likely >= least]
        if kept and sum(kept) >= FITTING * len(kept):
            return round(float(least), 2)
    return 1.0


def _usable(pairs: list[tuple[float, bool]]) -> float:
    for least in np.arange(0.4, 0.97, 0.02):
        kept = [wrong for confidence, wrong in pairs if confidence >= least]
        if 1 - sum(kept) / max(1, len(kept)) >= RIGHT_OF_USABLE or len(kept) < len(pairs) * 2 / 3:
            break
    return round(float(least), 2)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lots", nargs="*", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    records = [r for p in options.lots for r in lot(p)] or divided(training_sets())[1]
    reader = Reader.load(options.weights)
    reader.temperatures = temperatures(records, reader)
    heat = dict(reader.temperatures)
    least = thresholds(records, reader)
    sentences = [row for name in SMALL_MODELS for row in lot_of_sentences(SENTENCES / f"{name}.jsonl")]
    heat["judge"], weights, least["judge"], least["judge_good"] = calibrated(sentences, reader)
    least["phrase"] = least_fitting(phrases(records, reader))
    path = options.weights / "reader.json"
    card = json.loads(path.read_text()) | {"temperatures": heat, "thresholds": least, "judge_weights": weights}
    path.write_text(json.dumps(card, indent=1, sort_keys=True) + "\n")
    print(heat, least, weights)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
