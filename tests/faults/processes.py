"""An API and workers in processes of their own, against one database and one upstream that counts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.listening import listening
from tests.models.upstream import Exchange, answer

ROOT = Path(__file__).parents[2]
THANKS = "Thank you for talking with me on Tuesday."
MESSAGE = json.dumps(
    {
        "greeting": "Hi Ines,",
        "subject": "Thank you",
        "sentences": [{"text": THANKS, "lines": [], "new_paragraph": False}],
    }
)


def line(n: int, **more: Any) -> str:
    """A batch's line whose role carries ``n``, so that the upstream knows whose call it has."""
    notes = "Met Ines Duarte, head baker at Rye & Co, Tues Nov 17.\n- she leads the move to stone ovens"
    stated = {"interview": {"role": f"baker {300_000 + n}"}, "now": "2026-11-17T18:00:00+01:00", "ref": str(n)}
    return json.dumps({"notes": notes} | stated | more)


def upload(count: int) -> str:
    return "".join(line(n) + "\n" for n in range(count))


@dataclass
class Counting:
    """An upstream that takes 50 ms, and knows which item asked how often and what it answered whole."""

    delay_s: float = 0.05
    begun: Counter[int] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)
    in_flight: Counter[int] = field(default_factory=Counter)
    began_at: list[float] = field(default_factory=list)
    again_at: list[float] = field(default_factory=list)  # calls of items that had asked before
    most_in_flight: int = 0
    down: bool = False
    held: Callable[[int], bool] = lambda n: False
    gate: asyncio.Event | None = None  # answers wait for it

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = re.search(r"content-length: (\d+)", head)
        if length is None:  # which models are there?
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return
        await self.answer(Exchange(json.loads(await reader.readexactly(int(length[1]))), writer, reader))

    async def answer(self, exchange: Exchange) -> None:
        found = re.search(r"\b3\d{5}\b", json.dumps(exchange.body))
        if self.down or found is None:
            await exchange.send_raw(
                "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            return
        n = int(found[0]) - 300_000
        self.begun[n] += 1
        self.began_at.append(asyncio.get_running_loop().time())
        if self.begun[n] > 1:
            self.again_at.append(self.began_at[-1])
        self.in_flight[n] += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight.total())
        try:
            await asyncio.sleep(self.delay_s)
            if self.gate is not None:
                await self.gate.wait()
            if self.held(n):
                await exchange.hung_up()
                return
            await exchange.begin()
            await exchange.send_raw(answer(MESSAGE))
            self.answered[n] += 1
        finally:
            self.in_flight[n] -= 1


def _being_written(database: Path) -> bool:
    with contextlib.closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as found:
        try:
            found.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # still locked after a second
            return True
        found.execute("ROLLBACK")
    return False


class Processes:
    def __init__(self, data_dir: Path, database_url: str | None, upstream_url: str, **settings: str) -> None:
        self._env = (
            os.environ
            | {
                "OPENAI_BASE_URL": upstream_url,
                "OPENAI_API_KEY": "",
                "AFTERWORD_MODEL": "stand-in",
                "AFTERWORD_READ_ALONG": "false",
                "AFTERWORD_VERIFY": "false",
                "AFTERWORD_BATCHES": "on",
                "AFTERWORD_WORKER_LEASE_S": "1.5",
                "AFTERWORD_WORKER_DRAFTS": "8",
                "AFTERWORD_GRACE_S": "0",
                "AFTERWORD_DATA_DIR": str(data_dir),
                "AFTERWORD_DATABASE_URL": database_url or "",
                "PORT": "0",
                "PYTHONPATH": str(ROOT),
                "OMP_NUM_THREADS": "1",
            }
            | settings
        )
        self._data_dir = data_dir
        self.running: dict[str, asyncio.subprocess.Process] = {}
        self._draining: dict[int, asyncio.Task[bytes]] = {}
        self.url = ""

    async def start(self, name: str, **settings: str) -> None:
        """'api' serves and works; any other name works."""
        command = "serve" if name == "api" else "worker"
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "service.cli", command, stderr=asyncio.subprocess.PIPE, env=self._env | settings
        )
        self.running[name] = child
        assert child.stderr is not None
        said = await self._said(child)
        if name == "api":
            self.url = said.rpartition(" ")[2].strip()

    async def _said(self, child: asyncio.subprocess.Process) -> str:
        """The line that says it is up. What it says later is read too, so that it never waits for a reader."""
        assert child.stderr is not None
        first = (await asyncio.wait_for(child.stderr.readline(), 180)).decode()
        assert first.startswith(("Afterword is at", "Working on")), first
        self._draining[child.pid] = asyncio.ensure_future(child.stderr.read())
        return first

    def signal(self, name: str, number: signal.Signals) -> None:
        self.running[name].send_signal(number)

    async def freeze(self, name: str) -> None:
        """Stops the process between two of its writes: frozen in one, it would keep everybody else from SQLite."""
        child = self.running[name]
        while True:
            child.send_signal(signal.SIGSTOP)
            await asyncio.to_thread(os.waitid, os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
            if not any(_being_written(path) for path in self._data_dir.rglob("*.db")):
                return
            child.send_signal(signal.SIGCONT)
            await asyncio.sleep(0.01)

    async def kill(self, name: str) -> None:
        child = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        if (rest := self._draining.pop(child.pid, None)) is not None:  # none where it never said that it is up
            await rest

    async def end(self) -> None:
        for name in list(self.running):
            with contextlib.suppress(ProcessLookupError):
                self.signal(name, signal.SIGCONT)
            await self.kill(name)

    async def submit(self, content: str, timeout_s: float = 60) -> str:
        async with httpx2.AsyncClient(timeout=timeout_s) as http:
            taken = await http.post(f"{self.url}/batches", content=content)
        assert taken.status_code == 202, taken.text
        return str(taken.json()["id"])

    async def batch(self, batch_id: str) -> dict[str, Any]:
        async with httpx2.AsyncClient(timeout=60) as http:
            found: dict[str, Any] = (await http.get(f"{self.url}/batches/{batch_id}")).json()
        return found

    async def post(self, path: str) -> Any:
        async with httpx2.AsyncClient(timeout=60) as http:
            return (await http.post(f"{self.url}{path}")).json()

    async def delete(self, batch_id: str) -> None:
        async with httpx2.AsyncClient(timeout=60) as http:
            assert (await http.delete(f"{self.url}/batches/{batch_id}")).status_code == 204

    async def results(self, batch_id: str, order: str = "finished") -> list[dict[str, Any]]:
        async with httpx2.AsyncClient(timeout=60) as http:
            text = (await http.get(f"{self.url}/batches/{batch_id}/results?order={order}")).text
        return [json.loads(each) for each in text.split("\n") if each]

    async def until(
        self, batch_id: str, true: Callable[[dict[str, Any]], bool], within_s: float = 60, every_s: float = 0.05
    ) -> dict[str, Any]:
        last = asyncio.get_running_loop().time() + within_s
        while True:
            found = await self.batch(batch_id)
            if "state" in found and true(found):  # the database may be gone for a moment
                return found
            assert asyncio.get_running_loop().time() < last, found
            await asyncio.sleep(every_s)


@contextlib.asynccontextmanager
async def against(
    upstream: Counting, data_dir: Path, database_url: str | None, **settings: str
) -> AsyncIterator[Processes]:
    async with listening(upstream.handle) as origin:
        processes = Processes(data_dir, database_url, f"{origin}/v1", **settings)
        try:
            yield processes
        finally:
            await processes.end()
