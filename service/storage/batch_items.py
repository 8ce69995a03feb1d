"""The items of a batch as somebody looks through them, finished or not, and corrects what was written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from service.storage.batch_values import DONE, WAITING
from service.storage.database import begun
from service.storage.sealed_json import opened_json, sealed_json
from service.storage.sealing import Sealer
from service.storage.tables import batch_items, batches

IN_HAND = "in_hand"  # of what waits: what a worker is drafting now


@dataclass(frozen=True)
class BatchItem:
    """``body`` is what was asked for; ``result`` the draft of a done item, the problem of a failed one, or None."""

    n: int
    state: str
    body: dict[str, Any] = field(repr=False)
    result: dict[str, Any] | None = field(repr=False)


class BatchItems:
    def __init__(self, engine: AsyncEngine, sealer: Sealer) -> None:
        self._engine = engine
        self._sealer = sealer

    async def page(self, batch_id: str, state: str | None, after: int, most: int) -> list[BatchItem]:
        """In the upload's order, behind item ``after``; with ``state`` those alone."""
        query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.n > after)
        if state in (WAITING, IN_HAND):
            in_hand = batch_items.c.worker.is_not(None)
            query = query.where(batch_items.c.state == WAITING, in_hand if state == IN_HAND else ~in_hand)
        elif state is not None:
            query = query.where(batch_items.c.state == state)
        async with begun(self._engine) as connection:
            rows = (await connection.execute(query.order_by(batch_items.c.n).limit(most))).all()
        return [await self._item(row) for row in rows]

    async def item(self, batch_id: str, n: int) -> BatchItem | None:
        row = await self._row(batch_id, n)
        return None if row is None else await self._item(row)

    async def correct(
        self, batch_id: str, n: int, change: Callable[[BatchItem], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any] | None:
        """The draft that ``change`` makes of a done item, kept in the place of the old one; None where there is no such
        item. Two who correct at the same time both keep what they wrote, since the later one begins again."""
        while (row := await self._row(batch_id, n)) is not None and row.state == DONE:
            draft = await change(await self._item(row))
            kept = {"result": await sealed_json(self._sealer, draft), "result_sealed": self._sealer.sealed}
            as_read = (
                (batch_items.c.batch_id == batch_id) & (batch_items.c.n == n) & (batch_items.c.result == row.result)
            )
            async with begun(self._engine) as connection:
                if (await connection.execute(update(batch_items).where(as_read).values(kept))).rowcount:
                    await connection.execute(update(batches).where(batches.c.id == batch_id).values(alike=None))
                    return draft
        return None

    async def _row(self, batch_id: str, n: int) -> Any:
        query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.n == n)
        async with begun(self._engine) as connection:
            return (await connection.execute(query)).first()

    async def _item(self, row: Any) -> BatchItem:
        opened = row.result is not None
        result = await opened_json(self._sealer, row.result, sealed=row.result_sealed) if opened else None
        body = await opened_json(self._sealer, row.body, sealed=row.sealed)
        return BatchItem(row.n, IN_HAND if row.state == WAITING and row.worker else row.state, body, result)
