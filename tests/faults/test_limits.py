"""Limits that all workers keep together, in processes of their own."""

from __future__ import annotations

import asyncio

from tests.faults.processes import Counting, against, upload

ITEMS = 24


async def test_all_processes_keep_one_rate_of_calls(tmp_path, database_url):
    """Ten a second, of two processes: the last of 24 calls begins 2.3 s after the first, or later."""
    upstream = Counting(delay_s=0)
    async with against(upstream, tmp_path, database_url, AFTERWORD_BATCH_RATE="10/second") as here:
        await asyncio.gather(here.start("api"), here.start("worker"))
        batch_id = await here.submit(upload(ITEMS))
        await here.until(batch_id, lambda b: b["state"] == "finished")
    began = sorted(upstream.began_at)
    assert len(began) == ITEMS
    assert began[-1] - began[0] >= 0.9 * (ITEMS - 1) / 10  # a call may be held up on its way, and the first was


async def test_one_caller_has_only_so_many_drafts_at_once_in_all_processes(tmp_path, database_url):
    upstream = Counting(gate=asyncio.Event())
    async with against(upstream, tmp_path, database_url, AFTERWORD_MAX_BATCH_DRAFTS_PER_CALLER="3") as here:
        await asyncio.gather(here.start("api"), here.start("worker"))
        batch_id = await here.submit(upload(ITEMS))
        await here.until(batch_id, lambda b: upstream.in_flight.total() == 3)
        await asyncio.sleep(1)  # ten looks at the queue, by each
        assert (upstream.in_flight.total(), (await here.batch(batch_id))["in_hand"]) == (3, 3)
        upstream.gate.set()
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
    assert (ended["done"], upstream.most_in_flight) == (ITEMS, 3)
