"""How well the served reader reads, by the hash of its weights: what a gate over prompts stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from evals.errors import EvalError
from service.prompting.evidence import default_results
from service.prompting.library import default_root
from service.reading.reader import Reader

SHOWN = ("firm right", "job right", "interviewers exact", "owner right of usable", "private kept out")


class ReadingRecord(BaseModel):
    """``lots``: lot → figure → how many were so, of how many (training/reader/measure.py says what each counts)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: str  # the weights' name, which holds the beginning of their hash
    lots: Mapping[str, Mapping[str, tuple[int, int]]]
    created: AwareDatetime


def _path(results: Path, reader: str) -> Path:
    return results / "readers" / f"{reader}.json"


def write_reading(results: Path, record: ReadingRecord) -> Path:
    """Writes ``<results>/readers/<reader>.json``, replacing what was measured before."""
    path = _path(results, record.reader)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return path


def read_reading(results: Path, reader: str) -> ReadingRecord | None:
    """What was measured of ``reader``, or None. Raises EvalError for a file that holds something else."""
    path = _path(results, reader)
    try:
        return ReadingRecord.model_validate_json(path.read_bytes()) if path.is_file() else None
    except ValidationError as error:
        raise EvalError(f"{path} holds no figures of a reader. Write it again: afterword eval read --record") from error


def served_reading(results: Path) -> tuple[str, ReadingRecord | None]:
    """The served reader's name, and what was measured of it: there, or in the results of this installation."""
    name = Reader.load().name
    return name, read_reading(results, name) or read_reading(default_results(default_root()), name)


def reading_text(record: ReadingRecord | None, reader: str) -> str:
    """A line for each lot, for the terminal."""
    if record is None:
        return f"reading       {reader} is not measured: afterword eval read --record"
    return "\n".join(f"reading       {reader}, {lot}: {_figures(found)}" for lot, found in record.lots.items())


def _figures(found: Mapping[str, Sequence[int]]) -> str:
    return ", ".join(f"{name} {found[name][0] / found[name][1]:.0%}" for name in SHOWN if found.get(name, (0, 0))[1])
