"""A language model reads the notes too: one call at the start of a draft, its reading joined to the reader's.

What it names must stand in the notes; where the two differ, the one that is sure of its evidence wins.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from service.drafting.aside import aside
from service.drafting.asking import ask, day_told, request_of
from service.errors import ModelError, ModelReplyInvalid
from service.models.port import Model, ModelRequest
from service.prompting.library import PromptLibrary, PromptVersion
from service.reading.joined import ModelReading, NamedPerson, ReadLine, join_readings
from service.types import DraftRequest, Facts, Owner, PersonRole, Usage, Warning

_OWNERS = {o.value: o for o in Owner}
_ROLES = {r.value: r for r in PersonRole}


async def read_along(facts: Facts, request: DraftRequest, library: PromptLibrary, model: Model) -> tuple[Facts, Usage]:
    """``facts`` with what the model read joined in, and what the call used. A call that fails leaves them as they are."""
    prompt = library.current("read", model.prompt_channel)
    try:
        text, usage = await ask(model, read_request(facts, prompt, request))
        reading = parse_reading(text)
    except ModelError as error:
        said = f"The model could not read the notes ({error.title}), so only the built-in reader did."
        return replace(facts, warnings=(*facts.warnings, Warning("read_without_model", said))), Usage(calls=1)
    return await aside(join_readings, facts, reading, now=request.now, given=request.given), usage


def read_request(facts: Facts, prompt: PromptVersion, request: DraftRequest) -> ModelRequest:
    """The notes stand before the task, so that later calls of the draft share their evaluated prefix."""
    lines = [{"number": n, "text": item.text} for n, item in enumerate(facts.items, 1)]
    return request_of(prompt, {"notes": facts.notes, "today": day_told(request.now.date()), "lines": lines})


def parse_reading(text: str) -> ModelReading:
    """Raises ModelReplyInvalid."""
    try:
        reply: dict[str, Any] = json.loads(text)
        return ModelReading(
            company=_text(reply.get("company")),
            role=_text(reply.get("role")),
            people=tuple(
                NamedPerson(str(p["name"]), _ROLES[str(p.get("part", "interviewer"))], _text(p.get("title")))
                for p in reply.get("people", ())
                if str(p.get("part", "interviewer")) in _ROLES and _text(p.get("name"))
            ),
            interview_words=_text(reply.get("interview_day")),
            decision_words=_text(reply.get("answer_day")),
            lines=tuple(
                ReadLine(int(r["n"]), _OWNERS[str(r["owner"])], _text(r.get("who")), int(r.get("worth", 1)))
                for r in reply.get("lines", ())
                if str(r.get("owner")) in _OWNERS
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelReplyInvalid("The model's reading is not the JSON that was asked for.") from error


def _text(value: object) -> str | None:
    return str(value).strip() or None if isinstance(value, str) else None
