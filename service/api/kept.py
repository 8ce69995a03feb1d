"""GET and DELETE /drafts/{id}: what was kept, for whoever asked for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.convertors import Convertor, register_url_convertor

from service.api.answers import DraftOut
from service.api.callers import CALLER
from service.api.exports import attachment, file_answer
from service.api.state import service_of
from service.drafting.send_window import timeline
from service.errors import DraftNotFound
from service.exports.eml import eml_of
from service.exports.ics import ics_reminders
from service.types import DateFact

router = APIRouter(prefix="/drafts", tags=["drafts"])
DraftId = Annotated[str, Path(pattern=r"^drf_[0-9a-f]{32}$", description="As POST /draft gave it.")]
_NONE = "There is no draft of this id: it was not kept, was deleted, is past its time, or is another key's."


class _Stem(Convertor[str]):
    """A part of a path without a dot: '/drafts/{id}' takes no method of '/drafts/{id}.eml' for its own."""

    regex = "[^/.]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("stem", _Stem())


async def _found(request: Request, draft_id: str) -> dict[str, Any]:
    storage = service_of(request).storage
    found = await storage.draft(draft_id, CALLER.get().sees) if storage is not None else None
    if found is None:
        raise DraftNotFound(_NONE)
    return found


@router.get("/{draft_id}.eml", operation_id="draft_eml", summary="A message of a kept draft as an unsent mail",
            response_class=Response, responses=file_answer("message/rfc822"))  # fmt: skip
async def eml(request: Request, draft_id: DraftId, message: Annotated[int, Query(ge=0, le=999)] = 0) -> Response:
    """`message` is its place among the draft's messages."""
    messages = (await _found(request, draft_id))["messages"]
    if message >= len(messages):
        raise DraftNotFound("The draft has no message of this number.")
    one = messages[message]
    data = eml_of(one["subject"] or "", one["body"])
    return Response(data, media_type="message/rfc822", headers=attachment("follow-up.eml"))


@router.get("/{draft_id}.ics", operation_id="draft_ics", summary="Reminders for a kept draft",
            response_class=Response, responses=file_answer("text/calendar"))  # fmt: skip
async def ics(request: Request, draft_id: DraftId) -> Response:
    """Reminders for what lay ahead when the draft was made."""
    draft = await _found(request, draft_id)
    facts, now = draft["facts"], datetime.fromisoformat(draft["created_at"])
    if zone := draft.get("time_zone"):
        now = now.astimezone(ZoneInfo(zone))
    entries = timeline(
        interview_at=_date_fact(facts["interview_at"]),
        decision_date=_date_fact(facts["decision_date"]),
        now=now,
        rules=service_of(request).rules,
    )
    data = ics_reminders(entries, uid_seed=draft_id, now=now)
    return Response(data, media_type="text/calendar", headers=attachment("afterword-reminders.ics"))


@router.get("/{draft_id:stem}", operation_id="kept_draft", summary="A draft that was kept", response_model=DraftOut)
async def draft(request: Request, draft_id: DraftId) -> Response:
    """As POST /draft answered it."""
    return JSONResponse(await _found(request, draft_id))


@router.delete("/{draft_id:stem}", operation_id="delete_draft", summary="Deletes a draft for good", status_code=204)
async def delete(request: Request, draft_id: DraftId) -> None:
    """Also what a repeated request with its Idempotency-Key would be answered with."""
    service = service_of(request)
    storage = service.storage
    if storage is None or not await storage.delete_draft(draft_id, CALLER.get().sees):
        raise DraftNotFound(_NONE)
    service.once.forget_draft(draft_id)


def _date_fact(value: str | None) -> DateFact | None:
    if value is None:
        return None
    return DateFact(datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))
