"""Seconds until what a killed process had in hand goes on, after another is started in its place.

    python bench/restarts.py [--times 3] [--databases sqlite,postgresql]

The API, which works too, and a worker have eight calls in flight each, none of them answered, when a worker, the API or
both are killed (kill -9) and started again. No lease is past in that time. PostgreSQL is the one that AFTERWORD_TEST_POSTGRES_URL names; its tables are
emptied. 'up' is when the new process says so, 'goes on' when the last call that was in flight is made again, both from
the new process's start; 'done' is the whole batch of forty items, which the others went on with. Processor seconds are
the new process's, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.batches import said, url_of
from bench.processes import cpu_s
from tests.databases import emptied
from tests.faults.processes import Counting, against, upload

ITEMS, IN_FLIGHT = 40, 16
KINDS = {"worker": ("worker",), "API": ("api",), "both": ("api", "worker")}


async def restarted(victims: tuple[str, ...], database_url: str | None) -> dict[str, float]:
    upstream, loop = Counting(gate=asyncio.Event()), asyncio.get_running_loop()
    if database_url is not None:
        await emptied(database_url)
    with tempfile.TemporaryDirectory() as folder:
        async with against(upstream, Path(folder), database_url, AFTERWORD_WORKER_LEASE_S="3600") as here:
            await asyncio.gather(here.start("api"), here.start("worker"))
            batch_id = await here.submit(upload(ITEMS))
            await here.until(batch_id, lambda b: upstream.in_flight.total() == IN_FLIGHT, within_s=300)
            await asyncio.gather(*(here.kill(name) for name in victims))
            begun = loop.time()
            assert upstream.gate is not None
            upstream.gate.set()
            await asyncio.gather(*(here.start(name) for name in victims))
            up_s = loop.time() - begun
            up_cpu_s = max(cpu_s(here.running[name].pid) for name in victims)
            await here.until(batch_id, lambda b: b["state"] == "finished", within_s=300)
            done_s = loop.time() - begun
            done_cpu_s = max(cpu_s(here.running[name].pid) for name in victims)
    again = upstream.begun.total() - ITEMS
    went_on_s = upstream.again_at[-1] - begun
    return {"up s": up_s, "goes on s": went_on_s, "done s": done_s, "processor s up": up_cpu_s,
            "processor s done": done_cpu_s, "made again": again}  # fmt: skip


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    for database in asked.databases.split(","):
        for kind, victims in KINDS.items():
            runs = [await restarted(victims, url_of(database)) for _ in range(asked.times)]
            median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
            said(database, {"killed": kind} | median | {"goes on at most s": max(run["goes on s"] for run in runs)})


if __name__ == "__main__":
    asyncio.run(main())
