"""The unchanging beginnings of the calls to come, for a model that can read them ahead of the first draft."""

from __future__ import annotations

from service.models.port import ChatMessage, ModelRequest
from service.prompting.library import PromptLibrary


def static_requests(library: PromptLibrary, channel: str) -> tuple[ModelRequest, ...]:
    """One request for each different system text of the channel's current versions that takes no value."""
    versions = [library.get(row[channel].stable) for row in library.channels.values() if channel in row]
    texts = dict.fromkeys(v.system for v in versions if "{{" not in v.system)
    note = ChatMessage("user", "<note>a note</note>")
    return tuple(ModelRequest((ChatMessage("system", text), note), max_tokens=1, tag="warm") for text in texts)
