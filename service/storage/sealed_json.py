"""JSON sealed and opened beside the event loop."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from service.storage.sealing import Sealer


async def sealed_json(sealer: Sealer, body: dict[str, Any]) -> bytes:
    return await asyncio.to_thread(sealer.seal, json.dumps(body, ensure_ascii=False).encode())


async def opened_json(sealer: Sealer, kept: bytes, *, sealed: bool) -> dict[str, Any]:
    plain = await asyncio.to_thread(sealer.open, bytes(kept), sealed=sealed)
    found: dict[str, Any] = json.loads(plain)
    return found
