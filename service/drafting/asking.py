"""A prompt and its values → a call to the model → its text and what it used: the one way in which drafting asks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from service.models.port import ChatMessage, Model, ModelRequest
from service.prompting.library import PromptVersion
from service.prompting.render import render_prompt
from service.types import Facts, Usage


def request_of(prompt: PromptVersion, values: Mapping[str, object], *, tag: str = "") -> ModelRequest:
    """The call that ``prompt`` makes of ``values``; held to its output schema where that is an object's.

    Raises PromptError.
    """
    rendered = render_prompt(prompt, values)
    return ModelRequest(
        messages=tuple(ChatMessage(m.role, m.content) for m in rendered.messages),
        prefix=rendered.prefix,
        temperature=prompt.parameters.temperature,
        max_tokens=prompt.parameters.max_tokens,
        stop=prompt.parameters.stop,
        json_schema=prompt.output_schema if prompt.output_schema.get("type") == "object" else None,
        tag=tag or prompt.id,
    )


async def ask(model: Model, request: ModelRequest) -> tuple[str, Usage]:
    """The answer's text, and what the call used with the seconds that were waited. Raises ModelError."""
    started = time.perf_counter()
    reply = await model.complete(request)
    return reply.text, replace(reply.usage, calls=1, model_seconds=time.perf_counter() - started)


def stated_facts(facts: Facts) -> dict[str, str]:
    """The facts that a prompt for a whole message may name; '' for what the notes do not tell."""
    return {
        "company": facts.company.value if facts.company else "",
        "role": facts.role.value if facts.role else "",
        "interview_date": day_told(facts.interview_at.day) if facts.interview_at else "",
        "decision_date": day_told(facts.decision_date.day) if facts.decision_date else "",
    }


def day_told(day: date) -> str:
    """'Tuesday 2026-11-17'."""
    return f"{day:%A} {day.isoformat()}"
