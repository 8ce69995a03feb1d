"""Batches, leases and the pace of all workers, in a real SQLite file and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import timedelta

import pytest

from service.errors import TooManyBatches
from service.storage.batch_items import BatchItems
from service.storage.batch_values import CANCELLED, DONE, FAILED, ItemRef, Used
from service.storage.batch_work import BatchWork, HeldElsewhere
from service.storage.batches import BatchStore
from service.storage.database import InThreads, bring_up_to_date, open_work_engine
from service.storage.leases import Leases
from service.storage.pace import Pace
from service.storage.sealing import Plain

BATCH = "bat_1"


@pytest.fixture
async def threads(engine, tmp_path):
    await bring_up_to_date(engine)
    url = os.environ["AFTERWORD_TEST_POSTGRES_URL"] if engine.dialect.name == "postgresql" else None
    opened = InThreads(open_work_engine(url, tmp_path))
    yield opened
    await opened.aclose()


@pytest.fixture
async def store(engine, threads, clock):
    opened = BatchStore(engine, Plain(), timedelta(days=30), clock)
    await opened.begin(BATCH, "key_a", {"name": "Spring"})
    await opened.add(BATCH, 0, [b'{"notes": "a"}', b'{"notes": "b"}', b'{"notes": "c"}'])
    await opened.open(BATCH, 3, "hash")
    return opened


@pytest.fixture
def work(threads, clock):
    return BatchWork(threads, Plain(), timedelta(days=30), clock)


@pytest.fixture
def leases(threads, clock):
    return Leases(threads, clock)


async def test_an_outcome_is_recorded_once(store, work, leases):
    lease, item = await leases.take("one"), ItemRef(BATCH, 0)
    assert (await work.take(item, lease)).body == {"notes": "a"}
    assert await work.record(item, lease, DONE, {"id": 1}, Used(2, 30, 4))
    assert not await work.record(item, lease, DONE, {"id": 2}, Used(2, 30, 4))
    assert await work.take(item, lease) is None
    batch = await store.batch(BATCH, "key_a")
    assert (batch.done, batch.seq, batch.calls, batch.prompt_tokens) == (1, 1, 2, 30)
    assert [found.result async for found in store.finished_items(BATCH, by="n", after=-1)] == [{"id": 1}]


async def test_a_worker_whose_lease_is_gone_records_nothing(store, work, leases):
    lease, item = await leases.take("one"), ItemRef(BATCH, 0)
    await work.take(item, lease)
    (seen,) = await leases.workers()
    assert await leases.declare_dead(seen)
    assert not await leases.declare_dead(seen)
    assert not await leases.beat(lease)
    other = await leases.take("two")
    assert (await work.take(item, other)).attempts == 2
    assert not await work.record(item, lease, DONE, {"id": 1}, Used())
    again = await leases.take("one")  # thawed, under the same name
    assert not await work.record(item, again, DONE, {"id": 1}, Used())
    assert await work.record(item, other, DONE, {"id": 2}, Used())


async def test_an_item_in_hand_is_nobody_elses(store, work, leases):
    one, two, item = await leases.take("one"), await leases.take("two"), ItemRef(BATCH, 1)
    await work.take(item, one)
    with pytest.raises(HeldElsewhere):
        await work.take(item, two)
    await work.put_back(item, one)
    assert (await work.take(item, two)).attempts == 1  # nobody died over it


async def test_a_worker_that_moves_is_not_declared_dead(leases, threads):
    lease = await leases.take("one")
    (seen,) = await leases.workers()
    assert await leases.beat(lease)
    assert not await leases.declare_dead(seen)


async def test_replies_stay_until_the_outcome_and_no_longer(store, work, leases):
    lease, item = await leases.take("one"), ItemRef(BATCH, 0)
    await work.take(item, lease)
    await work.keep_reply(item, "k", {"text": "paid"})
    await work.keep_reply(item, "k", {"text": "paid twice"})
    assert (await work.take(item, lease)).replies == {"k": {"text": "paid"}}
    await work.record(item, lease, FAILED, {}, Used())
    assert await store.ask_again(BATCH) == 1
    assert (await work.take(ItemRef(BATCH, 0, 1), lease)).replies == {}


async def test_of_cancelled_and_deleted_items_nothing_is_kept(store, work, leases):
    lease, item = await leases.take("one"), ItemRef(BATCH, 0)
    await work.take(item, lease)
    assert await work.still_wanted([item]) == {item}
    assert len(await store.cancel(BATCH)) == 3
    assert await work.still_wanted([item]) == set()
    await work.keep_reply(item, "k", {"text": "late"})
    assert not await work.record(item, lease, DONE, {}, Used())
    await store.delete([BATCH])
    assert not await work.record(item, lease, DONE, {}, Used())
    assert await store.batch(BATCH, None) is None


async def test_outcomes_come_in_the_order_of_finishing_without_a_gap_to_miss(store, work, leases):
    lease = await leases.take("one")
    for n in range(3):
        await work.take(ItemRef(BATCH, n), lease)
    await asyncio.gather(*(work.record(ItemRef(BATCH, n), lease, DONE, {"n": n}, Used()) for n in range(3)))
    assert [f.seq async for f in store.finished_items(BATCH, by="seq", after=0)] == [1, 2, 3]


async def test_two_who_correct_one_item_at_the_same_time_both_keep_what_they_wrote(engine, store, work, leases):
    item, items, read = ItemRef(BATCH, 0), BatchItems(engine, Plain()), asyncio.Barrier(2)
    lease = await leases.take("one")
    await work.take(item, lease)
    await work.record(item, lease, DONE, {"first": "", "second": ""}, Used())

    def writes(name):
        first_time = [True]

        async def change(found):
            if first_time:
                first_time.clear()
                await read.wait()  # both have read the same
            return found.result | {name: "corrected"}

        return change

    await asyncio.gather(*(items.correct(BATCH, 0, writes(name)) for name in ("first", "second")))
    assert (await items.item(BATCH, 0)).result == {"first": "corrected", "second": "corrected"}


async def finish(work, lease, *items, state=DONE):
    for item in items:
        await work.take(item, lease)
        assert await work.record(item, lease, state, {}, Used())


async def test_what_is_still_to_be_done_has_no_time_to_be_past(store, work, leases, clock):
    """It was deleted, and hidden before, when its upload was old enough, however much of it waited."""
    clock.now += timedelta(days=31)
    assert await store.past_their_time() == []
    assert (await store.batch(BATCH, "key_a")).waiting == 3
    await finish(work, await leases.take("one"), *(ItemRef(BATCH, n) for n in range(3)))
    clock.now += timedelta(days=29)
    assert await store.past_their_time() == []
    clock.now += timedelta(days=1)
    assert await store.past_their_time() == [BATCH]
    assert await store.batch(BATCH, "key_a") is None


async def test_cancelled_it_is_kept_as_long_as_finished(store, clock):
    clock.now += timedelta(days=31)
    await store.cancel(BATCH)
    assert (await store.batch(BATCH, "key_a")).state == CANCELLED
    clock.now += timedelta(days=30)
    assert await store.past_their_time() == [BATCH]
    await store.cancel(BATCH)  # as its deletion does first: whoever dies then leaves it to be found again
    assert await store.past_their_time() == [BATCH]


async def test_what_is_begun_again_has_its_time_once_it_is_finished_again(store, work, leases, clock):
    lease = await leases.take("one")
    await finish(work, lease, *(ItemRef(BATCH, n) for n in range(3)), state=FAILED)
    clock.now += timedelta(days=29)
    assert await store.ask_again(BATCH) == 3
    clock.now += timedelta(days=2)
    assert await store.past_their_time() == []
    await finish(work, lease, *(ItemRef(BATCH, n, 1) for n in range(3)))
    clock.now += timedelta(days=29)
    assert await store.draft_anew(BATCH, {0: {"notes": "d"}}) == 1
    clock.now += timedelta(days=2)
    assert await store.past_their_time() == []
    assert (await store.batch(BATCH, "key_a")).waiting == 1


async def test_uploads_that_come_at_once_do_not_pass_the_limit_together(store):
    """Each counted those before it, and then they all began."""

    async def begun(n):
        try:
            return await store.begin(f"bat_at_once_{n}", "key_a", {}, most_open=4)
        except TooManyBatches:
            return False

    assert sum(await asyncio.gather(*map(begun, range(12)))) == 3  # one is open already
    assert await store.begin("bat_of_another", "key_b", {}, most_open=4)
    await store.cancel(BATCH)
    assert await store.begin("bat_later", "key_a", {}, most_open=4)


async def test_an_upload_that_broke_off_makes_way(store, clock):
    assert not await store.begin(BATCH, "key_a", {})
    await store.begin("bat_2", "key_a", {})
    assert not await store.begin("bat_2", "key_a", {})
    clock.now += timedelta(minutes=3)
    assert await store.begin("bat_2", "key_a", {})


async def test_all_workers_keep_one_pace(threads):
    """Two of them, five calls each, 50 a second: the last begins 180 ms after the first, or later."""
    one, two = Pace(threads, "50/second"), Pace(threads, "50/second")
    begun = time.monotonic()
    await asyncio.gather(*(pace.turn() for pace in (one, two) for _ in range(5)))
    assert time.monotonic() - begun >= 0.17


async def test_a_clock_that_is_put_back_makes_nobody_wait_for_the_time_that_was(threads):
    await Pace(threads, "50/second", now=lambda: time.time() + 3600).turn()
    await asyncio.wait_for(Pace(threads, "50/second").turn(), 10)
