"""The word that a batch is finished: signed, tried again for two days, and sent to no address that nobody meant.

Named and signed as Standard Webhooks says (standardwebhooks.com): HMAC-SHA256 over id, timestamp and body.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

import httpx2

from service.errors import StorageUnavailable, WebhookRefused
from service.storage.webhooks import Telling, WebhookStore

PAUSES_S = (5, 30, 120, 600, 3600, 6 * 3600, 16 * 3600, 24 * 3600)
_TIMEOUT_S = 15.0
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address inside, which may be an inner one
log = logging.getLogger("afterword.jobs")
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def addresses(host: str, port: int) -> Sequence[str]:
    """Where ``host`` is, as the system resolves it."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Whether the whole internet knows ``address``: nothing of this machine, its network or its provider's."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inside or ip in _TRANSLATED:
            return bool(ip.ipv4_mapped) and is_public(str(ip.ipv4_mapped))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@dataclass(frozen=True)
class WebhookRules:
    """``hosts`` may be told where they are public, by https at its usual port; ``inner`` may be anywhere."""

    hosts: tuple[str, ...]
    inner: tuple[str, ...]
    secret: str

    def check(self, url: str) -> SplitResult:
        """The parts of ``url``. Raises WebhookRefused."""
        if not self.hosts and not self.inner:
            raise WebhookRefused("Nobody is told here. The operator names hosts in AFTERWORD_WEBHOOK_HOSTS.")
        if not self.secret:
            raise WebhookRefused("Nobody is told here without a signature. The operator sets AFTERWORD_WEBHOOK_SECRET.")
        try:
            parts, host = urlsplit(url), _host(url)
            port = parts.port
        except ValueError as error:
            raise WebhookRefused("This is no URL.") from error
        if parts.username is not None or not host:
            raise WebhookRefused("The URL has a host, and neither a name nor a password.")
        if host in self.inner and parts.scheme in ("http", "https"):
            return parts
        if host not in self.hosts:
            raise WebhookRefused("This host may not be told. The operator names hosts in AFTERWORD_WEBHOOK_HOSTS.")
        if parts.scheme != "https" or port not in (None, 443):
            raise WebhookRefused("A webhook's URL begins with https:// and names no other port than 443.")
        return parts

    async def address(self, parts: SplitResult, resolve: Resolve) -> str:
        """The address to connect to. It is resolved once: what was checked is what is called, whatever the name says a
        moment later. Raises WebhookRefused, OSError."""
        host, port = _host(parts.geturl()), parts.port or (443 if parts.scheme == "https" else 80)
        found = await resolve(host, port)
        if not found:
            raise OSError("no address")
        if host not in self.inner and not all(map(is_public, found)):
            raise WebhookRefused("This host is at an inner address.")
        return found[0]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def signature(secret: str, news: str, timestamp: int, body: bytes) -> str:
    """``secret`` as AFTERWORD_WEBHOOK_SECRET holds it: whsec_ and Base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{news}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()}"


class Webhooks:
    def __init__(self, store: WebhookStore, rules: WebhookRules, resolve: Resolve = addresses) -> None:
        self.store = store
        self.rules = rules
        self._resolve = resolve

    async def tell_all(self) -> None:
        """Everything that is due, one after the other. Raises StorageUnavailable."""
        while (telling := await self.store.take(_pause)) is not None:
            if await self._told(telling):
                await self.store.told(telling)
            else:
                log.warning("a webhook of %s did not arrive, try %d", telling.batch_id, telling.tries)

    async def _told(self, telling: Telling) -> bool:
        """Whether it was taken: any answer of 200 to 299. A redirect is none, and is not followed."""
        try:
            parts = self.rules.check(telling.url)  # the operator may have thought better of it
            address = await self.rules.address(parts, self._resolve)
            url = httpx2.URL(telling.url)
            body = _body(telling)
            headers = self._headers(telling, body, url.netloc.decode())
            named = {"sni_hostname": _host(telling.url)}  # and the certificate is that name's
            async with (
                asyncio.timeout(_TIMEOUT_S),
                httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT_S) as client,
                client.stream(
                    "POST", url.copy_with(host=address), content=body, headers=headers, extensions=named
                ) as answer,
            ):
                return bool(answer.is_success)
        except (WebhookRefused, httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError):
            return False

    def _headers(self, telling: Telling, body: bytes, host: str) -> dict[str, str]:
        now = int(time.time())
        return {
            "Host": host,
            "Content-Type": "application/json",
            "User-Agent": "Afterword",
            "webhook-id": telling.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self.rules.secret, telling.id, now, body),
        }


def _pause(tries: int) -> timedelta | None:
    return timedelta(seconds=PAUSES_S[tries - 1]) if tries <= len(PAUSES_S) else None


def _body(telling: Telling) -> bytes:
    """Counts, and no word of anybody's."""
    kind = "batch.cancelled" if telling.state == "cancelled" else "batch.finished"
    return json.dumps({"type": kind, "data": {"id": telling.batch_id, **telling.counts}}).encode()


async def tell_until(ended: asyncio.Event, webhooks: Webhooks, every_s: float) -> None:
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), every_s)
            return
        with contextlib.suppress(StorageUnavailable):
            await webhooks.tell_all()
