"""A model whose calls are told as spans, in the words of OpenTelemetry's conventions for generative models.

Which model, how much was asked for, how many tokens went in and came out, how it ended. Never what was said.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from service.models.port import Model, ModelReply, ModelRequest
from service.models.wrapped import Wrapped
from service.tracing import Span, Tracing, Value, error_type, step


class Traced(Wrapped):
    """Stands before ``model`` and changes nothing of what it says. ``provider`` is who runs it, by ``provider_of``."""

    def __init__(self, model: Model, tracing: Tracing, provider: str) -> None:
        super().__init__(model)
        self._tracing = tracing
        self._provider = provider

    async def complete(self, request: ModelRequest) -> ModelReply:
        with step(self._tracing, f"chat {self.name}", self._asked(request), kind="client") as span:
            reply = await self._model.complete(request)
            _answered(span, reply)
            return reply

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        span = self._tracing.begin(f"chat {self.name}", self._asked(request), kind="client")
        try:
            async with aclosing(self._model.stream(request)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    if isinstance(piece, ModelReply):
                        _answered(span, piece)
                    yield piece
        except BaseException as error:
            span.fail(error_type(error))
            raise
        finally:
            span.end()

    def _asked(self, request: ModelRequest) -> dict[str, Value]:
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self._provider,
            "gen_ai.request.model": self.name,
            "gen_ai.request.temperature": request.temperature,
            "gen_ai.request.max_tokens": request.max_tokens,
            "gen_ai.output.type": "json" if request.json_schema is not None else "text",
            "afterword.prompt": request.tag,
        }


def _answered(span: Span, reply: ModelReply) -> None:
    span.set("gen_ai.response.finish_reasons", [reply.finish_reason])
    span.set("gen_ai.usage.input_tokens", reply.usage.prompt_tokens)
    span.set("gen_ai.usage.output_tokens", reply.usage.completion_tokens)
    span.set("gen_ai.usage.cache_read.input_tokens", reply.usage.cached_tokens)
