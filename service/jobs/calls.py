"""The model as an item asks it: a call that was paid is not paid again, an endpoint that is down is waited for, and all
workers together keep the operator's pace."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from service.errors import ModelOverloaded, ModelTimeout, ModelUnavailable, StorageUnavailable
from service.models.port import Model, ModelReply, ModelRequest
from service.models.wrapped import Wrapped
from service.types import Usage

Keep = Callable[[str, dict[str, Any]], Awaitable[None]]
_PASSING = (ModelUnavailable, ModelOverloaded, ModelTimeout)
_LONGEST_WAIT_S = 30.0


class Whole(Wrapped):
    """A model whose answers come whole: nobody watches an item being written."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        return await self._model.complete(request)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        reply = await self.complete(request)
        yield reply.text
        yield reply


class Patient(Whole):
    """Waits ``patience_s`` in all, and longer from one try to the next, for an endpoint that is down or busy."""

    def __init__(
        self, model: Model, patience_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        super().__init__(model)
        self._left_s = patience_s
        self._sleep = sleep

    async def complete(self, request: ModelRequest) -> ModelReply:
        pause_s = 0.5
        while True:
            try:
                return await self._model.complete(request)
            except _PASSING as error:
                wait_s = min(_LONGEST_WAIT_S, max(pause_s, error.retry_after_s or 0))
                if self._left_s < wait_s:
                    raise
                self._left_s -= wait_s
                pause_s = min(_LONGEST_WAIT_S, 2 * pause_s)
                await self._sleep(wait_s)


class Paced(Whole):
    """Each call begins when ``turn`` says so, which asks everybody's clock."""

    def __init__(self, model: Model, turn: Callable[[], Awaitable[None]]) -> None:
        super().__init__(model)
        self._turn = turn

    async def complete(self, request: ModelRequest) -> ModelReply:
        await self._turn()
        return await self._model.complete(request)


class PaidOnce(Whole):
    """Answers from ``replies`` what was answered before, and keeps what is new.

    By what a request says, not by its place among the others: messages are written at the same time, and which asks
    first is chance. Of several that say the same, each has its own answer.
    """

    def __init__(self, model: Model, replies: dict[str, dict[str, Any]], keep: Keep) -> None:
        super().__init__(model)
        self._replies = replies
        self._keep = keep
        self._asked: Counter[str] = Counter()

    async def complete(self, request: ModelRequest) -> ModelReply:
        said = _digest(request)
        key = f"{said}:{self._asked[said]}"
        self._asked[said] += 1
        if (kept := self._replies.get(key)) is not None:
            return ModelReply(kept["text"], kept["finish_reason"], Usage(**kept["usage"]))
        reply = await self._model.complete(request)
        await until_kept(
            lambda: self._keep(
                key, {"text": reply.text, "finish_reason": reply.finish_reason, "usage": asdict(reply.usage)}
            )
        )
        return reply


async def until_kept(keep: Callable[[], Awaitable[Any]]) -> Any:
    """What ``keep`` returns, once the database is there: what was paid for is not thrown away while it restarts."""
    pause_s = 0.2
    while True:
        try:
            return await keep()
        except StorageUnavailable:
            await asyncio.sleep(pause_s)
            pause_s = min(5.0, 2 * pause_s)


def _digest(request: ModelRequest) -> str:
    said = asdict(request)
    said["json_schema"] = dict(request.json_schema) if request.json_schema is not None else None
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
