"""Items as a worker has them: taken in hand under its lease, with the replies that are paid already, and given back as
one outcome. An outcome is recorded once, and by nobody whose lease is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, exists, insert, select, tuple_, update

from service.storage.batch_values import DONE, WAITING, ItemRef, Lease, Used
from service.storage.database import AlreadyThere, InThreads
from service.storage.leases import held
from service.storage.sealed_json import open_json, seal_json, sealed_json
from service.storage.sealing import Sealer
from service.storage.store import utc_now
from service.storage.tables import batch_calls, batch_items, batch_workers, batches


@dataclass(frozen=True)
class InHand:
    """What an item asks for, how often it was begun, and the replies that were paid for it already."""

    body: dict[str, Any] = field(repr=False)
    attempts: int
    replies: dict[str, dict[str, Any]] = field(repr=False)


class HeldElsewhere(Exception):
    """Another worker has the item in hand, and is alive."""


class BatchWork:
    def __init__(
        self, threads: InThreads, sealer: Sealer, retention: timedelta, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._threads = threads
        self._sealer = sealer
        self._retention = retention
        self._now = now

    async def take(self, item: ItemRef, lease: Lease) -> InHand | None:
        """The item in hand, or None where there is nothing to do. Raises HeldElsewhere."""
        waits = _item(item) & (batch_items.c.state == WAITING)
        free = batch_items.c.worker.is_(None) | ~exists().where(
            batch_workers.c.id == batch_items.c.worker,
            batch_workers.c.epoch == batch_items.c.epoch,
            batch_workers.c.alive,
        )
        taking = (
            update(batch_items)
            .where(waits, free | _of(lease), exists().where(held(lease)))
            .values(worker=lease.worker, epoch=lease.epoch, attempts=batch_items.c.attempts + 1)
            .returning(batch_items.c.body, batch_items.c.sealed, batch_items.c.attempts)
        )

        def take(connection: Connection) -> InHand | None:
            row = connection.execute(taking).first()
            if row is None:
                if connection.execute(select(batch_items.c.n).where(waits)).first() is None:
                    return None
                raise HeldElsewhere
            calls = connection.execute(select(batch_calls).where(_calls(item))).all()
            replies = {c.key: open_json(self._sealer, c.reply, sealed=c.sealed) for c in calls}
            return InHand(open_json(self._sealer, row.body, sealed=row.sealed), row.attempts, replies)

        return await self._threads.do(take)

    async def keep_reply(self, item: ItemRef, key: str, reply: dict[str, Any]) -> None:
        """A reply that was paid for, until the item has its outcome."""
        there = exists().where(_item(item), batch_items.c.state == WAITING)  # not for what was deleted meanwhile

        def keep(connection: Connection) -> None:
            values = {"batch_id": item.batch_id, "n": item.n, "key": key, "sealed": self._sealer.sealed}
            if connection.scalar(select(there)):
                connection.execute(insert(batch_calls).values(values | {"reply": seal_json(self._sealer, reply)}))

        with contextlib.suppress(AlreadyThere):  # somebody fenced off has kept the same
            await self._threads.do(keep)

    async def record(self, item: ItemRef, lease: Lease, state: str, result: dict[str, Any], used: Used) -> bool:
        """Whether this is the item's outcome: False where it has one, was cancelled, or the lease is gone."""
        now = self._now()
        last = batches.c.done + batches.c.failed + batches.c.cancelled + 1 >= batches.c.total
        column = "done" if state == DONE else "failed"
        counted = {
            column: batches.c[column] + 1,
            "seq": batches.c.seq + 1,
            "calls": batches.c.calls + used.calls,
            "prompt_tokens": batches.c.prompt_tokens + used.prompt_tokens,
            "completion_tokens": batches.c.completion_tokens + used.completion_tokens,
            "finished_at": case((last, now), else_=batches.c.finished_at),
            "expires_at": case((last, now + self._retention), else_=batches.c.expires_at),
        }
        in_time = update(batch_items).where(
            _item(item), batch_items.c.state == WAITING, _of(lease), exists().where(held(lease))
        )
        in_batch = update(batches).where(batches.c.id == item.batch_id).values(counted).returning(batches.c.seq)

        def record(connection: Connection) -> bool:
            outcome = {"state": state, "worker": None, "result": kept, "result_sealed": self._sealer.sealed}
            if not connection.execute(in_time.values(outcome)).rowcount:
                return False
            seq = connection.scalar(in_batch)
            connection.execute(update(batch_items).where(_item(item)).values(seq=seq))
            connection.execute(delete(batch_calls).where(_calls(item)))
            return True

        kept = await sealed_json(self._sealer, result)
        return await self._threads.do(record)

    async def put_back(self, item: ItemRef, lease: Lease) -> None:
        """Out of hand without an outcome, as a worker does that is asked to stop: no attempt was made."""
        back = (
            update(batch_items)
            .where(_item(item), batch_items.c.state == WAITING, _of(lease))
            .values(worker=None, attempts=batch_items.c.attempts - 1)
        )
        await self._threads.do(lambda connection: connection.execute(back))

    async def still_wanted(self, items: Collection[ItemRef]) -> set[ItemRef]:
        """Those of ``items`` that were neither cancelled nor deleted."""
        if not items:
            return set()
        of_these = tuple_(batch_items.c.batch_id, batch_items.c.n).in_([(i.batch_id, i.n) for i in items])
        query = select(batch_items.c.batch_id, batch_items.c.n, batch_items.c.round).where(
            of_these, batch_items.c.state == WAITING
        )
        rows = await self._threads.do(lambda connection: connection.execute(query).all())
        return {ItemRef(*row) for row in rows} & set(items)


def _item(item: ItemRef) -> ColumnElement[bool]:
    return (batch_items.c.batch_id == item.batch_id) & (batch_items.c.n == item.n) & (batch_items.c.round == item.round)


def _calls(item: ItemRef) -> ColumnElement[bool]:
    return (batch_calls.c.batch_id == item.batch_id) & (batch_calls.c.n == item.n)


def _of(lease: Lease) -> ColumnElement[bool]:
    """In hand under ``lease``."""
    return (batch_items.c.worker == lease.worker) & (batch_items.c.epoch == lease.epoch)
