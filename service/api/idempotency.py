"""One answer to the same request, however often it is sent: in memory for an hour, where drafts are kept for a day."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from service.errors import IdempotencyKeyInUse, IdempotencyKeyReused, RequestError
from service.storage.store import Storage

KEY_PATTERN = "^[!-~]{1,255}$"
_KEY = re.compile(KEY_PATTERN)
_KEPT_S = 3600.0
_MOST = 500
_REUSED = "The same Idempotency-Key came with another body. Use a new key for a new request."


@dataclass
class _Running:
    request: str
    ended: asyncio.Event


class Once:
    """One request's right to be answered under its key."""

    def __init__(self, answers: Idempotency, key: str, request: str, storage: Storage | None) -> None:
        self._answers = answers
        self._key = key
        self._request = request
        self._storage = storage
        self._answered = False

    async def answer(self, draft_id: str, body: dict[str, Any]) -> None:
        self._answered = True
        if self._storage is not None:
            await self._storage.answer(self._key, draft_id, body)
        else:
            self._answers.remember(self._key, self._request, draft_id, body)

    async def end(self) -> None:
        """Always, whatever became of the request: an error is not an answer to keep."""
        try:
            if not self._answered and self._storage is not None:
                await self._storage.release(self._key)
        finally:
            self._answers.ended(self._key)


class Idempotency:
    def __init__(self, now: Any = time.monotonic) -> None:
        self._running: dict[str, _Running] = {}
        self._kept: OrderedDict[str, tuple[float, str, str, dict[str, Any]]] = OrderedDict()
        self._now = now

    async def begin(self, owner: str, key: str, body: str, storage: Storage | None) -> Once | dict[str, Any]:
        """The right to answer, or the answer that was given before. A twin in this process is waited for.

        Raises:
            RequestError: the key is none.
            IdempotencyKeyReused: it came with another body.
            IdempotencyKeyInUse: another process is answering it.
        """
        name, request = _hash(owner, valid_key(key)), _hash(body)
        while (twin := self._running.get(name)) is not None:
            if twin.request != request:
                raise IdempotencyKeyReused(_REUSED)
            await twin.ended.wait()
        if (kept := self._recall(name)) is not None:
            return self._same(kept, request)
        self._running[name] = _Running(request, asyncio.Event())
        try:
            if storage is not None:
                claim = await storage.claim(name, request)
                if claim.outcome == "another request":
                    raise IdempotencyKeyReused(_REUSED)
                if claim.outcome == "running":
                    raise IdempotencyKeyInUse(
                        "The first request with this Idempotency-Key is not finished. Ask again in a moment.",
                        retry_after_s=2,
                    )
                if claim.body is not None:
                    self.ended(name)
                    return claim.body
        except BaseException:
            self.ended(name)
            raise
        return Once(self, name, request, storage)

    def remember(self, name: str, request: str, draft_id: str, body: dict[str, Any]) -> None:
        self._kept[name] = (self._now() + _KEPT_S, request, draft_id, body)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def forget_draft(self, draft_id: str) -> bool:
        """A deleted draft is not given out again under the key that it was asked for with."""
        names = [n for n, (_, _, kept, _) in self._kept.items() if kept == draft_id]
        for name in names:
            del self._kept[name]
        return bool(names)

    def ended(self, name: str) -> None:
        if (running := self._running.pop(name, None)) is not None:
            running.ended.set()

    def _recall(self, name: str) -> tuple[str, dict[str, Any]] | None:
        for old in [n for n, (until, *_) in self._kept.items() if until <= self._now()]:
            del self._kept[old]
        found = self._kept.get(name)
        return (found[1], found[3]) if found else None

    def _same(self, kept: tuple[str, dict[str, Any]], request: str) -> dict[str, Any]:
        if kept[0] != request:
            raise IdempotencyKeyReused(_REUSED)
        return kept[1]


def valid_key(key: str) -> str:
    """``key`` itself. Raises RequestError where it is none."""
    if not _KEY.fullmatch(key):
        raise RequestError("Idempotency-Key takes 1 to 255 characters of ASCII without blanks.")
    return key


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
