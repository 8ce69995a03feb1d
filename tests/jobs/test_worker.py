"""A worker without an engine under it: what it makes of an item, whatever happens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.api.problems import of_error
from service.errors import StorageUnavailable
from service.jobs.worker import DEATHS_TOGETHER, MOST_DEATHS, ItemOutcome, Worker, WorkerPlan
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


async def test_a_machine_that_kills_its_workers_at_once_costs_no_item(bench, monkeypatch):
    """Twice all that is in hand dies together; then one at a time, whoever has died least first."""
    store, work, _ = bench
    items = [ItemRef("bat_2", n) for n in range(6)]
    await store.begin("bat_2", "", {})
    await store.add("bat_2", 0, [b'{"notes": "harmless"}'] * len(items))
    await store.open("bat_2", len(items), "hash")
    slept = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: slept(seconds / 10))

    async def not_put_back(*_: Any) -> None: ...

    at_stake = [len(items)] * DEATHS_TOGETHER + [1] * (2 * MOST_DEATHS - DEATHS_TOGETHER)
    in_hand = []
    for expected in at_stake:
        begun = asyncio.Semaphore(0)

        async def draft(body: dict[str, Any], model: Any, begun: asyncio.Semaphore = begun) -> ItemOutcome:
            begun.release()
            await asyncio.Event().wait()
            raise AssertionError

        here = worker(bench, draft)
        await here.start()
        running = [asyncio.create_task(here.run(item)) for item in items]
        for _ in range(expected):
            await asyncio.wait_for(begun.acquire(), 60)
        await slept(0.1)  # whatever else would be begun
        in_hand.append(await store.in_hand("bat_2"))
        with monkeypatch.context() as dying:
            dying.setattr(work, "put_back", not_put_back)
            await here.stop()
            for each in running:
                each.cancel()
            await asyncio.wait(running)
    assert in_hand == at_stake

    async def mended(body: dict[str, Any], model: Any) -> ItemOutcome:
        return ItemOutcome(DONE, {"said": body["notes"]})

    here = worker(bench, mended)
    await here.start()
    await asyncio.gather(*(here.run(item) for item in items))
    await here.stop()
    found = await store.batch("bat_2", None)
    assert (found.done, found.failed) == (len(items), 0)


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
