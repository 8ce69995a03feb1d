"""The machine's clock jumps by days while drafts are written, by libfaketime: the service is a process of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest

from tests.api.service import NOTES, NOW
from tests.api.test_stopping import started
from tests.children import end
from tests.endpoints.test_field import LETTER
from tests.leaks import leaks
from tests.models.upstream import Exchange, answer, serve

BODY = {"notes": NOTES, "now": NOW, "kinds": ["thank_you"]}


def preloaded() -> str:
    """Skips the test where it is not there."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if found is None:
        pytest.skip("no libfaketime on this machine; .ci/run installs it")
    return str(found)


@pytest.mark.needs_faketime
@pytest.mark.parametrize("jump", ["+3d", "-3d"])
async def test_a_clock_that_jumps_ends_no_draft_and_locks_nobody_out(tmp_path: Path, jump: str) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    settings = {
        "LD_PRELOAD": preloaded(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as a real clock: what is set is the time of day
        "NO_FAKE_STAT": "1",
        "AFTERWORD_DATA_DIR": str(tmp_path / "data"),
        "AFTERWORD_KEEP": "always",
        "AFTERWORD_BATCHES": "off",
        "AFTERWORD_RATE_LIMIT": "2/minute",
        "AFTERWORD_READ_ALONG": "false",
        "AFTERWORD_VERIFY": "false",
        "AFTERWORD_REQUEST_TIMEOUT_S": "600",
        "AFTERWORD_LOG_LEVEL": "info",
    }
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(exchange: Exchange) -> None:
        asked.set()
        await go_on.wait()
        await exchange.begin()
        await exchange.send_raw(answer(LETTER))

    async with serve(slow) as upstream, httpx2.AsyncClient(timeout=120) as caller:
        child, url = await started(upstream.url, **settings)
        try:
            drafting = asyncio.create_task(caller.post(f"{url}/draft", json=BODY))
            await asyncio.wait_for(asked.wait(), 60)
            clock.write_text(jump)
            await asyncio.sleep(1.5)  # it looks once a second
            go_on.set()
            drafted = await drafting
            kept = await caller.get(f"{url}/drafts/{drafted.json()['id']}")
            limited = [await caller.post(f"{url}/facts", json={"notes": NOTES, "now": NOW}) for _ in range(4)]
            metrics = (await caller.get(f"{url}/metrics")).text
        finally:
            go_on.set()
            log = await end(child)
    assert (drafted.status_code, drafted.json()["kept"]) == (200, True)
    assert [m["written_by"] for m in drafted.json()["messages"]] == ["model"]
    assert kept.json() == drafted.json()
    refused = [a for a in limited if a.status_code == 429]
    assert limited[0].status_code == 200
    assert refused
    assert all(1 <= int(a.headers["retry-after"]) <= 120 for a in refused)
    assert '"route": "/draft"' in log
    assert leaks(["stone ovens", "Ines"], refusal=refused[0].text, log=log, metrics=metrics) == []
