"""Webhooks against a receiver on loopback, and addresses that must not be called."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.errors import WebhookRefused
from service.jobs.webhooks import PAUSES_S, WebhookRules, Webhooks, is_public
from service.storage.batch_values import DONE, FAILED, ItemRef, Used
from service.storage.batch_work import BatchWork
from service.storage.batches import BatchStore
from service.storage.database import InThreads, begun, bring_up_to_date, open_engine, open_work_engine
from service.storage.leases import Leases
from service.storage.sealing import Plain
from service.storage.store import utc_now
from service.storage.tables import batch_webhooks
from service.storage.webhooks import WebhookStore
from tests.databases import emptied, postgresql_url

KEY = b"0123456789abcdef01234567"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
BATCH = "bat_1"


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> Any:
        return self.now


class Receiver:
    """Keeps what it is told, and answers with the statuses it is given, 204 at last."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:] if line)}
        self.told.append((headers, await reader.readexactly(int(headers["content-length"]))))
        answer = self.answers.pop(0) if self.answers else "204 No Content"
        writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(receiver: Receiver):
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


async def here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
async def bench(request, tmp_path):
    """A batch of one item in a real database of each kind, with what finishes it."""
    clock, url = Clock(), None
    if request.param == "postgresql":
        url = postgresql_url()
        await emptied(url)
    engine = open_engine(url, tmp_path)
    await bring_up_to_date(engine)
    threads = InThreads(open_work_engine(url, tmp_path))
    store = BatchStore(engine, Plain(), timedelta(days=30), clock)
    await store.begin(BATCH, "", {})
    await store.add(BATCH, 0, [b'{"notes": "secret words"}'])
    await store.open(BATCH, 1, "hash")
    work, lease = BatchWork(threads, Plain(), timedelta(days=30), clock), await Leases(threads).take("one")

    async def finish(round_: int = 0, state: str = DONE) -> None:
        await work.take(ItemRef(BATCH, 0, round_), lease)
        assert await work.record(ItemRef(BATCH, 0, round_), lease, state, {"id": 1}, Used())

    yield store, WebhookStore(engine, Plain(), clock), clock, finish
    await threads.aclose()
    await engine.dispose()


def rules(inner: tuple[str, ...] = ("hooks.inner.example",), hosts: tuple[str, ...] = ()) -> WebhookRules:
    return WebhookRules(hosts, inner, SECRET)


async def test_a_finished_batch_is_told_once_and_signed(bench):
    _, hooks, _, finish = bench
    async with listening(Receiver()) as receiver:
        await hooks.add(BATCH, f"http://hooks.inner.example:{receiver.port}/told?token=x")
        webhooks = Webhooks(hooks, rules(), here)
        await webhooks.tell_all()
        assert receiver.told == []  # nothing is finished yet
        await finish()
        await webhooks.tell_all()
        await webhooks.tell_all()
    ((headers, body),) = receiver.told
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["host"] == f"hooks.inner.example:{receiver.port}"
    counts = {"id": BATCH, "total": 1, "done": 1, "failed": 0, "cancelled": 0}
    assert json.loads(body) == {"type": "batch.finished", "data": counts}


@pytest.mark.parametrize("answer", ["503 Service Unavailable", "302 Found\r\nlocation: /elsewhere"])
async def test_what_was_not_taken_is_told_again_later_even_by_another_process(bench, answer):
    _, hooks, clock, finish = bench
    async with listening(Receiver(answer)) as receiver:
        await hooks.add(BATCH, f"http://hooks.inner.example:{receiver.port}/")
        await finish()
        await Webhooks(hooks, rules(), here).tell_all()
        await Webhooks(hooks, rules(), here).tell_all()
        assert len(receiver.told) == 1  # not at once, and no redirect is followed
        clock.now += timedelta(seconds=PAUSES_S[0])
        await Webhooks(hooks, rules(), here).tell_all()
        clock.now += timedelta(days=9)
        await Webhooks(hooks, rules(), here).tell_all()
    first, second = (headers["webhook-id"] for headers, _ in receiver.told)
    assert first == second


async def test_it_is_given_up_in_the_end(bench):
    _, hooks, clock, finish = bench
    async with listening(Receiver(*["500 No"] * 20)) as receiver:
        await hooks.add(BATCH, f"http://hooks.inner.example:{receiver.port}/")
        await finish()
        for _ in range(20):
            await Webhooks(hooks, rules(), here).tell_all()
            clock.now += timedelta(days=2)
    assert len(receiver.told) == len(PAUSES_S) + 1


async def test_a_batch_that_finishes_again_after_a_retry_is_news(bench):
    store, hooks, clock, finish = bench
    async with listening(Receiver()) as receiver:
        await hooks.add(BATCH, f"http://hooks.inner.example:{receiver.port}/")
        await finish(state=FAILED)
        await Webhooks(hooks, rules(), here).tell_all()
        assert await store.ask_again(BATCH) == 1
        await Webhooks(hooks, rules(), here).tell_all()
        clock.now += timedelta(seconds=2)
        await finish(round_=1)
        await Webhooks(hooks, rules(), here).tell_all()
    first, second = (headers["webhook-id"] for headers, _ in receiver.told)
    assert first != second


async def test_of_a_deleted_batch_the_address_is_gone_too(bench):
    store, hooks, _, finish = bench
    await hooks.add(BATCH, "https://hooks.example/?token=x")
    await finish()
    await store.delete([BATCH])
    async with begun(store.engine) as connection:
        assert (await connection.execute(select(batch_webhooks))).all() == []


async def test_a_name_that_leads_to_an_inner_address_is_not_called(bench):
    """By its own record, or by one that changed after the batch was taken."""
    _, hooks, _, finish = bench
    async with listening(Receiver()) as receiver:
        await hooks.add(BATCH, "https://hooks.example/")
        await finish()
        asked = []

        async def changed(host: str, port: int) -> Sequence[str]:
            asked.append(host)
            return ["203.0.114.9", "127.0.0.1"]

        await Webhooks(hooks, rules(inner=(), hosts=("hooks.example",)), changed).tell_all()
    assert (asked, receiver.told) == (["hooks.example"], [])


async def test_the_address_that_was_checked_is_the_one_that_is_called(bench):
    """A name is resolved once: a second answer, as DNS rebinding gives it, is never asked for."""
    _, hooks, _, finish = bench
    async with listening(Receiver()) as receiver:
        await hooks.add(BATCH, f"http://no-such-host.invalid:{receiver.port}/")
        await finish()
        asked = []

        async def once(host: str, port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"]

        await Webhooks(hooks, rules(inner=("no-such-host.invalid",)), once).tell_all()
    assert (len(asked), len(receiver.told)) == (1, 1)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "http://hooks.example/",
        "https://hooks.example:8443/",
        "https://user@hooks.example/",
        "https://hooks.example.evil.example/",
        "ftp://inner.example/",
        "https://[::1/",
        "https:///nobody",
    ],
)
def test_an_address_that_nobody_allowed_is_refused(url):
    with pytest.raises(WebhookRefused):
        rules(inner=("inner.example",), hosts=("hooks.example",)).check(url)


def test_hosts_that_are_allowed_are_taken_however_they_are_written():
    allowed = rules(inner=("inner.example",), hosts=("hooks.example",))
    for url in ("https://HOOKS.example./a?b", "https://hooks.example:443/", "http://inner.example:8080/"):
        allowed.check(url)


def test_without_hosts_or_a_secret_nobody_is_told():
    for nothing in (WebhookRules((), (), SECRET), WebhookRules(("hooks.example",), (), "")):
        with pytest.raises(WebhookRefused):
            nothing.check("https://hooks.example/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_inner_addresses_in_all_their_clothes(address, public):
    assert is_public(address) is public
