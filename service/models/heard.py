"""What one draft asks of the model, for those who measure it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from dataclasses import dataclass, field

from service.errors import ModelError, ModelReplyInvalid
from service.models.port import ModelReply, ModelRequest
from service.models.wrapped import Wrapped


@dataclass
class Heard:
    """What one draft asked of the model."""

    requests: list[str] = field(default_factory=list)
    failures: list[ModelError] = field(default_factory=list)

    @property
    def rendered_sha256(self) -> str | None:
        """One hash for all that was sent, in whatever order it went out."""
        return hashlib.sha256("".join(sorted(self.requests)).encode()).hexdigest() if self.requests else None

    @property
    def outage(self) -> ModelError | None:
        """A failure that says nothing about the prompt. A useless reply does: it stays in the results."""
        return next((f for f in self.failures if not isinstance(f, ModelReplyInvalid)), None)


HEARD: ContextVar[Heard | None] = ContextVar("heard", default=None)


class Listened(Wrapped):
    """A model whose calls are noted in the ``Heard`` of the draft that makes them."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        heard = _note(request)
        try:
            return await self._model.complete(request)
        except ModelError as error:
            heard.failures.append(error)
            raise

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        heard = _note(request)
        try:
            async for piece in self._model.stream(request):
                yield piece
        except ModelError as error:
            heard.failures.append(error)
            raise


def _note(request: ModelRequest) -> Heard:
    heard = HEARD.get() or Heard()
    sent = json.dumps([[(m.role, m.content) for m in request.messages], request.prefix])
    heard.requests.append(hashlib.sha256(sent.encode()).hexdigest())
    return heard
