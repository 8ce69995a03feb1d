"""Shards of one run, joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evals.errors import EvalError
from evals.journal import Journal
from evals.rows import RunMeta, read_meta, read_units


def merge(shards: Sequence[Path], out: Path) -> RunMeta:
    """Joins ``shards``, which stay as they are, into ``out``. Raises EvalError unless they are all parts of one run."""
    metas = [read_meta(path) for path in shards]
    if not metas:
        raise EvalError("There is nothing to merge. Name the files of all shards.")
    if out.exists():
        raise EvalError(f"{out} is there already. Merge into another file.")
    first, parts = metas[0], metas[0].shard[1]
    for path, meta in zip(shards, metas, strict=True):
        if meta.whole_identity != first.whole_identity:
            raise EvalError(f"{path} is not a part of the same run as {shards[0]}. Merge shards of one run only.")
    found = sorted(meta.shard[0] for meta in metas)
    if found != list(range(1, parts + 1)) or any(meta.shard[1] != parts for meta in metas):
        lacking = sorted(set(range(1, parts + 1)) - set(found))
        said = f"shard {lacking[0]}/{parts} is missing" if lacking else "a shard is named twice"
        raise EvalError(f"These are not the parts of one run: {said}. Name each of them once.")
    whole = replace(first, shard=(1, 1), units=sum(m.units for m in metas), replayed=any(m.replayed for m in metas))
    with Journal(out, whole) as journal:
        for path in shards:
            for unit in read_units(path):
                if unit[0].unit in journal.done:
                    raise EvalError(f"{path} holds {unit[0].key}, which another shard has too.")
                journal.append(unit)
    return whole
