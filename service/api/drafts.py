"""POST /draft, /score and /facts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from service.api.answers import DraftOut, FactsOut, ScorecardOut, draft_out, facts_out, scorecard_out
from service.api.callers import CALLER
from service.api.idempotency import KEY_PATTERN, Once
from service.api.schemas import DraftIn, GivenIn, ScoreIn
from service.api.state import Service, service_of, too_late
from service.api.streaming import event_stream, replay
from service.drafting.aside import aside
from service.drafting.events import DraftDone, DraftEvent
from service.drafting.scoring import score_text
from service.errors import AfterwordError, StorageUnavailable
from service.reading.read import read_notes
from service.types import Draft, DraftRequest, Recipient

router = APIRouter(tags=["drafting"])


def _now() -> datetime:
    return datetime.now(UTC).astimezone()


IdempotencyKey = Annotated[
    str | None,
    Header(
        description="The same key and body are answered once: sent again, they get the same answer, unpaid.",
        json_schema_extra={"pattern": KEY_PATTERN},
    ),
]


@router.post("/draft", operation_id="draft", summary="Messages from notes", response_model=DraftOut)
async def draft(body: DraftIn, request: Request, idempotency_key: IdempotencyKey = None) -> Response | DraftOut:
    """With `Accept: text/event-stream` the answer is a stream of events: facts, progress, delta (checked text, sentence
    by sentence), message, done, or error.
    """
    service = service_of(request)
    asked, keeps = body.request(_now()), service.keeps(body.keep)
    streams = "text/event-stream" in request.headers.get("accept", "")
    once: Once | None = None
    if idempotency_key is not None:
        owner, storage = CALLER.get().id, service.storage if keeps else None
        begun = await service.once.begin(owner, idempotency_key, body.model_dump_json(), storage)
        if not isinstance(begun, Once):
            return _again(begun, streams)
        once = begun
    job = _Job(service, keeps, once)
    try:
        await service.until_ready(body.while_loading)
    except BaseException:
        await job.end()
        raise
    if streams:
        return await _stream(job, asked)
    try:
        made = await _unless_gone(request, service, asked)
        return JSONResponse(await job.finish(made))
    finally:
        await job.end()


@dataclass
class _Job:
    """What is done with a draft once it is made, and when its request is over."""

    service: Service
    keeps: bool
    once: Once | None

    async def finish(self, made: Draft) -> dict[str, Any]:
        """The answer, kept where it is to be."""
        body: dict[str, Any] = draft_out(made).model_dump(mode="json")
        if self.keeps:
            body["kept"] = True
            body["kept"] = await self.service.keep(made.id, body)
        if self.once is not None:
            with contextlib.suppress(StorageUnavailable):  # what is written is handed out all the same
                await self.once.answer(made.id, body)
        return body

    async def end(self) -> None:
        if self.once is not None:
            with contextlib.suppress(StorageUnavailable):
                await self.once.end()


def _again(body: dict[str, Any], streams: bool) -> Response:
    """The answer that was given before, as this request wants it."""
    replayed = {"Idempotency-Replayed": "true"}
    if not streams:
        return JSONResponse(body, headers=replayed)
    return StreamingResponse(replay(body), media_type="text/event-stream", headers=_STREAM | replayed)


_STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def _stream(job: _Job, asked: DraftRequest) -> Response:
    """The stream starts only when the notes can be read: until then a refusal is an ordinary problem response."""
    events = _drawn(_counted(job.service, job.service.drafter.stream(asked)))
    try:
        first = await anext(events)
    except BaseException:
        await job.end()
        raise
    stream = event_stream(_rejoined(first, events), finish=job.finish, end=job.end)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_STREAM)


async def _drawn(events: AsyncGenerator[DraftEvent, None]) -> AsyncIterator[DraftEvent]:
    """The events, taken as they happen: a caller who reads slowly keeps nobody else from a place in the line."""
    ready: asyncio.Queue[DraftEvent | None] = asyncio.Queue()

    async def draw() -> None:
        try:
            async for event in events:
                ready.put_nowait(event)
        finally:
            ready.put_nowait(None)

    drawing = asyncio.create_task(draw())
    try:
        while (event := await ready.get()) is not None:
            yield event
        await drawing  # raises what ended it
    finally:
        drawing.cancel()
        await asyncio.gather(drawing, return_exceptions=True)
        await events.aclose()


async def _counted(service: Service, events: AsyncGenerator[DraftEvent, None]) -> AsyncGenerator[DraftEvent, None]:
    """The events, within the bound and the deadline."""
    deadline = service.deadline()
    try:
        async with AsyncExitStack() as held:
            async with asyncio.timeout_at(deadline):
                await held.enter_async_context(service.room())
            held.push_async_callback(events.aclose)
            while True:
                async with asyncio.timeout_at(deadline):
                    event = await anext(events, None)
                if event is None:
                    return
                if isinstance(event, DraftDone):
                    service.metrics.drafted(event.draft)
                yield event
    except TimeoutError as error:
        raise too_late() from error


async def _rejoined(first: DraftEvent, rest: AsyncIterator[DraftEvent]) -> AsyncIterator[DraftEvent]:
    try:
        yield first
        async for event in rest:
            yield event
    finally:
        await rest.aclose()  # type: ignore[attr-defined]


async def _unless_gone(request: Request, service: Service, asked: DraftRequest) -> Draft:
    """The draft; a caller who hangs up ends it, and with it the calls to the model."""
    task, gone = asyncio.create_task(service.draft(asked)), asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientGone()
    finally:
        # Waited for, so that the model's calls have ended before the draft's room is given to another.
        task.cancel()
        gone.cancel()
        await asyncio.wait({task, gone})


async def _hung_up(request: Request) -> None:
    """Returns when the caller closes the connection: with the body read, nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


class ClientGone(AfterwordError):
    """Nobody is there to read the answer."""

    status = 499
    type = "client-closed-request"
    title = "The caller closed the connection"


@router.post("/score", operation_id="score", summary="The scorecard of any text")
async def score(body: ScoreIn, request: Request) -> ScorecardOut:
    """Holds a message, edited or written elsewhere, against the notes. No model is asked."""
    now = _now()
    recipient = Recipient(body.recipient.name, body.recipient.title) if body.recipient else None
    card = await aside(
        score_text,
        body.notes,
        body.kind,
        body.subject,
        body.body,
        service_of(request).reader,
        now=body.time(now),
        given=body.given(now),
        recipient=recipient,
        linkedin_limit=body.linkedin_limit,
    )
    return scorecard_out(card)


@router.post("/facts", operation_id="facts", summary="What the notes say")
async def facts(body: GivenIn, request: Request) -> FactsOut:
    """People, company, role, dates, and whose each item is; nothing is written."""
    now = _now()
    return facts_out(
        await aside(read_notes, body.notes, service_of(request).reader, now=body.time(now), given=body.given(now))
    )
