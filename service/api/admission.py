"""What is turned away before it is read: too large a body, a name that is not ours. And whether keys are asked for."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from fastapi.exceptions import HTTPException
from starlette._utils import get_route_path
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import problem, too_large
from service.settings import Settings


class BodyLimit:
    """Refuses a body of more than ``most`` bytes: at once when it says its length, else while it is read.

    ``larger`` are the addresses that take more, the pages' file import for one.
    """

    def __init__(self, app: ASGIApp, most: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.most = most
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.larger.get(get_route_path(scope), self.most)
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > most:
            await too_large()(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


class AllowedHosts:
    """Answers only to names in ``hosts``.

    Without a list it answers to whatever cannot be a public name: addresses, 'localhost' and names without a dot. So a
    page elsewhere cannot point a name of its own at this machine and read the answers (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app = app
        self.hosts = frozenset(h.lower() for h in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._allowed(_name(Headers(scope=scope).get("host", ""))):
            await self.app(scope, receive, send)
            return
        answer = problem(
            421,
            "unknown-host",
            "Afterword does not answer to this name",
            "Use its address, or have the operator add the name to AFTERWORD_ALLOWED_HOSTS.",
        )
        await answer(scope, receive, send)

    def _allowed(self, name: str) -> bool:
        if self.hosts:
            return name in self.hosts
        return "." not in name or name.endswith(".localhost") or is_address(name)


def _name(host: str) -> str:
    """The Host header without its port or an IPv6 address's brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def only_here(host: str) -> bool:
    """Whether a server listening on ``host`` can be reached from this machine alone."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def keys_are_on(settings: Settings) -> bool:
    """By what was set; left to itself: wherever keys are listed, or others than this machine can call."""
    if settings.keys == "auto":
        return settings.api_keys is not None or not only_here(settings.host)
    return settings.keys == "required"


def keys_are_kept(settings: Settings) -> bool:
    """Whether keys are looked for in the database: those of the environment, where there are any, stand alone."""
    return keys_are_on(settings) and settings.api_keys is None
