"""A caller who leaves: the work for them ends, up to the connection to the model's endpoint."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from service.app import create_app
from service.models.scripted import ScriptedModel, Step
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving, until
from tests.models.upstream import Exchange, serve
from tests.reading_shipped import shipped

BODY = {"notes": NOTES, "now": NOW, "kinds": ["thank_you"]}
WAYS = pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])


@WAYS
async def test_a_caller_who_leaves_closes_the_connection_to_the_endpoint(accept: str) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def silent(exchange: Exchange) -> None:
        await exchange.begin()
        asked.set()
        await exchange.hung_up()
        closed.set()

    async with serve(silent) as upstream:
        settings = Settings(openai_base_url=upstream.url, model="stand-in")
        with serving(create_app(settings, reader=shipped())) as url:
            async with httpx2.AsyncClient() as caller:
                call = asyncio.create_task(caller.post(f"{url}/draft", json=BODY, headers={"accept": accept}))
                await asyncio.wait_for(asked.wait(), 20)
                call.cancel()
                await asyncio.wait({call})
            await asyncio.wait_for(closed.wait(), 20)


@WAYS
async def test_a_caller_who_leaves_makes_room_for_the_next(accept: str) -> None:
    model = ScriptedModel(script=lambda _: Step("never", gate=asyncio.Event()))
    full_at_one = Settings(model="outline", max_concurrent_drafts=1, max_queue=0)
    app = create_app(full_at_one, model=model, reader=shipped())
    with serving(app) as url:
        async with httpx2.AsyncClient() as caller:
            call = asyncio.create_task(caller.post(f"{url}/draft", json=BODY, headers={"accept": accept}))
            await asyncio.to_thread(until, lambda: bool(model.requests))
            full = await caller.post(f"{url}/draft", json=BODY)
            call.cancel()
            await asyncio.wait({call})
            await asyncio.to_thread(until, lambda: app.state.service.drafting == 0)
    assert full.status_code == 429
    assert model.cancelled == len(model.requests)
