"""SIGTERM while a draft is being written, by a service in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx2
import pytest

from tests.api.service import NOTES, NOW
from tests.children import end
from tests.models.upstream import Exchange, answer, serve

ROOT = Path(__file__).parents[2]
BODY = {"notes": NOTES, "now": NOW, "kinds": ["thank_you"], "model_only": False}


async def started(upstream_url: str, **settings: str) -> tuple[asyncio.subprocess.Process, str]:
    env = {"OPENAI_BASE_URL": upstream_url, "AFTERWORD_MODEL": "stand-in", "PORT": "0", "PYTHONPATH": str(ROOT)}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service.cli", "serve", stderr=asyncio.subprocess.PIPE, env=os.environ | env | settings
    )
    assert child.stderr is not None
    said = b""
    async with asyncio.timeout(60):
        while b"Afterword is at " not in said and not child.stderr.at_eof():
            said = await child.stderr.readline()
    return child, said.decode().rpartition(" ")[2].strip()


@pytest.mark.parametrize(("grace", "finished"), [("30", True), ("0", False)])
async def test_a_draft_in_flight_is_finished_within_the_grace_and_no_longer(grace, finished):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(exchange: Exchange) -> None:
        asked.set()
        await go_on.wait()
        await exchange.begin()
        await exchange.send_raw(answer("Thanks."))

    async with serve(slow) as upstream:
        child, url = await started(upstream.url, AFTERWORD_GRACE_S=grace)
        try:
            async with httpx2.AsyncClient(timeout=60) as caller:
                call = asyncio.create_task(caller.post(f"{url}/draft", json=BODY))
                await asyncio.wait_for(asked.wait(), 60)
                child.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.5)
                if finished:
                    go_on.set()
                (met,) = await asyncio.gather(call, return_exceptions=True)
            await asyncio.wait_for(child.wait(), 60)
        finally:
            go_on.set()
            await end(child)
    if finished:
        assert isinstance(met, httpx2.Response)
        assert (met.status_code, len(met.json()["messages"])) == (200, 1)
    else:
        assert not (isinstance(met, httpx2.Response) and met.status_code == 200)
