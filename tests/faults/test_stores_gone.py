"""The database or Redis is gone, or answers no more, while the service runs: drafts are made all the same."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from service.api import rate
from service.app import create_app
from service.settings import Settings
from service.storage import database
from tests.api.service import NOTES, NOW, serving
from tests.faults.relay import Relay, relay
from tests.leaks import leaks
from tests.reading_shipped import shipped

BODY = {"notes": NOTES, "now": NOW}
WAYS = pytest.mark.parametrize("way", ["cut", "frozen"])


async def gone(between: Relay, way: str) -> None:
    if way == "cut":
        await between.cut()
    else:
        between.freeze()


@contextlib.asynccontextmanager
async def apart(service: contextlib.AbstractContextManager[str]) -> AsyncIterator[str]:
    """Entered and left in a thread: the loop here has a relay to keep going, which the service begins with."""
    at = await asyncio.to_thread(service.__enter__)
    try:
        yield at
    finally:
        await asyncio.to_thread(service.__exit__, None, None, None)


async def back(between: Relay, way: str) -> None:
    if way == "cut":
        await between.open()
    else:
        between.thaw()


@pytest.mark.needs_postgres
@WAYS
async def test_without_its_database_it_drafts_and_says_what_was_not_kept(
    postgresql, tmp_path, caplog, monkeypatch, way
):
    """A frozen one once held up every answer for as long as it was frozen."""
    monkeypatch.setattr(database, "_ANSWERS_S", 1)
    stated = make_url(postgresql)
    async with relay(stated.port) as between, httpx2.AsyncClient(timeout=60) as caller:
        url = stated.set(port=between.port).render_as_string(hide_password=False)
        settings = Settings(model="outline", keep="always", batches="off", database_url=url, data_dir=tmp_path)
        async with apart(serving(create_app(settings, reader=shipped()))) as at:
            before = (await caller.post(f"{at}/draft", json=BODY)).json()
            await gone(between, way)
            drafted, alive, kept = await asyncio.gather(
                caller.post(f"{at}/draft", json=BODY),
                caller.get(f"{at}/healthz"),
                caller.get(f"{at}/drafts/{before['id']}"),
            )
            metrics = (await caller.get(f"{at}/metrics")).text
            await back(between, way)
            again = await answered(caller, f"{at}/drafts/{before['id']}")
    assert before["kept"] is True
    assert alive.status_code == 200
    assert (drafted.status_code, drafted.json()["kept"]) == (200, False)
    assert (kept.status_code, kept.json()["type"]) == (503, "/problems/storage-unavailable")
    assert int(kept.headers["retry-after"]) >= 1
    assert again == before
    assert "could not be kept" in caplog.text
    assert leaks(["stone ovens", "Ines"], refusal=kept.text, log=caplog.text, metrics=metrics) == []


async def answered(caller: httpx2.AsyncClient, url: str) -> Any:
    """What ``url`` answers once it answers with 200."""
    async with asyncio.timeout(60):
        while (answer := await caller.get(url)).status_code != 200:  # noqa: ASYNC110  no event tells of another's way back
            await asyncio.sleep(0.2)
    return answer.json()


@pytest.mark.needs_redis
@WAYS
async def test_a_caller_of_a_service_without_its_redis_is_answered_and_counted(caplog, way):
    url = os.environ.get("AFTERWORD_TEST_REDIS_URL")
    if not url:
        pytest.skip("no Redis: AFTERWORD_TEST_REDIS_URL names none; .ci/run starts one")
    async with relay(make_url(url).port) as between, httpx2.AsyncClient(timeout=60) as caller:
        secret = f"caller-{os.urandom(12).hex()}"  # a count of its own in the Redis
        settings = Settings(
            model="outline",
            rate_limit="3/minute",
            redis_url=f"redis://127.0.0.1:{between.port}/0",
            api_keys=SecretStr(secret),
        )
        caller.headers["x-api-key"] = secret
        async with apart(serving(create_app(settings, reader=shipped()))) as at:
            before = await caller.post(f"{at}/facts", json=BODY)
            await gone(between, way)
            answers = [await caller.post(f"{at}/draft", json=BODY) for _ in range(4)]
            model = await caller.get(f"{at}/model")
            await back(between, way)
    assert before.headers["ratelimit"].startswith('"requests";r=2;')
    assert [a.status_code for a in answers] == [200, 200, 200, 429]  # it begins at nothing here
    assert answers[0].headers["ratelimit"].startswith('"requests";r=2;')
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert model.status_code == 200
    assert caplog.text.count("Redis cannot be reached") == 1
    assert leaks(["stone ovens", "Ines", secret], refusal=answers[3].text, log=caplog.text) == []


@pytest.mark.needs_redis
@WAYS
async def test_without_its_redis_it_answers_counts_here_and_asks_again_later(monkeypatch, caplog, way):
    """A frozen one once held up every request by two seconds."""
    monkeypatch.setattr(rate, "_LEFT_ALONE_S", 1000.0)
    url = os.environ.get("AFTERWORD_TEST_REDIS_URL")
    if not url:
        pytest.skip("no Redis: AFTERWORD_TEST_REDIS_URL names none; .ci/run starts one")
    async with relay(make_url(url).port) as between:
        limiter = rate.RateLimiter("3/minute", f"redis://127.0.0.1:{between.port}/0")
        caller = f"test-{os.urandom(6).hex()}"
        await limiter.hit(caller)
        await gone(between, way)
        for _ in range(3):
            await limiter.hit(caller)  # it begins at nothing here
        with pytest.raises(rate.TooManyRequests):
            await limiter.hit(caller)
        await back(between, way)
        monkeypatch.setattr(limiter, "_left_alone_until", 0.0)
        await limiter.hit(caller)  # the second that Redis hears of
        await limiter.aclose()
    said = [r.getMessage() for r in caplog.records if r.name == "afterword.limits"]
    assert ["cannot be reached" in s for s in said] == [True, False]


async def test_a_redis_that_hangs_is_waited_for_once_and_not_by_each_request(monkeypatch):
    asked = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)
        await reader.read()
        writer.close()

    monkeypatch.setattr(rate, "_ANSWERS_S", 0.2)
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    limiter = rate.RateLimiter("50/minute", f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
    for _ in range(10):
        await limiter.hit("somebody")
    await limiter.aclose()
    server.close()
    assert 1 <= len(asked) <= 4  # the client tries again by itself
