"""The embedded model kept by a process that asks it nothing itself, for workers that come and go."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from service.models.embedded import EmbeddedModel


@contextlib.contextmanager
def kept(model: EmbeddedModel) -> Iterator[None]:
    """Owns the model's server from a thread of its own until the end, when all who ask it have ended."""
    begun = threading.Event()
    loop: asyncio.AbstractEventLoop
    ended: asyncio.Event

    async def keep() -> None:
        nonlocal loop, ended
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        model.start()
        begun.set()
        await ended.wait()
        await model.aclose()

    thread = threading.Thread(target=lambda: asyncio.run(keep()), name="embedded-model")
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
