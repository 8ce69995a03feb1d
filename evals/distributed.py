"""A run whose drafts are made by the workers of batches: the rows that one process would write, in the same file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from evals.errors import EvalError
from evals.journal import Journal
from evals.rows import Row
from evals.run import Outcome, Plan, Unit, refused, rows_of
from service.errors import WorkerDiffers
from service.jobs.batches import Batches
from service.jobs.calls import until_kept
from service.jobs.measured import Setup, measured_body, measured_of
from service.storage.batch_values import DONE, EVALS, OPEN, Batch, FinishedItem
from service.types import Usage

_AT_ONCE = 200  # drafts in one transaction
_EVERY_S = 0.3
_QUIET_S = 10.0  # without a draft and with none in hand: it looks as if nobody works
_MOST_FAILURES = 10  # in a row, as in one process


@dataclass(frozen=True)
class Queue:
    """Where drafts are put, and what they are to be made with. ``alone`` is called once where nobody seems to work."""

    batches: Batches
    setup: Setup
    alone: Callable[[], None] = lambda: None


async def run_distributed(
    plan: Plan,
    queue: Queue,
    out: Path,
    *,
    model: str = "",
    progress: Callable[[Usage], None] = lambda usage: None,
    resumed: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """As ``run``. Killed and called again, it collects what the workers have made meanwhile, and goes on.

    Raises:
        EvalError: as ``run``, or a worker drafts with other things than the run names.
        StorageUnavailable: the database cannot be reached at the start; later it is waited for.
    """
    begun_before = out.exists()
    with Journal(out, plan.meta) as journal:
        resumed(len(journal.done))
        left = {unit.id: unit for unit in plan.units() if unit.id not in journal.done}
        handed = _Handed(queue.batches, Path(f"{out}.batch"))
        if not begun_before:
            await handed.end()  # of a file that is gone
        failed, in_a_row, reason = 0, 0, ""
        if left:
            batch = await handed.batch() or await handed.begin(plan, left.values(), queue.setup)
            async for item in _finished(queue, batch):
                unit = left.get(_id(item))
                if unit is None:
                    continue  # written before the run was killed
                if item.state == DONE:
                    rows, usage = _written(unit, item, model)
                    journal.append(rows)
                    progress(usage)
                    in_a_row = 0
                    continue
                failed, in_a_row, reason = failed + 1, in_a_row + 1, str(item.result.get("detail", item.state))
                if item.result.get("type") == f"/problems/{WorkerDiffers.type}":
                    await handed.end()
                    raise EvalError(reason)
                if in_a_row == _MOST_FAILURES:
                    break
        await handed.end()
        return Outcome(out, plan.meta.units, len(journal.done), failed, reason)


class _Handed:
    """The batch that the workers have of this run; its id lies beside the run's file until everything is collected."""

    def __init__(self, batches: Batches, note: Path) -> None:
        self._batches = batches
        self._note = note

    async def batch(self) -> Batch | None:
        """The one that was handed over whole before the run was killed."""
        if not self._note.exists():
            return None
        found = await self._batches.store.batch(self._note.read_text(encoding="utf-8"), EVALS)
        if found is not None and found.state == OPEN:
            return found
        await self.end()
        return None

    async def begin(self, plan: Plan, units: Iterable[Unit], setup: Setup) -> Batch:
        batch_id, store = f"evl_{uuid.uuid4().hex}", self._batches.store
        self._note.write_text(batch_id, encoding="utf-8")
        await store.begin(batch_id, EVALS, {"name": plan.meta.name})
        bodies = [_body(plan, unit, setup) for unit in units]
        for first in range(0, len(bodies), _AT_ONCE):
            await store.add(batch_id, first, bodies[first : first + _AT_ONCE])
        await store.open(batch_id, len(bodies), "")
        await self._batches.hand_over(batch_id, EVALS)
        found = await store.batch(batch_id, EVALS)
        assert found is not None
        return found

    async def end(self) -> None:
        """What is not drafted yet never will be, and what was is gone from the database."""
        if self._note.exists():
            batch_id = self._note.read_text(encoding="utf-8")
            await until_kept(lambda: self._batches.delete(batch_id))
            self._note.unlink()


async def _finished(queue: Queue, batch: Batch) -> AsyncIterator[FinishedItem]:
    """Each item as it is finished, until all are. A database that is gone for a while is waited for."""
    store, clock = queue.batches.store, asyncio.get_running_loop().time
    come, after, quiet_since, told = 0, 0, clock(), False
    while come < batch.total:
        for item in await until_kept(lambda: _behind(queue, batch.id, after)):  # noqa: B023 (awaited here)
            come, after, quiet_since = come + 1, item.seq, clock()
            yield item
        if clock() - quiet_since > _QUIET_S and not told:
            quiet_since, told = clock(), not await until_kept(lambda: store.in_hand(batch.id))
            if told:
                queue.alone()
        await asyncio.sleep(_EVERY_S)


async def _behind(queue: Queue, batch_id: str, after: int) -> list[FinishedItem]:
    if await queue.batches.store.batch(batch_id, EVALS) is None:
        raise EvalError("The drafts of this run were deleted from the database. Give the command again.")
    found: list[FinishedItem] = []
    async with contextlib.aclosing(queue.batches.store.finished_items(batch_id, by="seq", after=after)) as items:
        async for item in items:
            found.append(item)
            if len(found) == _AT_ONCE:
                break
    return found


def _body(plan: Plan, unit: Unit, setup: Setup) -> bytes:
    return json.dumps(measured_body(plan.request(unit), setup, unit.id)).encode()


def _id(item: FinishedItem) -> tuple[str, str, int]:
    case, kind, repeat = item.body["name"]
    return case, kind, repeat


def _written(unit: Unit, item: FinishedItem, model: str) -> tuple[list[Row], Usage]:
    made = measured_of(item.result)
    if made.draft is not None:
        return rows_of(unit, made.draft, made.rendered_sha256, model)
    assert made.refused is not None
    return [refused(unit, made.refused, model)], Usage()
