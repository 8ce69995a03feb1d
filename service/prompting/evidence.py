"""What a release rests on: records of passed gates, by the hash of the version they are about."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from service.errors import PromptError


@dataclass(frozen=True)
class GateRecord:
    """One gate's outcome. ``against`` is the version it was compared with; ``cases_sha256`` names the cases."""

    prompt: str
    sha256: str
    against: str
    gate: Literal["pass", "regression", "inconclusive", "invalid"]
    cases_sha256: str
    model: str
    created: datetime


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore")  # a later writer may add figures

    prompt: str
    sha256: str
    against: str
    gate: Literal["pass", "regression", "inconclusive", "invalid"]
    cases_sha256: str
    model: str
    created: AwareDatetime


def default_results(prompts_root: Path) -> Path:
    """Where records lie: ``evals/results`` beside the prompts."""
    return prompts_root.parent / "evals" / "results"


def write_evidence(results: Path, record: GateRecord) -> Path:
    """Writes ``<results>/<sha256>.json``, replacing an earlier record of the same content."""
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"{record.sha256}.json"
    model = _Record(**asdict(record) | {"created": record.created.astimezone(UTC)})
    path.write_text(model.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return path


def read_evidence(results: Path, sha256: str) -> GateRecord | None:
    """The record about the version with this hash, or None. Raises PromptError when it cannot be read."""
    path = results / f"{sha256}.json"
    if not path.is_file():
        return None
    try:
        read = _Record.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise PromptError(f"{path} is not a gate record. Write it again with: afterword eval gate") from error
    if read.sha256 != sha256:
        raise PromptError(f"{path} is about another version than its file name says.")
    return GateRecord(**read.model_dump())
