"""Items as a worker has them: taken in hand under its lease, with the replies that are paid already, and given back as
one outcome. An outcome is recorded once, and by nobody whose lease is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    bindparam,
    case,
    delete,
    exists,
    insert,
    select,
    tuple_,
    update,
)

from service.storage.batch_values import DONE, FAILED, WAITING, ItemRef, Lease, Used
from service.storage.database import AlreadyThere, InThreads
from service.storage.leases import held
from service.storage.sealed_json import open_json, seal_json, sealed_json
from service.storage.sealing import Sealer
from service.storage.store import utc_now
from service.storage.tables import batch_calls, batch_items, batches

# The statements of every item, built once: building each time is a tenth of a worker's processor time.
_ITEM: ColumnElement[bool] = (
    (batch_items.c.batch_id == bindparam("of_batch"))
    & (batch_items.c.n == bindparam("of_n"))
    & (batch_items.c.round == bindparam("of_round"))
)
_CALLS: ColumnElement[bool] = (batch_calls.c.batch_id == bindparam("of_batch")) & (batch_calls.c.n == bindparam("of_n"))
_WAITS = _ITEM & (batch_items.c.state == WAITING)
_OURS = (batch_items.c.worker == bindparam("by_worker")) & (batch_items.c.epoch == bindparam("by_epoch"))
_HELD = exists().where(held(bindparam("by_worker"), bindparam("by_epoch")))
_FREE = batch_items.c.worker.is_(None) | ~exists().where(held(batch_items.c.worker, batch_items.c.epoch))
_TAKE = (
    update(batch_items)
    .where(_WAITS, _FREE | _OURS, _HELD)
    .values(worker=bindparam("by_worker"), epoch=bindparam("by_epoch"), attempts=batch_items.c.attempts + 1)
    .returning(batch_items.c.body, batch_items.c.sealed, batch_items.c.attempts)
)
_STILL_WAITS = select(batch_items.c.n).where(_WAITS)
_REPLIES = select(batch_calls).where(_CALLS)
_KEPT = [batch_calls.c[name] for name in ("batch_id", "n", "key", "sealed", "reply")]
_KEEP = insert(batch_calls).from_select(
    _KEPT,
    select(*(bindparam(f"its_{column.name}", type_=column.type) for column in _KEPT)).where(exists().where(_WAITS)),
)
_OUTCOME = (
    update(batch_items)
    .where(_WAITS, _OURS, _HELD)
    .values(
        state=bindparam("its_state"),
        worker=None,
        result=bindparam("its_result"),
        result_sealed=bindparam("its_sealed"),
    )
)
_PLACE = update(batch_items).where(_ITEM).values(seq=bindparam("its_seq"))
_NO_CALLS = delete(batch_calls).where(_CALLS)
_BACK = update(batch_items).where(_WAITS, _OURS).values(worker=None, attempts=batch_items.c.attempts - 1)


def _counted(column: str) -> Update:
    last = batches.c.done + batches.c.failed + batches.c.cancelled + 1 >= batches.c.total
    counts: dict[str, ColumnElement[Any]] = {
        name: batches.c[name] + bindparam(f"its_{name}", type_=batches.c[name].type)
        for name in ("calls", "prompt_tokens", "completion_tokens")
    }
    ends = {
        name: case((last, bindparam(f"its_{name}", type_=batches.c[name].type)), else_=batches.c[name])
        for name in ("finished_at", "expires_at")
    }
    values = counts | ends | {column: batches.c[column] + 1, "seq": batches.c.seq + 1}
    return update(batches).where(batches.c.id == bindparam("of_batch")).values(values).returning(batches.c.seq)


_COUNT = {DONE: _counted("done"), FAILED: _counted("failed")}


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
        of = _of(item) | _by(lease)

        def take(connection: Connection) -> InHand | None:
            row = connection.execute(_TAKE, of).first()
            if row is None:
                if connection.execute(_STILL_WAITS, of).first() is None:
                    return None
                raise HeldElsewhere
            calls = connection.execute(_REPLIES, of).all()
            replies = {c.key: open_json(self._sealer, c.reply, sealed=c.sealed) for c in calls}
            return InHand(open_json(self._sealer, row.body, sealed=row.sealed), row.attempts, replies)

        return await self._threads.do(take)

    async def keep_reply(self, item: ItemRef, key: str, reply: dict[str, Any]) -> None:
        """A reply that was paid for, until the item has its outcome. Not for an item that was deleted meanwhile."""

        def keep(connection: Connection) -> None:
            row = {
                "its_batch_id": item.batch_id,
                "its_n": item.n,
                "its_key": key,
                "its_sealed": self._sealer.sealed,
                "its_reply": seal_json(self._sealer, reply),
            }
            connection.execute(_KEEP, _of(item) | row)

        with contextlib.suppress(AlreadyThere):  # somebody fenced off has kept the same
            await self._threads.do(keep)

    async def record(self, item: ItemRef, lease: Lease, state: str, result: dict[str, Any], used: Used) -> bool:
        """Whether this is the item's outcome: False where it has one, was cancelled, or the lease is gone."""
        now, of = self._now(), _of(item)
        counts = {f"its_{name}": count for name, count in asdict(used).items()}
        ends = {"its_finished_at": now, "its_expires_at": now + self._retention}

        def record(connection: Connection) -> bool:
            outcome = {"its_state": state, "its_result": kept, "its_sealed": self._sealer.sealed}
            if not connection.execute(_OUTCOME, of | _by(lease) | outcome).rowcount:
                return False
            seq = connection.scalar(_COUNT[state], of | counts | ends)
            connection.execute(_PLACE, of | {"its_seq": seq})
            connection.execute(_NO_CALLS, of)
            return True

        kept = await sealed_json(self._sealer, result)
        return await self._threads.do(record)

    async def put_back(self, item: ItemRef, lease: Lease) -> None:
        """Out of hand without an outcome, as a worker does that is asked to stop: no attempt was made."""
        await self._threads.do(lambda connection: connection.execute(_BACK, _of(item) | _by(lease)))

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


def _of(item: ItemRef) -> dict[str, Any]:
    return {"of_batch": item.batch_id, "of_n": item.n, "of_round": item.round}


def _by(lease: Lease) -> dict[str, Any]:
    return {"by_worker": lease.worker, "by_epoch": lease.epoch}
