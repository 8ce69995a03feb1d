"""Where the stages' files lie, and which of them are made when they are missing."""

from __future__ import annotations

import os
import re
from pathlib import Path

from evals.compare import Comparison, compare, read_comparison, write_comparison
from evals.errors import EvalError
from evals.rows import read_meta
from evals.score import file_sha256, rubric_sha256, score_run
from evals.scores import read_scores_meta

EVALS = Path(__file__).parent
CASES = EVALS / "cases"
CASSETTE = EVALS / "cassettes" / "small.jsonl.gz"
RUNS = Path("runs")


def run_path(runs: Path, name: str, model: str, shard: tuple[int, int]) -> Path:
    """``runs/thank_you@2.qwen2.5-coder-1.5b.jsonl``; a shard's has its number."""
    part = f".{shard[0]}of{shard[1]}" if shard[1] > 1 else ""
    told = name if name == model else f"{name}.{model}"
    safe = re.sub(r"[^\w.@+-]", "_", told)
    return runs / f"{safe}{part}.jsonl"


def find_run(ref: str, runs: Path) -> Path:
    """The run that ``ref`` names: a file, or a prompt version of which ``runs`` holds one run. Raises EvalError."""
    if Path(ref).is_file():
        return Path(ref)
    if "/" in ref or ref.endswith(".jsonl"):
        raise EvalError(f"There is no file {ref}. Give a run's path, or a prompt version as thank_you@2.")
    found = [p for p in sorted(runs.glob(f"{ref}*.jsonl")) if _is_of(p, ref)]
    if not found:
        raise EvalError(f"There is no run of {ref} in {runs}. Make one: afterword eval run --prompt {ref}")
    if len(found) > 1:
        listed = ", ".join(str(p) for p in found)
        raise EvalError(f"There are several runs of {ref}. Name one of the files: {listed}")
    return found[0]


def _is_of(path: Path, ref: str) -> bool:
    rest = path.name.removeprefix(ref)
    return not path.name.endswith(".scores.jsonl") and rest[:1] == "." and not re.search(r"\.\d+of\d+\.jsonl$", rest)


def scores_of(run: Path, cases: Path | None = None) -> Path:
    """The scores of ``run``, made now where they are missing or of another state of run or rules."""
    if run.name.endswith(".scores.jsonl"):
        return run
    out = run.with_suffix(".scores.jsonl")
    if out.is_file():
        meta = read_scores_meta(out)
        if (meta.run_sha256, meta.rubric_sha256) == (file_sha256(run), rubric_sha256()):
            return out
    read_meta(run)
    score_run(run, out, cases_path=cases, jobs=os.cpu_count() or 1)
    return out


def comparison_path(baseline: Path, candidate: Path) -> Path:
    a, b = (p.name.removesuffix(".jsonl").removesuffix(".scores") for p in (baseline, candidate))
    return candidate.parent / f"{a}--{b}.comparison.json"


def compared(refs: tuple[str, ...], runs: Path, cases: Path | None = None) -> tuple[Comparison, Path]:
    """The comparison that one file holds, or of two runs, left beside the second. Raises EvalError."""
    if len(refs) == 1:
        return read_comparison(Path(refs[0])), Path(refs[0])
    if len(refs) != 2:
        raise EvalError("Name the baseline and the candidate, or one file that `afterword eval compare` wrote.")
    baseline, candidate = (scores_of(find_run(ref, runs), cases) for ref in refs)
    made = compare(baseline, candidate)
    out = comparison_path(baseline, candidate)
    write_comparison(made, out)
    return made, out
