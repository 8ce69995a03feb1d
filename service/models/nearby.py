"""Model servers that already answer on this machine: found and offered, never sent anything until chosen."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass

import httpx2

# Where they listen by default.
USUAL = {
    "Ollama": "http://127.0.0.1:11434/v1",
    "LM Studio": "http://127.0.0.1:1234/v1",
    "llama.cpp": "http://127.0.0.1:8080/v1",
}
_PATIENCE_S = 0.5


@dataclass(frozen=True)
class Nearby:
    """A server and the ids of its models."""

    maker: str
    base_url: str
    models: tuple[str, ...]


async def find_nearby(usual: dict[str, str] | None = None) -> tuple[Nearby, ...]:
    """Who answers ``GET /models`` in half a second; no proxy is asked, nothing but that one question is sent."""
    async with httpx2.AsyncClient(trust_env=False, timeout=_PATIENCE_S) as client:
        found = await asyncio.gather(*(_ask(client, maker, url) for maker, url in (usual or USUAL).items()))
    return tuple(n for n in found if n is not None)


async def _ask(client: httpx2.AsyncClient, maker: str, url: str) -> Nearby | None:
    try:
        answer = await client.get(f"{url}/models")
        listed = answer.json()["data"]
        models = tuple(str(m["id"]) for m in listed)
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return None  # something else listens there, or nothing
    return Nearby(maker, url, models) if models else None


def memory_gib() -> float | None:
    """What this machine has in all, or None where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (ValueError, OSError, AttributeError):
        return None
