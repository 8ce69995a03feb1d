"""kill -9 of a worker, of the API, of both, at ten points of a batch, and what starts in their places.

A lease lasts far longer here than any test: what goes on does so because the new process has the dead one's name, and
not because somebody has waited until the lease was past.
"""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.faults.processes import Counting, against, upload

ITEMS, KILLS, AT_ONCE = 300, 10, 8
LONG_LEASE = {"AFTERWORD_WORKER_LEASE_S": "3600"}
BUSY_S = 300  # a machine may be: no claim


async def test_nothing_is_lost_and_nothing_comes_out_twice(tmp_path, database_url):
    dice, upstream = random.Random(13), Counting()
    points = sorted(dice.sample(range(ITEMS // 20, ITEMS - ITEMS // 20), KILLS))
    at_stake = 0
    async with against(upstream, tmp_path, database_url, **LONG_LEASE) as here:
        await asyncio.gather(here.start("api"), here.start("worker"))
        batch_id = await here.submit(upload(ITEMS))
        for number, point in enumerate(points):
            await here.until(batch_id, lambda b, point=point: b["done"] >= point)
            victims = [("worker",), ("api",), ("api", "worker")][number % 3]
            await asyncio.gather(*(here.kill(name) for name in victims))
            # In flight, or answered and not yet kept: no worker has more in hand.
            at_stake += AT_ONCE * len(victims)
            await asyncio.gather(*(here.start(name) for name in victims))
        restarted = asyncio.get_running_loop().time()
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
        took_s = asyncio.get_running_loop().time() - restarted
        results = await here.results(batch_id)
    assert [r["problem"] for r in results if "problem" in r] == []
    assert (ended["done"], ended["failed"]) == (ITEMS, 0)
    assert sorted(r["n"] for r in results) == list(range(ITEMS))
    assert len({r["draft"]["id"] for r in results}) == ITEMS
    assert all("model" in {m["written_by"] for m in r["draft"]["messages"]} for r in results)
    assert upstream.begun.total() - ITEMS <= at_stake
    assert took_s < 30  # 10 s are aimed at; this machine may be busy


@pytest.mark.parametrize("victims", [("worker",), ("api",), ("api", "worker")], ids=["worker", "api", "both"])
async def test_the_calls_in_flight_are_begun_again_and_no_other(tmp_path, database_url, victims):
    """None is answered until the kill, so that what the dead had in flight is known to the call."""
    upstream = Counting(gate=asyncio.Event())
    async with against(upstream, tmp_path, database_url, **LONG_LEASE) as here:
        await asyncio.gather(here.start("api"), here.start("worker"))
        batch_id = await here.submit(upload(40))
        await here.until(batch_id, lambda b: upstream.in_flight.total() == 2 * AT_ONCE, BUSY_S)
        await asyncio.gather(*(here.kill(name) for name in victims))
        upstream.gate.set()
        await asyncio.gather(*(here.start(name) for name in victims))
        ended = await here.until(batch_id, lambda b: b["state"] == "finished", BUSY_S)
        results = await here.results(batch_id)
    assert (ended["done"], sorted(r["n"] for r in results)) == (40, list(range(40)))
    assert upstream.begun.total() - 40 == AT_ONCE * len(victims)
    assert max(upstream.begun.values()) == 2
