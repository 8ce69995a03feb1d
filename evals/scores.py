"""What scoring leaves on disk: a meta line, a row of figures per message, and a last line that says it is all there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.errors import EvalError
from evals.rows import RunMeta, parse_meta


@dataclass(frozen=True)
class ScoresMeta:
    run: RunMeta
    run_path: str
    run_sha256: str
    rubric_sha256: str


@dataclass(frozen=True)
class Scored:
    """One message's figures. ``criteria``: name → score, passed, rule, reason; ``broken``: invariant → how often."""

    key: str
    case: str
    case_sha: str
    cluster: str
    split: str
    tags: tuple[str, ...]
    kind: str
    repeat: int
    overall: float
    criteria: dict[str, tuple[float | None, bool, str, str]]
    broken: dict[str, int]
    repaired: int
    written_by: str
    words: int
    characters: int
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    model_seconds: float
    first: bool  # of its draft: the one whose tokens and seconds count


def write_scores(out: Path, meta: ScoresMeta, rows: Iterator[Scored], complete: Callable[[], bool]) -> None:
    """Written beside and moved into place, so that a half-scored file is never read as scores."""
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_suffix(f".{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"scores": asdict(meta)}) + "\n")
            for row in rows:
                file.write(json.dumps(vars(row), ensure_ascii=False) + "\n")
            file.write(json.dumps({"complete": complete()}) + "\n")
        os.replace(fresh, out)
    finally:
        fresh.unlink(missing_ok=True)


def read_scores_meta(path: Path) -> ScoresMeta:
    """Raises EvalError when ``path`` holds no scores."""
    try:
        with path.open("rb") as file:
            values = json.loads(file.readline())["scores"]
        return ScoresMeta(**values | {"run": parse_meta(values["run"], path)})
    except OSError as error:
        raise EvalError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EvalError(f"{path} holds no scores. Give a file that `afterword eval score` wrote.") from error


def is_complete(path: Path) -> bool:
    """Whether the scored run had all its drafts."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64))
        return file.read().rstrip().endswith(b'{"complete": true}')


def read_scores(path: Path) -> Iterator[Scored]:
    """The rows, one at a time."""
    with path.open("rb") as file:
        file.readline()
        for line in file:
            values = json.loads(line)
            if "complete" in values:
                return
            values["tags"] = tuple(values["tags"])
            values["criteria"] = {k: tuple(v) for k, v in values["criteria"].items()}
            yield Scored(**values)
