"""JSON sealed and opened: in a thread's own time, and beside the event loop."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from service.storage.sealing import Sealer


def seal_json(sealer: Sealer, body: dict[str, Any]) -> bytes:
    return sealer.seal(json.dumps(body, ensure_ascii=False).encode())


def open_json(sealer: Sealer, kept: bytes, *, sealed: bool) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sealer.open(bytes(kept), sealed=sealed))
    return found


async def sealed_json(sealer: Sealer, body: dict[str, Any]) -> bytes:
    return await asyncio.to_thread(seal_json, sealer, body)


async def opened_json(sealer: Sealer, kept: bytes, *, sealed: bool) -> dict[str, Any]:
    return await asyncio.to_thread(open_json, sealer, kept, sealed=sealed)
