"""Batches as their callers have them: loaded, looked at, cancelled, asked for again, deleted.

Whoever changes items and their batch in one transaction changes the items first, so that nobody waits for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.errors import TooManyBatches
from service.storage.batch_values import (
    CANCELLED,
    DONE,
    EVALS,
    FAILED,
    LOADING,
    OPEN,
    WAITING,
    Batch,
    FinishedItem,
    ItemRef,
)
from service.storage.database import AlreadyThere, begun, really_gone
from service.storage.sealed_json import open_json, opened_json, sealed_json
from service.storage.sealing import Sealer
from service.storage.store import utc_now
from service.storage.tables import batch_calls, batch_items, batch_webhooks, batches

ABANDONED = timedelta(minutes=2)  # an upload of which nothing more came
_PAGE = 50
_BEGINNING = 4_711_014  # the number of a lock, of no meaning else


class BatchStore:
    def __init__(
        self, engine: AsyncEngine, sealer: Sealer, retention: timedelta, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.engine = engine
        self._sealer = sealer
        self._retention = retention
        self._now = now

    async def begin(self, batch_id: str, owner: str, about: dict[str, Any], *, most_open: int | None = None) -> bool:
        """A batch that is being loaded; False where there is one of this id. One whose upload broke off makes way.

        Raises TooManyBatches where ``most_open`` of this owner have items that wait, or are being loaded.
        """
        now = self._now()
        row = {
            "id": batch_id,
            "owner": owner,
            "state": LOADING,
            "enqueued": False,
            "created_at": now,
            "touched_at": now,
            "expires_at": now + self._retention,
            "sealed": self._sealer.sealed,
            "about": await sealed_json(self._sealer, about),
        } | dict.fromkeys(
            ("total", "done", "failed", "cancelled", "seq", "calls", "prompt_tokens", "completion_tokens"), 0
        )
        stale = (batches.c.id == batch_id) & (batches.c.state == LOADING) & (batches.c.touched_at <= now - ABANDONED)
        try:
            async with begun(self.engine) as connection:
                if connection.dialect.name == "postgresql":  # SQLite has one writer, from the first change on
                    alone = select(func.pg_advisory_xact_lock(_BEGINNING, func.hashtext(owner)))
                    await connection.execute(alone)
                if (await connection.execute(delete(batches).where(stale))).rowcount:
                    await connection.execute(delete(batch_webhooks).where(batch_webhooks.c.batch_id == batch_id))
                    await connection.execute(delete(batch_items).where(batch_items.c.batch_id == batch_id))
                if most_open is not None and await self._unfinished(connection, owner) >= most_open:
                    raise TooManyBatches(
                        f"At most {most_open} unfinished batches for one caller. Wait for one to finish, or cancel it.",
                        retry_after_s=60,
                    )
                await connection.execute(insert(batches).values(row))
        except AlreadyThere:
            return False
        return True

    async def add(self, batch_id: str, first: int, bodies: Sequence[bytes]) -> None:
        """``bodies`` are requests as JSON, the first of them item ``first``."""
        seal, sealed = self._sealer.seal, self._sealer.sealed
        kept = await asyncio.to_thread(lambda: [seal(body) for body in bodies])
        rows = [
            {
                "batch_id": batch_id,
                "n": first + k,
                "round": 0,
                "state": WAITING,
                "attempts": 0,
                "sealed": sealed,
                "body": body,
                "result_sealed": False,
            }
            for k, body in enumerate(kept)
        ]
        async with begun(self.engine) as connection:
            await connection.execute(insert(batch_items), rows)
            await connection.execute(update(batches).where(batches.c.id == batch_id).values(touched_at=self._now()))

    async def open(self, batch_id: str, total: int, request: str) -> None:
        """The upload is complete: its items may be handed to workers."""
        values = {"state": OPEN, "total": total, "request": request, "touched_at": self._now()}
        async with begun(self.engine) as connection:
            await connection.execute(update(batches).where(batches.c.id == batch_id).values(values))

    async def batch(self, batch_id: str, owner: str | None) -> Batch | None:
        """The batch, or None where this owner has none of this id; with ``owner`` None, any caller's."""
        async with begun(self.engine) as connection:
            row = (await connection.execute(_columns().where(batches.c.id == batch_id, self._seen_by(owner)))).first()
        return None if row is None else await self._batch(row)

    async def listed(self, owner: str | None, most: int = 100) -> list[Batch]:
        query = _columns().where(self._seen_by(owner)).order_by(batches.c.created_at.desc()).limit(most)
        async with begun(self.engine) as connection:
            rows = (await connection.execute(query)).all()
        return [await self._batch(row) for row in rows]

    async def _unfinished(self, connection: AsyncConnection, owner: str) -> int:
        going = (batches.c.state == LOADING) | (
            (batches.c.state == OPEN) & (batches.c.done + batches.c.failed + batches.c.cancelled < batches.c.total)
        )
        query = select(func.count()).select_from(batches).where(batches.c.owner == owner, going)
        return int(await connection.scalar(query) or 0)

    async def in_hand(self, batch_id: str) -> int:
        """How many items a worker is drafting now."""
        query = (
            select(func.count())
            .select_from(batch_items)
            .where(
                batch_items.c.batch_id == batch_id, batch_items.c.state == WAITING, batch_items.c.worker.is_not(None)
            )
        )
        async with begun(self.engine) as connection:
            return int(await connection.scalar(query) or 0)

    async def finished_items(self, batch_id: str, *, by: str, after: int) -> AsyncGenerator[FinishedItem, None]:
        """The outcomes there are. ``by`` 'seq': as they finished, behind the one recorded as ``after``. ``by`` 'n': in
        the upload's order, behind item ``after``, up to the first that has none."""
        column = batch_items.c[by]
        while True:
            query = (
                select(batch_items)
                .where(batch_items.c.batch_id == batch_id, column > after)
                .order_by(column)
                .limit(_PAGE)
            )
            async with begun(self.engine) as connection:
                rows = (await connection.execute(query)).all()
            ended = list(takewhile(lambda row: row.state != WAITING, rows))
            for item in await asyncio.to_thread(self._opened, ended):
                after = getattr(item, by)
                yield item
            if len(ended) < _PAGE:
                return

    async def cancel(self, batch_id: str) -> list[ItemRef]:
        """What had no outcome, and now is cancelled."""
        now, of_it = self._now(), batch_items.c.batch_id == batch_id
        finished = batches.c.finished_at.is_not(None)
        async with begun(self.engine) as connection:
            stopped = (
                await connection.execute(
                    update(batch_items)
                    .where(of_it, batch_items.c.state == WAITING)
                    .values(state=CANCELLED, worker=None, seq=None)
                    .returning(batch_items.c.n, batch_items.c.round)
                )
            ).all()
            seq = await connection.scalar(
                update(batches)
                .where(batches.c.id == batch_id)
                .values(
                    state=CANCELLED,
                    cancelled=batches.c.cancelled + len(stopped),
                    seq=batches.c.seq + batches.c.total,
                    finished_at=case((finished, batches.c.finished_at), else_=now),
                    expires_at=case((finished, batches.c.expires_at), else_=now + self._retention),
                )
                .returning(batches.c.seq - batches.c.total)
            )
            # They come last among the outcomes, so that a reader by order of finishing sees them too.
            await connection.execute(
                update(batch_items)
                .where(of_it, batch_items.c.state == CANCELLED, batch_items.c.seq.is_(None))
                .values(seq=batch_items.c.n + 1 + (seq or 0))
            )
            await connection.execute(delete(batch_calls).where(batch_calls.c.batch_id == batch_id))
        return [ItemRef(batch_id, row.n, row.round) for row in stopped]

    async def ask_again(self, batch_id: str) -> int:
        """How many failed items wait once more, in a round of their own."""
        failed = (batch_items.c.batch_id == batch_id) & (batch_items.c.state == FAILED)
        async with begun(self.engine) as connection:
            again = (
                await connection.execute(
                    update(batch_items)
                    .where(failed)
                    .values(
                        state=WAITING, round=batch_items.c.round + 1, seq=None, worker=None, attempts=0, result=None
                    )
                )
            ).rowcount
            if again:
                await self._begun_again(connection, batch_id, failed=batches.c.failed - again)
        return again

    async def draft_anew(self, batch_id: str, bodies: dict[int, dict[str, Any]]) -> int:
        """How many done items, by number, wait once more, to be drafted from ``bodies``; what they had is gone."""
        kept = {n: await sealed_json(self._sealer, body) for n, body in bodies.items()}
        values = {"state": WAITING, "seq": None, "worker": None, "attempts": 0, "result": None}
        again = 0
        async with begun(self.engine) as connection:
            for n, body in sorted(kept.items()):
                done = (batch_items.c.batch_id == batch_id) & (batch_items.c.n == n) & (batch_items.c.state == DONE)
                anew = values | {"round": batch_items.c.round + 1, "body": body, "sealed": self._sealer.sealed}
                again += (await connection.execute(update(batch_items).where(done).values(anew))).rowcount
            if again:
                await self._begun_again(connection, batch_id, done=batches.c.done - again)
        return again

    async def _begun_again(self, connection: AsyncConnection, batch_id: str, **counts: Any) -> None:
        """In the transaction that has put items back: the batch is open, and its end will be news."""
        values = {
            "state": OPEN,
            "enqueued": False,
            "finished_at": None,
            "alike": None,
            "touched_at": self._now(),
        } | counts
        await connection.execute(update(batches).where(batches.c.id == batch_id).values(values))
        told = batch_webhooks.c.batch_id == batch_id
        await connection.execute(update(batch_webhooks).where(told).values(tries=0, next_at=self._now()))

    async def count_alike(self, batch: Batch, alike: int) -> None:
        """Of the batch as it was finished then."""
        same = (batches.c.id == batch.id) & (batches.c.finished_at == batch.finished_at)
        async with begun(self.engine) as connection:
            await connection.execute(update(batches).where(same).values(alike=alike))

    async def to_enqueue(self, untouched: timedelta) -> list[tuple[str, str]]:
        """Open batches, with their owners, that nobody has handed over, though time enough has passed."""
        query = select(batches.c.id, batches.c.owner).where(
            batches.c.state == OPEN, batches.c.enqueued.is_(False), batches.c.touched_at <= self._now() - untouched
        )
        async with begun(self.engine) as connection:
            return [(row.id, row.owner) for row in await connection.execute(query)]

    async def waiting_items(self, batch_id: str, after: int, most: int) -> list[ItemRef]:
        query = (
            select(batch_items.c.n, batch_items.c.round)
            .where(batch_items.c.batch_id == batch_id, batch_items.c.state == WAITING, batch_items.c.n > after)
            .order_by(batch_items.c.n)
            .limit(most)
        )
        async with begun(self.engine) as connection:
            return [ItemRef(batch_id, row.n, row.round) for row in await connection.execute(query)]

    async def enqueued(self, batch_id: str) -> None:
        async with begun(self.engine) as connection:
            await connection.execute(update(batches).where(batches.c.id == batch_id).values(enqueued=True))

    async def all_jobs(self, batch_id: str) -> AsyncIterator[list[str]]:
        """The ids under which the engine may know items of the batch, some at a time."""
        after = -1
        while True:
            query = (
                select(batch_items.c.n, batch_items.c.round)
                .where(batch_items.c.batch_id == batch_id, batch_items.c.n > after)
                .order_by(batch_items.c.n)
                .limit(500)
            )
            async with begun(self.engine) as connection:
                rows = (await connection.execute(query)).all()
            if not rows:
                return
            after = rows[-1].n
            yield [ItemRef(batch_id, row.n, r).job_id for row in rows for r in range(row.round + 1)]

    async def delete(self, batch_ids: Iterable[str]) -> None:
        """Gone, with every item; what a worker still writes of one finds no place."""
        for batch_id in batch_ids:
            async with begun(self.engine) as connection:
                await connection.execute(delete(batch_items).where(batch_items.c.batch_id == batch_id))
                await connection.execute(delete(batch_calls).where(batch_calls.c.batch_id == batch_id))
                await connection.execute(delete(batch_webhooks).where(batch_webhooks.c.batch_id == batch_id))
                await connection.execute(delete(batches).where(batches.c.id == batch_id))
        await really_gone(self.engine)

    async def past_their_time(self) -> list[str]:
        """Finished for as long as they are kept, or never loaded to their end. What is still to be done stays."""
        now = self._now()
        abandoned = (batches.c.state == LOADING) & (batches.c.touched_at <= now - timedelta(hours=1))
        async with begun(self.engine) as connection:
            found = await connection.execute(select(batches.c.id).where(_expired(now) | abandoned))
            return list(found.scalars())

    def _seen_by(self, owner: str | None) -> ColumnElement[bool]:
        mine = batches.c.owner == owner if owner is not None else batches.c.owner != EVALS
        return mine & ~_expired(self._now())

    def _opened(self, rows: Sequence[Any]) -> list[FinishedItem]:
        def opened(row: Any) -> FinishedItem:
            result = open_json(self._sealer, row.result, sealed=row.result_sealed) if row.result is not None else {}
            body = open_json(self._sealer, row.body, sealed=row.sealed)
            return FinishedItem(row.n, row.seq or 0, row.state, result, body)

        return [opened(row) for row in rows]

    async def _batch(self, row: Any) -> Batch:
        values = {name: getattr(row, name) for name in _NAMES}
        return Batch(**values, about=await opened_json(self._sealer, row.about, sealed=row.sealed))


_NAMES = tuple(name for name in Batch.__dataclass_fields__ if name != "about")


def _expired(now: datetime) -> ColumnElement[bool]:
    return batches.c.finished_at.is_not(None) & (batches.c.expires_at <= now)


def _columns() -> Any:
    return select(*[batches.c[name] for name in _NAMES], batches.c.about, batches.c.sealed)
