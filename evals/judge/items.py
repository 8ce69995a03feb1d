"""What the judge is asked about: messages that blind readers judged, or the messages of two runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from evals.cases import Case, load_cases
from evals.errors import EvalError
from evals.rows import Row, read_meta, read_rows
from evals.run import case_sha
from evals.verdicts.data import JudgedMessage
from service.types import MessageKind, Wording

_T = TypeVar("_T")


@dataclass(frozen=True)
class Item:
    """One message, or two for the same reader. ``cluster`` names the interview."""

    id: str
    cluster: str
    notes: str
    kind: MessageKind
    recipient: str | None
    wordings: tuple[Wording] | tuple[Wording, Wording]

    @property
    def texts_sha256(self) -> str:
        texts = [self.notes, *(f"{w.subject}\n{w.body}" for w in self.wordings)]
        return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def judged_items(
    messages: Sequence[JudgedMessage], cases: Mapping[str, Case], limit: int | None = None
) -> tuple[Item, ...]:
    """``limit``: only so many, evenly over all."""
    return tuple(
        Item(m.id, m.cluster, cases[m.case].notes, m.kind, m.recipient, (m.wording,)) for m in _spread(messages, limit)
    )


def run_items(baseline: Path, candidate: Path, limit: int | None = None) -> tuple[Item, ...]:
    """The messages that both runs wrote, the baseline's as 'a'.

    Raises EvalError when one is no run, when they have no message in common, or when a case is not the same in both.
    """
    before, after = _messages(baseline), _messages(candidate)
    shared = [key for key in before if key in after]
    if not shared:
        raise EvalError(f"{baseline} and {candidate} have no message in common. Run both over the same cases.")
    cases = {c.id: c for c in load_cases(Path(read_meta(candidate).cases_path))}
    changed = next((k for k in shared if _changed(before[k], after[k], cases)), None)
    if changed is not None:
        raise EvalError(f"The case {before[changed].case} is not the same in the two runs and now. Run both again.")
    return tuple(_pair(before[key], after[key], cases) for key in _spread(shared, limit))


def _changed(before: Row, after: Row, cases: Mapping[str, Case]) -> bool:
    now = case_sha(cases[after.case]) if after.case in cases else None
    return not before.case_sha == after.case_sha == now


def _pair(before: Row, after: Row, cases: Mapping[str, Case]) -> Item:
    a, b = (Wording(row.subject, row.body) for row in (before, after))
    return Item(after.key, after.cluster, cases[after.case].notes, MessageKind(after.kind), after.recipient, (a, b))


def _messages(run: Path) -> dict[str, Row]:
    read_meta(run)
    return {row.key: row for row in read_rows(run) if row.error is None}


def _spread(values: Sequence[_T], limit: int | None) -> list[_T]:
    """``limit`` of them, evenly over all."""
    wanted = len(values) if limit is None else min(limit, len(values))
    return [values[n * len(values) // wanted] for n in range(wanted)]
