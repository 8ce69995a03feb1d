"""Every refusal as an RFC 9457 problem: a stable type, what went wrong, what to do. Never the caller's own text."""

from __future__ import annotations

import http
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from service.api.faults import TOO_LONG, pointer, sentence
from service.errors import AfterwordError, NotesTooLong

_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
MEDIA_TYPE = "application/problem+json"
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")


def problem(
    status: int, type_: str, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    body = _body(status, type_, title, detail) | more
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _body(status: int, type_: str, title: str, detail: str) -> dict[str, Any]:
    body = {"type": f"/problems/{type_}", "title": title, "status": status, "detail": detail}
    return body | ({"request_id": request_id} if (request_id := REQUEST_ID.get()) else {})


def of_error(error: AfterwordError) -> dict[str, Any]:
    return _body(error.status, error.type, error.title, error.detail)


INTERNAL = AfterwordError("Try again; if it happens twice, give the operator the request id.")


def internal() -> JSONResponse:
    return JSONResponse(of_error(INTERNAL), 500, media_type=MEDIA_TYPE)


def too_large() -> JSONResponse:
    return problem(
        413, "content-too-large", "The request is too large", "At most 20,000 characters of notes can be read."
    )


def not_json() -> JSONResponse:
    return problem(
        415,
        "unsupported-media-type",
        "The body is not JSON",
        "Send one JSON object, with the header Content-Type: application/json.",
    )


async def _domain(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AfterwordError)
    return refusal(error)


def refusal(error: AfterwordError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    wait = error.retry_after_s or (5 if error.status == 503 else None)
    said = {**error.headers, **(headers or {}), **({"Retry-After": str(max(1, round(wait)))} if wait else {})}
    more = {"errors": error.faults} if error.faults else {}
    return problem(error.status, error.type, error.title, error.detail, said, **more)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    """422 with a pointer and a sentence for each fault; FastAPI's own answer would echo the notes."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(f["type"] == "json_invalid" for f in faults):
        return _unreadable()
    if not _said_json(request) and any(f["loc"] == ("body",) for f in faults):
        return not_json()
    if any(f["loc"][-1] == "notes" and f["type"] == "string_too_long" for f in faults):
        return await _domain(request, NotesTooLong(TOO_LONG))
    told = [{"pointer": pointer(f["loc"]), "detail": sentence(f)} for f in faults[:20]]
    detail = "; ".join(f"{f['pointer'] or 'body'}: {f['detail'].removesuffix('.')}" for f in told[:5]) + "."
    return problem(422, "invalid-request", "The request cannot be used as it is", detail, errors=told)


def _unreadable() -> JSONResponse:
    return problem(
        400,
        "invalid-json",
        "The body cannot be read as JSON",
        "Send one JSON object in UTF-8, with the header Content-Type: application/json.",
    )


def _said_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 413:
        return too_large()
    if error.status_code == 400 and _said_json(request):
        return _unreadable()
    title = http.HTTPStatus(error.status_code).phrase
    details = {
        404: "There is nothing at this address; see /docs.",
        405: "This address does not take that method; see /docs.",
    }
    slug = title.lower().replace(" ", "-")
    headers = {"Allow": ", ".join(_methods(request))} if error.status_code == 405 else error.headers
    return problem(error.status_code, slug, title, details.get(error.status_code, title), headers)


def _methods(request: Request) -> list[str]:
    """Those that the address takes; the router names those of the first route with this path alone."""
    routes = request.app.router.routes
    return [m for m in _METHODS if any(r.matches({**request.scope, "method": m})[0] is Match.FULL for r in routes)]


def add_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AfterwordError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
