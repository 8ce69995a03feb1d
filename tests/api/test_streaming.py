"""Server-sent events: in order, in agreement with the JSON answer, and alive while the model is silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from fastapi.testclient import TestClient

from service.api.streaming import event_stream
from service.drafting.events import DraftEvent, Progress
from service.errors import ModelOverloaded
from service.models.scripted import ScriptedModel, Step
from service.types import MessageKind
from tests.api.service import NOTES, NOW, client

STREAM = {"accept": "text/event-stream"}


async def test_a_silent_model_is_bridged_by_comments() -> None:
    speak = asyncio.Event()

    async def slow() -> AsyncGenerator[DraftEvent, None]:
        await speak.wait()
        yield Progress(0, MessageKind.THANK_YOU, "Ines", "writing")

    sent = []
    async for piece in event_stream(slow(), keep_alive_s=0.001):
        sent.append(piece)
        if len(sent) == 3:
            speak.set()
    assert sent[:3] == [b": still writing\n\n"] * 3
    assert sent[-1].startswith(b"event: progress\ndata: {")


async def test_closing_the_stream_closes_what_it_reads_from() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[DraftEvent, None]:
        try:
            while True:
                yield Progress(0, MessageKind.THANK_YOU, None, "writing")
        finally:
            closed.set()

    stream = event_stream(endless())
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    assert closed.is_set()


def test_an_error_after_the_start_ends_the_stream_as_an_event() -> None:
    failing = client(ScriptedModel(script=lambda _: Step(error=ModelOverloaded("Busy."))))
    answer = failing.post("/draft", json={"notes": NOTES, "now": NOW, "model_only": True}, headers=STREAM)
    assert answer.status_code == 200
    blocks = answer.text.strip().split("\n\n")
    assert blocks[0].startswith("event: facts")
    assert blocks[-1].startswith("event: error")
    assert '"/problems/model-overloaded"' in blocks[-1]


def test_line_breaks_in_a_message_do_not_break_an_event(outline: TestClient) -> None:
    text = outline.post("/draft", json={"notes": NOTES, "now": NOW}, headers=STREAM).text
    assert all(len(block.split("\n")) == 2 for block in text.strip().split("\n\n"))


def test_a_stream_is_not_kept_by_caches_or_proxies(outline: TestClient) -> None:
    answer = outline.post("/draft", json={"notes": NOTES, "now": NOW}, headers=STREAM)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
