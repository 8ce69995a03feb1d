"""Seconds in which the messages of one finished batch are compared (G38), out of the database and in all.

    python bench/alike.py [--items 10000] [--firms 500] [--databases sqlite,postgresql]

The messages are letters of one frame, a line of the talk in every second one. PostgreSQL is the one that
AFTERWORD_TEST_POSTGRES_URL names; its tables are emptied.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, update

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.batches import said, url_of
from service.batching import open_queue
from service.jobs.likeness import alike
from service.settings import Settings
from service.storage.database import begun
from service.storage.tables import batch_items, batches
from tests.databases import emptied
from tests.jobs.test_likeness import frame_letters

_REST = "x" * 6000  # what else a draft of one message has, in characters


async def measured(items: int, firms: int, database_url: str | None) -> dict[str, float]:
    letters = frame_letters(items, firms)
    begun_s = time.perf_counter()
    alike(letters)
    compared_s = time.perf_counter() - begun_s
    if database_url is not None:
        await emptied(database_url)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(batches="on", data_dir=Path(folder), database_url=database_url)
        async with open_queue(settings) as opened:
            store, now = opened.store, datetime.now(UTC)
            await store.begin("bat_1", "", {})
            rows = [
                {"batch_id": "bat_1", "n": m.n, "round": 0, "state": "done", "seq": m.n + 1, "attempts": 1, "sealed": False,
                 "body": json.dumps({"notes": m.body}).encode(), "result_sealed": False,
                 "result": json.dumps({"facts": {"company": m.company}, "rest": _REST,
                                       "messages": [{"recipient": {"name": m.recipient}, "body": m.body}]}).encode()}
                for m in letters
            ]  # fmt: skip
            ended = {"state": "open", "enqueued": True, "total": items, "done": items, "finished_at": now,
                     "expires_at": now + timedelta(days=1)}  # fmt: skip
            async with begun(store.engine) as connection:
                await connection.execute(insert(batch_items), rows)
                await connection.execute(update(batches).values(ended))
            del rows
            batch = await store.batch("bat_1", "")
            assert batch is not None
            begun_s = time.perf_counter()
            counted = await opened.counted(batch)
            whole_s = time.perf_counter() - begun_s
    return {
        "items": items,
        "firms": firms,
        "compared s": compared_s,
        "with reading s": whole_s,
        "pairs": counted.alike or 0,
    }


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--firms", type=int, default=500)
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    for database in asked.databases.split(","):
        said(database, await measured(asked.items, asked.firms, url_of(database)))


if __name__ == "__main__":
    asyncio.run(main())
