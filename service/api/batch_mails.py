"""A batch's mails as one .zip of unsent drafts, for whoever sends them by hand."""

from __future__ import annotations

import asyncio
import re
import tempfile
import zipfile
from collections.abc import AsyncIterator
from typing import IO

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from service.api.batches import BatchId, batches_of, found_batch
from service.api.exports import attachment
from service.exports.eml import eml_of
from service.storage.batch_values import DONE, FinishedItem

router = APIRouter(prefix="/batches", tags=["batches"])
_IN_MEMORY = 4_000_000
_CHUNK = 64 * 1024
_ZIP = {"schema": {"type": "string", "format": "binary"}}


@router.get("/{batch_id}/mails.zip", operation_id="batch_mails", summary="The mails of a batch as .eml files",
            response_class=Response,
            responses={200: {"description": "The file.", "content": {"application/zip": _ZIP}}})  # fmt: skip
async def mails(request: Request, batch_id: BatchId) -> Response:
    """Of the items that are done now; LinkedIn notes are no mails and are not among them."""
    found = await found_batch(request, batch_id)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (closed when it has been sent)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        async for item in batches_of(request).store.finished_items(found.id, by="seq", after=0):
            if item.state == DONE:
                await asyncio.to_thread(_add, archive, item)
    headers = attachment("afterword-mails.zip") | {"Cache-Control": "no-store"}
    return StreamingResponse(_sent(file), media_type="application/zip", headers=headers)


def _add(archive: zipfile.ZipFile, item: FinishedItem) -> None:
    for k, message in enumerate(item.result["messages"]):
        if message["subject"] is not None:
            parts = (f"{item.n:05}", item.body.get("ref"), message["recipient"]["name"], message["kind"], str(k))
            archive.writestr(
                f"{_plain('-'.join(filter(None, parts)))}.eml", eml_of(message["subject"], message["body"])
            )


def _plain(name: str) -> str:
    """A name that any file system takes, and that leads nowhere else."""
    return re.sub(r"[^\w-]+", "_", name)[:120]


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    file.seek(0)
    try:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
    finally:
        file.close()
