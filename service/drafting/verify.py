"""A second reading by the model: each sentence held against the lines of the notes, where code cannot see (G35, G37, G30)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace

from service.drafting.pieces import Piece
from service.drafting.plan import Outline
from service.errors import ModelReplyInvalid
from service.models.port import ChatMessage, Model, ModelRequest
from service.prompting.library import PromptVersion
from service.prompting.render import render_prompt
from service.rubric.context import CheckContext
from service.types import Severity, Usage, Violation

RULES = {"swapped": "G37", "private": "G30", "unsupported": "G35", "nonsense": "G12"}


@dataclass(frozen=True)
class Finding:
    """``piece`` is the place of the sentence among those that were read."""

    piece: int
    violation: Violation


async def verify(
    body: tuple[Piece, ...], outline: Outline, context: CheckContext, prompt: PromptVersion, model: Model
) -> tuple[tuple[Finding, ...], Usage]:
    """What cannot stay, and what the call used. Raises ModelError."""
    rendered = render_prompt(prompt, verify_values(body, outline, context))
    started = time.perf_counter()
    reply = await model.complete(
        ModelRequest(
            messages=tuple(ChatMessage(m.role, m.content) for m in rendered.messages),
            temperature=prompt.parameters.temperature,
            max_tokens=prompt.parameters.max_tokens,
            json_schema=prompt.output_schema,
            tag=prompt.id,
        )
    )
    usage = replace(reply.usage, calls=1, model_seconds=time.perf_counter() - started)
    return read_verdicts(reply.text, body), usage


def verify_values(body: tuple[Piece, ...], outline: Outline, context: CheckContext) -> dict[str, object]:
    facts = context.facts
    return {
        "recipient": outline.recipient.name or "",
        "candidate": context.candidate_name or "",
        "company": facts.company.value if facts.company else "",
        "role": facts.role.value if facts.role else "",
        "occasion": outline.occasion.value,
        "interview_date": f"{facts.interview_at.day:%A} {facts.interview_at.day.isoformat()}"
        if facts.interview_at
        else "",
        "decision_date": f"{facts.decision_date.day:%A} {facts.decision_date.day.isoformat()}"
        if facts.decision_date
        else "",
        "lines": [
            {
                "number": number,
                "owner": item.owner.value,
                "who": item.speaker or item.heard_by or "",
                "text": item.text,
            }
            for number, item in enumerate(facts.items, 1)
        ],
        "sentences": [{"number": n, "text": piece.text} for n, piece in enumerate(body, 1)],
    }


def read_verdicts(text: str, body: tuple[Piece, ...]) -> tuple[Finding, ...]:
    """The sentences that are not supported. A sentence that the reply leaves out counts as supported.

    Raises ModelReplyInvalid.
    """
    found = []
    try:
        for row in json.loads(text)["sentences"]:
            number, verdict = int(row["number"]), str(row["verdict"])
            if verdict in RULES and 1 <= number <= len(body):
                detail = f"'{body[number - 1].text}': {verdict}: {row.get('reason', '')}"
                found.append(
                    Finding(number - 1, Violation(f"read_as_{verdict}", RULES[verdict], Severity.HARD, detail))
                )
    except (ValueError, KeyError, TypeError) as error:
        raise ModelReplyInvalid("The reply of the second reading is not the JSON that was asked for.") from error
    return tuple(found)
