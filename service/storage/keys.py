"""API keys: shown once, kept as a hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from service.errors import RequestError
from service.storage.database import begun
from service.storage.store import utc_now
from service.storage.tables import api_keys

SCOPES = ("draft", "evals", "admin")  # what each opens is in api/callers.py
_TOKEN = re.compile(r"aw_(?P<id>[0-9a-f]{12})_[\w-]{40,60}", re.ASCII)
_SHORTEST = 16


@dataclass(frozen=True)
class KeyHolder:
    """Whose a request is: the key's id, and what it may do."""

    id: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "admin" in self.scopes


@dataclass(frozen=True)
class ListedKey:
    id: str
    name: str
    scopes: str
    created_at: datetime
    revoked_at: datetime | None


class EnvironmentKeys:
    """Keys from AFTERWORD_API_KEYS: each a secret of its own, or 'scope:secret', with commas between them."""

    def __init__(self, listed: str) -> None:
        """Raises RequestError for a key that is too short or names an unknown scope."""
        self._holders: list[tuple[bytes, KeyHolder]] = []
        for entry in filter(None, map(str.strip, listed.split(","))):
            scope, colon, secret = entry.partition(":")
            scope, secret = (scope, secret) if colon else ("draft", entry)
            if scope not in SCOPES:
                raise RequestError(f"AFTERWORD_API_KEYS: a key's scope is one of {', '.join(SCOPES)}.")
            if len(secret) < _SHORTEST:
                raise RequestError(f"AFTERWORD_API_KEYS: a key has at least {_SHORTEST} characters.")
            hashed = _hash(secret)
            self._holders.append((hashed.encode(), KeyHolder(f"env_{hashed[:12]}", frozenset({scope}))))

    def __bool__(self) -> bool:
        return bool(self._holders)

    def find(self, token: str) -> KeyHolder | None:
        """All are compared, whichever fits: the time taken tells nothing."""
        hashed, found = _hash(token).encode(), None
        for known, holder in self._holders:
            if hmac.compare_digest(hashed, known):
                found = holder
        return found


class KeyTable:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(self, name: str, scopes: Sequence[str]) -> str:
        """The key itself, which nobody can show a second time."""
        key_id = secrets.token_hex(6)
        token = f"aw_{key_id}_{secrets.token_urlsafe(32)}"
        row = {
            "id": key_id,
            "name": name[:120],
            "hash": _hash(token),
            "scopes": " ".join(scopes),
            "created_at": utc_now(),
        }
        async with begun(self._engine) as connection:
            await connection.execute(insert(api_keys).values(row))
        return token

    async def listed(self) -> list[ListedKey]:
        columns = [api_keys.c[name] for name in ListedKey.__dataclass_fields__]
        async with begun(self._engine) as connection:
            rows = await connection.execute(select(*columns).order_by(api_keys.c.created_at))
            return [ListedKey(*row) for row in rows]

    async def revoke(self, key_id: str) -> bool:
        live = (api_keys.c.id == key_id) & api_keys.c.revoked_at.is_(None)
        async with begun(self._engine) as connection:
            return bool((await connection.execute(update(api_keys).where(live).values(revoked_at=utc_now()))).rowcount)

    async def any(self) -> bool:
        live = select(func.count()).select_from(api_keys).where(api_keys.c.revoked_at.is_(None))
        async with begun(self._engine) as connection:
            return bool(await connection.scalar(live))

    async def find(self, token: str) -> KeyHolder | None:
        named = _TOKEN.fullmatch(token)
        if named is None:
            return None
        live = (api_keys.c.id == named["id"]) & api_keys.c.revoked_at.is_(None)
        async with begun(self._engine) as connection:
            row = (await connection.execute(select(api_keys.c.hash, api_keys.c.scopes).where(live))).first()
        if row is None or not hmac.compare_digest(_hash(token), row.hash):
            return None
        return KeyHolder(named["id"], frozenset(row.scopes.split()))


def _hash(token: str) -> str:
    """SHA-256 is enough: a key is 256 bits of chance, not a word that could be tried."""
    return hashlib.sha256(token.encode()).hexdigest()
