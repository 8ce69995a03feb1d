"""A worker that stands still past its lease, an endpoint that is down, and a release while items wait."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.databases import cluster
from tests.faults.processes import Counting, against, upload


async def test_a_worker_frozen_past_its_lease_records_nothing_twice(tmp_path, database_url):
    """What it had in hand is done by the other. Thawed, it has its answers, finds its lease gone, and goes on under a new
    one."""
    upstream = Counting(gate=asyncio.Event())
    async with against(upstream, tmp_path, database_url) as here:
        await asyncio.gather(here.start("api", AFTERWORD_WORKER_IN_API="false"), here.start("one"), here.start("two"))
        batch_id = await here.submit(upload(40))
        # Both wait for the upstream, so that the one is not frozen while it holds the database.
        await here.until(batch_id, lambda b: b["in_hand"] == 16 and sum(upstream.in_flight.values()) == 16)
        here.signal("one", signal.SIGSTOP)
        upstream.gate.set()
        await here.until(batch_id, lambda b: b["state"] == "finished")  # by the other alone
        here.signal("one", signal.SIGCONT)
        second = await here.submit(upload(10))
        await here.kill("two")
        await here.until(second, lambda b: b["state"] == "finished")  # by the thawed one
        results, later = await here.results(batch_id), await here.results(second)
        ended = await here.batch(batch_id)
    assert (ended["done"], ended["failed"]) == (40, 0)
    assert sorted(r["n"] for r in results) == list(range(40))
    assert {r["state"] for r in results + later} == {"done"}
    assert len({r["cursor"] for r in results}) == 40


@pytest.mark.parametrize("down_s", [3, pytest.param(30, marks=pytest.mark.long)])
async def test_an_endpoint_that_is_down_for_a_while_is_waited_for(tmp_path, down_s):
    upstream = Counting()
    async with against(upstream, tmp_path, None) as here:
        await here.start("api")
        batch_id = await here.submit(upload(40))
        await here.until(batch_id, lambda b: b["done"] >= 10)
        upstream.down = True
        await asyncio.sleep(down_s)
        upstream.down = False
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
        results = await here.results(batch_id)
    assert (ended["done"], ended["failed"]) == (40, 0)
    assert all(m["written_by"] != "outline" for r in results for m in r["draft"]["messages"])


async def test_items_that_wait_go_on_under_a_new_release(tmp_path):
    """The protocol of waiting items is pinned, whatever the service's own version is."""
    upstream = Counting()
    async with against(upstream, tmp_path, None) as here:
        await here.start("api", AFTERWORD_WORKER_IN_API="false")
        batch_id = await here.submit(upload(20))
        assert (await here.batch(batch_id))["waiting"] == 20
        await here.start("worker", DBOS__APPVERSION="another")
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
    assert ended["done"] == 20


async def test_a_batch_in_the_middle_goes_on_under_a_new_release(tmp_path, database_url):
    """The old API and the old worker are killed with items in hand; what takes their places is of another version."""
    upstream = Counting()
    async with against(upstream, tmp_path, database_url) as here:
        await asyncio.gather(here.start("api"), here.start("worker"))
        batch_id = await here.submit(upload(60))
        await here.until(batch_id, lambda b: b["done"] >= 15)
        await asyncio.gather(here.kill("api"), here.kill("worker"))
        left = 60 - len(upstream.answered)
        assert left > 16  # more than what both had in hand: there are items that wait, too
        await asyncio.gather(*(here.start(name, DBOS__APPVERSION="another") for name in ("api", "worker")))
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
        results = await here.results(batch_id)
    assert (ended["done"], ended["failed"]) == (60, 0)
    assert sorted(r["n"] for r in results) == list(range(60))
    assert len({r["draft"]["id"] for r in results}) == 60
    assert upstream.begun.total() - 60 <= 16


@pytest.mark.needs_postgres
async def test_a_database_that_is_restarted_in_the_middle_loses_nothing(tmp_path):
    """Once in good order, and once as in a crash. Each process has had its connections ended under it."""
    upstream = Counting()
    with cluster() as database:
        async with against(upstream, tmp_path, database.url) as here:
            await asyncio.gather(here.start("api"), here.start("worker"))
            batch_id = await here.submit(upload(120))
            for point, how in ((20, "fast"), (60, "immediate")):
                before = await here.until(batch_id, lambda b, point=point: b["done"] >= point)
                assert before["state"] == "running"
                await asyncio.to_thread(database.restart, how)
            ended = await here.until(batch_id, lambda b: b["state"] == "finished")
            results = await here.results(batch_id)
    assert (ended["done"], ended["failed"]) == (120, 0)
    assert sorted(r["n"] for r in results) == list(range(120))
    assert len({r["draft"]["id"] for r in results}) == 120
    assert all("model" in {m["written_by"] for m in r["draft"]["messages"]} for r in results)
    # Nobody died, so that every reply that came was kept: each was paid for once.
    assert set(upstream.begun.values()) == {1}
