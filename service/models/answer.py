"""One streamed answer put together and held against the shape that a chat completion must have."""

from __future__ import annotations

from typing import Any

from service.errors import ModelReplyInvalid
from service.models.port import ModelReply, ModelRequest
from service.models.prefix import PrefixStripper, join_to
from service.types import Usage

_FINISHED = {"stop", "length"}
_NOT_FINISHED = {
    "content_filter": "The model's endpoint held the answer back (content filter).",
    "tool_calls": "The model wanted to call a tool instead of answering.",
    "function_call": "The model wanted to call a tool instead of answering.",
}


class Answer:
    """Takes the chunks of one answer; gives back text for the caller, and in the end the reply.

    Raises ``ModelReplyInvalid`` for whatever is not an answer: another shape, a refusal, nothing at all, a stream
    that ends without saying why.
    """

    def __init__(self, request: ModelRequest, continues: bool) -> None:
        self._prefix = request.prefix
        self._stripper = None if continues else PrefixStripper(request.prefix)
        self._pieces: list[str] = []
        self._finish: str | None = None
        self._usage: Any = None
        self._ended = False

    def take(self, chunk: Any) -> str:
        self._usage = getattr(chunk, "usage", None) or self._usage
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list):
            raise ModelReplyInvalid("The model's endpoint answered with something that is not a chat completion.")
        if not choices:  # usage comes in a chunk of its own
            return ""
        delta = choices[0].delta
        if getattr(delta, "refusal", None):
            raise ModelReplyInvalid("The model declined to answer.")
        self._finish = choices[0].finish_reason or self._finish
        return self._pass_on(getattr(delta, "content", None) or "")

    def end(self) -> str:
        """What was held back until now. Raises when the answer did not come to its end."""
        self._ended = True
        if self._finish is None:
            raise ModelReplyInvalid("The model's answer was cut short, or was no stream of chat completions.")
        if self._finish not in _FINISHED:
            raise ModelReplyInvalid(_NOT_FINISHED.get(self._finish, "The model stopped for an unknown reason."))
        tail = self._add(self._stripper.flush()) if self._stripper else ""
        if not "".join(self._pieces).strip():
            raise ModelReplyInvalid("The model answered with nothing.")
        return tail

    def reply(self, seconds: float) -> ModelReply | None:
        """The whole answer, once; None after that."""
        if not self._ended:
            return None
        self._ended = False
        return ModelReply("".join(self._pieces), self._finish or "stop", _usage(self._usage, seconds))

    def _pass_on(self, text: str) -> str:
        if self._stripper:
            return self._add(self._stripper.feed(text))
        if not self._pieces and self._prefix[-1:].isspace():
            text = join_to(self._prefix, text)
        return self._add(text)

    def _add(self, text: str) -> str:
        if text:
            self._pieces.append(text)
        return text


def _usage(stated: Any, seconds: float) -> Usage:
    details = getattr(stated, "prompt_tokens_details", None)
    return Usage(
        prompt_tokens=getattr(stated, "prompt_tokens", 0) or 0,
        cached_tokens=getattr(details, "cached_tokens", 0) or 0,
        completion_tokens=getattr(stated, "completion_tokens", 0) or 0,
        calls=1,
        model_seconds=seconds,
    )
