"""An item over which its worker dies, every time it is begun: it is given up, and stops no other."""

from __future__ import annotations

import asyncio

from service.jobs.worker import MOST_DEATHS
from tests.faults.processes import Counting, against, upload

POISON, ITEMS = 7, 12


async def test_an_item_that_kills_its_worker_is_given_up_and_the_others_are_done(tmp_path, database_url):
    upstream = Counting(held=lambda n: n == POISON)
    async with against(upstream, tmp_path, database_url) as here:
        await asyncio.gather(here.start("api", AFTERWORD_WORKER_IN_API="false"), here.start("worker"))
        batch_id = await here.submit(upload(ITEMS))
        for death in range(1, MOST_DEATHS + 1):
            await here.until(
                batch_id, lambda b, death=death: b["done"] == ITEMS - 1 and upstream.begun[POISON] == death
            )
            await here.kill("worker")
            await here.start("worker")
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
        results = {r["n"]: r for r in await here.results(batch_id)}
        again = await here.post(f"/batches/{batch_id}/retry")
        upstream.held = lambda n: False  # whatever it was, it is mended
        mended = await here.until(batch_id, lambda b: b["state"] == "finished")
    assert (ended["done"], ended["failed"]) == (ITEMS - 1, 1)
    assert results[POISON]["problem"]["type"] == "/problems/item-abandoned"
    assert upstream.begun[POISON] == MOST_DEATHS + 1
    assert (again, mended["done"]) == ({"again": 1}, ITEMS)
