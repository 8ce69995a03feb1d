"""What both clients do about batches."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

_CHUNK = 256 * 1024
_PAGE = 200  # results in one answer
Upload = Path | bytes


class _Chunks:
    """A file's bytes, read as they are sent, and from the beginning again where they are sent again."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self._upload, bytes):
            yield self._upload
            return
        with self._upload.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


class _AsyncChunks:
    """The same for a client that awaits; it is no iterable of the other kind as well, or that would be tried."""

    def __init__(self, upload: Upload) -> None:
        self._chunks = _Chunks(upload)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = iter(self._chunks)
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk


def _submission(
    content: _Chunks | _AsyncChunks, kind: str, name: str, idempotency_key: str | None, webhook_url: str | None
) -> dict[str, Any]:
    headers = {
        "Content-Type": "text/csv" if kind == "csv" else "application/jsonl",
        "Idempotency-Key": idempotency_key or str(uuid.uuid4()),
    }
    if webhook_url is not None:
        headers["Webhook-Url"] = webhook_url
    return {"method": "POST", "url": "/batches", "params": {"name": name}, "content": content, "headers": headers}


def _alike(batch_id: str, ceiling: float | None) -> dict[str, Any]:
    params = {} if ceiling is None else {"ceiling": ceiling}
    return {"method": "GET", "url": f"/batches/{batch_id}/alike", "params": params}


def _redraft(batch_id: str, ceiling: float | None) -> dict[str, Any]:
    return _alike(batch_id, ceiling) | {"method": "POST", "url": f"/batches/{batch_id}/redraft-alike"}


def _page(batch_id: str, order: str, after: int) -> dict[str, Any]:
    params = {"order": order, "after": after, "limit": _PAGE}
    return {"method": "GET", "url": f"/batches/{batch_id}/results", "params": params}


class AsyncBatchCalls:
    async def _send(self, **request: Any) -> Any:
        raise NotImplementedError

    async def submit_batch(
        self,
        upload: Upload,
        *,
        kind: str = "jsonl",
        name: str = "",
        idempotency_key: str | None = None,
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """The answer of POST /batches. ``upload`` is JSON Lines, or a table with ``kind`` 'csv'.

        ``webhook_url`` is told when the batch is finished.
        """
        return await self._asked(**_submission(_AsyncChunks(upload), kind, name, idempotency_key, webhook_url))

    async def batch(self, batch_id: str) -> dict[str, Any]:
        return await self._asked(method="GET", url=f"/batches/{batch_id}")

    async def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._asked(method="GET", url="/batches"))["batches"]
        return found

    async def batch_results(
        self, batch_id: str, *, order: str = "input", after: int = -1
    ) -> AsyncIterator[dict[str, Any]]:
        """What there is now, behind the line whose cursor is ``after``."""
        while True:
            lines = (await self._send(**_page(batch_id, order, after))).text.split("\n")[:-1]
            for found in map(json.loads, lines):
                after = int(found["cursor"])
                yield found
            if len(lines) < _PAGE:
                return

    async def cancel_batch(self, batch_id: str) -> dict[str, Any]:
        return await self._asked(method="POST", url=f"/batches/{batch_id}/cancel")

    async def retry_batch(self, batch_id: str) -> int:
        """How many failed items wait once more."""
        return int((await self._asked(method="POST", url=f"/batches/{batch_id}/retry"))["again"])

    async def alike_messages(self, batch_id: str, *, ceiling: float | None = None) -> dict[str, Any]:
        """Pairs of messages to one reader or company that are nearly the same: the answer of GET …/alike.

        ``ceiling`` is per cent of like characters, by itself the service's.
        """
        return await self._asked(**_alike(batch_id, ceiling))

    async def redraft_alike(self, batch_id: str, *, ceiling: float | None = None) -> dict[str, Any]:
        """One of each such pair is drafted from other lines of its notes; what it had is gone."""
        return await self._asked(**_redraft(batch_id, ceiling))

    async def delete_batch(self, batch_id: str) -> None:
        await self._send(method="DELETE", url=f"/batches/{batch_id}")

    async def _asked(self, **request: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await self._send(**request)).json()
        return found


class BatchCalls:
    def _send(self, **request: Any) -> Any:
        raise NotImplementedError

    def submit_batch(
        self,
        upload: Upload,
        *,
        kind: str = "jsonl",
        name: str = "",
        idempotency_key: str | None = None,
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """The answer of POST /batches. ``upload`` is JSON Lines, or a table with ``kind`` 'csv'.

        ``webhook_url`` is told when the batch is finished.
        """
        return self._asked(**_submission(_Chunks(upload), kind, name, idempotency_key, webhook_url))

    def batch(self, batch_id: str) -> dict[str, Any]:
        return self._asked(method="GET", url=f"/batches/{batch_id}")

    def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._asked(method="GET", url="/batches")["batches"]
        return found

    def batch_results(self, batch_id: str, *, order: str = "input", after: int = -1) -> Iterator[dict[str, Any]]:
        """What there is now, behind the line whose cursor is ``after``."""
        while True:
            lines = self._send(**_page(batch_id, order, after)).text.split("\n")[:-1]
            for found in map(json.loads, lines):
                after = int(found["cursor"])
                yield found
            if len(lines) < _PAGE:
                return

    def cancel_batch(self, batch_id: str) -> dict[str, Any]:
        return self._asked(method="POST", url=f"/batches/{batch_id}/cancel")

    def retry_batch(self, batch_id: str) -> int:
        """How many failed items wait once more."""
        return int(self._asked(method="POST", url=f"/batches/{batch_id}/retry")["again"])

    def alike_messages(self, batch_id: str, *, ceiling: float | None = None) -> dict[str, Any]:
        """Pairs of messages to one reader or company that are nearly the same: the answer of GET …/alike.

        ``ceiling`` is per cent of like characters, by itself the service's.
        """
        return self._asked(**_alike(batch_id, ceiling))

    def redraft_alike(self, batch_id: str, *, ceiling: float | None = None) -> dict[str, Any]:
        """One of each such pair is drafted from other lines of its notes; what it had is gone."""
        return self._asked(**_redraft(batch_id, ceiling))

    def delete_batch(self, batch_id: str) -> None:
        self._send(method="DELETE", url=f"/batches/{batch_id}")

    def _asked(self, **request: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._send(**request).json()
        return found
