"""A ``ModelRequest`` as the body of a chat completions call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.models.port import ChatMessage, ModelRequest
from service.models.prefix import state_prefix

if TYPE_CHECKING:
    import openai

    from service.models.openai_compatible import Endpoint

# What an endpoint may not know, and what to send in its place.
_REPLACEMENTS: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "temperature": None,
    "seed": None,
    "stop": None,
    "stream_options": None,
}


class Dialect:
    """What one endpoint has refused so far; reasoning models, for one, know no ``temperature``."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def learn(self, error: openai.BadRequestError) -> bool:
        """True when the error names a field that can be left out, and so the call can be made again at once."""
        name = error.param or ""
        unknown = error.code in {"unsupported_parameter", "unsupported_value"} and name in _REPLACEMENTS
        if not unknown or name in self._refused:
            return False
        self._refused.add(name)
        return True

    def translate(self, body: dict[str, Any]) -> dict[str, Any]:
        spoken = {}
        for key, value in body.items():
            word = _REPLACEMENTS[key] if key in self._refused else key
            if word is not None:
                spoken[word] = value
        return spoken


def request_body(endpoint: Endpoint, request: ModelRequest, dialect: Dialect, continues: bool) -> dict[str, Any]:
    """Keyword arguments for the SDK's ``chat.completions.create``."""
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": m.role, "content": m.content} for m in _messages(request, continues)],
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.seed is not None:
        body["seed"] = request.seed
    if request.json_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": dict(request.json_schema), "strict": True},
        }
    if endpoint.llama_cpp:
        body["extra_body"] = {"cache_prompt": True}
    return dialect.translate(body)


def _messages(request: ModelRequest, continues: bool) -> tuple[ChatMessage, ...]:
    if not request.prefix.strip():
        return request.messages
    if continues:
        # Without the space at the end: tokens carry the space before a word, not the one after it.
        return (*request.messages, ChatMessage("assistant", request.prefix.rstrip()))
    return state_prefix(request.messages, request.prefix)
