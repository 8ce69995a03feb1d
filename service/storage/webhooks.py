"""Whom to tell that a batch is finished, and when to try again: in the database, so that no restart forgets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from service.storage.database import begun
from service.storage.sealed_json import opened_json, sealed_json
from service.storage.sealing import Sealer
from service.storage.store import utc_now
from service.storage.tables import batch_webhooks, batches

_COUNTS = ("total", "done", "failed", "cancelled")


@dataclass(frozen=True)
class Telling:
    """One try, which is this process's alone. ``id`` is the same for every try of the same news."""

    id: str
    batch_id: str
    tries: int
    state: str
    counts: dict[str, int]
    url: str = field(repr=False)


class WebhookStore:
    def __init__(self, engine: AsyncEngine, sealer: Sealer, now: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._sealer = sealer
        self._now = now

    async def add(self, batch_id: str, url: str) -> None:
        kept = await sealed_json(self._sealer, {"url": url})
        row = {"batch_id": batch_id, "sealed": self._sealer.sealed, "address": kept, "tries": 0, "next_at": self._now()}
        async with begun(self._engine) as connection:
            await connection.execute(insert(batch_webhooks).values(row))

    async def take(self, pause: Callable[[int], timedelta | None]) -> Telling | None:
        """Something to tell that is due now, or None. It is due again after ``pause`` of the number of tries, unless
        ``told`` is called; after None never more."""
        query = (
            select(batch_webhooks, *(batches.c[name] for name in ("finished_at", "state", *_COUNTS)))
            .join(batches, batches.c.id == batch_webhooks.c.batch_id)
            .where(batches.c.finished_at.is_not(None), batch_webhooks.c.next_at <= self._now())
            .order_by(batch_webhooks.c.next_at)
            .limit(1)
        )
        async with begun(self._engine) as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            wait = pause(row.tries + 1)
            mine = update(batch_webhooks).where(
                batch_webhooks.c.batch_id == row.batch_id, batch_webhooks.c.tries == row.tries
            )
            following = {"tries": row.tries + 1, "next_at": None if wait is None else self._now() + wait}
            if not (await connection.execute(mine.values(following))).rowcount:
                return None  # another process was first
        address = await opened_json(self._sealer, row.address, sealed=row.sealed)
        counts = {name: getattr(row, name) for name in _COUNTS}
        news = f"{row.batch_id}_{int(row.finished_at.timestamp())}"  # finished again after a retry, it is news again
        return Telling(news, row.batch_id, row.tries + 1, row.state, counts, address["url"])

    async def told(self, telling: Telling) -> None:
        """It has arrived. A batch that was begun again meanwhile stays to be told of."""
        mine = update(batch_webhooks).where(
            batch_webhooks.c.batch_id == telling.batch_id, batch_webhooks.c.tries == telling.tries
        )
        async with begun(self._engine) as connection:
            await connection.execute(mine.values(next_at=None))
