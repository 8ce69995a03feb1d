"""The whole line: notes → facts → outline → text → checked message → scorecard, as a stream of events."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace

from service.drafting.aside import aside
from service.drafting.checks import check_message
from service.drafting.compose import Composition, compose, fixed_pieces
from service.drafting.events import Delta, DraftDone, DraftEvent, FactsRead, MessageReady, Progress
from service.drafting.outline import Outline, SlotPurpose
from service.drafting.pieces import Piece, assemble, evidence_of, separator
from service.drafting.plan import plan_messages, recipients_of
from service.drafting.repair import hard_violations
from service.drafting.send_window import SendRules, send_window
from service.drafting.slots import SlotWriter
from service.errors import ModelUnavailable
from service.models.port import Model
from service.notes.read import read_notes
from service.phrases import load
from service.prompting.library import PromptLibrary, PromptVersion
from service.rubric.context import CheckContext
from service.rubric.scorecard import score_message
from service.types import (
    Draft,
    DraftRequest,
    Facts,
    Message,
    MessageKind,
    PromptRef,
    Severity,
    Usage,
    Warning,
    Wording,
    WrittenBy,
)

OUTLINE = "outline"  # the name of the mode without a model


def _new_id() -> str:
    return f"drf_{uuid.uuid4().hex}"


@dataclass(frozen=True)
class Drafter:
    """Drafts messages. ``model`` is asked anew for each draft: it returns None while there is no model to ask."""

    library: PromptLibrary
    model: Callable[[], Model | None]
    rules: SendRules = SendRules()  # noqa: RUF009 (a frozen value)
    new_id: Callable[[], str] = _new_id

    async def draft(self, request: DraftRequest) -> Draft:
        """The finished draft: what the stream's last event carries."""
        async with contextlib.aclosing(self.stream(request)) as events:
            async for event in events:
                if isinstance(event, DraftDone):
                    return event.draft
        raise AssertionError("a stream ends with DraftDone or an error")

    async def stream(self, request: DraftRequest) -> AsyncGenerator[DraftEvent, None]:
        """Events as they happen. Closing the iterator ends every call to the model that is still running.

        Raises NotesError, UnsupportedLanguage, DatesContradict, UnknownPrompt; ModelError only with ``model_only``.
        """
        started = time.perf_counter()
        facts = await aside(read_notes, request.notes, now=request.now, given=request.given)
        pinned = self._pinned(request)
        yield FactsRead(facts)
        model = self.model()
        if model is None and request.model_only:
            raise ModelUnavailable("No model is ready to write. Wait for it to load, or allow the outline to answer.")
        writer = SlotWriter(model) if model is not None else None
        messages: list[Message] = []
        usage = Usage()
        try:
            outlines = await aside(sound_outlines, facts, request)
            for index, outline in enumerate(outlines):
                prompt = self._prompt(outline.kind, pinned, model)
                others = tuple(m.wording.body for m in messages if m.kind is outline.kind)
                context = replace(
                    _context(outline, facts, request, others),
                    clarified_elsewhere=_is_clarified_elsewhere(outline, outlines),
                )
                made = Composition(outline, context, outline.subject)
                if writer is not None and index == 0:
                    self._start_all(writer, outlines, facts, request, pinned, model)
                yield Progress(index, outline.kind, outline.recipient.name, "writing")
                before: Piece | None = None
                async with contextlib.aclosing(compose(made, prompt, model, writer)) as pieces:
                    async for piece in pieces:
                        text = separator(before, piece, outline.kind) + piece.text
                        yield Delta(index, outline.kind, outline.recipient.name, text, piece.item_id)
                        before = piece
                if made.errors and request.model_only:
                    raise made.errors[0]
                message = await aside(self._message, made, prompt, request)
                messages.append(message)
                usage += made.usage
                yield MessageReady(index, message)
        finally:
            if writer is not None:
                await writer.aclose()
        usage = replace(usage, seconds=time.perf_counter() - started)
        yield DraftDone(
            Draft(
                id=self.new_id(),
                created_at=request.now,
                model=model.name if model is not None else OUTLINE,
                language=facts.language,
                facts=facts,
                messages=tuple(messages),
                usage=usage,
                warnings=facts.warnings,
            )
        )

    def _pinned(self, request: DraftRequest) -> dict[MessageKind, PromptVersion]:
        """The pinned versions, looked up first: an unknown one is the caller's error, said before anything is written."""
        return {kind: self.library.get(ref) for kind, ref in request.prompts}

    def _prompt(
        self, kind: MessageKind, pinned: dict[MessageKind, PromptVersion], model: Model | None
    ) -> PromptVersion | None:
        if model is None:
            return None
        return pinned.get(kind) or self.library.current(kind, model.prompt_channel)

    def _start_all(
        self,
        writer: SlotWriter,
        outlines: tuple[Outline, ...],
        facts: Facts,
        request: DraftRequest,
        pinned: dict[MessageKind, PromptVersion],
        model: Model | None,
    ) -> None:
        """All slots' calls begin together, so that a model that serves several at once is kept busy."""
        for outline in outlines:
            prompt = self._prompt(outline.kind, pinned, model)
            if prompt is None or prompt.style != "slots":
                continue
            for slot in outline.slots:
                if slot.item is not None and slot.openings:
                    writer.start(slot, outline, prompt, _context(outline, facts, request, ()))

    def _message(self, made: Composition, prompt: PromptVersion | None, request: DraftRequest) -> Message:
        outline, facts = made.outline, made.context.facts
        violations = check_message(made.wording, made.context)
        window = send_window(
            outline.kind,
            interview_at=facts.interview_at,
            decision_date=facts.decision_date,
            now=request.now,
            rules=self.rules,
        )
        return Message(
            kind=outline.kind,
            recipient=outline.recipient,
            wording=made.wording,
            written_by=_written_by(made),
            prompt=PromptRef(prompt.name, prompt.version, prompt.sha256) if prompt is not None else None,
            evidence=evidence_of(made.pieces, outline.kind),
            scorecard=score_message(made.wording, made.context, violations),
            send_window=window,
            warnings=_warnings(made, [v.detail for v in violations if v.severity is Severity.HARD]),
            raw="\n".join(made.raw) if made.asked_model else None,
            repaired=tuple(made.against),
        )


def sound_outlines(facts: Facts, request: DraftRequest) -> tuple[Outline, ...]:
    """The plan, with every message's own sentences free of hard violations before a word is shown.

    What a doubtful fact brings in (a role in shorthand, a company that reads like a person) is planned around: the message
    goes without the role, then without the company, then without the dates.
    """
    sound = list(plan_messages(facts, request))
    poorer = facts
    for fewer in ({"role": None}, {"company": None}, {"interview_at": None, "decision_date": None}):
        doubtful = [n for n, outline in enumerate(sound) if _frame_faults(outline, facts, request)]
        if not doubtful:
            break
        poorer = replace(poorer, **fewer)  # type: ignore[arg-type]
        again = plan_messages(poorer, request)
        for n in doubtful:
            sound[n] = again[n]
    return tuple(sound)


def _frame_faults(outline: Outline, facts: Facts, request: DraftRequest) -> bool:
    wording = Wording(outline.subject, assemble(fixed_pieces(outline), outline.kind))
    return bool(hard_violations(wording, _context(outline, facts, request, ())))


def _context(outline: Outline, facts: Facts, request: DraftRequest, others: tuple[str, ...]) -> CheckContext:
    interview = request.given.interview
    stated = (
        request.given.candidate,
        interview.company,
        interview.role,
        outline.recipient.name,
        outline.recipient.title,
    )
    return CheckContext(
        kind=outline.kind,
        facts=facts,
        recipient=outline.recipient,
        candidate=request.given.candidate,
        char_limit=outline.char_limit,
        others=others,
        given_words=tuple(s for s in stated if s),
        language=facts.language,
    )


def _is_clarified_elsewhere(outline: Outline, outlines: Sequence[Outline]) -> bool:
    """Whether the plan gives the point to put better to another reader of this kind, and not to this one."""
    kin = [o for o in outlines if o.kind is outline.kind]
    planned = [o for o in kin if any(s.purpose is SlotPurpose.CLARIFICATION for s in o.slots)]
    return bool(planned) and not any(o is outline for o in planned)


def _written_by(made: Composition) -> WrittenBy:
    """By the model when every sentence about a topic is its own, mixed when some are."""
    topical = [p for p in made.pieces if p.item_id is not None or p.by_model]
    by_model = [p for p in topical if p.by_model]
    if not by_model:
        return WrittenBy.OUTLINE
    return WrittenBy.MODEL if len(by_model) == len(topical) else WrittenBy.MIXED


def _warnings(made: Composition, hard: list[str]) -> tuple[Warning, ...]:
    facts, outline = made.context.facts, made.outline
    texts: dict[str, str] = load("warnings")
    out = [Warning("missing_" + name, texts[name]) for name in _asked_for(outline, facts)]
    if made.errors:
        out.append(Warning("model_failed", f"{texts['model_failed']} ({made.errors[0].title}.)"))
    if not any(p.item_id for p in made.pieces) and "topic" not in facts.missing:
        who = outline.recipient.first_name or "this reader"
        out.append(Warning("nothing_noted", texts["nothing_noted"].format(who=who)))
    out.extend(Warning("unsafe", detail) for detail in hard)
    return tuple(out)


def _asked_for(outline: Outline, facts: Facts) -> list[str]:
    """The missing facts that this message would be better for."""
    wanted = {
        MessageKind.THANK_YOU: ("candidate", "company", "role", "interviewer", "topic"),
        MessageKind.CHECK_IN: ("candidate", "company", "role", "interviewer", "decision_date", "interview_at"),
        MessageKind.LINKEDIN: ("interviewer", "topic"),
    }[outline.kind]
    given = outline.recipient.name is not None
    return [name for name in wanted if name in facts.missing and not (name == "interviewer" and given)]


__all__ = ["OUTLINE", "Drafter", "recipients_of"]
