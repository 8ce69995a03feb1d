"""A draft's events as server-sent events: what is sent has passed its checks and is not taken back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from service.api.answers import draft_out, facts_out, message_out
from service.api.problems import INTERNAL, of_error
from service.api.records import frames
from service.drafting.events import Delta, DraftDone, DraftEvent, FactsRead, MessageReady, Progress
from service.errors import AfterwordError
from service.types import Draft

KEEP_ALIVE_S = 15.0
log = logging.getLogger("afterword.requests")


def event_data(event: DraftEvent) -> tuple[str, dict[str, Any]]:
    """The event's name and its JSON."""
    match event:
        case FactsRead(facts):
            return "facts", facts_out(facts).model_dump(mode="json")
        case Progress(index, kind, recipient, step):
            return "progress", {"index": index, "kind": kind.value, "recipient": recipient, "step": step}
        case Delta(index, kind, recipient, text, item_id):
            return "delta", {
                "index": index,
                "kind": kind.value,
                "recipient": recipient,
                "text": text,
                "item_id": item_id,
            }
        case MessageReady(index, message):
            return "message", {"index": index, "message": message_out(message).model_dump(mode="json")}
        case DraftDone(draft):
            return "done", draft_out(draft).model_dump(mode="json")


def encode(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def replay(body: dict[str, Any]) -> AsyncIterator[bytes]:
    """A draft that was made before, as the events of one that is made now: each message's text in one piece."""
    yield encode("facts", body["facts"])
    for index, message in enumerate(body["messages"]):
        about = {"index": index, "kind": message["kind"], "recipient": message["recipient"]["name"]}
        yield encode("progress", {**about, "step": "writing"})
        yield encode("delta", {**about, "text": message["body"], "item_id": None})
        yield encode("message", {"index": index, "message": message})
    yield encode("done", body)


async def event_stream(
    events: AsyncIterator[DraftEvent],
    keep_alive_s: float = KEEP_ALIVE_S,
    *,
    finish: Callable[[Draft], Awaitable[dict[str, Any]]] | None = None,
    end: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[bytes]:
    """The events encoded, with a comment whenever the model is silent for long; an error ends them as an event.

    ``finish`` makes the last event's data of the draft; ``end`` is called when all is over, however it ended.
    """
    waiting: asyncio.Task[DraftEvent] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({waiting}, timeout=keep_alive_s)
            if not done:
                yield b": still writing\n\n"
                continue
            try:
                event = waiting.result()
            except StopAsyncIteration:
                return
            finally:
                waiting = None
            if isinstance(event, DraftDone) and finish is not None:
                yield encode("done", await finish(event.draft))
                continue
            yield encode(*event_data(event))
    except AfterwordError as error:
        yield encode("error", of_error(error))
    except Exception as error:  # noqa: BLE001 (the answer has begun: this is the last place that can still say so)
        log.error("unexpected %s at %s", type(error).__name__, frames(error.__traceback__))
        yield encode("error", of_error(INTERNAL))
    finally:
        if waiting is not None:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration, AfterwordError):
                await waiting
        await events.aclose()  # type: ignore[attr-defined]
        if end is not None:
            await end()
