"""Cancelled and deleted in the middle: nothing more is asked, and nothing is left."""

from __future__ import annotations

import asyncio

import httpx2

from tests.faults.processes import Counting, against, line, upload


async def test_a_cancelled_batch_asks_nothing_more_and_keeps_what_is_done(tmp_path, database_url):
    upstream = Counting(held=lambda n: n >= 12)
    async with against(upstream, tmp_path, database_url) as here:
        await here.start("api")
        batch_id = await here.submit(upload(60))
        await here.until(batch_id, lambda b: b["done"] >= 12)
        cancelled = await here.post(f"/batches/{batch_id}/cancel")
        assert (cancelled["state"], cancelled["waiting"], cancelled["in_hand"]) == ("cancelled", 0, 0)
        await _until(lambda: not sum(upstream.in_flight.values()))
        asked = sum(upstream.begun.values())
        # The worker is free for the next one, and asks nothing for the one before.
        upstream.held = lambda n: False
        second = await here.submit("".join(line(100 + n) + "\n" for n in range(10)))
        await here.until(second, lambda b: b["state"] == "finished")
        results = await here.results(batch_id)
        assert sum(n for item, n in upstream.begun.items() if item < 100) == asked
    states = {r["n"]: r["state"] for r in results}
    assert len(states) == 60
    assert {n for n, state in states.items() if state == "done"} == set(range(12))
    assert set(states.values()) == {"done", "cancelled"}


async def test_a_batch_deleted_in_the_middle_is_gone_from_every_file(tmp_path):
    upstream = Counting(held=lambda n: n >= 6)
    async with against(upstream, tmp_path, None) as here:
        await here.start("api")
        notes = "Met Ines Duarte at Rye & Co, and the unmistakable quince was on the table."
        batch_id = await here.submit("".join(line(n, notes=notes) + "\n" for n in range(30)))
        await here.until(batch_id, lambda b: b["done"] >= 6)
        assert _on_disk(tmp_path, b"unmistakable")
        assert _on_disk(tmp_path, batch_id.encode())
        async with httpx2.AsyncClient() as http:
            assert (await http.delete(f"{here.url}/batches/{batch_id}")).status_code == 204
            assert (await http.get(f"{here.url}/batches/{batch_id}")).status_code == 404
        await _until(lambda: not sum(upstream.in_flight.values()))
        await _until(lambda: not _on_disk(tmp_path, b"unmistakable"))
        await _until(lambda: not _on_disk(tmp_path, batch_id.encode()))


def _on_disk(folder, words):
    return any(words in path.read_bytes() for path in folder.iterdir() if path.is_file())


async def _until(true, within_s=30):
    last = asyncio.get_running_loop().time() + within_s
    while not true():
        assert asyncio.get_running_loop().time() < last
        await asyncio.sleep(0.05)
