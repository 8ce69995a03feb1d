"""Sentence-sized writing for small models: opening words from the plan, the model goes on, checks choose."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from service.drafting.aside import aside
from service.drafting.checks import check_sentence, keeps_matter
from service.drafting.checks.joints import joints
from service.drafting.checks.wholeness import reads_whole
from service.drafting.outline import Outline, Slot
from service.errors import ModelError
from service.models.port import ChatMessage, Model, ModelRequest
from service.prompting.library import PromptVersion
from service.prompting.render import render_prompt
from service.rubric.context import CheckContext
from service.types import Severity, Usage, Violation


@dataclass(frozen=True)
class Sentence:
    """One slot's outcome: sentences that pass their checks, best first, and all that the model wrote."""

    good: tuple[str, ...]
    raw: tuple[str, ...]
    against: tuple[Violation, ...] = ()
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None


async def write_slot(
    slot: Slot, outline: Outline, prompt: PromptVersion, model: Model, context: CheckContext
) -> Sentence:
    """Asks for one sentence per opening until one passes; at most ``prompt.parameters.candidates`` calls for a matter.

    Where the slot has a fuller matter that one is tried first, and what the rules can say only when it has failed.
    """
    out = Sentence((), ())
    if slot.full:
        out = await _write(replace(slot, matter=slot.full, fallback=""), outline, prompt, model, context, out)
        if out.good or out.error:
            return out
    return await _write(slot, outline, prompt, model, context, out)


async def _write(
    slot: Slot, outline: Outline, prompt: PromptVersion, model: Model, context: CheckContext, out: Sentence
) -> Sentence:
    for opening in slot.openings[: prompt.parameters.candidates]:
        request = slot_request(slot, outline, prompt, opening)
        started = time.perf_counter()
        try:
            reply = await model.complete(request)
        except ModelError as error:
            return replace(out, error=error)
        usage = replace(reply.usage, calls=1, model_seconds=time.perf_counter() - started)
        text = tidy(f"{opening} {reply.text.strip()}")
        found = await aside(_faults, text, slot, context, opening)
        hard = tuple(v for v in found if v.severity is Severity.HARD)
        out = replace(
            out,
            raw=(*out.raw, text),
            good=out.good if hard else (*out.good, text),
            against=(*out.against, *hard),
            usage=out.usage + usage,
        )
        if not hard:
            return out
    return out


def _faults(text: str, slot: Slot, context: CheckContext, opening: str) -> tuple[Violation, ...]:
    assert slot.item is not None
    shown = replace(slot.item, text=slot.matter)  # the model saw the matter only, and is held to no more
    return (
        *check_sentence(text, shown, context, opening),
        *keeps_matter(text, slot.matter, opening),
        *joints(text, opening),
        *(() if slot.fallback else reads_whole(text, opening, slot.item.owner)),
    )


def slot_request(slot: Slot, outline: Outline, prompt: PromptVersion, opening: str) -> ModelRequest:
    """The call for one slot; the static system text comes first, so that its evaluation is shared by all calls."""
    assert slot.item is not None
    rendered = render_prompt(
        prompt,
        {
            "kind": outline.kind.value,
            "purpose": slot.purpose.value,
            "reader": outline.recipient.first_name or "",
            "note": slot.matter,
            "opening": opening,
        },
    )
    return ModelRequest(
        messages=tuple(ChatMessage(m.role, m.content) for m in rendered.messages),
        prefix=rendered.prefix,
        temperature=prompt.parameters.temperature,
        max_tokens=prompt.parameters.max_tokens,
        stop=prompt.parameters.stop,
        tag=f"{prompt.id}:{slot.purpose.value}",
    )


def tidy(text: str) -> str:
    """The first sentence of a continuation, in plain typography."""
    text = re.sub(r"\s+", " ", text.replace("’", "'").replace("“", '"').replace("”", '"')).strip()
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    end = re.search(r"[.!?](?=\s+[\"'(]?[A-Z]|$)", text)
    return text[: end.end()] if end else text


class SlotWriter:
    """Starts the calls for all slots of a draft at once; each distinct sentence is asked for only once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._tasks: dict[tuple[str, str, str], asyncio.Task[Sentence]] = {}

    def start(
        self, slot: Slot, outline: Outline, prompt: PromptVersion, context: CheckContext
    ) -> Callable[[], Awaitable[Sentence]]:
        assert slot.item is not None
        key = (slot.item.id, slot.purpose.value, "|".join((outline.recipient.name or "", prompt.id, *slot.openings)))
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(write_slot(slot, outline, prompt, self._model, context))
        task = self._tasks[key]

        async def result() -> Sentence:
            return await task

        return result

    async def aclose(self) -> None:
        """Cancels what is still being written, which ends the upstream calls."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
