"""The one door to any language model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from service.types import Usage


@dataclass(frozen=True)
class ChatMessage:
    role: str  # "system" | "user" | "assistant"
    content: str


@dataclass(frozen=True)
class ModelRequest:
    """One call. ``prefix`` is text the answer must continue: the opening words of the assistant's turn.

    A model that can (``Model.continues_prefix``) returns only what follows the prefix. For one that cannot the
    adapter states the prefix as an instruction and strips it from the answer if it is repeated, so that
    ``ModelReply.text`` is always the continuation.
    """

    messages: tuple[ChatMessage, ...]
    prefix: str = ""
    temperature: float = 0.0
    max_tokens: int = 200
    stop: tuple[str, ...] = ()
    json_schema: Mapping[str, Any] | None = None
    seed: int | None = None
    first_token_timeout_s: float | None = None  # None: the adapter's own
    timeout_s: float | None = None
    tag: str = ""  # what the call is for; goes to metrics and records, never to the model


@dataclass(frozen=True)
class ModelReply:
    text: str
    finish_reason: str  # "stop" | "length"; anything else is an error in the adapter
    usage: Usage = field(default_factory=Usage)  # one call's


Retried = Callable[[str], None]  # told the type of the error for which an endpoint is asked the same again


def told_to_nobody(error_type: str) -> None:
    """The twin of whatever counts."""


class Model(Protocol):
    """Anything that answers a ModelRequest.

    Raises only ``ModelError`` and its children. Cancelling the awaiting task ends the upstream call.
    """

    @property
    def name(self) -> str: ...

    @property
    def continues_prefix(self) -> bool: ...

    @property
    def prompt_channel(self) -> str:
        """Which prompt channel of prompts/channels.yaml suits it: 'small' or 'large'."""
        ...

    async def complete(self, request: ModelRequest) -> ModelReply: ...

    def stream(self, request: ModelRequest) -> AsyncIterator[str | ModelReply]:
        """Text pieces as they arrive, and last the whole ModelReply."""
        ...

    async def aclose(self) -> None: ...
