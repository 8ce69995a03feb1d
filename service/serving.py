"""The app on a port: by one process, or by several that share the port and one embedded model."""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from service.errors import AfterwordError, RequestError
from service.settings import Settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_NAME = "Afterword"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def listen(host: str, port: int) -> socket.socket:
    """Bound before anything is promised: the address that is shown is the one that answers. Raises RequestError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        # What is wrong with a name comes with a number below zero, which is no errno.
        number = error.errno or 0
        why = os.strerror(number).lower() if number > 0 else "there is no such address"
        if _is_afterword(host, port):
            why = "an Afterword is already running there"
        raise RequestError(f"{host}:{port} cannot be listened on: {why}. Choose another port with PORT.") from error


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_alone(app: FastAPI, settings: Settings, listening: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(app, **_options(settings))).run(sockets=[listening])


def serve_together(settings: Settings, listening: socket.socket) -> None:
    """``settings.workers`` processes, which read the settings from the environment as this one did. Returns when all of
    them have ended; exits with status 2 where they cannot start.

    One that dies is replaced; when this process dies, they end too.
    """
    with tempfile.TemporaryDirectory(prefix="afterword-metrics-") as counts:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
        config = uvicorn.Config(
            "service.serving:worker_app",
            factory=True,
            workers=settings.workers,
            timeout_worker_healthcheck=30,
            **_options(settings),
        )
        together = Multiprocess(config, [listening])
        together.run()
    if any(process.exitcode == STARTUP_FAILURE for process in together.processes):
        sys.exit(2)


def worker_app() -> FastAPI:
    """The app of one of several. Exits where it cannot be built: the next one could not be either."""
    from service.api.records import log_to_terminal
    from service.app import create_app

    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        settings = read_settings()
        log_to_terminal(settings.log_level)
        return create_app(settings, one_of_many=True)
    except AfterwordError as error:
        sys.stderr.write(f"afterword: {error.detail}\n")
        sys.exit(STARTUP_FAILURE)


@contextlib.contextmanager
def stated_for_workers(settings: Settings, *names: str) -> Iterator[None]:
    """What was said on the command line, where the workers look for it."""
    from service.settings import shown_name

    before = dict(os.environ)
    os.environ |= {shown_name(name): str(value) for name in names if (value := getattr(settings, name)) is not None}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _options(settings: Settings) -> dict[str, Any]:
    # Our own records take the place of the access log, and our own format of uvicorn's.
    return {
        "log_config": None,
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "headers": [("Server", _NAME)],
        "timeout_graceful_shutdown": settings.grace_s,
    }


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _is_afterword(host: str, port: int) -> bool:
    """Whether who answers there gives our name, whatever it answers: a proxy in front of us has another."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().headers.get("Server") == _NAME
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
