"""A figure (SVG) of how often the reader is right where it says how sure it is; on a lot that it was not trained on.

python -m training.reader.reliability LOT.jsonl … > docs/reader-reliability.svg
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from service.reading.read import read_notes
from service.reading.reader import Reader
from service.types import Given
from training.reader.data import Record, lot
from training.reader.measure import same_name, shared, wilson

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
Said = list[tuple[float, bool]]


def said_and_right(records: list[Record], reader: Reader) -> dict[str, Said]:
    """Confidence and whether it was right: of every item's owner, every named person's part."""
    out: dict[str, Said] = defaultdict(list)
    for record in records:
        facts = read_notes(
            record["notes"], reader, now=datetime.fromisoformat(record["now"]), given=Given(language="en")
        )
        for item in facts.items:
            gold = max(record["items"], key=lambda g: shared(item, g), default=None)
            if gold is not None and shared(item, gold):
                out["owner of an item"].append((item.confidence, item.owner == gold["owner"]))
        for person in facts.people:
            known = next((p for p in record["people"] if same_name(p["name"], person.name)), None)
            if known:
                part = "interviewer" if known["part"] == "interviewed" else known["part"]
                out["part of a person"].append((person.confidence, person.role == part))
    return out


def figure(found: dict[str, Said]) -> str:
    """Each bin as a point with its 95 % interval; on the diagonal the reader is as right as it says."""
    size, edge = 300, 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{len(found) * (size + 2 * edge)}" height="{size + 2 * edge}" '
        'font-family="sans-serif" font-size="12">'
    ]
    for n, (name, pairs) in enumerate(found.items()):
        left, top = n * (size + 2 * edge) + edge, edge

        def x(share: float, left: int = left) -> float:
            return left + share * size

        def y(share: float, top: int = top) -> float:
            return top + (1 - share) * size

        parts.append(f'<rect x="{left}" y="{top}" width="{size}" height="{size}" fill="none" stroke="#888"/>')
        parts.append(f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#bbb" stroke-dasharray="4"/>')
        parts.append(f'<text x="{left}" y="{top - 10}">{name}, {len(pairs)}</text>')
        parts.append(f'<text x="{left + size / 2}" y="{top + size + 28}" text-anchor="middle">said</text>')
        for tick in (0, 0.5, 1):
            parts.append(f'<text x="{x(tick)}" y="{top + size + 14}" text-anchor="middle">{tick:g}</text>')
            parts.append(f'<text x="{left - 6}" y="{y(tick) + 4}" text-anchor="end">{tick:g}</text>')
        for low, high in pairwise(BINS):
            inside = [(c, r) for c, r in pairs if low <= c < high or (high == 1.0 and c >= high)]
            if inside:
                said = sum(c for c, _ in inside) / len(inside)
                right = sum(r for _, r in inside)
                a, b = wilson(right, len(inside))
                parts.append(f'<line x1="{x(said)}" y1="{y(a)}" x2="{x(said)}" y2="{y(b)}" stroke="#36c"/>')
                parts.append(
                    f'<circle cx="{x(said)}" cy="{y(right / len(inside))}" r="4" fill="#36c"><title>{right} of {len(inside)}</title></circle>'
                )
    return "\n".join([*parts, "</svg>"])


if __name__ == "__main__":
    sets = [r for path in sys.argv[1:] for r in lot(Path(path))]
    sys.stdout.write(figure(said_and_right(sets, Reader.load())) + "\n")
