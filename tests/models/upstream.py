"""A real local server that plays an endpoint: good, slow or broken, as a test asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.listening import listening

Behaviour = Callable[["Exchange"], Awaitable[None]]


def chunk(content: str | None = None, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """One chunk of a streamed chat completion."""
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "stand-in", "choices": [choice]}


def usage_chunk(prompt: int, cached: int, completion: int) -> dict[str, Any]:
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    return {**chunk(), "choices": [], "usage": usage}


def events(*chunks: dict[str, Any], done: bool = True) -> str:
    lines = [f"data: {json.dumps(c)}\n\n" for c in chunks]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""])


def answer(*pieces: str, finish: str = "stop") -> str:
    return events(*[chunk(p) for p in pieces], chunk(finish=finish), usage_chunk(11, 7, len(pieces)))


@dataclass
class Exchange:
    """One request to the stand-in, and the means to answer it."""

    body: dict[str, Any]
    writer: asyncio.StreamWriter
    reader: asyncio.StreamReader

    async def begin(self, content_type: str = "text/event-stream") -> None:
        await self.send_raw(f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n")

    async def send(self, *chunks: dict[str, Any]) -> None:
        await self.send_raw(events(*chunks, done=False))

    async def send_raw(self, text: str) -> None:
        self.writer.write(text.encode())
        await self.writer.drain()

    async def hung_up(self) -> None:
        """Returns when the caller closes its connection."""
        while await self.reader.read(1024):
            pass


@dataclass
class Upstream:
    url: str
    bodies: list[dict[str, Any]] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def serve(behaviour: Behaviour) -> AsyncIterator[Upstream]:
    upstream = Upstream("")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        upstream.bodies.append(body)
        await behaviour(Exchange(body, writer, reader))

    async with listening(handle) as origin:
        upstream.url = f"{origin}/v1"
        yield upstream
