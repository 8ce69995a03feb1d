"""Static prompt beginnings read once, and then at hand in every slot of the embedded server.

A slot keeps what it has read. What a call displaces from its slot goes to the server's memory cache, from which a
later call *moves* it to its own. So as many copies are needed as there are slots; otherwise several first calls at
once would each read the same beginning again. Copying is saving one slot and restoring it in the others: milliseconds.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2

from service.models.port import ModelRequest

_FILE = "beginning.bin"


async def warm_up(url: str, key: str, slots: int, folder: Path, requests: Sequence[ModelRequest]) -> None:
    """Reads the beginning of each request. ``folder`` is where the server saves slots; nothing is left in it.

    Raises:
        httpx2.HTTPError: the server is gone or does not do this; calls are slower the first time, and no more.
    """
    headers = {"authorization": f"Bearer {key}"}
    # It is on this machine: whatever proxy the environment names is not asked.
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=120, trust_env=False) as client:
        for request in requests:
            try:
                await _warm_one(client, slots, request)
            finally:
                (folder / _FILE).unlink(missing_ok=True)


async def _warm_one(client: httpx2.AsyncClient, slots: int, request: ModelRequest) -> None:
    read = await _post(client, "/v1/chat/completions", _body(request, "", slot=0))
    saved = await _post(client, "/slots/0?action=save", {"filename": _FILE})
    if saved["n_saved"] != read["usage"]["prompt_tokens"]:
        return  # somebody's call came in between: what was saved is theirs, and is not spread
    for slot in range(slots):
        await _post(client, f"/slots/{slot}?action=restore", {"filename": _FILE})
        # Each copy gets an end of its own: the memory cache drops what is contained in another entry.
        await _post(client, "/v1/chat/completions", _body(request, f" {_letter(slot)}", slot))


def _body(request: ModelRequest, end: str, slot: int) -> dict[str, Any]:
    turns = [{"role": m.role, "content": m.content} for m in request.messages]
    turns[-1]["content"] += end
    return {"messages": turns, "max_tokens": 1, "temperature": 0, "cache_prompt": True, "id_slot": slot}


def _letter(slot: int) -> str:
    return string.ascii_lowercase[slot % 26]


async def _post(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=body)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer
