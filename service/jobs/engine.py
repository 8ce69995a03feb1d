"""The durable queue, by DBOS: which item waits, who has it, and what becomes of it when its worker dies.

The library is given ids alone. What an item asks for and what came of it stand in our own tables, sealed where the
operator wants it, and so are the replies that were paid: the pipeline asks its model several questions at once, and the
library tells steps apart by the order in which they begin.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ClassVar, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig

from service.errors import RequestError, StorageUnavailable
from service.storage.batch_values import ItemRef
from service.storage.database import JobsEngine, count_and_take_alone, empty_journal

# Of the protocol between those who hand items over and those who work on them. It changes when a waiting item could not
# be understood any more, and not with every release: items that wait go on under the next one.
PROTOCOL = "items-1"
QUEUE, WORKFLOW, APPLICATION = "afterword-items", "draft_item", "afterword"
POLL_S = 0.1
_AT_ONCE = 500  # items in one transaction

T = TypeVar("T")
Run = Callable[[ItemRef], Awaitable[None]]
log = logging.getLogger("afterword.jobs")


def prepare_tables(engine: JobsEngine) -> None:
    """The library's own tables, brought up to date. Blocks. Raises StorageUnavailable."""
    _quiet()

    def migrate() -> None:
        with engine.connect():  # makes SQLite's file, in WAL
            pass
        DBOS.migrate(engine.url.render_as_string(hide_password=False))

    _reaching(migrate)


class JobQueue:
    """Hands items over and takes them back; needs no worker in this process."""

    def __init__(self, engine: JobsEngine) -> None:
        self._engine = engine
        self._client = DBOSClient(
            system_database_engine=engine, application_name=APPLICATION, lazy=True, retry_connection_errors=False
        )

    async def hand_over(self, items: Sequence[ItemRef], owner: str) -> None:
        """Once for each item, however often it is called. Each owner's items are a line of their own."""
        for first in range(0, len(items), _AT_ONCE):
            some = items[first : first + _AT_ONCE]
            await asyncio.to_thread(_reaching, lambda some=some: self._enqueue(some, owner or "-"))

    async def stop(self, jobs: Iterable[str]) -> None:
        await self._by_many(self._client.cancel_workflows, jobs)

    async def forget(self, jobs: Iterable[str]) -> None:
        """Out of the library's own tables too."""
        await self._by_many(self._client.delete_workflows, jobs)
        await asyncio.to_thread(empty_journal, self._engine)

    async def hand_on(self, worker: str) -> int:
        """How many items of a worker that is dead wait again, for whoever comes first."""
        return await asyncio.to_thread(_reaching, lambda: self._hand_on(worker))

    def close(self) -> None:
        self._client.destroy()

    def _enqueue(self, items: Sequence[ItemRef], owner: str) -> None:
        with self._engine.begin() as connection:
            for item in items:
                self._client.enqueue_in_transaction(
                    connection,
                    {
                        "workflow_name": WORKFLOW,
                        "queue_name": QUEUE,
                        "workflow_id": item.job_id,
                        "app_version": PROTOCOL,
                        "queue_partition_key": owner,
                        "priority": item.n + 1,  # in the upload's order; a small batch is not held up by a large one
                    },
                    item.batch_id,
                    item.n,
                    item.round,
                )

    def _hand_on(self, worker: str) -> int:
        left = self._client.list_workflows(
            executor_id=worker, status="PENDING", name=WORKFLOW, load_input=False, load_output=False
        )
        ids = [found.workflow_id for found in left]
        for first in range(0, len(ids), _AT_ONCE):
            self._client.resume_workflows(ids[first : first + _AT_ONCE], queue_name=QUEUE)
        return len(ids)

    async def _by_many(self, work: Callable[[list[str]], None], jobs: Iterable[str]) -> None:
        ids = list(jobs)
        for first in range(0, len(ids), _AT_ONCE):
            some = ids[first : first + _AT_ONCE]
            await asyncio.to_thread(_reaching, lambda some=some: work(some))


class JobEngine:
    """Runs items in this process. The library has one engine a process, and so have we."""

    _here: ClassVar[JobEngine | None] = None

    def __init__(self, engine: JobsEngine, worker: str, *, at_once: int, at_once_of_one: int | None) -> None:
        """``at_once`` items are handed to this process, and to all processes ``at_once_of_one`` of one owner."""
        self._engine = engine
        self._worker = worker
        self._at_once = at_once
        self._at_once_of_one = at_once_of_one
        self._launching: asyncio.Task[None] | None = None

    async def start(self, run: Run) -> None:
        """``run`` is called on the loop that this is called on."""
        loop = asyncio.get_running_loop()
        _quiet()

        async def draft_item(batch_id: str, n: int, round_: int) -> None:
            """On the library's loop; the work itself is done on ours."""
            work = asyncio.run_coroutine_threadsafe(_running(run, ItemRef(batch_id, n, round_)), loop)
            await asyncio.wrap_future(work)

        # Begun, it is not left half done, or nobody could end it.
        self._launching = asyncio.create_task(asyncio.to_thread(self._launch, draft_item))
        await asyncio.shield(self._launching)

    async def stop(self) -> None:
        """No item is begun any more; what runs is cancelled and stays this worker's until it is handed on."""
        if self._launching is not None:
            await asyncio.gather(self._launching, return_exceptions=True)
        if JobEngine._here is self:
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
            JobEngine._here = None

    def _launch(self, draft_item: Callable[..., Awaitable[None]]) -> None:
        if JobEngine._here is not None:
            raise RequestError("There is a worker in this process already.")
        JobEngine._here = self
        try:
            _reaching(lambda: self._open(draft_item))
        except StorageUnavailable:
            DBOS.destroy(destroy_registry=True)
            JobEngine._here = None
            raise

    def _open(self, draft_item: Callable[..., Awaitable[None]]) -> None:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_engine": self._engine,
            "application_version": PROTOCOL,
            "executor_id": self._worker,
            "log_level": "WARNING",
            "enable_otlp": False,
            "run_migrations": False,
        }
        DBOS(config=config)
        # Deaths of its worker are counted by us, since handing on sets the library's count back.
        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=1_000_000)(draft_item)
        DBOS.launch()
        of_one = self._at_once_of_one
        if of_one is not None:
            count_and_take_alone(self._engine)
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._at_once,
            partition_worker_concurrency=self._at_once if of_one is None else None,
            partition_concurrency=of_one,
            polling_interval_sec=POLL_S,
            on_conflict="always_update",
        )


async def _running(run: Run, item: ItemRef) -> None:
    await run(item)


def _reaching(work: Callable[[], T]) -> T:
    """What ``work`` returns. Raises StorageUnavailable, whatever library and driver call their failure."""
    try:
        return work()
    except Exception as error:  # its own, the driver's or SQLAlchemy's, which are known in service/storage alone
        raise StorageUnavailable("The queue of batches cannot be reached right now.", retry_after_s=5) from error


def _quiet() -> None:
    """Its records go where ours go, in our format; below a warning they tell of nothing an operator can act on."""
    its = logging.getLogger("dbos")
    its.handlers[:] = [logging.NullHandler()]  # with none at all it makes one of its own
    its.propagate = True
    its.setLevel(logging.WARNING)


__all__ = ["APPLICATION", "POLL_S", "PROTOCOL", "JobEngine", "JobQueue", "Run", "prepare_tables"]
