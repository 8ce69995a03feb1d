"""The line in front of drafting: so many at once, so many waiting, so many of one caller."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator

from service.api.metrics import Metrics
from service.errors import QueueFull, TooManyDrafts


class Line:
    """First come, first served. Beyond ``waiting`` in the line nobody is let in."""

    def __init__(self, most: int, waiting: int, of_one: int, metrics: Metrics) -> None:
        self._most = most
        self._waiting_most = waiting
        self._of_one = of_one
        self._metrics = metrics
        self._turns = asyncio.Semaphore(most)
        self._waiting = 0
        self._of: Counter[str] = Counter()
        self._usual_s = 5.0  # a draft's time, as the last ones had it

    @property
    def drafting(self) -> int:
        return sum(self._of.values()) - self._waiting

    @contextlib.asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Raises TooManyDrafts for one caller's too many, QueueFull when the line is full."""
        if self._of[caller] >= self._of_one:
            raise TooManyDrafts(
                f"At most {self._of_one} drafts at once for one caller. Wait for one to finish.",
                retry_after_s=self._usual_s,
            )
        if self._most == 0 or (self._turns.locked() and self._waiting >= self._waiting_most):
            raise QueueFull(
                "Too many drafts are being written right now. Try again in a few seconds.", retry_after_s=self._wait_s()
            )
        self._of[caller] += 1
        try:
            await self._wait()
            started = time.perf_counter()
            try:
                self._metrics.in_flight.inc()
                yield
            finally:
                self._metrics.in_flight.dec()
                self._turns.release()
                self._usual_s = 0.8 * self._usual_s + 0.2 * (time.perf_counter() - started)
        finally:
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]

    async def _wait(self) -> None:
        self._waiting += 1
        self._metrics.queued.set(self._waiting)
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
            self._metrics.queued.set(self._waiting)

    def _wait_s(self) -> float:
        """About as long as those in line will take, between a second and a minute."""
        return min(60.0, max(1.0, self._usual_s * (self._waiting + 1) / max(1, self._most)))
