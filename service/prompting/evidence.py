"""What a release rests on: records of gates, by the hash of the version they are about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

import service
from service.errors import PromptError


@dataclass(frozen=True)
class CriterionRecord:
    """Means from 0 to 1 over all messages; the interval is of the difference, None where interviews were too few.

    ``passed`` are shares of messages. ``verdict``: better, non-inferior, worse or unclear.
    """

    name: str
    before: float
    score: float
    difference: float
    low: float | None
    high: float | None
    passed_before: float
    passed: float
    verdict: str
    messages: int
    margin: float | None = None  # what the verdict let be lost


@dataclass(frozen=True)
class GateRecord:
    """One gate's outcome. ``against`` is the version it was compared with; ``cases_sha256`` names the cases."""

    prompt: str
    sha256: str
    against: str
    gate: Literal["pass", "regression", "inconclusive", "invalid"]
    cases_sha256: str
    model: str
    created: AwareDatetime
    against_sha256: str | None = None  # None: against the outline, which is no prompt
    summary: str = ""
    rubric_sha256: str = ""
    reader: str = ""  # the weights that read the notes; their figures lie in readers/ beside the records
    messages: int = 0
    interviews: int = 0
    cases: int = 0
    criteria: tuple[CriterionRecord, ...] = ()
    hard_rules_broken: int = 0
    hard_rules_broken_before: int = 0


@dataclass(frozen=True)
class Measured:
    """A record as it speaks of one version: ``is_baseline`` when that is the one compared against."""

    record: GateRecord
    is_baseline: bool = False


_RECORD = TypeAdapter(GateRecord)


def default_results(prompts_root: Path) -> Path:
    """Where records lie: ``evals/results`` beside the prompts, or beside the package that brought the prompts."""
    package = Path(service.__file__).parent
    base = package if prompts_root.resolve().parent == package.resolve() else prompts_root
    return base.parent / "evals" / "results"


def write_evidence(results: Path, record: GateRecord) -> Path:
    """Writes ``<results>/<sha256>.json``, replacing an earlier record of the same content."""
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"{record.sha256}.json"
    told = _RECORD.dump_json(replace(record, created=record.created.astimezone(UTC)), indent=1)
    path.write_bytes(told + b"\n")
    return path


def read_evidence(results: Path, sha256: str) -> GateRecord | None:
    """The record about the version with this hash, or None. Raises PromptError when it cannot be read."""
    path = results / f"{sha256}.json"
    return _read(path) if path.is_file() else None


def reading_gap(results: Path, record: GateRecord) -> str:
    """What is missing of the reading that a gate stood on, as the end of a sentence; '' where it is measured."""
    if not record.reader:
        return "does not say which reader read the notes. Gate again: afterword eval gate"
    if not (results / "readers" / f"{record.reader}.json").is_file():
        return f"rests on {record.reader}, whose reading is not measured: afterword eval read --record"
    return ""


def read_measured(results: Path, sha256: str) -> Measured | None:
    """The version's own record, or else the newest in which it is the one compared against. Raises PromptError."""
    own = read_evidence(results, sha256)
    if own is not None:
        return Measured(own)
    against = [r for r in map(_read, sorted(results.glob("*.json"))) if r.against_sha256 == sha256]
    return Measured(max(against, key=lambda r: r.created), is_baseline=True) if against else None


def _read(path: Path) -> GateRecord:
    try:
        read = _RECORD.validate_json(path.read_bytes())
    except ValidationError as error:
        raise PromptError(f"{path} is not a gate record. Write it again with: afterword eval gate") from error
    if read.sha256 != path.stem:
        raise PromptError(f"{path} is about another version than its file name says.")
    return read
