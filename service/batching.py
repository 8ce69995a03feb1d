"""Puts batches together, for the API and for ``afterword worker`` alike: what is stored, the queue, and the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from sqlalchemy.ext.asyncio import AsyncEngine

from service.api.batch_item import item_drafter
from service.api.problems import of_error
from service.drafting.pipeline import Drafter
from service.errors import RequestError, StorageUnavailable
from service.jobs.batches import Batches, sweep_until
from service.jobs.engine import JobEngine, JobQueue, prepare_tables
from service.jobs.identity import worker_name
from service.jobs.measured import measuring
from service.jobs.webhooks import WebhookRules, Webhooks, tell_until
from service.jobs.worker import Worker, WorkerPlan
from service.models.embedded import EmbeddedModel
from service.models.port import Model
from service.settings import Settings
from service.storage.batch_items import BatchItems
from service.storage.batch_work import BatchWork
from service.storage.batches import BatchStore
from service.storage.database import InThreads, bring_up_to_date, open_engine, open_jobs_engine, open_work_engine
from service.storage.leases import Leases
from service.storage.pace import Pace
from service.storage.sealing import Plain, Sealed, Sealer
from service.storage.webhooks import WebhookStore
from service.types import Draft

_SWEEP_S = 5.0
_TELL_S = 1.0
log = logging.getLogger("afterword.jobs")


def batches_are_on(settings: Settings) -> bool:
    """By what was set; left to itself: where drafts may be kept."""
    return settings.batches == "on" or (settings.batches == "auto" and settings.keep != "never")


def sealer_of(settings: Settings) -> Sealer:
    return Sealed(settings.storage_key.get_secret_value()) if settings.storage_key else Plain()


@dataclass(frozen=True)
class Drafting:
    """What an item is drafted with. ``counted`` is the model as the metrics see it."""

    drafter: Drafter
    model: Model | None
    counted: Model | None
    drafted: Callable[[Draft], None] | None = None


def _webhook_rules(settings: Settings) -> WebhookRules:
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    hosts, inner = (tuple(map(str.lower, h)) for h in (settings.webhook_hosts, settings.webhook_inner_hosts))
    return WebhookRules(hosts, inner, secret)


class Batching:
    def __init__(self, settings: Settings, engine: AsyncEngine, drafting: Drafting | None) -> None:
        """Without ``drafting`` nobody works here."""
        self._settings = settings
        self._drafting = drafting
        self._retention = timedelta(days=settings.retention_days)
        self._sealer = sealer_of(settings)
        self._jobs_engine = open_jobs_engine(settings.database_url, settings.folder)
        self._queue = JobQueue(self._jobs_engine)
        self._threads = InThreads(open_work_engine(settings.database_url, settings.folder))
        self.batches = Batches(
            BatchStore(engine, self._sealer, self._retention),
            BatchItems(engine, self._sealer),
            Webhooks(WebhookStore(engine, self._sealer), _webhook_rules(settings)),
            self._queue,
        )
        self.worker: Worker | None = None
        self._named = contextlib.ExitStack()
        self._ended = asyncio.Event()
        self._sweeping: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._working: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """The engine's tables. Raises StorageUnavailable."""
        await asyncio.to_thread(prepare_tables, self._jobs_engine)

    async def start(self, *, works: bool) -> None:
        """The sweep, and with ``works`` a worker as soon as there is a model to ask. Raises StorageUnavailable."""
        await self.prepare()
        self._sweeping = asyncio.create_task(sweep_until(self._ended, self.batches, _SWEEP_S))
        self._telling = asyncio.create_task(tell_until(self._ended, self.batches.webhooks, _TELL_S))
        if works and self._drafting is not None:
            self._working = asyncio.create_task(self._work(self._drafting))

    async def refused(self) -> NoReturn:
        """Raises RequestError, should nobody be allowed to work here; until then it waits."""
        if self._working is not None:
            await asyncio.shield(self._working)
        await asyncio.Event().wait()
        raise AssertionError

    async def stop(self) -> None:
        self._ended.set()
        if self._working is not None:
            self._working.cancel()
        await asyncio.gather(*filter(None, (self._sweeping, self._telling, self._working)), return_exceptions=True)
        if self.worker is not None:
            await self.worker.stop()
        self._queue.close()
        self._named.close()
        await self._threads.aclose()
        await asyncio.to_thread(self._jobs_engine.dispose)

    async def _work(self, drafting: Drafting) -> None:
        model = drafting.model
        if isinstance(model, EmbeddedModel) and (await model.ready()).phase == "failed":
            log.error("the embedded model could not start: %s Batches wait.", model.state.detail)
            return
        try:
            self.worker = self._worker(await self._name(), drafting)
            while True:
                try:
                    await self.worker.start()
                except StorageUnavailable:
                    await asyncio.sleep(1)
                else:
                    return
        except RequestError as error:
            log.warning("%s Batches are left to the others.", error.detail)
            raise

    async def _name(self) -> str:
        """Waits while the data folder can't be written to. Raises RequestError where the stated name is taken."""
        while True:
            try:
                return self._named.enter_context(worker_name(self._settings.folder, self._settings.worker_name))
            except OSError as error:
                log.warning("batches wait: no worker's name can be kept in the data folder (%s)", error.strerror)
                await asyncio.sleep(1)

    def _worker(self, name: str, drafting: Drafting) -> Worker:
        s, threads = self._settings, self._threads
        plan = WorkerPlan(
            name, lease_s=s.worker_lease_s, patience_s=s.batch_patience_s, grace_s=s.grace_s, drafts=s.worker_drafts
        )
        pace = Pace(threads, s.batch_rate) if s.batch_rate != "off" else None
        return Worker(
            plan,
            BatchWork(threads, self._sealer, self._retention),
            Leases(threads),
            # Twice what is drafted at once, so that no draft waits for the engine's next look at the queue.
            JobEngine(
                self._jobs_engine, name, at_once=2 * s.worker_drafts, at_once_of_one=s.max_batch_drafts_per_caller
            ),
            self._queue,
            measuring(drafting.drafter, of_error, item_drafter(drafting.drafter, drafting.drafted)),
            drafting.counted,
            of_error,
            pace.turn if pace is not None else None,
        )


@contextlib.asynccontextmanager
async def open_queue(settings: Settings) -> AsyncIterator[Batches]:
    """Batches for somebody who neither serves nor works, but hands over and collects.

    Raises RequestError where batches are off, StorageUnavailable.
    """
    if not batches_are_on(settings):
        raise RequestError("There is no queue here. Set AFTERWORD_BATCHES=on, as for its workers.")
    engine = open_engine(settings.database_url, settings.folder)
    batching = Batching(settings, engine, None)
    try:
        await bring_up_to_date(engine)
        await batching.prepare()
        yield batching.batches
    finally:
        await batching.stop()
        await engine.dispose()
