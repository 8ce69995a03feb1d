"""One answer put together from what an endpoint sends, and held against the shape that an answer must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.errors import ModelReplyInvalid
from service.models.port import ModelReply, ModelRequest
from service.models.prefix import PrefixStripper, join_to
from service.models.reply_text import ThoughtFilter, after_preface, json_answer, unfenced
from service.types import Usage

# Every maker's words for the same few ends, in small letters.
_STOPPED = frozenset(
    [
        "stop",
        "stopped",
        "eos",
        "eos_token",
        "end",
        "end_turn",
        "end_of_turn",
        "end_of_text",
        "stop_sequence",
        "stop_token",
        "stop_str",
        "complete",
        "completed",
        "finish",
        "finished",
        "done",
        "success",
        "normal",
        "finish_reason_unspecified",
    ]
)
_CUT = frozenset(
    [
        "length",
        "max_tokens",
        "max_output_tokens",
        "max_length",
        "max_new_tokens",
        "token_limit",
        "model_length",
        "limit",
    ]
)
_HELD_BACK = frozenset(
    [
        "content_filter",
        "content_filtered",
        "content-filter",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "refusal",
        "guardrail_intervened",
        "sensitive",
        "censored",
    ]
)
_TOOL = frozenset(
    ["tool_calls", "tool_call", "tool_use", "function_call", "malformed_function_call", "unexpected_tool_call"]
)
_THINKING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details", "thinking", "thought", "thoughts")
_THINKING_PARTS = ("thinking", "reasoning", "reasoning_content", "thought", "redacted_thinking", "summary")
_NO_COMPLETION = "The model's endpoint answered with something that is not a chat completion."


class OnlyThought(ModelReplyInvalid):
    """All the room for the answer went into thinking."""

    title = "The model thought until it had no room left to answer"


class NotTheJsonAskedFor(ModelReplyInvalid):
    """A whole answer in which the JSON that was asked for does not stand."""

    title = "The model did not answer in the form that was asked for"


class Answer:
    """Takes the chunks of one answer; gives back text to hand on, and in the end the reply.

    With ``handing_on`` the text is given back as it comes. Without, it is kept until it is whole, which is surer:
    only then can wrapping around it be told from it. Raises ``ModelReplyInvalid`` for whatever is not an answer:
    another shape, a refusal, nothing at all, one that ends without saying why.
    """

    def __init__(self, request: ModelRequest, continues: bool, *, handing_on: bool) -> None:
        self._request = request
        self._continues = continues
        self._handing_on = handing_on
        self._stripper = None if continues else PrefixStripper(request.prefix)
        self._thoughts = ThoughtFilter()
        self._raw: list[str] = []
        self._pieces: list[str] = []
        self._finish: str | None = None
        self._usage: Any = None
        self._ended = False
        self.begun = False  # the model is at work, be it thinking
        self.thought = False

    def take(self, chunk: Mapping[str, Any]) -> str:
        self._usage = chunk.get("usage") or self._usage
        self.thought = self.thought or _thought_tokens(self._usage) > 0
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            raise ModelReplyInvalid(_NO_COMPLETION)
        if not choices:  # usage comes in a chunk of its own
            return ""
        choice = choices[0]
        if not isinstance(choice, dict):
            raise ModelReplyInvalid(_NO_COMPLETION)
        said = choice.get("delta") or choice.get("message") or {}
        if not isinstance(said, dict):
            raise ModelReplyInvalid(_NO_COMPLETION)
        if said.get("refusal"):
            raise ModelReplyInvalid("The model declined to answer.")
        self._finish = _finish(choice) or self._finish
        if any(said.get(name) for name in _THINKING_FIELDS):
            self.thought = self.begun = True
        text = self._text(said.get("content"))
        self.begun = self.begun or bool(text)
        self._raw.append(text)
        return self._hand_on(self._thoughts.feed(text)) if self._handing_on else ""

    def end(self, done: bool) -> str:
        """What was held back until now. ``done``: the endpoint said that this was all.

        Raises when the answer did not come to its end.
        """
        self._ended = True
        raw = "".join(self._raw)
        if self._handing_on:
            tail = self._hand_on(self._thoughts.flush(), last=True)
            whole = "".join(self._pieces)
        else:
            tail, whole = "", self._thoughts.feed(raw) + self._thoughts.flush()
            whole = raw if whole == raw else whole.strip()
        self.thought = self.thought or self._thoughts.thought
        self._refuse_its_end()
        if not whole.strip():
            raise self._nothing(done)
        if not self._handing_on:
            self._pieces = [self._unwrapped(whole)]
        if self._handing_on or self._request.json_schema is None:
            self._refuse_a_cut(done)
        return tail

    def reply(self, seconds: float) -> ModelReply | None:
        """The whole answer, once; None after that."""
        if not self._ended:
            return None
        self._ended = False
        finish = "length" if self._finish in _CUT else "stop"
        return ModelReply("".join(self._pieces), finish, _usage(self._usage, seconds))

    def _refuse_its_end(self) -> None:
        if self._finish in _HELD_BACK:
            raise ModelReplyInvalid("The model's endpoint held the answer back (content filter).")
        if self._finish in _TOOL:
            raise ModelReplyInvalid("The model wanted to call a tool instead of answering.")
        if self._thoughts.leaked and self._handing_on:
            raise ModelReplyInvalid("The model thought aloud without saying so.")

    def _nothing(self, done: bool) -> ModelReplyInvalid:
        if self.thought:
            return OnlyThought("The model thought until it had no room left to answer.")
        if self._finish is None and not done:
            return ModelReplyInvalid("The model's answer was cut short, or was no chat completion.")
        return ModelReplyInvalid("The model answered with nothing.")

    def _refuse_a_cut(self, done: bool) -> None:
        """Whole JSON was not cut short, whatever its end is called; of other text the end alone tells."""
        if self._finish is None and not done and self._usage is None:
            raise ModelReplyInvalid("The model's answer was cut short, or was no chat completion.")
        if self._finish is not None and self._finish not in _STOPPED | _CUT:
            raise ModelReplyInvalid("The model stopped for an unknown reason.")

    def _unwrapped(self, text: str) -> str:
        """The answer without what stands around it: as JSON where a schema asks for it, else behind the prefix."""
        schema = self._request.json_schema
        if schema is not None:
            found = json_answer(text, schema)
            if found is None:
                raise self._no_json()
            return found
        text = unfenced(text)
        if self._stripper:
            text = after_preface(text, self._request.prefix)
            return self._stripper.feed(text) + self._stripper.flush()
        return self._joined(text)

    def _no_json(self) -> ModelReplyInvalid:
        if self._finish in _CUT or self._finish is None:
            return ModelReplyInvalid("The model's answer was cut short before its JSON was whole.")
        return NotTheJsonAskedFor("The model's answer is not the JSON that was asked for.")

    def _text(self, content: Any) -> str:
        """Content is a string, or parts of which some are thinking."""
        if content is None or isinstance(content, str):
            return content or ""
        parts = content if isinstance(content, list) else [content]
        return "".join(self._part(part) for part in parts)

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return part
        if not isinstance(part, dict):
            raise ModelReplyInvalid(_NO_COMPLETION)
        if part.get("type") in _THINKING_PARTS or part.get("thought") is True:
            self.thought = self.begun = True
            return ""
        if part.get("type") == "refusal":
            raise ModelReplyInvalid("The model declined to answer.")
        text = part.get("text", part.get("content"))
        if isinstance(text, dict):  # {"text": {"value": …}}
            text = text.get("value")
        return text if isinstance(text, str) else ""

    def _hand_on(self, text: str, *, last: bool = False) -> str:
        if self._stripper:
            text = self._stripper.feed(text) + (self._stripper.flush() if last else "")
        elif not self._pieces:
            text = self._joined(text)
        if text:
            self._pieces.append(text)
        return text

    def _joined(self, text: str) -> str:
        return join_to(self._request.prefix, text) if self._request.prefix[-1:].isspace() else text


def _finish(choice: Mapping[str, Any]) -> str | None:
    stated = choice.get("finish_reason") or choice.get("stop_reason")
    return str(stated).strip().lower() or None if stated else None


def _usage(stated: Any, seconds: float) -> Usage:
    stated = stated if isinstance(stated, dict) else {}
    details = stated.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else stated.get("prompt_cache_hit_tokens")
    return Usage(
        prompt_tokens=_count(stated.get("prompt_tokens")),
        cached_tokens=_count(cached),
        completion_tokens=_count(stated.get("completion_tokens")),
        calls=1,
        model_seconds=seconds,
    )


def _thought_tokens(usage: Any) -> int:
    """For endpoints whose thinking is counted and not shown."""
    details = usage.get("completion_tokens_details") if isinstance(usage, dict) else None
    return _count(details.get("reasoning_tokens")) if isinstance(details, dict) else 0


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and value > 0 else 0
