"""A second reading by the model: each sentence held against the lines of the notes, where code cannot see (G35, G37, G30)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from service.drafting.asking import ask, request_of, stated_facts
from service.drafting.plan import Outline
from service.errors import ModelReplyInvalid
from service.models.port import Model
from service.prompting.library import PromptVersion
from service.rubric.context import CheckContext
from service.types import Severity, Usage, Violation

RULES = {"swapped": "G37", "private": "G30", "unsupported": "G35", "nonsense": "G12"}


@dataclass(frozen=True)
class Finding:
    """``piece`` is the place of the sentence among those that were read."""

    piece: int
    violation: Violation


async def verify(
    sentences: Sequence[str], outline: Outline, context: CheckContext, prompt: PromptVersion, model: Model
) -> tuple[tuple[Finding, ...], Usage]:
    """What cannot stay, and what the call used. Raises ModelError."""
    text, usage = await ask(model, request_of(prompt, verify_values(sentences, outline, context)))
    return read_verdicts(text, sentences), usage


def verify_values(sentences: Sequence[str], outline: Outline, context: CheckContext) -> dict[str, object]:
    facts = context.facts
    return {
        "recipient": outline.recipient.name or "",
        "candidate": context.candidate_name or "",
        **stated_facts(facts),
        "occasion": outline.occasion.value,
        "lines": [
            {
                "number": number,
                "owner": item.owner.value,
                "who": item.speaker or item.heard_by or "",
                "text": item.text,
            }
            for number, item in enumerate(facts.items, 1)
        ],
        "sentences": [{"number": n, "text": said} for n, said in enumerate(sentences, 1)],
    }


def read_verdicts(text: str, sentences: Sequence[str]) -> tuple[Finding, ...]:
    """The sentences that are not supported. A sentence that the reply leaves out counts as supported.

    Raises ModelReplyInvalid.
    """
    found = []
    try:
        for row in json.loads(text)["sentences"]:
            number, verdict = int(row["number"]), str(row["verdict"])
            if verdict in RULES and 1 <= number <= len(sentences):
                detail = f"'{sentences[number - 1]}': {verdict}: {row.get('reason', '')}"
                found.append(
                    Finding(number - 1, Violation(f"read_as_{verdict}", RULES[verdict], Severity.HARD, detail))
                )
    except (ValueError, KeyError, TypeError) as error:
        raise ModelReplyInvalid("The reply of the second reading is not the JSON that was asked for.") from error
    return tuple(found)
