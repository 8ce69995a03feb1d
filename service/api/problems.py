"""Every refusal as an RFC 9457 problem: a stable type, what went wrong, what to do. Never the caller's own text."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import AfterwordError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("afterword.api")


def problem(
    status: int, type_: str, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    body = {"type": f"/problems/{type_}", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def of_error(error: AfterwordError) -> dict[str, Any]:
    return {"type": f"/problems/{error.type}", "title": error.title, "status": error.status, "detail": error.detail}


async def _domain(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AfterwordError)
    headers = {"Retry-After": str(max(1, round(error.retry_after_s or 5)))} if error.status == 503 else {}
    return problem(error.status, error.type, error.title, error.detail, headers)


async def _validation(_: Request, error: Exception) -> JSONResponse:
    """422 with a pointer and a sentence for each fault; FastAPI's own answer would echo the notes."""
    assert isinstance(error, RequestValidationError)
    faults = [{"pointer": _pointer(e["loc"]), "detail": _sentence(e)} for e in error.errors()]
    too_long = any(e["loc"][-1] == "notes" and e["type"] == "string_too_long" for e in error.errors())
    if too_long:
        return problem(
            413,
            "notes-too-long",
            "The notes are too long",
            "At most 20,000 characters of notes can be read. Keep the part about this interview.",
        )
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return problem(
            400,
            "invalid-json",
            "The body is not JSON",
            "Send one JSON object, with the header Content-Type: application/json.",
        )
    detail = "; ".join(f"{f['pointer'] or 'body'}: {f['detail']}" for f in faults[:5])
    return problem(422, "invalid-request", "The request cannot be used as it is", detail, errors=faults)


def _pointer(where: tuple[Any, ...]) -> str:
    return "".join(f"/{part}" for part in where if part != "body")


def _sentence(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "There is no such field; the fields are listed at /docs."
    if fault["loc"] and fault["loc"][-1] == "notes" and fault["type"] == "string_too_short":
        return "The notes are empty. Paste what was written down after the interview."
    return str(fault["msg"])


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = http.HTTPStatus(error.status_code).phrase
    details = {
        404: "There is nothing at this address; see /docs.",
        405: "This address does not take that method; see /docs.",
        413: "The request is larger than any notes that can be read.",
        415: "Send JSON, with the header Content-Type: application/json.",
    }
    slug = title.lower().replace(" ", "-")
    return problem(error.status_code, slug, title, details.get(error.status_code, str(error.detail)), error.headers)


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    log.error("unexpected %s", type(error).__name__)  # the message may quote notes: the type is all that is safe
    return problem(
        500,
        "internal",
        "Something went wrong inside Afterword",
        "Try again; if it happens twice, tell the operator when it was.",
    )


def add_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AfterwordError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


class BodyLimit:
    """Refuses a request body of more than ``most`` bytes: at once when it says its length, else while it is read."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.most:
            answer = problem(413, "content-too-large", _TOO_LARGE, "At most 20,000 characters of notes can be read.")
            await answer(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


_TOO_LARGE = "The request is too large"
