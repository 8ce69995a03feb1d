"""What becomes of a batch whose time is past, and of one that is deleted: in our tables and in the queue's library's."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.app import create_app
from service.jobs.batches import Batches
from service.jobs.engine import JobQueue, prepare_tables
from service.jobs.webhooks import WebhookRules, Webhooks
from service.models.scripted import ScriptedModel
from service.settings import Settings
from service.storage.batch_items import BatchItems
from service.storage.batch_values import DONE, ItemRef, Used
from service.storage.batch_work import BatchWork
from service.storage.batches import BatchStore
from service.storage.database import InThreads, begun, bring_up_to_date, open_engine, open_jobs_engine, open_work_engine
from service.storage.leases import Leases
from service.storage.sealing import Plain
from service.storage.tables import metadata
from service.storage.webhooks import WebhookStore
from tests.api.service import until
from tests.api.test_batches import finished, line, submitted
from tests.databases import database_url, engine_tables_with, postgresql
from tests.reading_shipped import shipped
from tests.storage.conftest import Clock

__all__ = ["database_url", "postgresql"]
OLD, NEW = "bat_old", "bat_new"
KEPT = timedelta(days=30)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def opened(database_url, tmp_path, clock):
    """Batches with two of three items each handed over, and what finishes an item."""
    engine = open_engine(database_url, tmp_path)
    await bring_up_to_date(engine)
    jobs = open_jobs_engine(database_url, tmp_path)
    prepare_tables(jobs)
    queue, threads = JobQueue(jobs), InThreads(open_work_engine(database_url, tmp_path))
    batches = Batches(
        BatchStore(engine, Plain(), KEPT, clock),
        BatchItems(engine, Plain()),
        Webhooks(WebhookStore(engine, Plain(), clock), WebhookRules((), (), "")),
        queue,
    )
    work, lease = BatchWork(threads, Plain(), KEPT, clock), await Leases(threads, clock).take("one")

    async def finish(batch_id, *numbers):
        for n in numbers:
            await work.take(ItemRef(batch_id, n), lease)
            await work.keep_reply(ItemRef(batch_id, n), "k", {"text": "paid"})
            assert await work.record(ItemRef(batch_id, n), lease, DONE, {}, Used())

    for batch_id in (OLD, NEW):
        await batches.store.begin(batch_id, "key_a", {})
        await batches.store.add(batch_id, 0, [b"{}"] * 3)
        await batches.webhooks.store.add(batch_id, "https://hooks.example/")
        await batches.store.open(batch_id, 3, "hash")
        await batches.hand_over(batch_id, "key_a")
    yield batches, finish
    queue.close()
    await threads.aclose()
    jobs.dispose()
    await engine.dispose()


async def our_tables_with(batch_id, batches):
    async with begun(batches.store.engine) as connection:
        return {
            table.name
            for table in metadata.sorted_tables
            for row in await connection.execute(select(table))
            if batch_id in row
        }


async def test_past_its_time_a_finished_batch_is_gone_and_one_that_waits_goes_on(opened, clock, database_url, tmp_path):
    batches, finish = opened
    await finish(OLD, 0, 1, 2)
    await finish(NEW, 0)
    clock.now += KEPT - timedelta(seconds=1)
    await batches.sweep()
    assert "batches" in await our_tables_with(OLD, batches)
    assert "workflow_status" in engine_tables_with(OLD, database_url, tmp_path)
    clock.now += timedelta(days=1)
    await batches.sweep()
    assert await our_tables_with(OLD, batches) == set()
    assert engine_tables_with(OLD, database_url, tmp_path) == set()
    assert (await batches.store.batch(NEW, "key_a")).waiting == 2
    assert "workflow_status" in engine_tables_with(NEW, database_url, tmp_path)
    await finish(NEW, 1, 2)
    await batches.sweep()
    assert (await batches.store.batch(NEW, "key_a")).done == 3


def test_deleted_a_batch_stands_in_no_table_of_the_engine(database_url, tmp_path):
    """Neither of items that are done, nor of one that is in hand, and writes its end afterwards, nor of those behind it."""
    held, model = threading.Event(), ScriptedModel(script=lambda _: " the ovens.")

    async def complete(request):
        await asyncio.to_thread(held.wait)
        return await ScriptedModel.complete(model, request)

    model.complete = complete
    settings = Settings(
        model="outline", batches="on", data_dir=tmp_path, database_url=database_url, grace_s=0, worker_drafts=1,
        read_along=False, verify=False,
    )  # fmt: skip
    with TestClient(create_app(settings, model=model, reader=shipped())) as c:
        batch_id = submitted(c, line() * 4)
        until(lambda: c.get(f"/batches/{batch_id}").json()["in_hand"] == 1, 30)
        assert "workflow_status" in engine_tables_with(batch_id, database_url, tmp_path)
        assert c.delete(f"/batches/{batch_id}").status_code == 204
        assert engine_tables_with(batch_id, database_url, tmp_path) == set()
        held.set()
        other = submitted(c, line() * 2)
        finished(c, other)  # so that what was in hand has ended too
        assert engine_tables_with(batch_id, database_url, tmp_path) == set()
        assert c.post(f"/batches/{other}/retry").status_code == 200
        assert c.delete(f"/batches/{other}").status_code == 204
        assert engine_tables_with("bat_", database_url, tmp_path) == set()


async def test_a_batch_begun_again_after_its_time_was_set_is_not_swept_away(opened, clock):
    batches, finish = opened
    await finish(OLD, 0, 1, 2)
    clock.now += KEPT - timedelta(seconds=1)
    assert await batches.draft_anew(OLD, "key_a", {1: {"notes": "others"}}) == 1
    clock.now += timedelta(days=1)
    await batches.sweep()
    assert (await batches.store.batch(OLD, "key_a")).waiting == 1
