"""The opening words of an answer, for endpoints that cannot be made to continue them."""

from __future__ import annotations

from collections.abc import Sequence

from service.models.port import ChatMessage

_QUOTES = " \t\n\"'“”‘’«»"


def state_prefix(messages: Sequence[ChatMessage], prefix: str) -> tuple[ChatMessage, ...]:
    """The messages with the prefix as an instruction at the end of the last one."""
    last = messages[-1]
    order = f"Begin your answer with exactly these words and go on from them:\n{prefix.strip()}"
    return (*messages[:-1], ChatMessage(last.role, f"{last.content}\n\n{order}"))


class PrefixStripper:
    """Takes an answer piece by piece and gives it back without the prefix, should the answer repeat it.

    Holds text back only as long as it could still turn out to be the prefix. The first piece given back starts so
    that ``prefix + text`` reads well.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._target = prefix.strip().casefold()
        self._held: str | None = "" if self._target else None

    def feed(self, piece: str) -> str:
        if self._held is None:
            return piece
        self._held += piece
        bare = self._held.lstrip(_QUOTES)
        # One character more than the prefix decides whether its last word is whole.
        if len(bare) <= len(self._target) and self._target.startswith(bare.casefold()):
            return ""
        return self._settle(bare)

    def flush(self) -> str:
        """What is still held back when the answer has ended."""
        return "" if self._held is None else self._settle(self._held.lstrip(_QUOTES))

    def _settle(self, bare: str) -> str:
        text = self._held or ""
        self._held = None
        if bare.casefold().startswith(self._target):
            text = bare[len(self._target) :]
        return join_to(self._prefix, text)


def join_to(prefix: str, text: str) -> str:
    """The continuation with exactly the space that ``prefix`` leaves open."""
    if not text or not prefix:
        return text
    if prefix[-1].isspace():
        return text.lstrip()
    return f" {text}" if text[0].isalnum() else text
