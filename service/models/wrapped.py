"""A model that stands before another and passes for it: what counts or notes its calls begins from here."""

from __future__ import annotations

from service.models.port import Model


class Wrapped:
    """Says of itself what ``model`` says, and closes it; ``complete`` and ``stream`` are the child's."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def continues_prefix(self) -> bool:
        return self._model.continues_prefix

    @property
    def prompt_channel(self) -> str:
        return self._model.prompt_channel

    async def aclose(self) -> None:
        await self._model.aclose()
