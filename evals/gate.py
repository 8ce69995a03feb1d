"""May the candidate replace the baseline? One answer, with the reasons for it, and never a pass for lack of data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

from evals.compare import Comparison, CriterionResult
from evals.errors import EvalError
from evals.reading import ReadingRecord, write_reading
from evals.statistics import Interval
from service.prompting.evidence import CriterionRecord, GateRecord, write_evidence

MARGIN = 0.05  # on scores from 0 to 1: what may be lost without a reader's noticing
# Judged in few messages, and nearly all or nothing there: with less, no set of cases of this size could ever decide.
MARGINS = {"clarification": 0.15}
MIN_CLUSTERS = 5  # below, an interval rests on too little, and one of width nothing on luck


class Exit(IntEnum):
    PASS = 0
    REGRESSION = 1
    INVALID = 2
    INCONCLUSIVE = 3


Verdict = Literal["non-inferior", "better", "worse", "unclear"]


@dataclass(frozen=True)
class CriterionVerdict:
    name: str
    verdict: Verdict
    margin: float
    reason: str
    clusters_needed: int | None = None


@dataclass(frozen=True)
class GateResult:
    exit: Exit
    summary: str
    criteria: tuple[CriterionVerdict, ...]
    new_failures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reader: str = ""
    reading: ReadingRecord | None = None

    @property
    def word(self) -> Literal["pass", "regression", "invalid", "inconclusive"]:
        return self.exit.name.lower()  # type: ignore[return-value]


def gate(
    comparison: Comparison,
    *,
    margin: float = MARGIN,
    margins: Mapping[str, float] | None = None,
    min_clusters: int = MIN_CLUSTERS,
) -> GateResult:
    """Pass only when no hard invariant is newly broken and every criterion is non-inferior.

    All criteria have to hold, so the intervals need no correction for their number. Raises EvalError for a margin that
    names no criterion.
    """
    known = {c.name for c in comparison.criteria}
    for name in margins or {}:
        if name not in known:
            raise EvalError(f"There is no criterion '{name}' here. There are: {', '.join(sorted(known))}.")
    margins = {name: max(margin, wide) for name, wide in MARGINS.items()} | dict(margins or {})
    verdicts = tuple(_verdict(c, margins.get(c.name, margin), min_clusters) for c in comparison.criteria)
    new = {i.name: i.new for i in comparison.invariants if i.new}
    worse = [v for v in verdicts if v.verdict == "worse"]
    unclear = [v for v in verdicts if v.verdict == "unclear"]
    if new:
        told = ", ".join(f"{name} ({len(keys)})" for name, keys in new.items())
        return GateResult(Exit.REGRESSION, f"Hard rules are newly broken: {told}.", verdicts, new)
    if worse:
        return GateResult(Exit.REGRESSION, f"Worse: {', '.join(v.name for v in worse)}.", verdicts)
    if unclear:
        return GateResult(Exit.INCONCLUSIVE, _how_many(unclear, comparison), verdicts)
    better = [v.name for v in verdicts if v.verdict == "better"]
    told = f" Better: {', '.join(better)}." if better else " Nothing is shown to be better."
    return GateResult(Exit.PASS, f"Nothing is worse by the margin or more.{told}", verdicts)


def read_by(result: GateResult, reader: str, reading: ReadingRecord | None) -> GateResult:
    """The verdict with the reading it stands on. Where that is not measured, nothing passes."""
    result = replace(result, reader=reader, reading=reading)
    if reading is None and result.exit is Exit.PASS:
        told = f"{reader} reads the notes, and is not measured: afterword eval read --record"
        return replace(result, exit=Exit.INVALID, summary=told)
    return result


def standing(interval: Interval, margin: float) -> Literal["not worse", "worse", "unclear"]:
    """Of a difference, by where the whole of its interval lies: above -``margin``, below nought, or neither."""
    if interval.low > -margin:
        return "not worse"
    return "worse" if interval.high < 0 else "unclear"


def _verdict(c: CriterionResult, margin: float, min_clusters: int) -> CriterionVerdict:
    if c.interval is None or c.clusters < min_clusters:
        said = f"{c.clusters} interviews are too few to say; it takes {min_clusters}."
        return CriterionVerdict(c.name, "unclear", margin, said, min_clusters)
    seen = f"{c.difference:+.3f} [{c.interval.low:+.3f}, {c.interval.high:+.3f}]"
    stands = standing(c.interval, margin)
    if stands == "not worse":
        if c.difference > 0 and c.p_holm <= 0.05 and c.interval.low > 0:
            return CriterionVerdict(c.name, "better", margin, f"{seen}, p {c.p_holm:.3f} after Holm.")
        return CriterionVerdict(c.name, "non-inferior", margin, f"{seen} lies above {-margin:+.3f}.")
    if stands == "worse":
        return CriterionVerdict(c.name, "worse", margin, f"{seen} lies below nought, and reaches {-margin:+.3f}.")
    needed = c.clusters_needed(margin)
    return CriterionVerdict(c.name, "unclear", margin, f"{seen} reaches below {-margin:+.3f}.", needed)


def _how_many(unclear: list[CriterionVerdict], comparison: Comparison) -> str:
    names = ", ".join(v.name for v in unclear)
    hopeless = ", ".join(v.name for v in unclear if v.clusters_needed is None)
    if hopeless:
        return f"Unclear: {names}. More cases would not help while {hopeless} stays down by the margin or more."
    # A criterion that few interviews call for needs the more of them.
    share = {c.name: comparison.clusters / c.clusters for c in comparison.criteria}
    needed = max(round(v.clusters_needed * share[v.name]) for v in unclear if v.clusters_needed is not None)
    each = comparison.cases / max(1, comparison.clusters)
    return (
        f"Unclear: {names}. It would take about {needed} interviews ({round(needed * each)} cases) in place of "
        f"{comparison.clusters}, if the differences stay what they are."
    )


def record(comparison: Comparison, result: GateResult, results: Path, now: datetime, whole_sha256: str) -> Path | None:
    """Writes a passed gate on the whole set as evidence for a version, released or not, whose files stay as they are.

    ``whole_sha256`` names all cases as they are now. None where there is nothing to record, as over a reader that
    nobody measured.
    """
    side = comparison.candidate
    whole = comparison.whole and side.cases_sha256 == whole_sha256
    if result.exit is not Exit.PASS or result.reading is None or not whole or len(side.prompts) != 1:
        return None
    write_reading(results, result.reading)
    return write_evidence(results, _evidence(comparison, result, now))


def _evidence(comparison: Comparison, result: GateResult, now: datetime) -> GateRecord:
    before, after = comparison.baseline, comparison.candidate
    ((prompt, sha256),) = after.prompts.items()
    verdicts = {v.name: v for v in result.criteria}
    return GateRecord(
        prompt=prompt,
        sha256=sha256,
        against=before.name,
        gate=result.word,
        cases_sha256=after.cases_sha256,
        model=after.model,
        created=now,
        against_sha256=next(iter(before.prompts.values())) if len(before.prompts) == 1 else None,
        summary=result.summary,
        rubric_sha256=comparison.rubric_sha256,
        reader=result.reader,
        messages=comparison.rows,
        interviews=comparison.clusters,
        cases=comparison.cases,
        criteria=tuple(_figures(c, verdicts[c.name]) for c in comparison.criteria),
        hard_rules_broken=sum(i.candidate for i in comparison.invariants),
        hard_rules_broken_before=sum(i.baseline for i in comparison.invariants),
    )


def _figures(c: CriterionResult, judged: CriterionVerdict) -> CriterionRecord:
    return CriterionRecord(
        name=c.name,
        before=round(c.baseline, 4),
        score=round(c.candidate, 4),
        difference=round(c.difference, 4),
        low=round(c.interval.low, 4) if c.interval else None,
        high=round(c.interval.high, 4) if c.interval else None,
        passed_before=round(c.baseline_passed / c.rows, 4),
        passed=round(c.candidate_passed / c.rows, 4),
        verdict=judged.verdict,
        messages=c.rows,
        margin=judged.margin,
    )


def gate_json(result: GateResult) -> dict[str, Any]:
    return {
        "gate": result.word,
        "exit": int(result.exit),
        "summary": result.summary,
        "criteria": [vars(v) for v in result.criteria],
        "new_failures": {k: list(v) for k, v in result.new_failures.items()},
        "reader": result.reader,
        "reading": result.reading.model_dump(mode="json")["lots"] if result.reading else None,
    }
