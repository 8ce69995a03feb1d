"""How often one caller may ask: counted in memory, or in Redis where several machines serve; by ``limits``."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from service.errors import TooManyRequests

log = logging.getLogger("afterword.limits")
_GUESSES = parse("20/minute")  # wrong keys from one address
_ANSWERS_S = 1.0  # then Redis counts as gone
_LEFT_ALONE_S = 10.0  # a Redis that is gone: one that hangs would hold up every request
Headers = list[tuple[str, str]]


class RateLimiter:
    """``limit`` None means that nobody is limited; wrong keys are counted all the same."""

    def __init__(self, limit: str | None, redis_url: str | None) -> None:
        self._limit = parse(limit) if limit else None
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared: SlidingWindowCounterRateLimiter | None = None
        self._gone = False
        self._left_alone_until = 0.0
        self._redis: RedisStorage | None = None
        if redis_url:
            self._redis = RedisStorage(
                f"async+{redis_url}",
                implementation="redispy",
                socket_timeout=_ANSWERS_S,
                socket_connect_timeout=_ANSWERS_S,
            )
            self._shared = SlidingWindowCounterRateLimiter(self._redis)

    async def aclose(self) -> None:
        if self._redis is not None:
            bridge: Any = self._redis.bridge  # which of several it is, the library decides when it runs
            await bridge.get_connection().aclose()

    async def hit(self, caller: str) -> Headers:
        """The headers that say what is left. Raises TooManyRequests."""
        if self._limit is None:
            return []
        item = self._limit
        allowed = await self._ask("hit", item, "requests", caller)
        window = await self._ask("get_window_stats", item, "requests", caller)
        reset_s = max(1, round(window.reset_time - time.time()))
        headers = [
            ("RateLimit-Policy", f'"requests";q={item.amount};w={item.get_expiry()}'),
            ("RateLimit", f'"requests";r={max(0, window.remaining)};t={reset_s}'),
        ]
        if not allowed:
            error = TooManyRequests(
                "More requests than the limit allows. Wait as long as Retry-After says.", retry_after_s=reset_s
            )
            error.headers = dict(headers)
            raise error
        return headers

    async def allow_guess(self, address: str) -> None:
        if not await self._ask("test", _GUESSES, "guesses", address):
            raise TooManyRequests("Too many wrong keys from this address. Wait a minute.", retry_after_s=60)

    async def count_guess(self, address: str) -> None:
        await self._ask("hit", _GUESSES, "guesses", address)

    async def _ask(self, what: str, item: RateLimitItem, *identifiers: str) -> Any:
        """From Redis; from memory while it is gone, so that limits hold on each machine at least."""
        clock = asyncio.get_running_loop().time
        if self._shared is not None and clock() >= self._left_alone_until:
            try:
                answer = await getattr(self._shared, what)(item, *identifiers)
            except (RedisError, OSError) as error:
                if not self._gone:
                    log.error("Redis cannot be reached (%s): limits are counted here alone.", type(error).__name__)
                self._gone = True
                self._left_alone_until = clock() + _LEFT_ALONE_S
            else:
                if self._gone:
                    log.warning("Redis is back: limits are shared again.")
                self._gone = False
                return answer
        return await getattr(self._here, what)(item, *identifiers)
