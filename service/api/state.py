"""What the routes need, built once by the app."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi import Request

from service.api.metrics import Metrics
from service.drafting.pipeline import Drafter
from service.errors import ModelError, ModelOverloaded, ModelUnavailable
from service.models.embedded import EmbeddedModel
from service.models.port import Model
from service.models.trouble import Trouble
from service.prompting.library import PromptLibrary
from service.reading.reader import Reader
from service.settings import Settings
from service.types import Draft, DraftRequest

WAIT_S = 60.0  # as long as a draft waits for a model that is coming up


@dataclass
class Service:
    settings: Settings
    library: PromptLibrary
    drafter: Drafter
    model: Model | None
    remote: bool  # the notes leave this machine's own processes
    metrics: Metrics = field(default_factory=Metrics)
    drafting: int = 0

    @property
    def reader(self) -> Reader:
        return self.drafter.reader

    @property
    def trouble(self) -> ModelError | None:
        """What is wrong with the model's endpoint now, where it has one."""
        trouble: Trouble | None = getattr(self.model, "trouble", None)
        return trouble.error if trouble is not None else None

    @contextlib.asynccontextmanager
    async def room(self) -> AsyncIterator[None]:
        """One of a bounded number of drafts at once; beyond it the caller is told to come back."""
        if self.drafting >= self.settings.max_concurrent_drafts:
            raise ModelOverloaded(
                "Too many drafts are being written right now. Try again in a few seconds.", retry_after_s=5
            )
        self.drafting += 1
        self.metrics.in_flight.set(self.drafting)
        try:
            yield
        finally:
            self.drafting -= 1
            self.metrics.in_flight.set(self.drafting)

    async def until_ready(self, while_loading: str = "wait") -> None:
        """Returns when the embedded model can write, or when waiting for it is no use.

        Raises ModelUnavailable with ``while_loading`` 'refuse'.
        """
        model = self.model
        if not isinstance(model, EmbeddedModel) or model.state.phase in ("ready", "failed"):
            return
        if while_loading == "refuse":
            raise ModelUnavailable("The model is still coming up. Try again in a moment.", retry_after_s=15)
        if while_loading == "wait":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    await model.ready()

    async def draft(self, request: DraftRequest) -> Draft:
        """A draft within the bound, counted; for the API and the plain form alike."""
        async with self.room():
            made = await self.drafter.draft(request)
        self.metrics.drafted(made)
        return made


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service
