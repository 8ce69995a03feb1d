"""The tools of ``mcp_tools`` at an address of the app, by the protocol's streamable HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.client import AsyncClient
from service.errors import ForeignOrigin
from service.mcp_tools import mcp_server
from service.web.security import may_call


class McpEndpoint:
    """ASGI app. Answers while ``running``, each request for itself: without sessions any worker can answer any of them.

    Keys, limits and the Host header have been looked at before a request comes here; the tools ask ``afterword`` in
    its caller's name. Where the request comes from a page, the page has to be ours or listed, as the protocol demands.
    """

    def __init__(self, afterword: AsyncClient, allowed_origins: tuple[str, ...]) -> None:
        self._afterword = afterword
        self._allowed_origins = allowed_origins
        self._answering: ASGIApp | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = mcp_server(self._afterword)
        looked_at = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(stateless_http=True, json_response=True, transport_security=looked_at)
        async with self._afterword, server.session_manager.run():
            self._answering = server.session_manager.asgi_app
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ForeignOrigin."""
        if not may_call(Headers(scope=scope), self._allowed_origins):
            raise ForeignOrigin("Have the operator add this page's address to AFTERWORD_ALLOWED_ORIGINS.")
        assert self._answering is not None, "the app's lifespan has not begun"
        await self._answering(scope, receive, send)
