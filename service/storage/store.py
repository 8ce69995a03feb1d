"""Drafts and answers kept for as long as was said, each for the key that asked; deleted, they are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from service.storage.database import AlreadyThere, begun, bring_up_to_date, really_gone
from service.storage.sealed_json import opened_json, sealed_json
from service.storage.sealing import Sealer
from service.storage.tables import answers, drafts

ANSWER_KEPT = timedelta(hours=24)
CLAIM_HELD = timedelta(minutes=10)  # then its process has died


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Claim:
    """What became of a claim on an Idempotency-Key."""

    outcome: Literal["mine", "answered", "running", "another request"]
    body: dict[str, Any] | None = None


class Storage:
    def __init__(
        self, engine: AsyncEngine, sealer: Sealer, retention: timedelta, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.engine = engine
        self._sealer = sealer
        self._retention = retention
        self._now = now

    async def open(self) -> None:
        """The schema brought up to date, and away with what is past its time. Raises StorageUnavailable."""
        await bring_up_to_date(self.engine)
        await self.purge()

    async def aclose(self) -> None:
        await self.engine.dispose()

    async def keep_draft(self, draft_id: str, owner: str, body: dict[str, Any]) -> None:
        now = self._now()
        row = {
            "id": draft_id,
            "owner": owner,
            "created_at": now,
            "expires_at": now + self._retention,
            "sealed": self._sealer.sealed,
            "body": await sealed_json(self._sealer, body),
        }
        async with begun(self.engine) as connection:
            await connection.execute(insert(drafts).values(row))

    async def draft(self, draft_id: str, owner: str | None) -> dict[str, Any] | None:
        """The draft, or None where there is none of this owner; with ``owner`` None, of anybody."""
        query = select(drafts.c.body, drafts.c.sealed).where(
            drafts.c.id == draft_id, drafts.c.expires_at > self._now(), _of(owner)
        )
        async with begun(self.engine) as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else await opened_json(self._sealer, row.body, sealed=row.sealed)

    async def delete_draft(self, draft_id: str, owner: str | None) -> bool:
        """Whether there was one. What repeated requests would be answered with goes with it."""
        async with begun(self.engine) as connection:
            gone = await connection.execute(delete(drafts).where(drafts.c.id == draft_id, _of(owner)))
            if gone.rowcount:
                await connection.execute(delete(answers).where(answers.c.draft_id == draft_id))
        await really_gone(self.engine)
        return bool(gone.rowcount)

    async def purge(self) -> int:
        """How many drafts were past their time, and are gone."""
        async with begun(self.engine) as connection:
            gone = await connection.execute(delete(drafts).where(drafts.c.expires_at <= self._now()))
            await connection.execute(delete(answers).where(answers.c.expires_at <= self._now()))
        if gone.rowcount:
            await really_gone(self.engine)
        return gone.rowcount

    async def claim(self, key: str, request: str) -> Claim:
        """The right to answer ``request`` under ``key``, or what stands in its way."""
        now = self._now()
        row = {
            "id": key,
            "request": request,
            "claimed_at": now,
            "expires_at": now + ANSWER_KEPT,
            "sealed": self._sealer.sealed,
        }
        stale = (answers.c.expires_at <= now) | (answers.c.body.is_(None) & (answers.c.claimed_at <= now - CLAIM_HELD))
        try:
            async with begun(self.engine) as connection:
                await connection.execute(delete(answers).where((answers.c.id == key) & stale))
                found = (await connection.execute(select(answers).where(answers.c.id == key))).first()
                if found is None:
                    await connection.execute(insert(answers).values(row))
                    return Claim("mine")
        except AlreadyThere:
            return Claim("running")
        if found.request != request:
            return Claim("another request")
        if found.body is None:
            return Claim("running")
        return Claim("answered", await opened_json(self._sealer, found.body, sealed=found.sealed))

    async def answer(self, key: str, draft_id: str, body: dict[str, Any]) -> None:
        values = {"body": await sealed_json(self._sealer, body), "sealed": self._sealer.sealed, "draft_id": draft_id}
        async with begun(self.engine) as connection:
            await connection.execute(update(answers).where(answers.c.id == key).values(values))

    async def release(self, key: str) -> None:
        """The claim is given up: the next request under this key is a first one."""
        async with begun(self.engine) as connection:
            await connection.execute(delete(answers).where(answers.c.id == key, answers.c.body.is_(None)))


def _of(owner: str | None) -> Any:
    return drafts.c.owner == owner if owner is not None else drafts.c.owner.is_not(None)
