"""A worker's lease, kept by beating, and the look at the others: the work of one that is dead is handed on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from service.errors import StorageUnavailable
from service.jobs.identity import stated_in, taken
from service.storage.batch_values import Lease
from service.storage.leases import Leases, SeenWorker

LOOKS = 5  # without a move, and the worker is dead
log = logging.getLogger("afterword.jobs")


@dataclass(frozen=True)
class _Watched:
    seen: SeenWorker
    looks: int


class Heartbeat:
    def __init__(
        self,
        leases: Leases,
        worker: str,
        lease_s: float,
        *,
        lost: Callable[[], None],
        beaten: Callable[[], Awaitable[None]],
        hand_on: Callable[[str], Awaitable[int]],
    ) -> None:
        """``lost`` is called when somebody took the lease away, ``beaten`` after each beat, ``hand_on`` with a dead
        worker."""
        self._leases = leases
        self._worker = worker
        self._every_s = lease_s / LOOKS
        self._lost = lost
        self._beaten = beaten
        self._hand_on = hand_on
        self._lease: Lease | None = None
        self._held = asyncio.Event()
        self._watched: dict[str, _Watched] = {}
        self._looked_at = 0.0

    async def lease(self) -> Lease:
        """The lease held now; waits while there is none."""
        while self._lease is None:
            await self._held.wait()
        return self._lease

    async def start(self) -> None:
        """Raises StorageUnavailable; RequestError where a worker of another data folder lives under the stated name."""
        await self._refuse_to_be_a_second()
        self._lease = await self._leases.take(self._worker)
        self._held.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            with contextlib.suppress(StorageUnavailable):  # nobody can take the lease away either
                await self._beat()
                await self._look()
                await self._beaten()

    async def stop(self) -> None:
        if self._lease is not None:
            with contextlib.suppress(StorageUnavailable):
                await self._leases.give_up(self._lease)

    async def _refuse_to_be_a_second(self) -> None:
        """Whoever has the stated name and beats, lives. One that died without a word is waited for one lease long."""
        stated = stated_in(self._worker)
        if stated is None:
            return

        async def namesakes() -> set[SeenWorker]:
            there = await self._leases.workers()
            return {s for s in there if s.alive and s.id != self._worker and stated_in(s.id) == stated}

        before = await namesakes()
        for _ in range(LOOKS):
            if not before:
                return
            await asyncio.sleep(self._every_s)
            now = await namesakes()
            if now - before:
                raise taken(stated)
            before = now

    async def _beat(self) -> None:
        if self._lease is not None and await self._leases.beat(self._lease):
            return
        if self._lease is not None:
            log.warning("this worker stood still for longer than its lease; what it had in hand is begun again")
            self._held.clear()
            self._lease = None
            self._lost()
        self._lease = await self._leases.take(self._worker)
        self._held.set()

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._looked_at > 3 * self._every_s:
            self._watched.clear()  # it was this process that stood still
        self._looked_at = now
        there = {seen.id: seen for seen in await self._leases.workers() if seen.id != self._worker}
        watched = {}
        for seen in there.values():
            before = self._watched.get(seen.id)
            watched[seen.id] = _Watched(seen, before.looks + 1 if before is not None and before.seen == seen else 0)
        self._watched = watched
        for name, each in watched.items():
            if not each.seen.alive or (each.looks >= LOOKS and await self._leases.declare_dead(each.seen)):
                handed = await self._hand_on(name)
                await self._leases.forget(each.seen)
                log.warning("worker %s is gone: %d items wait again", name, handed)
