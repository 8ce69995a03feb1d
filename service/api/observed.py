"""A model whose calls are counted: how many, how long, how they failed, how often a call is the second of its kind."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from service.api.metrics import Metrics
from service.errors import ModelError
from service.models.port import Model, ModelReply, ModelRequest
from service.models.wrapped import Wrapped


class Observed(Wrapped):
    """Stands before ``model`` and changes nothing of what it says."""

    def __init__(self, model: Model, metrics: Metrics) -> None:
        super().__init__(model)
        self._metrics = metrics

    async def complete(self, request: ModelRequest) -> ModelReply:
        counted = self._begin()
        try:
            reply = await self._model.complete(request)
        except ModelError as error:
            counted(error.type)
            raise
        except BaseException:
            counted("cancelled")
            raise
        counted("answered")
        return reply

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        counted, outcome = self._begin(), "cancelled"
        try:
            async with aclosing(self._model.stream(request)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    yield piece
            outcome = "answered"
        except ModelError as error:
            outcome = error.type
            raise
        finally:
            counted(outcome)

    def _begin(self) -> Callable[[str], None]:
        started = time.perf_counter()
        self._metrics.calls_in_flight.inc()

        def counted(outcome: str) -> None:
            self._metrics.calls_in_flight.dec()
            self._metrics.calls.labels(outcome).inc()
            self._metrics.call_seconds.observe(time.perf_counter() - started)

        return counted
