"""What is kept of a request: an id, a log record and a count. Never a word of what was sent."""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.metrics import Metrics
from service.api.problems import REQUEST_ID, internal

log = logging.getLogger("afterword.requests")
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Records:
    """ASGI middleware: names each request, logs and counts it, and turns what nobody caught into a problem.

    An uncaught exception stops here: its message may quote notes, and further out it would be logged whole.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        REQUEST_ID.set(request_id)
        status: int | None = None
        started = time.perf_counter()

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                # What answers notes is nobody's to keep.
                if scope["method"] != "GET" or get_route_path(scope).startswith(("/drafts", "/batches")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, named)
        except Exception as error:  # noqa: BLE001 (the last line: anything beyond it would log the message)
            log.error("unexpected %s at %s", type(error).__name__, frames(error.__traceback__))
            if status is None:
                await internal()(scope, receive, named)
        finally:
            self._count(scope, status, time.perf_counter() - started)

    def _count(self, scope: Scope, status: int | None, seconds: float) -> None:
        """``status`` is None where the caller left before an answer began."""
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.requests.labels(method, route, str(status or "gone")).inc()
        record = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
        log.info("%s %s %s", method, route, status or "gone", extra={"request": record})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _request_id(scope: Scope) -> str:
    """The caller's own id where it is plain, so that one id follows a request through several services."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _ID.fullmatch(given) else f"req_{uuid.uuid4().hex}"


def frames(where: TracebackType | None) -> str:
    """The calls that led to an error, innermost last: files and lines, without the error's words."""
    calls = traceback.extract_tb(where)[-8:]
    return " > ".join(f"{Path(c.filename).name}:{c.lineno}" for c in calls) or "an unknown place"


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an exception only its type and place: its message may quote notes."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line |= getattr(record, "request", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def log_to_terminal(level: str) -> None:
    """Every logger of this process writes JSON lines to standard error from ``level`` up."""
    lines = logging.StreamHandler()
    lines.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[lines], force=True)
    # Below a warning these tell of each connection and each line of a calendar; nothing an operator can act on.
    for chatty in ("asyncio", "httpx2", "httpcore2", "openai", "tzlocal"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
