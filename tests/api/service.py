"""The service under test: in this process for what it answers, on loopback where the connection itself matters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.reading_shipped import shipped

NOW = "2026-11-17T18:00:00+01:00"
NOTES = "Interview w/ Ines Duarte (head baker) at Rye & Co, production manager, Tues Nov 17\n- she leads the move to stone ovens, 3 of 11 shops done so far\n- hear back by Nov 25"


def client(model: Any = None, **settings: Any) -> TestClient:
    app = create_app(Settings(model="outline", **settings), model=model, reader=shipped())
    return TestClient(app, raise_server_exceptions=False)


def post(c: TestClient, path: str = "/draft", **body: Any) -> Any:
    return c.post(path, json={"notes": NOTES, "now": NOW} | body)


def until(true: Callable[[], bool], within_s: float = 20) -> None:
    """Returns once ``true()`` is; for what another thread does."""
    pause, last = threading.Event(), time.monotonic() + within_s
    while not true():
        assert time.monotonic() < last
        pause.wait(0.01)


@contextmanager
def serving(app: FastAPI, **more: Any) -> Iterator[str]:
    """``app``'s address while it is served on a free port of loopback, from a thread. ``more`` is uvicorn's."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1, **more))
    started = threading.Event()
    startup = server.startup

    async def startup_and_tell(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = startup_and_tell  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
