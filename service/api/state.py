"""What the routes need, built once by the app."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi import Request

from service.api.metrics import Metrics
from service.drafting.pipeline import Drafter
from service.errors import ModelError, ModelOverloaded
from service.models.port import Model
from service.models.trouble import Trouble
from service.prompting.library import PromptLibrary
from service.settings import Settings
from service.types import Draft, DraftRequest


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

    async def draft(self, request: DraftRequest) -> Draft:
        """A draft within the bound, counted; for the API and the plain form alike."""
        async with self.room():
            made = await self.drafter.draft(request)
        self.metrics.drafted(made)
        return made


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service
