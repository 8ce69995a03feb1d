"""Headers that let only the page's own code run on it, and the token that keeps other sites from posting to it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import RequestError
from service.web.form import MAX_FIELDS
from service.web.services import services_of

COOKIE = "afterword_csrf"
FIELD = "csrf"
HEADER = "x-csrf-token"
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class CrossSitePost(RequestError):
    status = 403
    type = "cross-site-post"
    title = "This form was not sent from this page"


class SecurityHeaders:
    """ASGI middleware: sets the headers on every answer; streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        return await self.app(scope, receive, send_with_headers)


def root_of(request: Request) -> str:
    """Where a proxy has put the service, without a slash at its end; empty at the root."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def token_of(request: Request) -> str:
    """The visitor's token, new where there is none."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(24)


def remember_token(request: Request, response: Response, token: str) -> None:
    if request.cookies.get(COOKIE) != token:
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, samesite="strict", httponly=True, secure=secure, path=f"{root_of(request)}/")


def may_call(headers: Headers, allowed_origins: Iterable[str]) -> bool:
    """Whether the request comes from no page at all, from one of ours, or from one that the operator has listed."""
    origin = headers.get("origin")
    if origin is None:
        return True
    listed = {o.rstrip("/") for o in allowed_origins}
    return urlsplit(origin).netloc == headers.get("host", "") or origin.rstrip("/") in listed


async def only_from_this_page(request: Request) -> None:
    """A dependency of every route that takes a form: the Origin is ours, and field and cookie agree.

    Raises:
        CrossSitePost: they do not.
    """
    if not may_call(request.headers, services_of(request).settings.allowed_origins):
        raise CrossSitePost(
            "The form was opened at another address than it arrived at. If a proxy stands between, have it pass "
            "the Host header on, or name the proxy in AFTERWORD_TRUSTED_PROXIES, or the page's address in "
            "AFTERWORD_ALLOWED_ORIGINS. Otherwise open the page again and send the form from there."
        )
    cookie = request.cookies.get(COOKIE, "")
    sent = request.headers.get(HEADER) or (await request.form(max_fields=MAX_FIELDS)).get(FIELD)
    if not cookie or not isinstance(sent, str) or not secrets.compare_digest(sent.encode(), cookie.encode()):
        raise CrossSitePost("The page was open too long, or cookies are off. Reload it; your notes are kept.")
