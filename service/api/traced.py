"""Requests as spans."""

from __future__ import annotations

from starlette._utils import get_route_path
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.tracing import Span, Tracing, Value, step

# Asked every few seconds by machines, or a file: of no use in a trace.
_UNTOLD = ("/healthz", "/readyz", "/metrics", "/static/")


class TracedRequests:
    """ASGI middleware: a span for each request, named by its route. Of its address nothing more is told."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self.app = app
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or get_route_path(scope).startswith(_UNTOLD):
            await self.app(scope, receive, send)
            return
        method: str = scope["method"]
        about: dict[str, Value] = {"http.request.method": method, "url.scheme": scope["scheme"]}
        with (
            self.tracing.caused_by(Headers(scope=scope)),
            step(self.tracing, method, about, kind="server") as span,
        ):

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _answered(span, scope, method, message["status"])
                await send(message)

            await self.app(scope, receive, told)


def _answered(span: Span, scope: Scope, method: str, status: int) -> None:
    route: str | None = getattr(scope.get("route"), "path", None)
    if route is not None:
        span.rename(f"{method} {route}")
        span.set("http.route", route)
    span.set("http.response.status_code", status)
    if status >= 500:
        span.fail(str(status))
