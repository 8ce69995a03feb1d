"""The client, once for ``async`` and once without: the same methods, retries and errors.

A draft is asked for under an Idempotency-Key of its own, so that a request whose answer was lost can be sent again
without a second letter being written.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Self

import httpx2

from service.client.batches import AsyncBatchCalls, BatchCalls
from service.client.events import Event, Events
from service.client.problems import Problem, Unreachable, problem_in

_AGAIN = frozenset({409, 429, 502, 503, 504})
# Asking again would give the same.
_FINAL = frozenset({"model-rejected", "model-key-refused", "model-missing", "model-quota-spent"})
_LONGEST_WAIT_S = 60.0


class _Calls:
    """What both clients do alike: requests as httpx2 takes them, and how long to wait before the next try."""

    def __init__(self, base_url: str, key: str | None, tries: int, timeout_s: float) -> None:
        self.tries = tries
        self.options: dict[str, Any] = {
            "base_url": base_url.rstrip("/"),
            "headers": {"Authorization": f"Bearer {key}"} if key else {},
            "timeout": httpx2.Timeout(timeout_s, connect=10.0),
        }

    @staticmethod
    def draft(body: dict[str, Any], idempotency_key: str | None, accept: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4()), "Accept": accept}
        return {"method": "POST", "url": "/draft", "json": body, "headers": headers}

    def wait_s(self, tried: int, error: Problem | Unreachable) -> float | None:
        """Seconds until the next try; None where there is none."""
        if tried >= self.tries:
            return None
        if isinstance(error, Problem) and (error.status not in _AGAIN or error.type in _FINAL):
            return None
        stated = error.retry_after_s if isinstance(error, Problem) else None
        backoff = min(20.0, 0.5 * 2**tried) * random.uniform(0.5, 1.0)
        return min(_LONGEST_WAIT_S, stated if stated is not None else backoff)


class AsyncClient(AsyncBatchCalls):
    """``async with AsyncClient("https://notes.example.com", key="aw_…") as afterword: …``

    Every method raises Problem where the service refuses, and Unreachable where nobody answers.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        tries: int = 4,
        timeout_s: float = 200,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """``transport`` takes the place of the network, as an app in this process does."""
        self._calls = _Calls(base_url, key, tries, timeout_s)
        self._http = httpx2.AsyncClient(**self._calls.options, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def draft(self, notes: str, *, idempotency_key: str | None = None, **fields: Any) -> dict[str, Any]:
        """The answer of POST /draft. ``fields`` are the request's others: kinds, candidate, recipients, now, …"""
        return await self._json(**_Calls.draft({"notes": notes, **fields}, idempotency_key, "application/json"))

    async def stream(self, notes: str, **fields: Any) -> AsyncIterator[Event]:
        """The events as they come, 'done' last. Tried again only while nothing has come."""
        request = _Calls.draft({"notes": notes, **fields}, None, "text/event-stream")
        tried, begun = 0, False
        while True:
            tried += 1
            try:
                async with self._http.stream(**request) as answer:
                    if answer.status_code != 200:
                        raise problem_in(answer.status_code, await answer.aread(), answer.headers)
                    events = Events()
                    async for line in answer.aiter_lines():
                        if (event := events.feed(line)) is not None:
                            begun = True
                            yield event
                            if event.name == "done":
                                return
                    raise Unreachable("The stream broke off before the draft was done.")
            except httpx2.HTTPError as error:
                met: Problem | Unreachable = _unreachable(error)
                cause: Exception | None = error
            except (Problem, Unreachable) as error:
                met, cause = error, None
            wait_s = None if begun else self._calls.wait_s(tried, met)
            if wait_s is None:
                raise met from cause
            await asyncio.sleep(wait_s)

    async def facts(self, notes: str, **fields: Any) -> dict[str, Any]:
        """What the notes say; nothing is written."""
        return await self._json(method="POST", url="/facts", json={"notes": notes, **fields})

    async def score(self, notes: str, *, kind: str, body: str, **fields: Any) -> dict[str, Any]:
        """The scorecard of any text."""
        return await self._json(
            method="POST", url="/score", json={"notes": notes, "kind": kind, "body": body, **fields}
        )

    async def reminders(self, notes: str, **fields: Any) -> str:
        """When to send what, as a calendar file."""
        return (await self._send(method="POST", url="/exports/ics", json={"notes": notes, **fields})).text

    async def kept_draft(self, draft_id: str) -> dict[str, Any]:
        return await self._json(method="GET", url=f"/drafts/{draft_id}")

    async def delete_draft(self, draft_id: str) -> None:
        await self._send(method="DELETE", url=f"/drafts/{draft_id}")

    async def _json(self, **request: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await self._send(**request)).json()
        return found

    async def _send(self, **request: Any) -> httpx2.Response:
        tried = 0
        while True:
            tried += 1
            try:
                answer = await self._http.request(**request)
            except httpx2.HTTPError as error:
                met: Problem | Unreachable = _unreachable(error)
            else:
                if answer.is_success:
                    return answer
                met = problem_in(answer.status_code, answer.content, answer.headers)
            if (wait_s := self._calls.wait_s(tried, met)) is None:
                raise met
            await asyncio.sleep(wait_s)


class Client(BatchCalls):
    """``AsyncClient`` for code that does not await: ``with Client() as afterword: afterword.draft(notes)``."""

    def __init__(
        self, base_url: str = "http://127.0.0.1:8000", *, key: str | None = None, tries: int = 4, timeout_s: float = 200
    ) -> None:
        self._calls = _Calls(base_url, key, tries, timeout_s)
        self._http = httpx2.Client(**self._calls.options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def draft(self, notes: str, *, idempotency_key: str | None = None, **fields: Any) -> dict[str, Any]:
        """The answer of POST /draft. ``fields`` are the request's others: kinds, candidate, recipients, now, …"""
        return self._json(**_Calls.draft({"notes": notes, **fields}, idempotency_key, "application/json"))

    def stream(self, notes: str, **fields: Any) -> Iterator[Event]:
        """The events as they come, 'done' last. Tried again only while nothing has come."""
        request = _Calls.draft({"notes": notes, **fields}, None, "text/event-stream")
        tried, begun = 0, False
        while True:
            tried += 1
            try:
                with self._http.stream(**request) as answer:
                    if answer.status_code != 200:
                        raise problem_in(answer.status_code, answer.read(), answer.headers)
                    events = Events()
                    for line in answer.iter_lines():
                        if (event := events.feed(line)) is not None:
                            begun = True
                            yield event
                            if event.name == "done":
                                return
                    raise Unreachable("The stream broke off before the draft was done.")
            except httpx2.HTTPError as error:
                met: Problem | Unreachable = _unreachable(error)
                cause: Exception | None = error
            except (Problem, Unreachable) as error:
                met, cause = error, None
            wait_s = None if begun else self._calls.wait_s(tried, met)
            if wait_s is None:
                raise met from cause
            time.sleep(wait_s)

    def facts(self, notes: str, **fields: Any) -> dict[str, Any]:
        """What the notes say; nothing is written."""
        return self._json(method="POST", url="/facts", json={"notes": notes, **fields})

    def score(self, notes: str, *, kind: str, body: str, **fields: Any) -> dict[str, Any]:
        """The scorecard of any text."""
        return self._json(method="POST", url="/score", json={"notes": notes, "kind": kind, "body": body, **fields})

    def reminders(self, notes: str, **fields: Any) -> str:
        """When to send what, as a calendar file."""
        return self._send(method="POST", url="/exports/ics", json={"notes": notes, **fields}).text

    def kept_draft(self, draft_id: str) -> dict[str, Any]:
        return self._json(method="GET", url=f"/drafts/{draft_id}")

    def delete_draft(self, draft_id: str) -> None:
        self._send(method="DELETE", url=f"/drafts/{draft_id}")

    def _json(self, **request: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._send(**request).json()
        return found

    def _send(self, **request: Any) -> httpx2.Response:
        tried = 0
        while True:
            tried += 1
            try:
                answer = self._http.request(**request)
            except httpx2.HTTPError as error:
                met: Problem | Unreachable = _unreachable(error)
            else:
                if answer.is_success:
                    return answer
                met = problem_in(answer.status_code, answer.content, answer.headers)
            if (wait_s := self._calls.wait_s(tried, met)) is None:
                raise met
            time.sleep(wait_s)


def in_process(app: Any, *, tries: int = 4) -> AsyncClient:
    """A client of an app in this process, whose lifespan its caller runs."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient("http://localhost", tries=tries, transport=transport)


def _unreachable(error: httpx2.HTTPError) -> Unreachable:
    return Unreachable(f"The service cannot be reached, or it hung up ({type(error).__name__}).")
