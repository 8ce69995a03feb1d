"""POST /draft, /score and /facts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from service.api.schemas import (
    DraftIn,
    DraftOut,
    FactsOut,
    GivenIn,
    ScorecardOut,
    ScoreIn,
    draft_out,
    facts_out,
    scorecard_out,
)
from service.api.state import Service, service_of
from service.api.streaming import event_stream
from service.drafting.aside import aside
from service.drafting.events import DraftDone, DraftEvent
from service.drafting.scoring import score_text
from service.errors import AfterwordError
from service.reading.read import read_notes
from service.types import Draft, DraftRequest, Recipient

router = APIRouter(tags=["drafting"])


def _now() -> datetime:
    return datetime.now(UTC).astimezone()


@router.post("/draft", operation_id="draft", summary="Messages from notes", response_model=DraftOut)
async def draft(body: DraftIn, request: Request) -> Response | DraftOut:
    """With `Accept: text/event-stream` the answer is a stream of events: facts, progress, delta (checked text, sentence
    by sentence), message, done, or error.
    """
    service = service_of(request)
    asked = body.request(_now())
    await service.until_ready(body.while_loading)
    if "text/event-stream" in request.headers.get("accept", ""):
        return await _stream(service, asked)
    return draft_out(await _unless_gone(request, service, asked))


async def _stream(service: Service, asked: DraftRequest) -> Response:
    """The stream starts only when the notes can be read: until then a refusal is an ordinary problem response."""
    events = _counted(service, service.drafter.stream(asked))
    first = await anext(events)
    return StreamingResponse(
        event_stream(_rejoined(first, events)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _counted(service: Service, events: AsyncIterator[DraftEvent]) -> AsyncIterator[DraftEvent]:
    async with service.room():
        try:
            async for event in events:
                if isinstance(event, DraftDone):
                    service.metrics.drafted(event.draft)
                yield event
        finally:
            await events.aclose()  # type: ignore[attr-defined]


async def _rejoined(first: DraftEvent, rest: AsyncIterator[DraftEvent]) -> AsyncIterator[DraftEvent]:
    try:
        yield first
        async for event in rest:
            yield event
    finally:
        await rest.aclose()  # type: ignore[attr-defined]


async def _unless_gone(request: Request, service: Service, asked: DraftRequest) -> Draft:
    """The draft; a caller who hangs up ends it, and with it the calls to the model."""
    task = asyncio.create_task(service.draft(asked))
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=0.05)
            if done:
                return task.result()
            if await request.is_disconnected():
                raise ClientGone()
    finally:
        # Waited for, so that the model's calls have ended before the draft's room is given to another.
        task.cancel()
        await asyncio.wait({task})


class ClientGone(AfterwordError):
    """Nobody is there to read the answer."""

    status = 499
    type = "client-closed-request"
    title = "The caller closed the connection"


@router.post("/score", operation_id="score", summary="The scorecard of any text")
async def score(body: ScoreIn, request: Request) -> ScorecardOut:
    """Holds a message, edited or written elsewhere, against the notes. No model is asked."""
    recipient = Recipient(body.recipient.name, body.recipient.title) if body.recipient else None
    card = await aside(
        score_text,
        body.notes,
        body.kind,
        body.subject,
        body.body,
        service_of(request).reader,
        now=body.time(_now()),
        given=body.given(),
        recipient=recipient,
        linkedin_limit=body.linkedin_limit,
    )
    return scorecard_out(card)


@router.post("/facts", operation_id="facts", summary="What the notes say")
async def facts(body: GivenIn, request: Request) -> FactsOut:
    """People, company, role, dates, and whose each item is; nothing is written."""
    return facts_out(
        await aside(read_notes, body.notes, service_of(request).reader, now=body.time(_now()), given=body.given())
    )
