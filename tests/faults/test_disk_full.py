"""The disk is full: SQLite says so of a file that may not grow, which needs no disk of one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from service.app import create_app
from service.errors import StorageUnavailable
from service.settings import Settings
from service.storage.batch_values import DONE, ItemRef, Used
from service.storage.batch_work import BatchWork
from service.storage.batches import BatchStore
from service.storage.database import InThreads, bring_up_to_date, open_engine, open_work_engine
from service.storage.leases import Leases
from service.storage.sealing import Plain
from tests.api.service import NOTES
from tests.reading_shipped import shipped


class Disk:
    """How many pages the database's file may have: SQLite answers 'database or disk is full' beyond them."""

    def __init__(self, *engines: Any) -> None:
        self.full = False
        for engine in engines:
            event.listen(engine, "begin", self._limit)

    def _limit(self, connection: Any) -> None:
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {1 if self.full else 1 << 30}")  # never below what there is
        cursor.close()


async def test_an_outcome_that_found_no_room_is_recorded_when_there_is_room_again(tmp_path):
    engine = open_engine(None, tmp_path)
    await bring_up_to_date(engine)
    work_engine = open_work_engine(None, tmp_path)
    disk, threads = Disk(work_engine), InThreads(work_engine)
    store = BatchStore(engine, Plain(), timedelta(days=1))
    await store.begin("bat_1", "", {})
    await store.add("bat_1", 0, [b'{"notes": "a"}'])
    await store.open("bat_1", 1, "hash")
    work, item = BatchWork(threads, Plain(), timedelta(days=1)), ItemRef("bat_1", 0)
    lease = await Leases(threads).take("one")
    await work.take(item, lease)
    disk.full = True
    long = {"said": "x" * 100_000}
    with pytest.raises(StorageUnavailable):
        await work.keep_reply(item, "key", long)
    with pytest.raises(StorageUnavailable) as refused:
        await work.record(item, lease, DONE, long, Used(1, 2, 3))
    assert "full" in str(refused.value.__cause__)
    assert (await store.batch("bat_1", None)).waiting == 1  # whole, or not at all
    disk.full = False
    assert await work.record(item, lease, DONE, long, Used(1, 2, 3))
    batch = await store.batch("bat_1", None)
    assert (batch.done, batch.calls) == (1, 1)
    await threads.aclose()
    await engine.dispose()


def test_an_upload_for_which_there_is_no_room_is_told_to_come_back_and_leaves_nothing(tmp_path):
    app = create_app(Settings(model="outline", batches="on", data_dir=tmp_path, worker_in_api=False), reader=shipped())
    disk = Disk(app.state.service.batches.store.engine.sync_engine)
    upload = "".join(f'{{"notes": {_quoted(NOTES * 40)}}}\n' for _ in range(40))
    with TestClient(app, raise_server_exceptions=False) as c:
        disk.full = True
        refused = c.post("/batches", content=upload)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/storage-unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert c.get("/batches").json()["batches"] == []
        disk.full = False
        taken = c.post("/batches", content=upload)
        assert (taken.status_code, taken.json()["total"]) == (202, 40)
        c.delete(f"/batches/{taken.json()['id']}")


def _quoted(text: str) -> str:
    return '"' + text.replace("\n", "\\n") + '"'
