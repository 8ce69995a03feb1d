"""What the routes need, built once by the app."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from service.api.admission import only_here
from service.api.callers import CALLER
from service.api.idempotency import Idempotency
from service.api.metrics import Metrics
from service.api.queueing import Line
from service.drafting.pipeline import Drafter
from service.drafting.send_window import SendRules
from service.errors import DeadlineExceeded, ModelError, ModelUnavailable, RequestError, StorageUnavailable
from service.jobs.batches import Batches
from service.models.embedded import EmbeddedModel
from service.models.port import Model
from service.models.trouble import Trouble
from service.prompting.library import PromptLibrary
from service.reading.reader import Reader
from service.settings import Settings
from service.storage.store import Storage
from service.types import Draft, DraftRequest

WAIT_S = 60.0  # as long as a draft waits for a model that is coming up
log = logging.getLogger("afterword.requests")


@dataclass
class Service:
    settings: Settings
    library: PromptLibrary
    drafter: Drafter
    model: Model | None
    remote: bool  # the notes leave this machine's own processes
    metrics: Metrics
    storage: Storage | None = None
    batches: Batches | None = None
    once: Idempotency = field(default_factory=Idempotency)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        s = self.settings
        self.line = Line(s.max_concurrent_drafts, s.max_queue, self._of_one(), self.metrics)

    def _of_one(self) -> int:
        """Left to itself nobody on this machine alone is held to a share of it."""
        stated = self.settings.max_drafts_per_caller
        return stated or (10_000 if only_here(self.settings.host) else 8)

    @property
    def drafting(self) -> int:
        """Drafts being written now."""
        return self.line.drafting

    @property
    def reader(self) -> Reader:
        return self.drafter.reader

    @property
    def rules(self) -> SendRules:
        return self.drafter.rules

    @property
    def trouble(self) -> ModelError | None:
        """What is wrong with the model's endpoint now, where it has one."""
        trouble: Trouble | None = getattr(self.model, "trouble", None)
        return trouble.error if trouble is not None else None

    def room(self) -> contextlib.AbstractAsyncContextManager[None]:
        """One of a bounded number of drafts at once, in turn. Raises TooManyDrafts or QueueFull."""
        return self.line.turn(CALLER.get().id)

    def deadline(self) -> float:
        """When, by the loop's clock, a request that begins now has taken too long."""
        return asyncio.get_running_loop().time() + self.settings.request_timeout_s

    def keeps(self, asked: bool | None) -> bool:
        """Whether a request's draft is kept. Raises RequestError where it asks for what the operator does not allow."""
        if self.storage is None or self.settings.keep == "never":
            if asked:
                raise RequestError(
                    "Drafts are not kept here. Leave 'keep' out, or have the operator set AFTERWORD_KEEP."
                )
            return False
        return self.settings.keep == "always" if asked is None else asked

    async def keep(self, draft_id: str, body: dict[str, Any]) -> bool:
        """Whether the draft could be kept: one that is written is not lost for want of a place to keep it."""
        assert self.storage is not None
        try:
            await self.storage.keep_draft(draft_id, CALLER.get().owner, body)
        except StorageUnavailable as error:
            log.error("a draft could not be kept: %s", error.detail)
            return False
        return True

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
        try:
            async with asyncio.timeout_at(self.deadline()), self.room():
                made = await self.drafter.draft(request)
        except TimeoutError as error:
            raise too_late() from error
        self.metrics.drafted(made)
        return made


def too_late() -> DeadlineExceeded:
    return DeadlineExceeded("The draft took longer than a request may. Ask for fewer messages at once, or try again.")


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service
