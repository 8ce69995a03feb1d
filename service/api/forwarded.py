"""The caller's own address, scheme and name, as a proxy that the operator named passes them on. From anybody else these
headers are only claims, and are not looked at."""

from __future__ import annotations

import ipaddress
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HOST = re.compile(r"[\w.\-\[\]:]{1,255}", re.ASCII)
_PREFIX = re.compile(r"(?:/[\w.~-]+)+/?", re.ASCII)


class Forwarded:
    """ASGI middleware: takes X-Forwarded-For, -Proto, -Host and -Prefix from ``proxies`` alone.

    ``root_path`` is where the operator says that the service is, whether or not the proxy takes it off the address.
    """

    def __init__(self, app: ASGIApp, proxies: tuple[Network, ...], root_path: str = "") -> None:
        self.app = app
        self.proxies = proxies
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self.root_path:
                scope["root_path"] = self.root_path
            if self._trusted((scope.get("client") or ("",))[0]):
                self._apply(scope, Headers(scope=scope))
        await self.app(scope, receive, send)

    def _apply(self, scope: Scope, headers: Headers) -> None:
        if (proto := _last(headers, "x-forwarded-proto").lower()) in ("http", "https"):
            scope["scheme"] = proto
        if _HOST.fullmatch(host := _last(headers, "x-forwarded-host")):
            MutableHeaders(scope=scope)["host"] = host
        if _PREFIX.fullmatch(prefix := _last(headers, "x-forwarded-prefix")):
            scope["root_path"] = prefix.rstrip("/")
        if caller := self._caller(headers.get("x-forwarded-for", "")):
            scope["client"] = (caller, 0)

    def _caller(self, chain: str) -> str | None:
        """The last address in the chain that is no proxy: what stands before it, anybody may have written."""
        for said in reversed([part.strip().strip("[]") for part in chain.split(",") if part.strip()]):
            if not _is_address(said):
                return None
            if not self._trusted(said):
                return said
        return None

    def _trusted(self, address: str) -> bool:
        if not _is_address(address):
            return False
        found = ipaddress.ip_address(address)
        return any(found in network for network in self.proxies)


def _last(headers: Headers, name: str) -> str:
    return headers.get(name, "").rpartition(",")[2].strip()


def _is_address(said: str) -> bool:
    try:
        ipaddress.ip_address(said)
    except ValueError:
        return False
    return True


class HeadAsGet:
    """ASGI middleware: monitors ask with HEAD; the answer is GET's, without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The server in front sends no body to a HEAD, so the answer passes as it is.
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)
