"""Messages of a batch that are nearly the same (G38): named, and where asked drafted from other lines of the notes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from service.api.batch_schemas import LikenessOut, RedraftedOut, RedraftOut, alike_out
from service.api.batches import BatchId, batches_of, found_batch
from service.jobs.likeness import CEILING, CohortMessage
from service.storage.batch_items import BatchItem
from service.storage.batch_values import DONE

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
    found = await batches_of(request).likeness((await found_batch(request, batch_id)).id, ceiling)
    return LikenessOut(
        compared=found.compared,
        found=found.found,
        pairs=[alike_out(pair) for pair in found.pairs],
        truncated=found.truncated,
    )


@router.post("/{batch_id}/redraft-alike", operation_id="redraft_alike",
             summary="Drafts one of each alike pair from other lines of its notes")  # fmt: skip
async def redraft_alike(request: Request, batch_id: BatchId, ceiling: Ceiling = CEILING) -> RedraftOut:
    """The item waits once more, and what it had is gone; the lines that its alike message rested on are kept out of it
    from now on, as a `corrections` entry of the request. No text corrected by hand is touched."""
    batch, batches = await found_batch(request, batch_id), batches_of(request)
    found = await batches.likeness(batch.id, ceiling)
    bodies: dict[int, dict[str, Any]] = {}
    redrafted, left = [], []
    for pair in found.pairs:
        if pair.first.n in bodies or pair.second.n in bodies:
            continue  # one of the two is drafted anew already
        for message in (pair.second, pair.first):
            item = await batches.items.item(batch.id, message.n)
            if item is not None and (without := _lines_to_leave(item, message)):
                bodies[item.n] = _body_without(item, without)
                texts = [line["text"] for line in without]
                redrafted.append(RedraftedOut(n=item.n, ref=message.ref, without=texts))
                break
        else:
            left.append(alike_out(pair))
    await batches.draft_anew(batch.id, batch.owner, bodies)
    return RedraftOut(redrafted=redrafted, left=left, truncated=found.truncated)


def _lines_to_leave(item: BatchItem, message: CohortMessage) -> list[dict[str, Any]]:
    """The lines that the message rests on; none where it rests on none, where nothing else could be told, or where
    somebody has corrected the item by hand."""
    draft = item.result
    if item.state != DONE or draft is None or any(m["written_by"] == "person" for m in draft["messages"]):
        return []
    used = {e["item_id"] for e in draft["messages"][message.message]["evidence"]}
    tellable = [i for i in draft["facts"]["items"] if i["owner"] in _TOLD and i["worth"] > 0]
    rest = [i for i in tellable if i["id"] not in used]
    return [i for i in tellable if i["id"] in used] if rest else []


def _body_without(item: BatchItem, lines: list[dict[str, Any]]) -> dict[str, Any]:
    kept_out = [{"start": i["start"], "end": i["end"], "owner": "private"} for i in lines]
    return item.body | {"corrections": [*item.body.get("corrections", []), *kept_out]}
