"""A worker without an engine under it: what it makes of an item, whatever happens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.api.problems import of_error
from service.errors import StorageUnavailable
from service.jobs.worker import MOST_DEATHS, ItemOutcome, Worker, WorkerPlan
from service.storage.batch_values import DONE, ItemRef
from service.storage.batch_work import BatchWork
from service.storage.batches import BatchStore
from service.storage.database import InThreads, bring_up_to_date, open_engine, open_work_engine
from service.storage.leases import Leases
from service.storage.sealing import Plain

ITEM = ItemRef("bat_1", 0)


class Nobody:
    """In the place of the engine and its queue."""

    async def start(self, run: Any) -> None: ...

    async def stop(self) -> None: ...

    async def hand_on(self, worker: str) -> int:
        return 0


@pytest.fixture
async def bench(tmp_path):
    engine = open_engine(None, tmp_path)
    await bring_up_to_date(engine)
    threads = InThreads(open_work_engine(None, tmp_path))
    store = BatchStore(engine, Plain(), timedelta(days=1))
    await store.begin("bat_1", "", {})
    await store.add("bat_1", 0, [b'{"notes": "poison"}'])
    await store.open("bat_1", 1, "hash")
    yield store, BatchWork(threads, Plain(), timedelta(days=1)), Leases(threads)
    await threads.aclose()
    await engine.dispose()


def worker(bench: Any, draft: Any, name: str = "one") -> Worker:
    _, work, leases = bench
    return Worker(WorkerPlan(name, grace_s=0), work, leases, Nobody(), Nobody(), draft, None, of_error)  # type: ignore[arg-type]


async def test_an_item_over_which_workers_die_is_given_up(bench):
    store, work, leases = bench
    for _ in range(MOST_DEATHS):  # each takes it in hand and is never seen again
        await work.take(ITEM, await leases.take("one"))

    async def draft(body: dict[str, Any], model: Any) -> ItemOutcome:
        raise AssertionError("it is not begun once more")

    here = worker(bench, draft)
    await here.start()
    await here.run(ITEM)
    await here.stop()
    (found,) = [f async for f in store.finished_items("bat_1", by="n", after=-1)]
    assert (found.state, found.result["type"]) == ("failed", "/problems/item-abandoned")


async def test_a_worker_that_stops_puts_back_what_it_has_in_hand(bench):
    store, work, leases = bench
    begun = asyncio.Event()

    async def draft(body: dict[str, Any], model: Any) -> ItemOutcome:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    here = worker(bench, draft)
    await here.start()
    running = asyncio.create_task(here.run(ITEM))
    await begun.wait()
    assert await store.in_hand("bat_1") == 1
    await here.stop()
    running.cancel()
    await asyncio.wait({running})
    assert await store.in_hand("bat_1") == 0
    assert (await work.take(ITEM, await leases.take("two"))).attempts == 1


async def test_a_database_that_is_gone_for_a_moment_loses_nothing(bench, monkeypatch):
    store, work, _ = bench
    recorded = work.record
    missing = [StorageUnavailable("It restarts."), StorageUnavailable("It restarts.")]

    async def record(*args: Any) -> bool:
        if missing:
            raise missing.pop()
        return await recorded(*args)

    async def draft(body: dict[str, Any], model: Any) -> ItemOutcome:
        return ItemOutcome(DONE, {"said": body["notes"]})

    monkeypatch.setattr(work, "record", record)
    here = worker(bench, draft)
    await here.start()
    await here.run(ITEM)
    await here.stop()
    assert (await store.batch("bat_1", None)).done == 1


async def test_a_fault_of_ours_leaves_no_item_waiting_for_ever(bench, monkeypatch):
    """Whatever is raised where nothing should be: it is tried again, and then given up with its problem."""
    store, _, _ = bench
    tries = []

    async def draft(body: dict[str, Any], model: Any) -> ItemOutcome:
        tries.append(body)
        raise KeyError("a fault")

    slept = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: slept(min(seconds, 0.01)))
    here = worker(bench, draft)
    await here.start()
    await here.run(ITEM)
    await here.stop()
    assert len(tries) == MOST_DEATHS
    (found,) = [f async for f in store.finished_items("bat_1", by="n", after=-1)]
    assert found.result["type"] == "/problems/item-abandoned"
