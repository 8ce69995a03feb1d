"""Workers' leases. No clock is compared with another machine's: a worker counts its beats, and is dead when somebody
who looks again and again has not seen the count move."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Delete, Update, delete, insert, select, update

from service.storage.batch_values import Lease
from service.storage.database import InThreads
from service.storage.store import utc_now
from service.storage.tables import batch_workers


@dataclass(frozen=True)
class SeenWorker:
    id: str
    epoch: int
    beat: int
    alive: bool


class Leases:
    def __init__(self, threads: InThreads, now: Callable[[], datetime] = utc_now) -> None:
        self._threads = threads
        self._now = now

    async def take(self, worker: str) -> Lease:
        """A new lease; one that was held under this name before counts no more."""
        # By chance rather than counted, so that it differs from those before it also where their row was forgotten.
        values: dict[str, Any] = {
            "epoch": secrets.randbelow(2**31),
            "beat": 0,
            "alive": True,
            "seen_at": self._now(),
        }
        again = update(batch_workers).where(batch_workers.c.id == worker).values(values)

        def take(connection: Connection) -> None:
            if not connection.execute(again).rowcount:
                connection.execute(insert(batch_workers).values(id=worker, **values))

        await self._threads.do(take)
        return Lease(worker, values["epoch"])

    async def beat(self, lease: Lease) -> bool:
        """Whether the lease is still held."""
        return await self._changed(
            update(batch_workers)
            .where(held(lease.worker, lease.epoch))
            .values(beat=batch_workers.c.beat + 1, seen_at=self._now())
        )

    async def workers(self) -> list[SeenWorker]:
        query = select(batch_workers.c.id, batch_workers.c.epoch, batch_workers.c.beat, batch_workers.c.alive)
        return [SeenWorker(*row) for row in await self._threads.do(lambda connection: connection.execute(query).all())]

    async def declare_dead(self, seen: SeenWorker) -> bool:
        """Whether it was so: False where it has moved since, or somebody else was first."""
        still = batch_workers.c.beat == seen.beat
        return await self._changed(update(batch_workers).where(held(seen.id, seen.epoch), still).values(alive=False))

    async def give_up(self, lease: Lease) -> None:
        """As a worker does that stops: what it had in hand is free at once."""
        await self._changed(update(batch_workers).where(held(lease.worker, lease.epoch)).values(alive=False))

    async def forget(self, seen: SeenWorker) -> None:
        """A dead worker's row, once what it had in hand is handed on."""
        same = (batch_workers.c.id == seen.id) & (batch_workers.c.epoch == seen.epoch)
        await self._changed(delete(batch_workers).where(same, batch_workers.c.alive.is_(False)))

    async def _changed(self, statement: Update | Delete) -> bool:
        return bool(await self._threads.do(lambda connection: connection.execute(statement).rowcount))


def held(worker: ColumnElement[str] | str, epoch: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Of a worker's row: this lease counts. Both are its own, or what stands for them in a statement."""
    return (batch_workers.c.id == worker) & (batch_workers.c.epoch == epoch) & batch_workers.c.alive
