"""Two scored runs, message by message: what the candidate does better or worse, and how sure that is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import EvalError
from evals.rows import RunMeta, Selection, read_rows
from evals.scores import Scored, ScoresMeta, is_complete, read_scores, read_scores_meta
from evals.statistics import Interval, Paired, clusters_needed, holm, mcnemar, paired, sign_flip
from evals.word_diff import Diff, word_diff

OVERALL = "overall"
_SAME = 1e-9
_FLIPS = 200  # texts that a comparison carries at most; the counts are of all


class _File(BaseModel):
    model_config = ConfigDict(frozen=True)


class Side(_File):
    name: str
    model: str
    prompts: dict[str, str]
    run_path: str
    cases_sha256: str
    selection: Selection
    repeats: int
    rows: int


class CriterionResult(_File):
    """One criterion over all messages that both runs were judged on. Differences are candidate minus baseline."""

    name: str
    rows: int
    clusters: int
    baseline: float
    candidate: float
    difference: float
    error: float
    interval: Interval | None
    bootstrap: Interval | None
    p: float
    p_holm: float  # for the claim that the candidate is better, or worse, across all criteria
    wins: int
    losses: int
    ties: int
    baseline_passed: int
    candidate_passed: int
    passes_lost: int
    passes_won: int
    p_mcnemar: float
    p_passes: float  # the same by sign flip over clusters

    @property
    def paired(self) -> Paired:
        return Paired(self.rows, self.clusters, self.difference, self.error, self.interval, self.p, self.bootstrap)

    def clusters_needed(self, margin: float) -> int | None:
        return clusters_needed(self.paired, margin)


class Invariant(_File):
    """Something that must never happen. ``new`` are the messages where only the candidate breaks it."""

    name: str
    baseline: int
    candidate: int
    new: tuple[str, ...]
    mended: int


class TagResult(_File):
    tag: str
    rows: int
    clusters: int
    difference: float
    interval: Interval | None


class Flip(_File):
    """A message where a criterion went from passed to failed, or back."""

    key: str
    case: str
    lost: tuple[str, ...]
    won: tuple[str, ...]
    reasons: dict[str, tuple[str, str]]  # criterion → the baseline's reason, the candidate's
    subject: tuple[Diff, ...] = ()
    body: tuple[Diff, ...] = ()


class Comparison(_File):
    format: Literal[1] = 1
    baseline: Side
    candidate: Side
    rubric_sha256: str
    rows: int
    clusters: int
    cases: int
    criteria: tuple[CriterionResult, ...]
    invariants: tuple[Invariant, ...]
    tags: tuple[TagResult, ...]
    flips: tuple[Flip, ...]
    flips_left_out: int = 0
    only_baseline: tuple[str, ...] = ()  # messages that the candidate did not write
    only_candidate: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether both runs took every case."""
        return self.baseline.selection.whole and self.candidate.selection.whole and self._same_cases

    @property
    def _same_cases(self) -> bool:
        return self.baseline.cases_sha256 == self.candidate.cases_sha256


def compare(baseline: Path, candidate: Path) -> Comparison:
    """Compares two files of scores.

    Raises EvalError when one is of an unfinished run, of other rules of scoring, or when they have no case in common.
    """
    metas = read_scores_meta(baseline), read_scores_meta(candidate)
    _comparable(metas, (baseline, candidate))
    before = {row.key: row for row in read_scores(baseline)}
    after = {row.key: row for row in read_scores(candidate)}
    shared = _shared(before, after, metas)
    pairs = [(before[k], after[k]) for k in shared]
    only_before, only_after = _unanswered(before, after, metas)
    flips = [f for a, b in pairs if (f := _flip(a, b)) is not None]
    return Comparison(
        baseline=_side(metas[0], len(before)),
        candidate=_side(metas[1], len(after)),
        rubric_sha256=metas[0].rubric_sha256,
        rows=len(pairs),
        clusters=len({a.cluster for a, _ in pairs}),
        cases=len({a.case for a, _ in pairs}),
        criteria=_criteria(pairs),
        invariants=_invariants(pairs, only_before),
        tags=_tags(pairs),
        flips=_with_texts(flips[:_FLIPS], metas),
        flips_left_out=max(0, len(flips) - _FLIPS),
        only_baseline=only_before,
        only_candidate=only_after,
    )


def read_comparison(path: Path) -> Comparison:
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except OSError as error:
        raise EvalError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    except ValidationError as error:
        raise EvalError(f"{path} is no comparison. Give a file that `afterword eval compare` wrote.") from error


def write_comparison(comparison: Comparison, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(comparison.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _comparable(metas: tuple[ScoresMeta, ScoresMeta], paths: tuple[Path, Path]) -> None:
    for meta, path in zip(metas, paths, strict=True):
        if meta.run.shard[1] > 1:
            raise EvalError(f"{meta.run_path} is a shard. Join the shards with `afterword eval merge` first.")
        if not is_complete(path):
            raise EvalError(f"{meta.run_path} is unfinished. Give its `afterword eval run` command again: it goes on.")
    if metas[0].rubric_sha256 != metas[1].rubric_sha256:
        raise EvalError("The two runs were scored by different rules. Score both again with `afterword eval score`.")


def _shared(before: dict[str, Scored], after: dict[str, Scored], metas: tuple[ScoresMeta, ScoresMeta]) -> list[str]:
    shared = [k for k in before if k in after]
    if not shared:
        raise EvalError(
            f"{metas[0].run.name} and {metas[1].run.name} have no message in common. "
            "Run both over the same cases and kinds."
        )
    changed = sorted({before[k].case for k in shared if before[k].case_sha != after[k].case_sha})
    if changed:
        raise EvalError(f"The case {changed[0]} is not the same in the two runs. Run both again over the same cases.")
    return shared


def _unanswered(
    before: dict[str, Scored], after: dict[str, Scored], metas: tuple[ScoresMeta, ScoresMeta]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Messages of drafts that both runs made, which one of them did not write."""
    made = [{(r.case, r.kind, r.repeat) for r in rows.values()} for rows in (before, after)]
    both = made[0] & made[1]

    def alone(rows: dict[str, Scored], others: dict[str, Scored]) -> tuple[str, ...]:
        return tuple(k for k, r in rows.items() if k not in others and (r.case, r.kind, r.repeat) in both)

    return alone(before, after), alone(after, before)


def _side(meta: ScoresMeta, rows: int) -> Side:
    run: RunMeta = meta.run
    return Side(
        name=run.name,
        model=run.model,
        prompts=run.prompts,
        run_path=meta.run_path,
        cases_sha256=run.cases_sha256,
        selection=run.selection,
        repeats=run.repeats,
        rows=rows,
    )


_Pair = tuple[Scored, Scored]


def _criteria(pairs: list[_Pair]) -> tuple[CriterionResult, ...]:
    names = dict.fromkeys(name for a, b in pairs for name in a.criteria if name in b.criteria)
    judged = [_criterion(OVERALL, pairs, lambda r: (r.overall, r.overall >= 0.5))]
    judged += [_criterion(name, pairs, _by_name(name)) for name in names]
    found = [c for c in judged if c is not None]
    adjusted = holm([c.p for c in found])
    return tuple(c.model_copy(update={"p_holm": p}) for c, p in zip(found, adjusted, strict=True))


_Judged = Callable[[Scored], tuple[float | None, bool] | None]


def _by_name(name: str) -> _Judged:
    def judged(row: Scored) -> tuple[float | None, bool] | None:
        return row.criteria[name][:2] if name in row.criteria else None

    return judged


def _criterion(name: str, pairs: list[_Pair], judged: _Judged) -> CriterionResult | None:
    """None when no message was judged by it in both runs. A message unscored in one run is left out, not zero."""
    taken: list[tuple[str, float, float, bool, bool]] = []
    for a, b in pairs:
        first, second = judged(a), judged(b)
        if first is None or second is None or first[0] is None or second[0] is None:
            continue
        taken.append((a.cluster, first[0], second[0], first[1], second[1]))
    if not taken:
        return None
    clusters = [c for c, *_ in taken]
    differences = [after - before for _, before, after, _, _ in taken]
    seen = paired(differences, clusters)
    lost = sum(passed and not now for *_, passed, now in taken)
    won = sum(now and not passed for *_, passed, now in taken)
    return CriterionResult(
        name=name,
        rows=seen.rows,
        clusters=seen.clusters,
        baseline=sum(t[1] for t in taken) / len(taken),
        candidate=sum(t[2] for t in taken) / len(taken),
        difference=seen.mean,
        error=seen.error,
        interval=seen.interval,
        bootstrap=seen.bootstrap,
        p=seen.p,
        p_holm=1.0,
        wins=sum(d > _SAME for d in differences),
        losses=sum(d < -_SAME for d in differences),
        ties=sum(abs(d) <= _SAME for d in differences),
        baseline_passed=sum(t[3] for t in taken),
        candidate_passed=sum(t[4] for t in taken),
        passes_lost=lost,
        passes_won=won,
        p_mcnemar=mcnemar(lost, won),
        p_passes=sign_flip([float(t[4]) - float(t[3]) for t in taken], clusters),
    )


def _invariants(pairs: list[_Pair], unwritten: tuple[str, ...]) -> tuple[Invariant, ...]:
    names = sorted({name for pair in pairs for row in pair for name in row.broken})
    found = [
        Invariant(
            name=name,
            baseline=sum(name in a.broken for a, _ in pairs),
            candidate=sum(name in b.broken for _, b in pairs),
            new=tuple(b.key for a, b in pairs if name in b.broken and name not in a.broken),
            mended=sum(name in a.broken and name not in b.broken for a, b in pairs),
        )
        for name in names
    ]
    if unwritten:
        found.append(Invariant(name="not_written", baseline=0, candidate=len(unwritten), new=unwritten, mended=0))
    return tuple(found)


def _tags(pairs: list[_Pair]) -> tuple[TagResult, ...]:
    by_tag: dict[str, list[_Pair]] = defaultdict(list)
    for a, b in pairs:
        for tag in a.tags:
            by_tag[tag].append((a, b))
    results = []
    for tag, found in sorted(by_tag.items()):
        seen = paired([b.overall - a.overall for a, b in found], [a.cluster for a, _ in found])
        results.append(
            TagResult(tag=tag, rows=seen.rows, clusters=seen.clusters, difference=seen.mean, interval=seen.interval)
        )
    return tuple(results)


def _flip(a: Scored, b: Scored) -> Flip | None:
    both = [n for n in a.criteria if n in b.criteria]
    lost = tuple(n for n in both if a.criteria[n][1] and not b.criteria[n][1])
    won = tuple(n for n in both if b.criteria[n][1] and not a.criteria[n][1])
    if not lost and not won:
        return None
    reasons = {n: (a.criteria[n][3], b.criteria[n][3]) for n in (*lost, *won)}
    return Flip(key=a.key, case=a.case, lost=lost, won=won, reasons=reasons)


def _with_texts(flips: Iterable[Flip], metas: tuple[ScoresMeta, ScoresMeta]) -> tuple[Flip, ...]:
    """The flips with their word diffs, losses first, where the runs still lie where they were."""
    flips = sorted(flips, key=lambda f: (-len(f.lost), f.key))
    wanted = Counter(f.key for f in flips)
    texts = [_texts(Path(meta.run_path), wanted) for meta in metas]
    out = []
    for flip in flips:
        before, after = (t.get(flip.key) for t in texts)
        if before and after:
            subject = word_diff(before[0], after[0])
            out.append(flip.model_copy(update={"subject": subject, "body": word_diff(before[1], after[1])}))
        else:
            out.append(flip)
    return tuple(out)


def _texts(run: Path, wanted: Counter[str]) -> dict[str, tuple[str, str]]:
    if not run.is_file():
        return {}
    return {r.key: (r.subject or "", r.body) for r in read_rows(run) if r.key in wanted}
