"""Two hundred callers who ask for a stream and do not read it: nobody else waits for them."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import ClassVar
from urllib.parse import urlsplit

import httpx2
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.app import create_app
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving, until
from tests.leaks import leaks
from tests.reading_shipped import shipped

READERS = 200


class Narrow(H11Protocol):
    """Buffers as small as they can be, so that what nobody reads stops whoever writes it."""

    blocked: ClassVar[set[H11Protocol]] = set()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        transport.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        self.blocked.add(self)
        super().pause_writing()

    def resume_writing(self) -> None:
        self.blocked.discard(self)
        super().resume_writing()


async def _asks_and_reads_nothing(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection with a small window, on which a draft was asked for; nothing of the answer is taken."""
    at = urlsplit(url)
    tube = socket.socket()
    tube.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    tube.setblocking(False)
    await asyncio.get_running_loop().sock_connect(tube, (at.hostname, at.port))
    reader, writer = await asyncio.open_connection(sock=tube, limit=1)
    body = json.dumps({"notes": NOTES, "now": NOW, "kinds": ["thank_you", "check_in", "linkedin"]}).encode()
    head = f"POST /draft HTTP/1.1\r\nhost: {at.netloc}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def test_two_hundred_callers_who_do_not_read_hold_nobody_up(caplog) -> None:
    """Each of them once kept its place among those who are drafted for, for as long as it read nothing."""
    app = create_app(Settings(model="outline", max_queue=400, max_concurrent_drafts=4), reader=shipped())
    with serving(app, http=Narrow) as url:
        idle = await asyncio.gather(*(_asks_and_reads_nothing(url) for _ in range(READERS)))
        await asyncio.to_thread(until, lambda: len(Narrow.blocked) == READERS, 900)
        async with httpx2.AsyncClient(timeout=600) as caller:
            alive = await caller.get(f"{url}/healthz")
            drafted = await caller.post(f"{url}/draft", json={"notes": NOTES, "now": NOW})
            metrics = (await caller.get(f"{url}/metrics")).text
        still_blocked = len(Narrow.blocked)
        first = [await asyncio.wait_for(reader.read(1), 60) for reader, _ in idle]
        for _, writer in idle:
            writer.close()
        async with httpx2.AsyncClient(timeout=600) as caller:
            after = await caller.post(f"{url}/draft", json={"notes": NOTES, "now": NOW})
    assert (alive.status_code, drafted.status_code, after.status_code) == (200, 200, 200)
    assert still_blocked == READERS
    assert first == [b"H"] * READERS  # every one of them was answered
    assert leaks(["stone ovens", "Ines"], log=caplog.text, metrics=metrics) == []
