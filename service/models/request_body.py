"""A ``ModelRequest`` as the body of a chat completions call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.models.port import ChatMessage, ModelRequest
from service.models.prefix import state_prefix

if TYPE_CHECKING:
    from service.models.openai_compatible import Endpoint


def request_body(endpoint: Endpoint, request: ModelRequest, continues: bool) -> dict[str, Any]:
    """Keyword arguments for the SDK's ``chat.completions.create``, in OpenAI's own dialect."""
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
    return body


def _messages(request: ModelRequest, continues: bool) -> tuple[ChatMessage, ...]:
    if not request.prefix.strip():
        return request.messages
    if continues:
        # Without the space at the end: tokens carry the space before a word, not the one after it.
        return (*request.messages, ChatMessage("assistant", request.prefix.rstrip()))
    return state_prefix(request.messages, request.prefix)
