"""What the same model writes when simply asked: the baseline that every measurement has beside it (do no harm)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from service.drafting.aside import aside
from service.drafting.asking import ask, request_of
from service.drafting.checks import check_message
from service.drafting.large import read_subject
from service.drafting.pipeline import context_of
from service.drafting.plan import Outline, plan_messages
from service.errors import ModelUnavailable
from service.models.port import Model
from service.prompting.library import PromptLibrary
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.rubric.scorecard import score_message
from service.types import Draft, DraftRequest, Facts, Message, PromptRef, Usage, WrittenBy

BARE = "bare@1"


@dataclass(frozen=True)
class BareDrafter:
    """Drafts with one plain call a message: no plan, no check, no repair. Never served, only measured."""

    library: PromptLibrary
    model: Model | None
    reader: Reader

    async def draft(self, request: DraftRequest) -> Draft:
        """Raises ModelError, and what reading raises. The facts say only whom to write to."""
        if self.model is None:
            raise ModelUnavailable("The bare ask needs a model: name one with --model.")
        facts = await aside(read_notes, request.notes, self.reader, now=request.now, given=request.given)
        messages, usage = [], Usage()
        for outline in plan_messages(facts, request).outlines:
            message, used = await self._message(outline, facts, request, self.model)
            messages.append(message)
            usage += used
        return Draft(
            f"drf_{uuid.uuid4().hex}", request.now, self.model.name, facts.language, facts, tuple(messages), usage
        )

    async def _message(
        self, outline: Outline, facts: Facts, request: DraftRequest, model: Model
    ) -> tuple[Message, Usage]:
        prompt = self.library.get(BARE)
        text, usage = await ask(model, request_of(prompt, bare_values(outline, request)))
        wording = read_subject(text, outline.kind)
        context = context_of(outline, facts, request)
        violations = await aside(check_message, wording, context)
        message = Message(
            kind=outline.kind,
            recipient=outline.recipient,
            wording=wording,
            written_by=WrittenBy.MODEL,
            prompt=PromptRef(prompt.name, prompt.version, prompt.sha256),
            evidence=(),
            scorecard=score_message(wording, context, violations),
            send_window=outline.window,
            raw=text,
        )
        return message, replace(usage, seconds=usage.model_seconds)


def bare_values(outline: Outline, request: DraftRequest) -> dict[str, object]:
    """What somebody who simply asks would paste in."""
    return {
        "kind": outline.kind.value,
        "notes": request.notes,
        "recipient": outline.recipient.name or "",
        "candidate": request.given.candidate or "",
        "char_limit": outline.char_limit or 0,
    }
