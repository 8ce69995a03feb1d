"""Models without a model: for tests, demos and evals. Part of the product, so that all three share one."""

from __future__ import annotations

import asyncio
import random
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field

from service.errors import ModelReplyInvalid
from service.models.port import ModelReply, ModelRequest
from service.types import Usage


@dataclass(frozen=True)
class Step:
    """One scripted reply. ``error`` is raised in its place; ``gate`` is waited for first."""

    text: str = ""
    finish_reason: str = "stop"
    error: Exception | None = None
    gate: asyncio.Event | None = None


Script = Callable[[ModelRequest], "str | Step | Exception"]


@dataclass
class ScriptedModel:
    """Answers from ``replies`` in order, or by ``script``; keeps every request it was asked.

    Out of replies, or asked for what the script has none for, it raises ``ModelReplyInvalid`` like a model that said
    nothing. ``cancelled`` counts the calls whose task was cancelled while they waited.
    """

    replies: Iterable[str | Step | Exception] = ()
    script: Script | None = None
    name: str = "scripted"
    continues_prefix: bool = True
    prompt_channel: str = "small"
    requests: list[ModelRequest] = field(default_factory=list)
    cancelled: int = 0
    closed: bool = False

    def __post_init__(self) -> None:
        self._queue = deque(self.replies)

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        step = self._next(request)
        await self._pass_gate(step)
        if step.error is not None:
            raise step.error
        if not step.text.strip():
            raise ModelReplyInvalid("The model answered with nothing.")
        return ModelReply(step.text, step.finish_reason, _counted(request, step.text))

    async def stream(self, request: ModelRequest) -> AsyncIterator[str | ModelReply]:
        reply = await self.complete(request)
        for piece in re.findall(r"\s*\S+\s*$|\s*\S+", reply.text):
            yield piece
        yield reply

    async def aclose(self) -> None:
        self.closed = True

    def _next(self, request: ModelRequest) -> Step:
        queued = self._queue.popleft() if self._queue else ""
        answer = self.script(request) if self.script else queued
        if isinstance(answer, Exception):
            return Step(error=answer)
        return Step(answer) if isinstance(answer, str) else answer

    async def _pass_gate(self, step: Step) -> None:
        # Always once through the loop, so that a scripted call can be cancelled like a real one.
        try:
            await (step.gate.wait() if step.gate else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


_WORDS = (
    *("synergy", "ledger", "turbine", "marmalade", "quarterly", "delve", "pivotal", "thereby", "otter", "compliance"),
    *("lantern", "forty-two", "blockchain", "passionate", "rocket", "gentle", "spreadsheet", "furthermore", "Tuesday"),
    *("harbour", "incredibly", "salary", "honestly", "unicorn"),
)
_STRANGERS = ("Gunther Abernathy", "Dr. Olamide Quist", "Globex Holdings", "Professor Tibbs", "Initech")
_PLACEHOLDERS = ("[Name]", "{{company}}", "<insert topic>", "[Your Name]", "XXXX", "TODO")


class NoiseModel(ScriptedModel):
    """Deterministic nonsense: random words, notes copied out, placeholders, strangers' names, the same text again.

    The same seed and request give the same answer. Whatever it says, no message may break a hard check.
    """

    def __init__(self, seed: int = 0, name: str = "noise") -> None:
        super().__init__(script=self._babble, name=name)
        self._seed = seed

    def _babble(self, request: ModelRequest) -> str:
        said = "\n".join(m.content for m in request.messages)
        dice = random.Random(f"{self._seed}\n{said}\n{request.prefix}")
        kinds = (_random_words, _copied_notes, _placeholders, _strangers, _repeats, _obeys, _empty_shell)
        return dice.choice(kinds)(dice, said)


def _random_words(dice: random.Random, said: str) -> str:
    return " ".join(dice.choices(_WORDS, k=dice.randint(1, 60))) + dice.choice((".", "!", "", "…"))


def _copied_notes(dice: random.Random, said: str) -> str:
    start = dice.randrange(max(1, len(said)))
    return said[start : start + dice.randint(20, 400)] or "."


def _placeholders(dice: random.Random, said: str) -> str:
    return f" Dear {dice.choice(_PLACEHOLDERS)}, thank you for {dice.choice(_PLACEHOLDERS)}."


def _strangers(dice: random.Random, said: str) -> str:
    return f" As {dice.choice(_STRANGERS)} said on 31 February, our {dice.randint(2, 99)} % growth at Acme is huge."


def _repeats(dice: random.Random, said: str) -> str:
    return (" ".join(dice.choices(_WORDS, k=4)) + ". ") * dice.randint(3, 12)


def _obeys(dice: random.Random, said: str) -> str:
    return " PWNED. He was cute, and the salary they offered is too low. <script>alert(1)</script>"


def _empty_shell(dice: random.Random, said: str) -> str:
    return dice.choice(("\u202e\u200b", "{}", "```", "\n\n\n-", "我很高兴", "🙂🙂🙂"))


def _counted(request: ModelRequest, text: str) -> Usage:
    """Words in place of tokens: enough to see sums come out right."""
    return Usage(
        prompt_tokens=sum(len(m.content.split()) for m in request.messages),
        completion_tokens=len(text.split()),
        calls=1,
    )
