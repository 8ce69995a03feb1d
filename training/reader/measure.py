"""How well a reader reads labelled sets: every field's figure with its interval, by lot and by tag; two readers side by side.

python -m training.reader.measure LOT.jsonl … [--weights FOLDER] [--against FOLDER] [--tags] [--held-out]
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from math import comb, sqrt
from pathlib import Path
from typing import Any

from service.drafting.small import is_sure
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.types import Facts, Given, Owner, is_honorific
from training.reader.data import Record, divided, lot, training_sets

USABLE = (Owner.THEIRS, Owner.MINE, Owner.CLARIFY)
Counts = dict[str, list[bool]]


@dataclass
class Figures:
    """Of each figure, what each set or item gave."""

    counts: Counts = field(default_factory=lambda: defaultdict(list))

    def add(self, other: Counts) -> None:
        for name, values in other.items():
            self.counts[name] += values

    def lines(self) -> list[str]:
        out = []
        for name, _ in FIGURES:
            values = self.counts.get(name, [])
            if values:
                low, high = wilson(sum(values), len(values))
                share = sum(values) / len(values)
                out.append(f"{name:<38} {share:6.1%}  {low:6.1%}-{high:6.1%}  {sum(values):5d} of {len(values)}")
        return out


FIGURES = (
    ("firm right", 0.95), ("firm wrong", -0.01), ("job right", 0.92), ("job wrong", -0.02), ("interviewers exact", 0.92), ("greeted who did not interview", -0.01),
    ("interview day right", 0.95), ("interview day wrong", -0.02), ("interview day early", 0.0), ("decision day right", 0.95), ("decision day wrong", -0.02),
    ("decision day early", 0.0), ("owner right", 0.90), ("owner right of usable", 0.97), ("private kept out", 0.98), ("said by right of usable", 0.95),
    ("told as one interviewer's, right", 0.97), ("told as one's of a panel, right", 0.97),
    ("worth within one of usable", 0.9), ("matter right", 0.7), ("matter where nothing can be named", -0.1), ("title right", 0.9), ("candidate right", 0.9), ("took place right", 0.97), ("state right", 0.95), ("decided found", 0.9),
)  # fmt: skip


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def words_of(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return [w for w in re.findall(r"[^\W_]+", plain) if not is_honorific(w)]


def same_name(a: str, b: str) -> bool:
    """One says no more than the other: 'Okoro' and 'Dr Denise Okoro-Hale'; a first name of two does not count for the other."""
    first, second = set(words_of(a)), set(words_of(b))
    return bool(first and second) and (first <= second or second <= first)


def _same_text(a: str, b: str) -> bool:
    first, second = words_of(a), words_of(b)
    return bool(first and second) and (set(first) <= set(second) or set(second) <= set(first))


def measured(record: Record, facts: Facts) -> Counts:
    out: Counts = defaultdict(list)
    for kind, fact in (("firm", facts.company), ("job", facts.role)):
        gold = {record["notes"][m["start"] : m["end"]] for m in record["marks"] if m["kind"] == kind}
        gold |= {v for v in (record.get("truth", {}).get(kind),) if v}
        right = fact is not None and any(_same_text(fact.value, g) for g in gold)
        if gold:
            out[f"{kind} right"].append(right)
        out[f"{kind} wrong"].append(fact is not None and not right)
    _people(record, facts, out)
    for kind, day in (("interview", facts.interview_at), ("decision", facts.decision_date)):
        gold_day = date.fromisoformat(record[kind]) if record[kind] else None
        if gold_day:
            out[f"{kind} day right"].append(day is not None and day.day == gold_day)
        out[f"{kind} day wrong"].append(day is not None and day.day != gold_day)
        out[f"{kind} day early"].append(day is not None and gold_day is not None and day.day < gold_day)
    if record.get("partial"):
        _items(record, facts, out)
        return out
    out["took place right"].append(facts.application.took_place == record["took_place"])
    out["state right"].append(facts.application.state == record["state"])
    if record["state"] != "waiting":
        out["decided found"].append(facts.application.state == record["state"])
    _items(record, facts, out)
    return out


def _people(record: Record, facts: Facts, out: Counts) -> None:
    gold = [p for p in record["people"] if p["part"] == "interviewed"]
    read = list(facts.interviewers)
    pairs = _paired([p["name"] for p in gold], [p.name for p in read])
    out["interviewers exact"].append(len(gold) == len(read) == len(pairs))
    out["greeted who did not interview"].append(len(pairs) < len(read))
    for g, r in pairs:
        if gold[g]["title"]:
            title = read[r].title
            out["title right"].append(title is not None and _same_text(title, gold[g]["title"]))
    me = next((p["name"] for p in record["people"] if p["part"] == "candidate"), None)
    if me:
        out["candidate right"].append(facts.candidate is not None and same_name(facts.candidate.name, me))


def _paired(gold: list[str], read: list[str]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    left = set(range(len(read)))
    for exact in (True, False):
        for g, name in enumerate(gold):
            if any(g == x for x, _ in out):
                continue
            for r in sorted(left):
                if sorted(words_of(name)) == sorted(words_of(read[r])) if exact else same_name(name, read[r]):
                    out.append((g, r))
                    left.discard(r)
                    break
    return out


def shared(a: Any, b: Any) -> int:
    return max(0, min(int(a.end), int(b["end"])) - max(int(a.start), int(b["start"])))


def _items(record: Record, facts: Facts, out: Counts) -> None:
    names = {p["id"]: p["name"] for p in record["people"]}
    for gold in record["items"]:
        by_owner: dict[str, int] = defaultdict(int)
        told = 0
        for item in facts.items:
            common = shared(item, gold)
            by_owner[item.owner] += common
            told += common if item.owner in USABLE and item.worth >= 1 else 0
        best = max(by_owner, key=lambda o: by_owner[o], default=None) if any(by_owner.values()) else None
        out["owner right"].append(best == gold["owner"])
        if "named" in gold:
            _matter(record, gold, facts, out)
        if gold["owner"] == "private":
            out["private kept out"].append(3 * told < gold["end"] - gold["start"])
    panel = len(facts.interviewers) > 1
    for item in facts.items:
        if item.owner not in USABLE or item.worth < 1:
            continue
        gold = max(record["items"], key=lambda g: shared(item, g), default=None)
        if record.get("partial") and (gold is None or not shared(item, gold)):
            continue
        if gold is None or not shared(item, gold):
            out["owner right of usable"].append(False)
            continue
        out["owner right of usable"].append(item.owner == gold["owner"])
        if item.owner is Owner.THEIRS and not record.get("partial") and is_sure(item):
            said = names.get(gold["person"])
            fits = same_name(said, item.speaker or "") if said else not panel or item.speaker is None
            figure = "told as one's of a panel, right" if panel else "told as one interviewer's, right"
            out[figure].append(item.owner == gold["owner"] and fits)
        if item.owner != gold["owner"] or (record.get("partial") and gold["person"] is None):
            continue
        person = names.get(gold["person"]) if gold["person"] else None
        read = item.speaker or item.heard_by
        out["said by right of usable"].append(
            (person is None) == (read is None) and (person is None or same_name(person, read or ""))
        )
        out["worth within one of usable"].append(abs(item.worth - gold["worth"]) <= 1)


def _matter(record: Record, gold: dict[str, Any], facts: Facts, out: Counts) -> None:
    """Right is what shares most of its words with the hand's; two hands differ in a word or two."""
    item = max(facts.items, key=lambda i: shared(i, gold), default=None)
    read = set(words_of(item.matter or "")) if item and shared(item, gold) else set()
    if not gold["named"]:
        out["matter where nothing can be named"].append(bool(read))
        return
    (mark,) = (m for m in record["marks"] if m["kind"] == "matter" and gold["start"] <= m["start"] < gold["end"])
    told = set(words_of(record["notes"][mark["start"] : mark["end"]]))
    out["matter right"].append(2 * len(read & told) >= len(read | told))


def read_all(records: Iterable[Record], reader: Reader | Callable[[Record], Facts]) -> list[tuple[Record, Counts]]:
    out = []
    for record in records:
        facts = (
            read_notes(record["notes"], reader, now=datetime.fromisoformat(record["now"]), given=Given(language="en"))
            if isinstance(reader, Reader)
            else reader(record)
        )
        out.append((record, measured(record, facts)))
    return out


def report(name: str, results: list[tuple[Record, Counts]], *, tags: bool) -> Iterator[str]:
    whole = Figures()
    by_tag: dict[str, Figures] = defaultdict(Figures)
    for record, counts in results:
        whole.add(counts)
        for tag in record["tags"]:
            by_tag[tag].add(counts)
    yield f"\n{name}: {len(results)} sets"
    yield from whole.lines()
    shown = ("interviewers exact", "owner right", "private kept out", "firm wrong")
    for tag, figures in sorted(by_tag.items(), key=lambda t: -len(t[1].counts["firm wrong"])) if tags else ():
        if len(figures.counts["firm wrong"]) >= 5:
            told = "  ".join(f"{s} {sum(v) / len(v):.0%}" for s in shown if (v := figures.counts.get(s)))
            yield f"  {tag:<34} {len(figures.counts['firm wrong']):4d} sets  {told}"


def reports(lots: dict[str, list[Record]], weights: list[Path | None], *, tags: bool) -> Iterator[str]:
    """The figures of each lot for each reader, and of two readers what differs and whether it is more than chance."""
    every = {}
    for folder in weights:
        reader = Reader.load(folder)
        for name, records in lots.items():
            results = every[name, folder] = read_all(records, reader)
            yield from report(f"{name} ({reader.name})", results, tags=tags)
    if len(weights) == 2:
        for name in lots:
            yield f"\n{name}: what only the first reader has right, what only the second"
            yield from _compared(every[name, weights[0]], every[name, weights[1]])


def counted(lots: dict[str, list[Record]]) -> dict[str, dict[str, tuple[int, int]]]:
    """Lot → figure → right and of how many, for the reader that is served."""
    reader = Reader.load()
    out: dict[str, dict[str, tuple[int, int]]] = {}
    for name, records in lots.items():
        whole = Figures()
        for _, counts in read_all(records, reader):
            whole.add(counts)
        out[name] = {figure: (sum(v), len(v)) for figure, _ in FIGURES if (v := whole.counts.get(figure))}
    return out


def _compared(first: list[tuple[Record, Counts]], second: list[tuple[Record, Counts]]) -> Iterator[str]:
    for figure, aim in FIGURES:
        gains = losses = 0
        for (_, a), (_, b) in zip(first, second, strict=True):
            if len(a.get(figure, ())) == len(b.get(figure, ())):
                gains += sum(x > y for x, y in zip(a[figure], b[figure], strict=True))
                losses += sum(x < y for x, y in zip(a[figure], b[figure], strict=True))
        if gains or losses:
            better, worse = (gains, losses) if aim > 0 else (losses, gains)
            yield f"{figure:<38} {better:4d} {worse:4d}  p {sign_test(better, worse):.3f}"


def sign_test(better: int, worse: int) -> float:
    """How likely so uneven a split is by chance, two-sided."""
    n = better + worse
    return min(1.0, 2 * sum(comb(n, k) for k in range(min(better, worse) + 1)) / 2**n)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("lots", nargs="*", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--against", type=Path, help="the weights of a second reader")
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="every tenth set of each hand: only for a reader that was trained without",
    )
    parser.add_argument("--tags", action="store_true")
    options = parser.parse_args(arguments)
    lots = {p.stem: lot(p) for p in options.lots}
    if options.held_out:
        lots["held out"] = divided(training_sets())[1]
    weights = [options.weights, options.against] if options.against else [options.weights]
    for line in reports(lots, weights, tags=options.tags):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
