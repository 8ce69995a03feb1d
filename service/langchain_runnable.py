"""Afterword as a langchain-core Runnable, for people who build chains. Imported only by them.

chain = read_notes_somewhere | AfterwordRunnable(drafter.draft) | send_for_review
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from service.types import Draft, DraftRequest

Input = DraftRequest | Mapping[str, Any]


class AfterwordRunnable(Runnable[Input, Draft]):
    """Takes a DraftRequest, or a mapping of its fields (``notes`` and an aware ``now`` at least); gives the Draft."""

    def __init__(self, draft: Callable[[DraftRequest], Awaitable[Draft]]) -> None:
        self._draft = draft

    def invoke(self, input: Input, config: RunnableConfig | None = None, **_: Any) -> Draft:
        """Outside a running event loop only; inside one, ``ainvoke``."""
        return asyncio.run(self._run(input))

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **_: Any) -> Draft:
        return await self._run(input)

    async def _run(self, input: Input) -> Draft:
        return await self._draft(input if isinstance(input, DraftRequest) else DraftRequest(**input))
