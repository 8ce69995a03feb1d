"""One clock for all workers: each call to the model takes the next place in time, whoever makes it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Connection, case, literal, update
from sqlalchemy.dialects import postgresql, sqlite

from service.storage.database import InThreads
from service.storage.tables import batch_pace

_FARTHEST = (
    256  # more calls than this wait for their place nowhere: one that lies farther off is of a clock that was put back
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class Pace:
    """``rate`` as '600/minute'. Places lie evenly; after a pause there is no burst to make up for it.

    After a clock was put back nobody waits for the time that was.
    """

    def __init__(self, threads: InThreads, rate: str, now: Callable[[], float] = time.time) -> None:
        many, _, unit = rate.partition("/")
        self._every_s = _SECONDS[unit.strip()] / int(many)
        self._threads = threads
        self._now = now

    async def turn(self) -> None:
        """Returns when the next call may begin."""
        at = await self._threads.do(self._next)
        await asyncio.sleep(max(0.0, at - self._now()))

    def _next(self, connection: Connection) -> float:
        now = self._now()
        taken = batch_pace.c.next_at.between(now, now + _FARTHEST * self._every_s)
        later = case((taken, batch_pace.c.next_at), else_=literal(now))
        advance = (
            update(batch_pace)
            .where(batch_pace.c.id == "calls")
            .values(next_at=later + self._every_s)
            .returning(batch_pace.c.next_at)
        )
        end = connection.scalar(advance)
        if end is None:
            kind = postgresql if connection.dialect.name == "postgresql" else sqlite
            connection.execute(kind.insert(batch_pace).values(id="calls", next_at=0.0).on_conflict_do_nothing())
            end = connection.scalar(advance)
        return float(end) - self._every_s
