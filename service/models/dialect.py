"""What one endpoint has said that it does not take, learned from its refusals and said once in the log.

A refusal names a field in as many ways as there are makers: by ``param``, in a sentence, in a list of pydantic's, under
other keys. So the words of the error are looked through for the fields that were sent. What is learned counts only
once the call goes through without the field: an error may name a field that is not its reason.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

log = logging.getLogger("afterword.models")

# The field to leave out, and the words by which errors name it.
_NAMED_BY: dict[str, tuple[str, ...]] = {
    "stream_options": ("stream_options", "include_usage"),
    "response_format": (
        "response_format",
        "json_schema",
        "json_object",
        "structured output",
        "structured_output",
        "response format",
        "guided",
        "grammar",
        "json mode",
        "text.format",
    ),
    "max_tokens": ("max_tokens", "max_completion_tokens", "maxtokens"),
    "temperature": ("temperature",),
    "seed": ("seed", "random_seed"),
    "stop": ("stop", "stop_sequences"),
    "cache_prompt": ("cache_prompt", "extra_body"),
    "system": ("system role", "role system", "'system'", '"system"', "roles must alternate", "developer instruction"),
    "stream": ("stream", "streaming"),
}
# How far each field has been given up, one step at a time.
_STEPS: dict[str, tuple[str, ...]] = {
    "response_format": ("json_object", "asked for in words"),
    "max_tokens": ("max_completion_tokens", "left out"),
    "system": ("said by the user",),
    "stream": ("not streamed",),
}
_LEFT_OUT = ("left out",)
_REFUSING = re.compile(
    r"unsupported|not support|unknown|unrecognized|unrecognised|not permitted|not allowed|extra|unexpected|invalid|"
    r"cannot find|not offered|unavailable|not available|not accept|only .{0,40}(?:supported|allowed|default)|"
    r"does not exist|deprecated|must be|not implemented|incompatible|use '|required|alternate|verified",
    re.IGNORECASE,
)
_QUOTED_KEYS = ("input", "failed_generation", "prompt", "messages", "request")  # they may hold the notes
_THINKING_ROOM = 4096  # tokens that a model may think before its answer


class Dialect:
    """Begins as OpenAI's own and becomes the endpoint's."""

    def __init__(self) -> None:
        self._steps: dict[str, int] = {}
        self._unsure: set[str] = set()  # learned, and no call has gone through that way yet
        self._tried_bare = False
        self.thinks = False
        self.must_ask = False
        self.streams = True

    def known(self) -> dict[str, int]:
        """What is known when a call is sent; several are under way at once."""
        return dict(self._steps)

    def learn(
        self, status: int, error: object, sent: Mapping[str, Any], known: Mapping[str, int], tried: dict[str, int]
    ) -> bool:
        """True where the call is worth making again at once, with less in it.

        ``tried`` belongs to the call: what it has given up so far, with how far that was given up before.
        """
        if status not in (400, 404, 405, 415, 422, 501):
            return False
        words = " ".join(_words(error)).lower()
        if "json_validate_failed" in words:  # the endpoint checks the answer itself: the answer was wrong, not the call
            return False
        for field in _NAMED_BY:
            if self._is_sent(field, sent) and _names(words, field):
                if self._steps.get(field, 0) > known.get(field, 0):  # another call has learned it meanwhile
                    return True
                if self._may_go_on(field):
                    self._give_up_to(field, self._steps.get(field, 0) + 1, tried)
                    return True
        if status in (400, 422) and not self._tried_bare and "context" not in words:
            # Nothing that was sent is named: once in this endpoint's life with nothing that can be missed.
            self._tried_bare = True
            bare = [f for f in ("stream_options", "seed", "temperature", "response_format") if self._is_sent(f, sent)]
            for field in bare:
                self._give_up_to(field, len(_STEPS.get(field, _LEFT_OUT)), tried)
            return bool(bare)
        return False

    def _give_up_to(self, field: str, step: int, tried: dict[str, int]) -> None:
        tried.setdefault(field, self._steps.get(field, 0))
        self._steps[field] = step
        self._unsure.add(field)

    def confirm(self, known: Mapping[str, int]) -> None:
        """A call sent under ``known`` went through: what it left out stays out from now on."""
        for field in [f for f in self._unsure if known.get(f) == self._steps.get(f)]:
            self._unsure.discard(field)
            how = _STEPS.get(field, _LEFT_OUT)[self._steps[field] - 1]
            log.warning("The model's endpoint does not take '%s' as it was sent; from now on: %s.", field, how)

    def forget(self, tried: Mapping[str, int]) -> None:
        """The call failed all the same: what it tried was not the reason."""
        for field in [f for f in tried if f in self._unsure]:
            self._unsure.discard(field)
            self._steps[field] = tried[field]
            if not self._steps[field]:
                del self._steps[field]

    def learn_thinking(self) -> bool:
        """True the first time: a model that thinks is given room to do it from now on."""
        if self.thinks:
            return False
        self.thinks = True
        log.warning("The model thinks before it answers; from now on it gets %d tokens more.", _THINKING_ROOM)
        return True

    def learn_to_ask(self) -> bool:
        """True the first time: an endpoint that takes a schema and heeds none is told in words as well."""
        if self.must_ask:
            return False
        self.must_ask = True
        log.warning("The model's endpoint does not hold answers to the schema; from now on it is asked in words too.")
        return True

    def translate(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """``body`` as this endpoint takes it."""
        spoken = dict(body)
        for field in self._steps:
            self._give_up(field, spoken)
        if self.thinks:
            for name in ("max_tokens", "max_completion_tokens"):
                if name in spoken:
                    spoken[name] += _THINKING_ROOM
        if "response_format" in body and (self.must_ask or self._steps.get("response_format")):
            spoken["messages"] = _asking(spoken["messages"], body["response_format"]["json_schema"]["schema"])
        return spoken

    def _give_up(self, field: str, spoken: dict[str, Any]) -> None:
        step = self._steps[field]
        if field == "system":
            spoken["messages"] = _without_system(spoken["messages"])
        elif field == "stream":
            spoken["stream"] = False
            spoken.pop("stream_options", None)
        elif field == "cache_prompt":
            spoken.pop("extra_body", None)
        elif field in spoken and field == "response_format" and step == 1:
            spoken[field] = {"type": "json_object"}
        elif field in spoken:
            value = spoken.pop(field)
            if field == "max_tokens" and step == 1:
                spoken["max_completion_tokens"] = value

    def _is_sent(self, field: str, sent: Mapping[str, Any]) -> bool:
        if field == "system":
            return any(m["role"] == "system" for m in sent["messages"])
        if field == "max_tokens":
            return "max_tokens" in sent or "max_completion_tokens" in sent
        if field == "cache_prompt":
            return "extra_body" in sent
        return bool(sent.get(field)) or sent.get(field) == 0

    def _may_go_on(self, field: str) -> bool:
        return self._steps.get(field, 0) < len(_STEPS.get(field, _LEFT_OUT))


def _names(words: str, field: str) -> bool:
    """Whether the error's words name the field and refuse something: 'stop' alone may be any word."""
    if not _REFUSING.search(words):
        return False
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words) for name in _NAMED_BY[field])


def _words(error: object) -> Iterator[str]:
    """All that an error says, but for what it may quote of the request."""
    if isinstance(error, str):
        yield error
    elif isinstance(error, dict):
        for key, value in error.items():
            if key not in _QUOTED_KEYS:
                yield from _words(value)
    elif isinstance(error, list | tuple):
        for value in error:
            yield from _words(value)


def _asking(messages: list[dict[str, Any]], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    order = (
        "Answer with one JSON object and nothing else: no words before or after it, no code fence. It must be valid "
        f"against this JSON schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )
    last = messages[-1]
    return [*messages[:-1], {**last, "content": f"{last['content']}\n\n{order}"}]


def _without_system(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The system's words at the head of the first turn of the user."""
    told = "\n\n".join(m["content"] for m in messages if m["role"] == "system")
    rest = [m for m in messages if m["role"] != "system"]
    if not rest or rest[0]["role"] != "user":
        return [{"role": "user", "content": told}, *rest]
    return [{"role": "user", "content": f"{told}\n\n{rest[0]['content']}"}, *rest[1:]]
