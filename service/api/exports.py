"""A message as a mail draft or link, and the plan as calendar reminders."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from service.api.answers import MailtoOut
from service.api.schemas import EmlIn, MailtoIn, PlanIn
from service.api.state import service_of
from service.drafting.aside import aside
from service.drafting.send_window import timeline
from service.exports.eml import eml_of
from service.exports.ics import ics_reminders
from service.exports.mailto import mailto_link
from service.reading.read import read_notes

router = APIRouter(prefix="/exports", tags=["exports"])


def file_answer(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file.", "content": {media_type: {"schema": {"type": "string"}}}}}


@router.post(
    "/eml",
    operation_id="export_eml",
    summary="An unsent mail draft",
    response_class=Response,
    responses=file_answer("message/rfc822"),
)
async def eml(body: EmlIn) -> Response:
    data = eml_of(body.subject, body.body, body.sender)
    return Response(data, media_type="message/rfc822", headers=attachment("follow-up.eml"))


@router.post(
    "/mailto", operation_id="export_mailto", summary="A mailto link, or null when the text is too long for one"
)
async def mailto(body: MailtoIn) -> MailtoOut:
    return MailtoOut(link=mailto_link(body.subject, body.body, body.to))


@router.post(
    "/ics",
    operation_id="export_ics",
    summary="Reminders for what to send when",
    response_class=Response,
    responses=file_answer("text/calendar"),
)
async def ics(body: PlanIn, request: Request) -> Response:
    """The dates are read from the notes of a draft's request; no word of the notes goes into the file."""
    now = body.time(datetime.now(UTC).astimezone())
    service = service_of(request)
    facts = await aside(read_notes, body.notes, service.reader, now=now, given=body.given(now))
    entries = timeline(interview_at=facts.interview_at, decision_date=facts.decision_date, now=now, rules=service.rules)
    seed = hashlib.sha256(body.notes.encode()).hexdigest()[:16]
    data = ics_reminders(entries, uid_seed=seed, now=now)
    return Response(data, media_type="text/calendar", headers=attachment("afterword-reminders.ics"))


def attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
