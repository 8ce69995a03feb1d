"""Who calls: the holder of an API key, or an address. What a route may be called by, and how often."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import refusal
from service.api.rate import RateLimiter
from service.errors import AfterwordError, KeyMayNot, KeyRequired, KeyUnknown
from service.storage.keys import EnvironmentKeys, KeyHolder, KeyTable

COOKIE = "afterword_key"
# What answers without a key: health for monitors, the description of the API, and the way in.
OPEN = ("/healthz", "/readyz", "/openapi.json", "/docs", "/enter")
# The scopes that open an address; 'admin' opens every one. What measures texts asks no model and sees nothing kept.
_SCOPES = {"/metrics": ("admin",)} | dict.fromkeys(("/score", "/facts", "/prompts", "/model"), ("draft", "evals"))
_OTHERWISE = ("draft",)
_LIMITED = ("/draft", "/drafts", "/batches", "/score", "/facts", "/exports", "/mcp")


@dataclass(frozen=True)
class Caller:
    """``id`` is a key's id or an address: what limits are counted by. ``key`` is None where keys are off."""

    id: str
    key: KeyHolder | None = None

    @property
    def owner(self) -> str:
        """Whose drafts are kept under this name; everybody's are one where keys are off."""
        return self.key.id if self.key else ""

    @property
    def sees(self) -> str | None:
        """Whose kept drafts may be read: one's own, or with the scope 'admin' anybody's (None)."""
        return None if self.key and self.key.may("admin") else self.owner


NOBODY = Caller("")
CALLER: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


class Keys:
    """Which keys there are. ``table`` is None where there is no database."""

    def __init__(self, environment: EnvironmentKeys, table: KeyTable | None) -> None:
        self.environment = environment
        self.table = table

    async def find(self, token: str) -> KeyHolder | None:
        found = self.environment.find(token)
        if found is None and self.table is not None:
            found = await self.table.find(token)
        return found


class Callers:
    """ASGI middleware: names the caller, asks for a key where keys are on, and counts requests against the limit."""

    def __init__(self, app: ASGIApp, keys: Keys | None, rates: RateLimiter) -> None:
        self.app = app
        self.keys = keys
        self.rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, headers = get_route_path(scope), Headers(scope=scope)
        address = (scope.get("client") or ("unknown",))[0]
        try:
            caller = Caller(address) if self._is_open(scope, path) else await self._caller(path, headers, address)
            limited = [] if not _under(path, _LIMITED) else await self.rates.hit(caller.id)
        except KeyRequired as error:
            await self._without_key(scope, path, headers, error)(scope, receive, send)
            return
        except AfterwordError as error:
            await refusal(error)(scope, receive, send)
            return
        CALLER.set(caller)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and limited:
                answer = MutableHeaders(scope=message)
                for name, value in limited:
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, counted)

    def _is_open(self, scope: Scope, path: str) -> bool:
        return self.keys is None or scope["method"] == "OPTIONS" or path in OPEN or path.startswith("/static/")

    async def _caller(self, path: str, headers: Headers, address: str) -> Caller:
        token = token_in(headers)
        if not token:
            raise KeyRequired("Send a key as 'Authorization: Bearer …'. The operator makes one: afterword keys create.")
        assert self.keys is not None
        await self.rates.allow_guess(address)
        holder = await self.keys.find(token)
        if holder is None:
            await self.rates.count_guess(address)
            raise KeyUnknown("This key is not known here, or was revoked. Ask the operator for one.")
        wanted = next((s for p, s in _SCOPES.items() if _under(path, (p,))), _OTHERWISE)
        if not any(map(holder.may, wanted)):
            raise KeyMayNot(f"This key may not do that: it lacks the scope '{wanted[0]}'.")
        return Caller(f"key:{holder.id}", holder)

    def _without_key(self, scope: Scope, path: str, headers: Headers, error: KeyRequired) -> ASGIApp:
        wants_page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
        if wants_page:
            return RedirectResponse(f"{scope.get('root_path', '').rstrip('/')}/enter", 303)
        return refusal(error, {"WWW-Authenticate": 'Bearer realm="afterword"'})


def token_in(headers: Headers) -> str:
    """The key of a request: as a bearer token, in X-API-Key, or in the cookie of the page that asked for it once."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    if stated := headers.get("x-api-key", "").strip():
        return stated
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _under(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)
