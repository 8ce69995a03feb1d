"""POST /batches and what becomes of them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.requests import ClientDisconnect

from service.api.batch_schemas import (
    BatchesOut,
    BatchName,
    BatchOut,
    RetriedOut,
    batch_out,
)
from service.api.batch_upload import Faults, UploadLine, counted, csv_lines, json_lines
from service.api.callers import CALLER
from service.api.drafts import IdempotencyKey
from service.api.idempotency import valid_key
from service.api.state import Service, service_of
from service.errors import (
    BatchesOff,
    BatchInvalid,
    BatchNotFound,
    BatchTooLarge,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
)
from service.jobs.batches import Batches
from service.storage.batch_values import LOADING, Batch, FinishedItem

router = APIRouter(prefix="/batches", tags=["batches"])
BatchId = Annotated[str, Path(pattern=r"^bat_[0-9a-f]{32}$", description="As POST /batches gave it.")]
_NONE = "There is no batch of this id: it was deleted, is past its time, or is another key's."
_CHUNK_ITEMS, _CHUNK_BYTES = 200, 1_000_000
_LINES = {"schema": {"type": "string"}}
_EXAMPLE = '{"ref": "1", "notes": "Met Ines Duarte at Rye & Co, Tues Nov 17. The rye is proofed for 19 hours."}\n'
_TABLE = 'ref,notes\n1,"Met Ines Duarte at Rye & Co, Tues Nov 17. The rye is proofed for 19 hours."\n'
_UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "One request of POST /draft a line, with a `ref` of your own; or a table of the same.",
        "content": {
            "application/jsonl": {**_LINES, "example": _EXAMPLE},
            "text/csv": {**_LINES, "example": _TABLE},
        },
    }
}
_RESULTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "One BatchItemOut a line.", "content": {"application/jsonl": _LINES}}
}


def batches_of(request: Request) -> Batches:
    """Raises BatchesOff."""
    found = service_of(request).batches
    if found is None:
        raise BatchesOff(
            "A batch has to be kept until it is done, and nothing is kept here. The operator sets AFTERWORD_BATCHES=on "
            "or AFTERWORD_KEEP."
        )
    return found


async def found_batch(request: Request, batch_id: str) -> Batch:
    """Raises BatchNotFound."""
    found = await batches_of(request).store.batch(batch_id, CALLER.get().sees)
    if found is None:
        raise BatchNotFound(_NONE)
    return found


async def shown(request: Request, batch: Batch) -> BatchOut:
    return batch_out(batch, await batches_of(request).store.in_hand(batch.id))


@router.post("", operation_id="submit_batch", summary="Thousands of drafts at once", status_code=202,
             response_model=BatchOut, openapi_extra=_UPLOAD)  # fmt: skip
async def submit(
    request: Request,
    name: Annotated[BatchName, Query(description="For people.")] = "",
    idempotency_key: IdempotencyKey = None,
    webhook_url: Annotated[
        str | None, Header(max_length=2000, description="Is told, signed, when the batch is finished.")
    ] = None,
) -> Response:
    """JSON Lines, or CSV (`Content-Type: text/csv`) with named columns. All lines can be used, or nothing is taken and
    `errors` says which cannot and why."""
    service, batches, owner = service_of(request), batches_of(request), CALLER.get().owner
    if webhook_url is not None:
        batches.webhooks.rules.check(webhook_url)
    batch_id = f"bat_{uuid.uuid4().hex}"
    if idempotency_key is not None:
        batch_id = f"bat_{hashlib.sha256(json.dumps([owner, valid_key(idempotency_key)]).encode()).hexdigest()[:32]}"
        if (before := await batches.store.batch(batch_id, owner)) is not None and before.state != LOADING:
            return await _again(request, before)
    most_open = service.settings.max_open_batches
    if not await batches.store.begin(batch_id, owner, {"name": name}, most_open=most_open):
        raise IdempotencyKeyInUse("The first upload under this Idempotency-Key is not finished.", retry_after_s=5)
    try:
        total, digest = await _load(request, batches, batch_id, service)
        if webhook_url is not None:
            await batches.webhooks.store.add(batch_id, webhook_url)
        await batches.store.open(batch_id, total, digest)
    except BaseException:
        await asyncio.shield(batches.store.delete([batch_id]))
        raise
    await batches.hand_over(batch_id, owner)
    return JSONResponse(
        (await shown(request, await found_batch(request, batch_id))).model_dump(mode="json"),
        202,
        headers={"Location": f"{request.scope.get('root_path', '').rstrip('/')}/batches/{batch_id}"},
    )


async def _again(request: Request, before: Batch) -> Response:
    """The batch that the same upload made before. Raises IdempotencyKeyReused where it is another."""
    digest = hashlib.sha256()
    async for chunk in counted(request.stream(), service_of(request).settings.max_batch_mb):
        digest.update(chunk)
    if digest.hexdigest() != before.request:
        raise IdempotencyKeyReused("The same Idempotency-Key came with another upload. Use a new key for a new batch.")
    body = (await shown(request, before)).model_dump(mode="json")
    return JSONResponse(body, 202, headers={"Idempotency-Replayed": "true"})


async def _load(request: Request, batches: Batches, batch_id: str, service: Service) -> tuple[int, str]:
    """How many items were stored, and the hash of the upload.

    Raises:
        BatchInvalid: some line cannot be used, or there is none.
        BatchTooLarge: more items or bytes than are taken.
    """
    digest, faults, settings = hashlib.sha256(), Faults(), service.settings
    held: list[bytes] = []
    size = total = 0
    async for line in _read(request, digest, settings.max_batch_mb):
        if line.body is None:
            faults.add(line)
            continue
        total += 1
        if total > settings.max_batch_items:
            raise BatchTooLarge(f"At most {settings.max_batch_items:,} items in one batch. Send the rest as another.")
        if faults.told:
            continue  # looked at for its faults alone
        held.append(line.body)
        size += len(line.body)
        if len(held) >= _CHUNK_ITEMS or size >= _CHUNK_BYTES:
            await batches.store.add(batch_id, total - len(held), held)
            held, size = [], 0
    if faults.told:
        raise faults.error()
    if not total:
        raise BatchInvalid("There is no line in the upload. Each line holds one JSON object, as POST /draft takes it.")
    if held:
        await batches.store.add(batch_id, total - len(held), held)
    return total, digest.hexdigest()


async def _read(request: Request, digest: Any, most_mb: int) -> AsyncIterator[UploadLine]:
    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in counted(request.stream(), most_mb):
                digest.update(chunk)
                yield chunk
        except ClientDisconnect as error:
            raise BatchInvalid("The upload broke off.") from error

    now = datetime.now(UTC).astimezone()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    async for line in (csv_lines if kind == "text/csv" else json_lines)(chunks(), now):
        yield line


@router.get("", operation_id="batches", summary="The caller's batches, the newest first")
async def listed(request: Request) -> BatchesOut:
    found = await batches_of(request).store.listed(CALLER.get().sees)
    return BatchesOut(batches=[await shown(request, batch) for batch in found])


@router.get("/{batch_id}", operation_id="batch", summary="How far a batch is")
async def batch(request: Request, batch_id: BatchId) -> BatchOut:
    """The first answer after its end takes as long as its messages take to be compared: seconds for ten thousand."""
    found = await found_batch(request, batch_id)
    return await shown(request, await batches_of(request).counted(found))


@router.get("/{batch_id}/results", operation_id="batch_results", summary="What a batch has so far, as JSON Lines",
            response_class=Response, responses=_RESULTS)  # fmt: skip
async def results(
    request: Request,
    batch_id: BatchId,
    order: Annotated[
        Literal["input", "finished"],
        Query(description="`input`: in the upload's order, up to the first item that is not finished."),
    ] = "input",
    after: Annotated[int, Query(ge=-1, le=2**31 - 1, description="The `cursor` of the last line that came.")] = -1,
    limit: Annotated[int | None, Query(ge=1, description="Lines at most.")] = None,
) -> Response:
    """The answer ends with what there is now. Each line has a `cursor` to go on from."""
    found, store = await found_batch(request, batch_id), batches_of(request).store
    by = "n" if order == "input" else "seq"
    items = store.finished_items(found.id, by=by, after=after)

    async def lines() -> AsyncIterator[str]:
        sent = 0
        async for item in items:
            if sent == limit:
                return
            sent += 1
            yield json.dumps(item_line(item, by), ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type="application/jsonl", headers={"Cache-Control": "no-store"})


def item_line(item: FinishedItem, by: str) -> dict[str, Any]:
    """As BatchItemOut says."""
    line = {"n": item.n, "ref": item.body.get("ref"), "state": item.state, "cursor": str(getattr(item, by))}
    result = {"done": "draft", "failed": "problem"}.get(item.state)
    return line | ({result: item.result} if result else {})


@router.post("/{batch_id}/cancel", operation_id="cancel_batch", summary="Ends what is not finished")
async def cancel(request: Request, batch_id: BatchId) -> BatchOut:
    """Drafts in hand are ended within seconds; what is finished stays."""
    found = await found_batch(request, batch_id)
    if found.waiting:
        await batches_of(request).cancel(found.id)
    return await shown(request, await found_batch(request, batch_id))


@router.post("/{batch_id}/retry", operation_id="retry_batch", summary="Asks for the failed items again")
async def retry(request: Request, batch_id: BatchId) -> RetriedOut:
    """Only for those; what is done stays as it is."""
    found = await found_batch(request, batch_id)
    return RetriedOut(again=await batches_of(request).ask_again(found.id, found.owner))


@router.delete("/{batch_id}", operation_id="delete_batch", summary="Deletes a batch for good", status_code=204)
async def delete(request: Request, batch_id: BatchId) -> None:
    """Notes, messages, replies and the engine's own record of them."""
    found = await found_batch(request, batch_id)
    await batches_of(request).delete(found.id)
