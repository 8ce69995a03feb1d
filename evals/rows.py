"""What a run leaves on disk: one meta line, then one row per case, kind, recipient and repeat, as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.errors import EvalError

FORMAT = 1


@dataclass(frozen=True)
class Selection:
    """Which of the cases a run takes. ``whole`` is what a release wants."""

    split: str = "all"
    tags: tuple[str, ...] = ()
    clusters: int | None = None  # only so many clusters, spread over all of them, one case each

    @property
    def whole(self) -> bool:
        return self.split == "all" and not self.tags and self.clusters is None


@dataclass(frozen=True)
class RunMeta:
    """What the rows of a run have in common. Two files with one meta but for the shard belong together."""

    name: str  # "thank_you@3", several joined with "+", or "outline"
    prompts: dict[str, str]  # "thank_you@3" → sha256
    kinds: tuple[str, ...]
    model: str
    cases_path: str
    cases_sha256: str
    repeats: int
    units: int  # how many drafts make this file complete
    selection: Selection = field(default_factory=Selection)
    shard: tuple[int, int] = (1, 1)
    replayed: bool = False
    format: int = FORMAT

    @property
    def identity(self) -> dict[str, Any]:
        """What must agree for rows to go on in one file, as JSON has it. Replayed rows stand for recorded ones."""
        return json.loads(json.dumps({k: v for k, v in asdict(self).items() if k != "replayed"}))  # type: ignore[no-any-return]

    @property
    def whole_identity(self) -> dict[str, Any]:
        return {k: v for k, v in self.identity.items() if k not in ("shard", "units")}


@dataclass(frozen=True)
class Row:
    """One message, or one draft that failed (``error``). Rows of one draft stand together, ``index`` 0 first."""

    case: str
    case_sha: str  # of the case as it was
    cluster: str
    split: str
    tags: tuple[str, ...]
    kind: str
    repeat: int
    index: int
    of: int
    recipient: str | None = None
    subject: str | None = None
    body: str = ""
    raw: str | None = None  # what the model wrote, before checks and repair
    repaired: tuple[tuple[str, str, str], ...] = ()  # check, rule, detail of what repair met in it
    written_by: str = "outline"
    prompt_sha256: str | None = None
    rendered_sha256: str | None = None  # all that the model was sent for this draft
    model: str = ""
    evidence: tuple[tuple[int, int, int, int], ...] = ()  # span in the body, span in the notes
    warnings: tuple[tuple[str, str], ...] = ()
    # The whole draft's, so on its first row only: sums over rows come out right.
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    model_seconds: float = 0.0
    error: tuple[str, str] | None = None  # type and detail

    @property
    def unit(self) -> tuple[str, str, int]:
        return self.case, self.kind, self.repeat

    @property
    def key(self) -> str:
        """Names the same message in every run of these cases."""
        return "/".join((self.case, self.kind, self.recipient or "-", str(self.repeat)))


def meta_line(meta: RunMeta) -> bytes:
    return (json.dumps({"run": asdict(meta)}, ensure_ascii=False) + "\n").encode()


def row_lines(rows: list[Row]) -> bytes:
    return "".join(json.dumps(vars(r), ensure_ascii=False) + "\n" for r in rows).encode()


def read_meta(path: Path) -> RunMeta:
    """Raises EvalError when ``path`` is no run."""
    with _open(path) as file:
        first = file.readline()
    try:
        return parse_meta(json.loads(first)["run"], path)
    except (ValueError, KeyError, TypeError) as error:
        raise EvalError(f"{path} is not a run. Give a file that `afterword eval run` wrote.") from error


def parse_meta(values: dict[str, Any], path: Path) -> RunMeta:
    """Raises EvalError for another format, KeyError or TypeError for what is no meta at all."""
    if values["format"] != FORMAT:
        raise EvalError(f"{path} was written by another version of Afterword. Run it again.")
    selection = Selection(**values["selection"] | {"tags": tuple(values["selection"]["tags"])})
    named = {"kinds": tuple(values["kinds"]), "shard": tuple(values["shard"]), "selection": selection}
    return RunMeta(**values | named)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows, one at a time. A torn last line is passed over; any other damage raises EvalError."""
    with _open(path) as file:
        file.readline()
        for number, line in enumerate(file, 2):
            if not line.endswith(b"\n"):
                return
            yield parse_row(line, path, number)


def parse_row(line: bytes, path: Path, number: int) -> Row:
    try:
        values: dict[str, Any] = json.loads(line)
        values["tags"] = tuple(values["tags"])
        for name in ("repaired", "evidence", "warnings"):
            values[name] = tuple(tuple(entry) for entry in values[name])
        if values["error"] is not None:
            values["error"] = tuple(values["error"])
        return Row(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise EvalError(
            f"Line {number} of {path} is damaged. Remove that draft's lines and run again: only it is made anew."
        ) from error


def read_units(path: Path) -> Iterator[list[Row]]:
    """Rows by draft, whole drafts only."""
    unit: list[Row] = []
    for row in read_rows(path):
        if row.index == 0:
            unit = []
        unit.append(row)
        if row.index == row.of - 1 and len(unit) == row.of:
            yield unit
            unit = []


def _open(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        raise EvalError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
