"""The unchanging beginnings of the calls to come, for a model that can read them ahead of the first draft."""

from __future__ import annotations

from service.models.port import ChatMessage, ModelRequest
from service.prompting.library import PromptLibrary
from service.types import MessageKind


def static_requests(library: PromptLibrary, channel: str) -> tuple[ModelRequest, ...]:
    """One request for each different system text of the current sentence prompts."""
    versions = [library.current(kind, channel) for kind in MessageKind]
    texts = dict.fromkeys(v.system for v in versions if v.style == "slots")
    note = ChatMessage("user", "Reader: <note>a note</note>")
    return tuple(ModelRequest((ChatMessage("system", text), note), max_tokens=1, tag="warm") for text in texts)
