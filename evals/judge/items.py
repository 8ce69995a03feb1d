"""What the judge is asked about: texts with the labels that they were written with, or the messages of two runs.

The labels say what an author meant to write, and 'thanks: no' also what our own scorer takes for thanks, since that is
what 'drop the thanks' drops. No human judged any of these texts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml

from evals.cases import load_cases
from evals.errors import EvalError
from evals.files import CASES, EVALS
from evals.mutations import MUTATIONS, GoodMessage, load_good_messages
from evals.rows import Row, read_meta, read_rows
from service.types import Wording

_T = TypeVar("_T")


@dataclass(frozen=True)
class Item:
    """One text for 'yes' or 'no', or two for 'a' or 'b'. ``cluster`` names what the texts come from."""

    criterion: str
    id: str
    cluster: str
    texts: tuple[str] | tuple[str, str]
    label: str | None = None  # None: nobody says what is right

    @property
    def key(self) -> tuple[str, str]:
        return self.criterion, self.id

    @property
    def texts_sha256(self) -> str:
        return hashlib.sha256(json.dumps(self.texts).encode()).hexdigest()


class _Derived(NamedTuple):
    """The labels of a message as it was written, and of the same message broken by ``mutation``."""

    mutation: str
    sound: str
    broken: str


_LABELS = {
    "thanks": _Derived("drop the thanks", "yes", "no"),
    "specific": _Derived("generic rewrite", "yes", "no"),
    "pressing": _Derived("press for an answer", "no", "yes"),
}


def labelled_items(limit: int | None = None) -> tuple[Item, ...]:
    """All that has labels. ``limit``: only so many good messages for each criterion, and so many ladders."""
    messages = load_good_messages(EVALS / "good_messages.yaml", {c.id: c for c in load_cases(CASES)})
    ladders = yaml.safe_load((EVALS / "ladders.yaml").read_text(encoding="utf-8"))["ladders"]
    return (*message_items(messages, limit), *ladder_items({x["id"]: x["levels"] for x in ladders}, limit))


def message_items(messages: Sequence[GoodMessage], limit: int | None = None) -> tuple[Item, ...]:
    """Each message that can be broken, before and after: as many 'yes' as 'no' for each criterion.

    Bodies only: a generic rewrite leaves the subject, which still names what was talked about.
    """
    items: list[Item] = []
    for criterion, derived in _LABELS.items():
        mutation = next(m for m in MUTATIONS if m.name == derived.mutation)
        pairs = [(m, wording) for m in messages if (wording := mutation.apply(m)) is not None]
        for m, wording in _spread(pairs, limit):
            items += [
                _message_item(criterion, "as written", m, m.wording, derived.sound),
                _message_item(criterion, mutation.name, m, wording, derived.broken),
            ]
    return tuple(items)


def _message_item(criterion: str, state: str, m: GoodMessage, wording: Wording, label: str) -> Item:
    told = "/".join((m.case.id, m.kind.value, m.recipient.name or "-", state))
    return Item(criterion, told, m.case.cluster, (wording.body,), label)


def ladder_items(ladders: dict[str, list[str]], limit: int | None = None) -> tuple[Item, ...]:
    """Neighbouring rungs, the lower as 'a'; the higher was written to say more of the conversation."""
    return tuple(
        Item("specific", f"ladder/{name}/{n}", name, (rungs[n], rungs[n + 1]), "b")
        for name, rungs in _spread(list(ladders.items()), limit)
        for n in range(len(rungs) - 1)
    )


def run_items(baseline: Path, candidate: Path, limit: int | None = None) -> tuple[Item, ...]:
    """The messages that both runs wrote, the baseline's as 'a'.

    Raises EvalError when one is no run, when they have no message in common, or when a case is not the same in both.
    """
    before, after = _messages(baseline), _messages(candidate)
    shared = [key for key in before if key in after]
    if not shared:
        raise EvalError(f"{baseline} and {candidate} have no message in common. Run both over the same cases.")
    changed = next((key for key in shared if before[key].case_sha != after[key].case_sha), None)
    if changed is not None:
        raise EvalError(f"The case {before[changed].case} is not the same in the two runs. Run both again.")
    return tuple(
        Item("specific", key, before[key].cluster, (before[key].body, after[key].body))
        for key in _spread(shared, limit)
    )


def _messages(run: Path) -> dict[str, Row]:
    read_meta(run)
    return {row.key: row for row in read_rows(run) if row.error is None}


def _spread(values: Sequence[_T], limit: int | None) -> list[_T]:
    """``limit`` of them, evenly over all."""
    wanted = len(values) if limit is None else min(limit, len(values))
    return [values[n * len(values) // wanted] for n in range(wanted)]
