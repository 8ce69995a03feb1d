"""May one reader take another's place? Both over the same labelled notes, by the margin that gates have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.gate import MARGIN, MIN_CLUSTERS, Exit, standing
from evals.reading import SHOWN
from evals.statistics import Interval, paired


@dataclass(frozen=True)
class Moved:
    """A figure of two readers over the same notes. ``sets`` are those in which both have something to count."""

    name: str
    sets: int
    before: float
    after: float
    interval: Interval | None
    verdict: Literal["not worse", "worse", "unclear"]


Counts = Mapping[str, Sequence[bool]]  # figure → right or not, of one set of notes


def moved(before: Sequence[Counts], after: Sequence[Counts], margin: float = MARGIN) -> tuple[Moved, ...]:
    """Of each shown figure how the second reader stands to the first, set by set, by the gate's rule for a margin."""
    out = []
    for name in SHOWN:
        both = [(a[name], b[name]) for a, b in zip(before, after, strict=True) if a.get(name) and b.get(name)]
        shares = [(sum(a) / len(a), sum(b) / len(b)) for a, b in both]
        if not shares:
            out.append(Moved(name, 0, 0.0, 0.0, None, "unclear"))
            continue
        seen = paired([b - a for a, b in shares], [str(n) for n in range(len(shares))])
        means = (sum(a for a, _ in shares) / len(shares), sum(b for _, b in shares) / len(shares))
        enough = seen.interval if seen.clusters >= MIN_CLUSTERS else None
        verdict = standing(enough, margin) if enough else "unclear"
        out.append(Moved(name, len(shares), *means, seen.interval, verdict))
    return tuple(out)


def moved_text(found: Sequence[Moved]) -> str:
    """A line for each figure and the verdict, for the terminal."""
    lines = []
    for m in found:
        reach = f" [{m.interval.low:+.3f}, {m.interval.high:+.3f}]" if m.interval else ""
        told = f"{m.before:.3f} → {m.after:.3f}{reach}, {m.sets} sets"
        lines.append(f"{m.verdict:<13} {m.name:<24} {told}")
    return "\n".join([*lines, f"{verdict_of(found).name.lower()}: reading"])


def verdict_of(found: Sequence[Moved]) -> Exit:
    verdicts = {m.verdict for m in found}
    return Exit.REGRESSION if "worse" in verdicts else Exit.INCONCLUSIVE if "unclear" in verdicts else Exit.PASS
