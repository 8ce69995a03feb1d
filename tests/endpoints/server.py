"""A real local HTTP server whose manners are a function: what it is asked in, what it answers out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.listening import listening


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One answer. ``blocks`` are sent one by one."""

    status: int = 200
    blocks: tuple[bytes, ...] = (b"",)
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, **headers: str) -> Said:
    return Said(status, (json.dumps(value).encode(),), headers=headers)


def as_events(*chunks: dict[str, Any] | str, done: bool = True, content_type: str = "text/event-stream") -> Said:
    """Dictionaries as events, text as it stands."""
    blocks = [c.encode() if isinstance(c, str) else f"data: {json.dumps(c)}\n\n".encode() for c in chunks]
    return Said(200, (*blocks, *([b"data: [DONE]\n\n"] if done else [])), content_type)


Manners = Callable[[Call], Said]


@dataclass
class Endpoint:
    origin: str
    calls: list[Call] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [c.body for c in self.calls if c.method == "POST"]


@asynccontextmanager
async def endpoint(manners: Manners) -> AsyncIterator[Endpoint]:
    here = Endpoint("")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = await _read(reader)
        here.calls.append(call)
        await _answer(writer, manners(call))

    async with listening(handle) as here.origin:
        yield here


async def _read(reader: asyncio.StreamReader) -> Call:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    body = json.loads(await reader.readexactly(length)) if length else {}
    path, _, query = target.partition("?")
    return Call(method, path, query, headers, body)


async def _answer(writer: asyncio.StreamWriter, said: Said) -> None:
    more = "".join(f"{name}: {value}\r\n" for name, value in said.headers.items())
    head = f"HTTP/1.1 {said.status} Said\r\ncontent-type: {said.content_type}\r\n{more}connection: close\r\n\r\n"
    writer.write(head.encode())
    for block in said.blocks:
        writer.write(block)
        await writer.drain()
