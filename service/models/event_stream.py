"""A response's bytes as the JSON objects in it, whichever way the endpoint chose to send them.

Asked for a stream, endpoints answer with server-sent events, with one JSON object, with JSON lines, and under content
types that say something else. The SDK's reader knows the first of these, and not whether the stream came to its end.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from service.errors import ModelReplyInvalid

MOST_BYTES = 4 * 1024 * 1024  # no follow-up message is a thousandth of this
_DONE = b"[DONE]"


class ObjectsOf:
    """Async iterator over the JSON objects of ``body``. ``done`` is set by the stream's own end mark.

    Raises:
        ModelReplyInvalid: what came is no JSON, or without end.
    """

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body
        self.done = False
        self.streamed = True  # False once it turns out that the endpoint sends its answer whole

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        lines = _lines(self._body)
        async for line in lines:
            if not line or line.startswith((b":", b"event:", b"id:", b"retry:")):
                continue
            if not line.startswith(b"data:"):
                self.streamed = False
                async for found in _no_events(line, lines):
                    yield found
                return
            data = line[5:].strip()
            if data == _DONE:
                self.done = True
                return
            if data:
                yield _object(data)


async def _no_events(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    """One JSON object over however many lines, or one to a line."""
    lines = [first, *[line async for line in rest]]
    try:
        yield _object(b"\n".join(lines))
        return
    except ModelReplyInvalid:
        if len(lines) == 1:
            raise
    for line in filter(None, lines):
        yield _object(line)


async def _lines(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Split at line feeds alone: U+2028 and its kind may stand in JSON."""
    held, seen = bytearray(), 0
    async for block in body:
        seen += len(block)
        if seen > MOST_BYTES:
            raise ModelReplyInvalid("The model's endpoint sent far more than any answer could be.")
        held += block
        if b"\n" in block:
            *whole, rest = held.split(b"\n")
            held = bytearray(rest)
            for line in whole:
                yield bytes(line).strip()
    if held.strip():
        yield bytes(held).strip()


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise _not_one() from error
    if not isinstance(found, dict):
        raise _not_one()
    return found


def _not_one() -> ModelReplyInvalid:
    return ModelReplyInvalid("The model's endpoint answered with something that is not a chat completion.")
