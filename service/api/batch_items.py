"""Who has what in a batch: its items listed, one of them whole, and a message corrected by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from service.api.answers import DraftOut, MessageOut, Problem, scorecard_out
from service.api.batch_schemas import BatchEntriesOut, BatchEntryOut, BatchLineIn, BatchOneOut, CorrectedIn
from service.api.batches import BatchId, batches_of, found_batch
from service.api.state import service_of
from service.drafting.aside import aside
from service.drafting.scoring import score_text
from service.errors import BatchNotFound, RequestError
from service.reading.reader import Reader
from service.storage.batch_items import BatchItem
from service.storage.batch_values import DONE, FAILED
from service.types import MessageKind, Recipient, Wording

router = APIRouter(prefix="/batches", tags=["batches"])
ItemNumber = Annotated[int, Path(ge=0, le=2**31 - 1, description="The item's place in the upload, from 0.")]
_NO_ITEM = "The batch has no such item, or the item no such message."


@router.get("/{batch_id}/items", operation_id="batch_items", summary="The items of a batch, finished or not")
async def items(
    request: Request,
    batch_id: BatchId,
    state: Annotated[
        Literal["waiting", "in_hand", "done", "failed", "cancelled"] | None, Query(description="Those alone.")
    ] = None,
    after: Annotated[int, Query(ge=-1, le=2**31 - 1, description="`next` of the page before.")] = -1,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> BatchEntriesOut:
    """In the upload's order. Notes and messages come with one item, not with the list."""
    found = await found_batch(request, batch_id)
    page = await batches_of(request).items.page(found.id, state, after, limit + 1)
    following = page[limit - 1].n if len(page) > limit else None
    return BatchEntriesOut(items=[_entry(item) for item in page[:limit]], next=following)


@router.get("/{batch_id}/items/{n}", operation_id="batch_item", summary="One item, with its notes")
async def item(request: Request, batch_id: BatchId, n: ItemNumber) -> BatchOneOut:
    found = await found_batch(request, batch_id)
    one = await batches_of(request).items.item(found.id, n)
    if one is None:
        raise BatchNotFound(_NO_ITEM)
    return BatchOneOut(
        n=one.n,
        ref=one.body.get("ref"),
        state=one.state,
        notes=one.body["notes"],
        draft=DraftOut.model_validate_json(json.dumps(one.result)) if one.state == DONE else None,  # a day stays a day
        problem=Problem.model_validate(one.result) if one.state == FAILED else None,
    )


@router.put("/{batch_id}/items/{n}/messages/{message}", operation_id="correct_message",
            summary="A message corrected by hand")  # fmt: skip
async def correct(
    request: Request,
    batch_id: BatchId,
    n: ItemNumber,
    message: Annotated[int, Path(ge=0, le=1000, description="Its place among the messages of the item's draft.")],
    body: CorrectedIn,
) -> MessageOut:
    """What results and mails.zip give from now on, counted and scored anew. It is a person's word: the checks say what
    they find in the scorecard and refuse nothing."""
    found, reader = await found_batch(request, batch_id), service_of(request).reader

    async def corrected(one: BatchItem) -> dict[str, Any]:
        draft = one.result or {}
        if message >= len(draft["messages"]):
            raise BatchNotFound(_NO_ITEM)
        messages = list(draft["messages"])
        messages[message] = await _corrected(messages[message], body, one, reader)
        return draft | {"messages": messages}

    draft = await batches_of(request).items.correct(found.id, n, corrected)
    if draft is None:
        raise BatchNotFound(f"{_NO_ITEM} What is not done has none yet.")
    return MessageOut.model_validate(draft["messages"][message])


async def _corrected(message: dict[str, Any], said: CorrectedIn, one: BatchItem, reader: Reader) -> dict[str, Any]:
    """Raises RequestError: a mail without a subject, or a LinkedIn note with one."""
    kind, now = MessageKind(message["kind"]), datetime.now(UTC).astimezone()
    if (said.subject is None) is not (kind is MessageKind.LINKEDIN):
        raise RequestError("A mail has a subject, and a LinkedIn note has none (null).")
    wording, line = Wording(said.subject, said.body), BatchLineIn.model_validate(one.body)
    card = await aside(
        score_text,
        line.notes,
        kind,
        wording.subject,
        wording.body,
        reader,
        now=line.time(now),
        given=line.given(now),
        recipient=Recipient(message["recipient"]["name"], message["recipient"]["title"]),
        linkedin_limit=line.linkedin_limit,
    )
    return message | {
        "subject": wording.subject,
        "body": wording.body,
        "word_count": wording.word_count,
        "char_count": wording.char_count,
        "written_by": "person",
        "evidence": [],  # it told places in the text that was there before
        "scorecard": scorecard_out(card).model_dump(mode="json"),
    }


def _entry(item: BatchItem) -> BatchEntryOut:
    asked = [one.get("name") for one in item.body.get("recipients") or []]
    messages = (item.result or {})["messages"] if item.state == DONE else []
    names = [m["recipient"]["name"] for m in messages] if messages else asked
    return BatchEntryOut(
        n=item.n,
        ref=item.body.get("ref"),
        state=item.state,
        candidate=(item.body.get("candidate") or {}).get("name"),
        recipients=list(dict.fromkeys(filter(None, names))),
        company=item.result["facts"]["company"] if item.state == DONE and item.result else None,
        messages=len(messages),
        corrected=any(m["written_by"] == "person" for m in messages),
        problem=item.result["detail"] if item.state == FAILED and item.result else None,
    )
