"""Several processes on one port, started for real."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from service.errors import RequestError
from service.serving import listen
from tests.api.service import NOTES, NOW
from tests.children import end
from tests.listening import listening
from tests.models.upstream import Exchange, answer, serve

ROOT = Path(__file__).parents[1]
BODY = {"notes": NOTES, "now": NOW, "kinds": ["thank_you"]}
CHANGES_S = 180


@asynccontextmanager
async def started(*words: str, **settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    env = os.environ | {"AFTERWORD_MODEL": "outline", "PORT": "0", "PYTHONPATH": str(ROOT)} | settings
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service.cli", "serve", *words, stderr=asyncio.subprocess.PIPE, env=env
    )
    assert child.stderr is not None
    try:
        said = (await asyncio.wait_for(child.stderr.readline(), CHANGES_S)).decode()
        yield child, said.removeprefix("Afterword is at ").partition(",")[0].strip()
    finally:
        await end(child)


async def ended(child: asyncio.subprocess.Process) -> int:
    child.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(child.wait(), CHANGES_S)


def workers_of(pid: int) -> set[int]:
    """The processes below ``pid`` that serve."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    children = {int(p) for found in listed for p in found.read_text().split()}
    return {p for p in children if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()}


def is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until_gone(pids: set[int]) -> None:
    async with asyncio.timeout(CHANGES_S):
        while any(is_running(pid) for pid in pids):  # noqa: ASYNC110  no event tells of another process
            await asyncio.sleep(0.05)


async def asked(url: str, times: int) -> None:
    """So many drafts, each on a connection of its own, so that any worker may take it."""

    async def ask() -> None:
        async with httpx2.AsyncClient(timeout=CHANGES_S) as caller:
            assert (await caller.post(f"{url}/draft", json=BODY)).status_code == 200

    await asyncio.gather(*(ask() for _ in range(times)))


async def test_several_processes_answer_on_one_port_are_counted_together_and_end_together() -> None:
    async with started("--workers", "2") as (child, url):
        await asked(url, 12)
        async with httpx2.AsyncClient(timeout=CHANGES_S) as caller:
            counted = (await caller.get(f"{url}/metrics")).text
        workers = workers_of(child.pid)
        assert len(workers) == 2
        assert await ended(child) == 0
        await until_gone(workers)
    assert "afterword_drafts_total 12.0" in counted
    assert "afterword_drafts_in_flight 0.0" in counted


async def test_what_is_in_flight_is_finished_by_whoever_has_it() -> None:
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slow(exchange: Exchange) -> None:
        begun.release()
        await go_on.wait()
        await exchange.begin()
        await exchange.send_raw(answer("Thanks."))

    async with (
        serve(slow) as upstream,
        started("--workers", "2", OPENAI_BASE_URL=upstream.url, AFTERWORD_MODEL="stand-in") as (child, url),
    ):
        calls = asyncio.create_task(asked(url, 4))
        for _ in range(4):
            await asyncio.wait_for(begun.acquire(), CHANGES_S)
        child.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.5)
        go_on.set()
        await calls
        assert await asyncio.wait_for(child.wait(), CHANGES_S) == 0


async def test_a_worker_that_is_killed_is_replaced() -> None:
    async with started("--workers", "2") as (child, url):
        await asked(url, 4)
        before = workers_of(child.pid)
        os.kill(min(before), signal.SIGKILL)
        async with asyncio.timeout(CHANGES_S):
            while len(workers_of(child.pid) - before) != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asked(url, 4)
        assert await ended(child) == 0


async def test_workers_end_with_the_process_above_them_however_that_ends() -> None:
    async with started("--workers", "2") as (child, url):
        await asked(url, 2)
        workers = workers_of(child.pid)
        child.kill()
        await until_gone(workers)


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["alone", "together"])
async def test_a_second_start_while_one_runs_says_so(words: tuple[str, ...]) -> None:
    async with started(*words) as (_, url):
        await asked(url, 1)
        async with started(*words, PORT=url.rpartition(":")[2]) as (second, said):
            assert "an Afterword is already running there" in said
            assert await asyncio.wait_for(second.wait(), CHANGES_S) == 2


async def test_another_service_that_gives_ids_back_is_not_taken_for_one() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        asked = re.search(r"x-request-id: (\S+)", head)
        given = f"X-Request-ID: {asked[1]}\r\n" if asked else ""
        writer.write(f'HTTP/1.1 200 OK\r\n{given}content-length: 15\r\n\r\n{{"status":"ok"}}'.encode())
        await writer.drain()

    async with listening(echo) as origin:
        port = int(origin.rpartition(":")[2])
        with pytest.raises(RequestError, match="in use") as refused:
            await asyncio.to_thread(listen, "127.0.0.1", port)
    assert "Afterword" not in refused.value.detail


async def test_a_database_that_no_worker_can_use_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_text("no database" * 1000)
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    async with started("--workers", "2", AFTERWORD_KEEP="always", AFTERWORD_DATABASE_URL=url) as (child, _):
        assert await asyncio.wait_for(child.wait(), CHANGES_S) == 2


@pytest.mark.needs_small_model
async def test_one_embedded_model_writes_for_all_and_ends_last() -> None:
    async with started("--workers", "2", AFTERWORD_MODEL="smollm2-135m", AFTERWORD_GRACE_S="600") as (child, url):
        async with httpx2.AsyncClient(timeout=CHANGES_S, base_url=url) as caller, asyncio.timeout(CHANGES_S):
            while (await caller.get("/model")).json()["state"] != "ready":  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        below = {child.pid, *workers_of(child.pid)}
        servers = [p for p in Path("/proc").glob("[0-9]*") if _is_server_of(p, below)]
        calls = asyncio.create_task(asked(url, 3))
        await asyncio.sleep(0.3)
        child.send_signal(signal.SIGTERM)
        await calls
        assert await asyncio.wait_for(child.wait(), CHANGES_S) == 0
        await until_gone({int(p.name) for p in servers})
    assert len(servers) == 1


def _is_server_of(process: Path, parents: set[int]) -> bool:
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        return parent in parents and b"service.models.embedded_server" in (process / "cmdline").read_bytes()
    except OSError:
        return False
