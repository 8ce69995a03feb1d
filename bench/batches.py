"""Items a second of a batch, beside a bare loop over the same pipeline, against a stand-in that answers in 50 ms.

    python bench/batches.py [--items 200] [--workers 1,2,4] [--databases sqlite,postgresql] [--large 10000 [--long-lines]]

PostgreSQL is the one that AFTERWORD_TEST_POSTGRES_URL names; its tables are emptied. The bare loop drafts the same items
in one process, as many at once, and keeps nothing. The stand-in runs in this process and takes its share of the cores.
With --large only one batch of so many items is made, by the API's process and one worker: for their memory. With
--long-lines its lines have 18,000 characters of notes, and it is uploaded, cancelled and deleted, not drafted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.databases import emptied
from tests.faults.processes import Counting, Processes, against, line, upload

AT_ONCE = 16
NOTE = "\n- she told me how the apprentices choose the loaf of the month themselves, and why"
LONG_NOTES = "Met Ines Duarte at Rye & Co, Tues Nov 17." + 218 * NOTE
BARE = """
import asyncio, json, sys, time
from datetime import UTC, datetime
from service.api.batch_schemas import BatchLineIn
from service.drafting.pipeline import Drafter
from service.models.open import open_model
from service.prompting.library import PromptLibrary, default_root
from service.reading.reader import Reader
from service.settings import read_settings

async def main():
    settings = read_settings()
    model = open_model(settings)
    drafter = Drafter(PromptLibrary.load(default_root()), lambda: model, Reader.load(), verifies=False, reads_along=False)
    lines = [BatchLineIn.model_validate_json(l) for l in sys.stdin]
    room = asyncio.Semaphore(AT_ONCE)
    async def one(line):
        async with room:
            await drafter.draft(line.request(datetime.now(UTC)))
    await one(lines[0])
    begun = time.perf_counter()
    await asyncio.gather(*map(one, lines))
    print(len(lines) / (time.perf_counter() - begun))
    await model.aclose()

asyncio.run(main())
""".replace("AT_ONCE", str(AT_ONCE))


async def bare(items: int) -> float:
    upstream = Counting()
    with tempfile.TemporaryDirectory() as folder:
        async with against(upstream, Path(folder), None) as here:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                BARE,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=here._env,
            )
            said, _ = await child.communicate(upload(items).encode())
    return float(said)


async def with_workers(items: int, workers: int, database_url: str | None) -> dict[str, float]:
    """The API works too: it is the first of the workers."""
    upstream = Counting()
    with tempfile.TemporaryDirectory() as folder:
        if database_url is not None:
            await emptied(database_url)
        settings = {"AFTERWORD_WORKER_DRAFTS": str(AT_ONCE), "AFTERWORD_WORKER_LEASE_S": "15"}
        async with against(upstream, Path(folder), database_url, **settings) as here:
            await here.start("api")
            await asyncio.gather(*(here.start(f"worker {n}") for n in range(1, workers)))
            await asyncio.sleep(2)
            warm = await here.submit(upload(8))
            await here.until(warm, lambda b: b["state"] == "finished")
            idle = await idle_cpu(here, 5)
            begun = time.perf_counter()
            batch_id = await here.submit(upload(items))
            await here.until(batch_id, lambda b: b["state"] == "finished", within_s=600, every_s=0.3)
            took_s = time.perf_counter() - begun
            waits = [await latency(here, upstream, items + n) for n in range(100)]
            memory = max(rss_mib(child.pid) for child in here.running.values())
    return {
        "items/s": items / took_s,
        "queue p50 ms": 1000 * statistics.median(waits),
        "queue p99 ms": 1000 * sorted(waits)[98],
        "MiB": memory,
        "idle CPU %": 100 * idle,
    }


async def large(items: int, database_url: str | None) -> dict[str, float]:
    """One batch of so many items, on an API that works itself and one worker more."""
    with tempfile.TemporaryDirectory() as folder:
        if database_url is not None:
            await emptied(database_url)
        settings = {"AFTERWORD_WORKER_DRAFTS": str(AT_ONCE), "AFTERWORD_WORKER_LEASE_S": "15"}
        async with against(Counting(), Path(folder), database_url, **settings) as here:
            await asyncio.gather(here.start("api"), here.start("worker"))
            before = {name: rss_mib(child.pid) for name, child in here.running.items()}
            begun = time.perf_counter()
            batch_id = await here.submit(upload(items))
            uploaded_s = time.perf_counter() - begun
            ended = await here.until(batch_id, lambda b: b["state"] == "finished", within_s=3600, every_s=1)
            took_s = time.perf_counter() - begun
            after = {name: rss_mib(child.pid) for name, child in here.running.items()}
    return {
        "items": items,
        "done": ended["done"],
        "upload s": uploaded_s,
        "items/s": items / took_s,
        **{f"{name} MiB at its start": mib for name, mib in before.items()},
        **{f"{name} MiB at most": mib for name, mib in after.items()},
    }


async def long_lines(items: int, database_url: str | None) -> dict[str, float]:
    """One upload of so many long items, which nobody drafts, its cancelling and its deletion."""
    with tempfile.TemporaryDirectory() as folder:
        if database_url is not None:
            await emptied(database_url)
        async with against(Counting(), Path(folder), database_url, AFTERWORD_WORKER_IN_API="false") as here:
            await here.start("api")
            before = rss_mib(here.running["api"].pid)
            content = "".join(line(n, notes=LONG_NOTES) + "\n" for n in range(items))
            times = [time.perf_counter()]
            batch_id = await here.submit(content, timeout_s=3600)
            times.append(time.perf_counter())
            await here.post(f"/batches/{batch_id}/cancel")
            times.append(time.perf_counter())
            await here.delete(batch_id)
            times.append(time.perf_counter())
            grown = rss_mib(here.running["api"].pid) - before
    upload_s, cancel_s, delete_s = (after - at for at, after in pairwise(times))
    return {"items": items, "MB": len(content) / 1e6, "upload s": upload_s, "cancel s": cancel_s,
            "delete s": delete_s, "API MiB more": grown}  # fmt: skip


async def latency(here: Processes, upstream: Counting, n: int) -> float:
    """Seconds from the submission of one item to its call, the drafting before that call included."""
    begun = time.perf_counter()
    batch_id = await here.submit(line(n) + "\n")
    while not upstream.begun[n]:  # noqa: ASYNC110 (what is measured is in another process)
        await asyncio.sleep(0.005)
    waited = time.perf_counter() - begun
    await here.until(batch_id, lambda b: b["state"] == "finished")
    return waited


async def idle_cpu(here: Processes, seconds: float) -> float:
    """Of one core, by the process that does most."""

    def used() -> dict[int, float]:
        return {c.pid: sum(map(int, Path(f"/proc/{c.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
                for c in here.running.values()}  # fmt: skip

    before = used()
    await asyncio.sleep(seconds)
    return max((after - before[pid]) / os.sysconf("SC_CLK_TCK") for pid, after in used().items()) / seconds


def rss_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def url_of(database: str) -> str | None:
    return os.environ["AFTERWORD_TEST_POSTGRES_URL"] if database == "postgresql" else None


def said(database: str, found: dict[str, Any]) -> None:
    """One line, the machine's load beside the figures."""
    shown = {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()} | {
        "load": round(os.getloadavg()[0], 1)
    }
    print(json.dumps({"database": database} | shown), flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--long-lines", action="store_true")
    asked = parser.parse_args()
    if asked.large:
        for database in asked.databases.split(","):
            one = long_lines if asked.long_lines else large
            said(database, await one(asked.large, url_of(database)))
        return
    loop = await bare(asked.items)
    print(f"bare loop, one process, {AT_ONCE} at once: {loop:.1f} items/s", flush=True)
    for database in asked.databases.split(","):
        for workers in map(int, asked.workers.split(",")):
            found = await with_workers(asked.items, workers, url_of(database))
            said(database, {"workers": workers, "of the bare loop": found["items/s"] / loop} | found)


if __name__ == "__main__":
    asyncio.run(main())
