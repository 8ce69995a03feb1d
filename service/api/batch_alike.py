"""Messages of a batch that are nearly the same (G38): named, and where asked drafted from other lines of the notes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from service.api.batch_schemas import LikenessOut, RedraftedOut, RedraftOut, alike_out
from service.api.batches import BatchId, batches_of, found_batch
from service.jobs.likeness import CEILING, Alike, CohortMessage, alike
from service.storage.batch_values import DONE, FinishedItem

router = APIRouter(prefix="/batches", tags=["batches"])
Ceiling = Annotated[float, Query(ge=50, le=100, description="Per cent of like characters.")]
_TOLD = ("theirs", "mine", "next_step")  # whose lines a letter may tell


@router.get("/{batch_id}/alike", operation_id="alike_messages", summary="Messages that are nearly the same")
async def alike_messages(
    request: Request,
    batch_id: BatchId,
    ceiling: Ceiling = CEILING,
) -> LikenessOut:
    """Between items, to the same reader or the same company (G38)."""
    compared, pairs, _ = await _alike(request, (await found_batch(request, batch_id)).id, ceiling)
    return LikenessOut(compared=compared, pairs=[alike_out(pair) for pair in pairs])


@router.post("/{batch_id}/redraft-alike", operation_id="redraft_alike",
             summary="Drafts one of each alike pair from other lines of its notes")  # fmt: skip
async def redraft_alike(request: Request, batch_id: BatchId, ceiling: Ceiling = CEILING) -> RedraftOut:
    """The item waits once more, and what it had is gone; the lines that its alike message rested on are kept out of it
    from now on, as a `corrections` entry of the request. No text corrected by hand is touched."""
    found = await found_batch(request, batch_id)
    _, pairs, items = await _alike(request, found.id, ceiling)
    bodies: dict[int, dict[str, Any]] = {}
    redrafted, left = [], []
    for pair in pairs:
        if pair.first.n in bodies or pair.second.n in bodies:
            continue  # one of the two is drafted anew already
        for message in (pair.second, pair.first):
            item = items[message.n]
            if without := _lines_to_leave(item, message):
                bodies[item.n] = _body_without(item, without)
                texts = [line["text"] for line in without]
                redrafted.append(RedraftedOut(n=item.n, ref=message.ref, without=texts))
                break
        else:
            left.append(alike_out(pair))
    await batches_of(request).draft_anew(found.id, found.owner, bodies)
    return RedraftOut(redrafted=redrafted, left=left)


async def _alike(request: Request, batch_id: str, ceiling: float) -> tuple[int, list[Alike], dict[int, FinishedItem]]:
    """How many messages were compared, the pairs, and the items that are done, by number."""
    finished = batches_of(request).store.finished_items(batch_id, by="seq", after=0)
    items = {item.n: item async for item in finished if item.state == DONE}
    in_order = sorted(items.items())  # the later of two is told anew, whichever was finished first
    messages = [m for _, item in in_order for m in messages_of(item)]
    return len(messages), await asyncio.to_thread(lambda: list(alike(messages, ceiling))), items


def messages_of(item: FinishedItem) -> list[CohortMessage]:
    ref, company = item.body.get("ref"), item.result["facts"]["company"] or ""
    return [
        CohortMessage(item.n, k, ref, company, message["recipient"]["name"] or "", message["body"])
        for k, message in enumerate(item.result["messages"])
    ]


def _lines_to_leave(item: FinishedItem, message: CohortMessage) -> list[dict[str, Any]]:
    """The lines that the message rests on; none where it rests on none, where nothing else could be told, or where
    somebody has corrected the item by hand."""
    draft = item.result
    if any(m["written_by"] == "person" for m in draft["messages"]):
        return []
    used = {e["item_id"] for e in draft["messages"][message.message]["evidence"]}
    tellable = [i for i in draft["facts"]["items"] if i["owner"] in _TOLD and i["worth"] > 0]
    rest = [i for i in tellable if i["id"] not in used]
    return [i for i in tellable if i["id"] in used] if rest else []


def _body_without(item: FinishedItem, lines: list[dict[str, Any]]) -> dict[str, Any]:
    kept_out = [{"start": i["start"], "end": i["end"], "owner": "private"} for i in lines]
    return item.body | {"corrections": [*item.body.get("corrections", []), *kept_out]}
