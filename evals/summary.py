"""Runs and comparisons as text for a terminal, computed from rows."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from pathlib import Path

from evals.compare import Comparison, CriterionResult, Flip
from evals.rows import read_rows
from evals.scores import is_complete, read_scores, read_scores_meta
from evals.statistics import Interval
from evals.verdicts.seers import objections
from evals.word_diff import plain_diff


def summary(path: Path) -> str:
    """Means and passes per criterion, broken invariants, who wrote, tokens and seconds."""
    meta = read_scores_meta(path)
    values: dict[str, list[float]] = defaultdict(list)
    passes: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    writers: Counter[str] = Counter()
    rows = drafts = tokens = 0
    seconds = 0.0
    for row in read_scores(path):
        rows += 1
        drafts += row.first
        tokens += row.prompt_tokens + row.completion_tokens
        seconds += row.seconds
        writers[row.written_by] += 1
        broken.update(row.broken.keys())
        values["overall"].append(row.overall)
        for name, (score, passed, *_) in row.criteria.items():
            if score is not None:
                values[name].append(score)
                passes[name] += passed
    lines = [f"{meta.run.name} on {meta.run.model}: {rows} messages in {drafts} drafts"]
    if not is_complete(path):
        lines.append(f"unfinished: {meta.run.units} drafts were asked for")
    for name, found in values.items():
        share = f"{passes[name] / len(found):6.0%} passed" if name != "overall" else ""
        lines.append(f"  {name:<18} {sum(found) / len(found):.3f} {share}  n {len(found)}")
    told = ", ".join(f"{name} {count}" for name, count in broken.most_common()) or "none"
    lines.append(f"  hard rules broken  {told}")
    lines.append("  written by         " + ", ".join(f"{who} {n}" for who, n in writers.most_common()))
    lines.append(f"  tokens             {tokens:,}; {seconds / max(1, drafts):.2f} s a draft")
    return "\n".join(lines)


def worst_messages(run: Path, scores: Path, count: int = 3) -> str:
    """The messages to read first, whole, each under what a reader would hold against it."""
    lowest = heapq.nsmallest(count, read_scores(scores), key=lambda s: (not s.broken, s.overall))
    texts = {row.key: row for row in read_rows(run) if row.key in {s.key for s in lowest}}
    parts = ["Read these first:"]
    for scored in lowest:
        row = texts[scored.key]
        parts.append(f"\n{row.case}, {row.kind.replace('_', '-')} to {row.recipient or 'nobody named'}")
        found = list(objections(scored.criteria, scored.broken))
        parts += [f"  {fault}: {reason}" for fault, reason in found] or ["  nothing that the checks can see"]
        told = "\n\n".join(filter(None, (row.subject, row.body))) if not row.error else row.error[1]
        parts.append("    | " + told.replace("\n", "\n    | "))
    return "\n".join(parts)


def comparison_table(made: Comparison) -> str:
    head = f"{made.candidate.name} against {made.baseline.name}: {made.rows} messages of {made.clusters} interviews"
    lines = [
        head,
        f"  {'criterion':<18} {'before':>7} {'after':>7} {'diff':>7}  95 % interval      p     Holm  won/lost/same",
    ]
    lines += [_line(c) for c in made.criteria]
    for invariant in made.invariants:
        lines.append(
            f"  hard rule {invariant.name}: {invariant.baseline} before, {invariant.candidate} after, "
            f"{len(invariant.new)} new"
        )
    lines.append(f"  {len(made.flips) + made.flips_left_out} messages flipped on some criterion")
    return "\n".join(lines)


def _line(c: CriterionResult) -> str:
    return (
        f"  {c.name:<18} {c.baseline:7.3f} {c.candidate:7.3f} {c.difference:+7.3f}  {_interval(c.interval):<17} "
        f"{c.p:5.3f}  {c.p_holm:5.3f}  {c.wins}/{c.losses}/{c.ties}"
    )


def _interval(interval: Interval | None) -> str:
    return f"[{interval.low:+.3f}, {interval.high:+.3f}]" if interval else "too few"


def flip_text(flip: Flip) -> str:
    """One flipped message: what it lost and won, why, and the words that changed."""
    lines = [flip.key]
    for name in (*flip.lost, *flip.won):
        mark = "lost" if name in flip.lost else "won "
        lines.append(f"  {mark} {name}: {flip.reasons[name][0]} → {flip.reasons[name][1]}")
    texts = [plain_diff(part) for part in (flip.subject, flip.body) if part]
    lines += ["  | " + text.replace("\n", "\n  | ") for text in texts]
    return "\n".join(lines)
