"""A worker: items in hand under a lease, drafted by the pipeline that POST /draft uses, each with one outcome."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from service.errors import AfterwordError, ItemAbandoned, StorageUnavailable
from service.jobs.calls import Paced, PaidOnce, Patient, until_kept
from service.jobs.engine import JobEngine, JobQueue
from service.jobs.heartbeat import Heartbeat
from service.models.port import Model
from service.storage.batch_values import FAILED, ItemRef, Lease, Used
from service.storage.batch_work import BatchWork, HeldElsewhere, InHand
from service.storage.leases import Leases

MOST_DEATHS = 5  # of workers that had an item in hand, before it is left
# Whatever was in hand at a death has its part in it: a machine that kills its workers as soon as they begin would have
# all of them given up. After this many an item is begun alone, so that one death counts for one item.
DEATHS_TOGETHER = 2
_BEGUN_ALONE_AFTER_S = 0.5  # and twice as long after each further death: whoever has fewest comes first
log = logging.getLogger("afterword.jobs")


@dataclass(frozen=True)
class ItemOutcome:
    state: str  # done or failed
    result: dict[str, Any] = field(repr=False)
    used: Used = field(default_factory=Used)


class DraftItem(Protocol):
    """An item's request → its outcome. Whatever goes wrong with the item is the outcome's problem."""

    async def __call__(self, body: dict[str, Any], model: Model | None) -> ItemOutcome: ...


@dataclass(frozen=True)
class WorkerPlan:
    name: str
    lease_s: float = 15.0
    patience_s: float = 900.0  # for a model's endpoint that is down, for one item
    grace_s: float = 30.0  # for items in hand, when it is asked to stop
    drafts: int = 16  # at once


class Worker:
    """``model`` None: the outline writes."""

    def __init__(
        self,
        plan: WorkerPlan,
        work: BatchWork,
        leases: Leases,
        engine: JobEngine,
        queue: JobQueue,
        draft: DraftItem,
        model: Model | None,
        abandoned: Callable[[AfterwordError], dict[str, Any]],
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._plan = plan
        self._work = work
        self._engine = engine
        self._draft = draft
        self._model = model
        self._abandoned = abandoned
        self._turn = turn
        self._heart = Heartbeat(
            leases,
            plan.name,
            plan.lease_s,
            lost=self._let_go,
            beaten=self._drop_unwanted,
            hand_on=queue.hand_on,
        )
        self._running: dict[ItemRef, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(plan.drafts)
        self._alone = asyncio.Lock()
        self._background: list[asyncio.Task[None]] = []
        self._stopping = False

    @property
    def in_hand(self) -> int:
        return len(self._running)

    async def start(self) -> None:
        """Raises StorageUnavailable; RequestError where this process has a worker already."""
        await self._heart.start()
        await self._engine.start(self.run)
        self._background.append(asyncio.create_task(self._heart.run()))

    async def stop(self) -> None:
        """Items in hand have the grace to finish; what is left then is put back for others."""
        stopping = asyncio.create_task(self._engine_stopped())
        await stopping
        for task in [*self._running.values(), *self._background]:
            task.cancel()
        await asyncio.gather(*self._running.values(), *self._background, return_exceptions=True)
        await self._heart.stop()

    async def _engine_stopped(self) -> None:
        last = asyncio.get_running_loop().time() + self._plan.grace_s
        self._stopping = True
        while self._running and asyncio.get_running_loop().time() < last:
            await asyncio.wait(self._running.values(), timeout=0.2)
        await self._engine.stop()

    async def run(self, item: ItemRef) -> None:
        """Returns when the item has its outcome, or needs none. It may be called again for the same, and at once."""
        while True:
            if self._stopping:
                await asyncio.Event().wait()  # begun by nobody here; the engine's end cancels it
            if (twin := self._running.get(item)) is not None:
                await asyncio.wait({twin})
                continue
            async with self._room:  # the engine hands over more than is drafted at once
                if self._stopping or item in self._running:
                    continue
                task = asyncio.create_task(self._try(item))
                self._running[item] = task
                try:
                    await asyncio.shield(task)
                    return
                except HeldElsewhere:
                    await asyncio.sleep(0.5)
                except StorageUnavailable as error:
                    log.warning("an item waits: %s", error.detail)
                    await asyncio.sleep(1)
                except asyncio.CancelledError:
                    if not task.cancelled():  # this call was cancelled, and not the work on the item
                        task.cancel()
                        await asyncio.wait({task})
                        raise
                except Exception as error:  # noqa: BLE001 (a fault of ours: the item is tried again, and given up in the end)
                    log.error("unexpected %s at an item", type(error).__name__)
                    await asyncio.sleep(1)
                finally:
                    self._running.pop(item, None)

    async def _try(self, item: ItemRef) -> None:
        lease = await self._heart.lease()
        in_hand = await self._work.take(item, lease)
        if in_hand is None:
            return
        deaths = in_hand.attempts - 1
        if not DEATHS_TOGETHER <= deaths < MOST_DEATHS:
            return await self._finish(item, lease, in_hand)
        await self._work.put_back(item, lease)  # while it waits, a death is none of its doing
        await asyncio.sleep(_BEGUN_ALONE_AFTER_S * 2 ** (deaths - DEATHS_TOGETHER))
        async with self._alone:
            lease = await self._heart.lease()
            if (in_hand := await self._work.take(item, lease)) is not None:
                await self._finish(item, lease, in_hand)

    async def _finish(self, item: ItemRef, lease: Lease, in_hand: InHand) -> None:
        try:
            outcome = await self._outcome(item, in_hand)
        except asyncio.CancelledError:
            with contextlib.suppress(StorageUnavailable):
                await self._work.put_back(item, lease)
            raise
        if not await self._record(item, lease, outcome):
            log.info("the outcome of an item was not wanted any more")

    async def _outcome(self, item: ItemRef, in_hand: InHand) -> ItemOutcome:
        if in_hand.attempts > MOST_DEATHS:
            error = ItemAbandoned(f"Its worker died {MOST_DEATHS} times over it. Look at what its notes hold.")
            return ItemOutcome(FAILED, self._abandoned(error))
        model = self._model
        if model is not None:
            if self._turn is not None:
                model = Paced(model, self._turn)
            model = Patient(model, self._plan.patience_s)
            model = PaidOnce(model, in_hand.replies, lambda key, reply: self._work.keep_reply(item, key, reply))
        return await self._draft(in_hand.body, model)

    async def _record(self, item: ItemRef, lease: Lease, outcome: ItemOutcome) -> bool:
        recorded: bool = await until_kept(
            lambda: self._work.record(item, lease, outcome.state, outcome.result, outcome.used)
        )
        return recorded

    def _let_go(self) -> None:
        for task in self._running.values():
            task.cancel()

    async def _drop_unwanted(self) -> None:
        """Items that were cancelled or deleted meanwhile cost no further call."""
        items = list(self._running)
        wanted = await self._work.still_wanted(items)
        for item in items:
            if item not in wanted and (task := self._running.get(item)) is not None:
                task.cancel()
