"""A batch from its upload to its deletion: what our tables hold and what the engine is told, kept in step.

The tables are written first. Whoever dies between the two leaves something that is found and finished later.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.errors import StorageUnavailable
from service.jobs.engine import JobQueue
from service.jobs.likeness import CEILING, CohortMessage, Likeness, alike, messages_of
from service.jobs.webhooks import Webhooks
from service.storage.batch_items import BatchItems
from service.storage.batch_values import DONE, Batch
from service.storage.batches import BatchStore

_AT_ONCE = 500
_LEFT = timedelta(seconds=5)  # since a batch was opened and not handed over: its process has died


class Batches:
    def __init__(self, store: BatchStore, items: BatchItems, webhooks: Webhooks, queue: JobQueue) -> None:
        self.store = store
        self.items = items
        self.webhooks = webhooks
        self._queue = queue
        self._counting = asyncio.Lock()

    async def hand_over(self, batch_id: str, owner: str) -> None:
        """Every waiting item to the engine, once, however often this is called."""
        after = -1
        while items := await self.store.waiting_items(batch_id, after, _AT_ONCE):
            await self._queue.hand_over(items, owner)
            after = items[-1].n
        await self.store.enqueued(batch_id)

    async def cancel(self, batch_id: str) -> None:
        """What has no outcome gets none; a draft in hand is ended by its worker within a beat."""
        stopped = await self.store.cancel(batch_id)
        await self._queue.stop([item.job_id for item in stopped])

    async def ask_again(self, batch_id: str, owner: str) -> int:
        """How many failed items wait once more."""
        again = await self.store.ask_again(batch_id)
        if again:
            await self.hand_over(batch_id, owner)
        return again

    async def draft_anew(self, batch_id: str, owner: str, bodies: dict[int, dict[str, Any]]) -> int:
        """How many done items are drafted once more, each from its new body."""
        again = await self.store.draft_anew(batch_id, bodies)
        if again:
            await self.hand_over(batch_id, owner)
        return again

    async def likeness(self, batch_id: str, ceiling: float = CEILING) -> Likeness:
        """Of what is done so far."""
        messages: list[CohortMessage] = []
        async for item in self.store.finished_items(batch_id, by="seq", after=0):
            if item.state == DONE:
                messages += messages_of(item)
        messages.sort(key=lambda m: (m.n, m.message))  # the later of two is told anew, whichever was finished first
        return await asyncio.to_thread(alike, messages, ceiling)

    async def counted(self, batch: Batch) -> Batch:
        """The batch with its pairs of alike messages counted, if it is finished; once, and not again for the next who
        asks."""
        if batch.finished_at is None or batch.alike is not None:
            return batch
        async with self._counting:
            now = await self.store.batch(batch.id, batch.owner) or batch
            if now.finished_at is None or now.alike is not None:
                return now  # counted for whoever asked before
            found = (await self.likeness(now.id)).found
            await self.store.count_alike(now, found)
            return replace(now, alike=found)

    async def delete(self, batch_id: str) -> None:
        """Out of the engine's tables, then out of ours: begun again it finds what is left."""
        stopped = await self.store.cancel(batch_id)
        await self._queue.stop([item.job_id for item in stopped])
        async for jobs in self.store.all_jobs(batch_id):
            await self._queue.forget(jobs)
        await self.store.delete([batch_id])

    async def sweep(self) -> None:
        """Finishes what somebody who died left half done, and deletes what is past its time."""
        for batch_id, owner in await self.store.to_enqueue(_LEFT):
            await self.hand_over(batch_id, owner)
        for batch_id in await self.store.past_their_time():
            await self.delete(batch_id)


async def sweep_until(ended: asyncio.Event, batches: Batches, every_s: float) -> None:
    """Ended between two looks, and not in the middle of one."""
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), every_s)
            return
        with contextlib.suppress(StorageUnavailable):
            await batches.sweep()
