"""The whole line: notes → facts → plan → text → checked message → scorecard, as a stream of events."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace

from service.drafting.aside import aside
from service.drafting.checks import check_message
from service.drafting.events import Delta, DraftDone, DraftEvent, FactsRead, MessageReady, Progress
from service.drafting.frame_writer import frame_pieces
from service.drafting.judging import SentenceJudge
from service.drafting.large import write_whole
from service.drafting.pieces import Piece, assemble, evidence_of, separator
from service.drafting.plan import Outline, plan_messages, recipients_of
from service.drafting.read_along import read_along
from service.drafting.send_window import SendRules
from service.drafting.small import write_sentences
from service.drafting.written import Emit, Written
from service.errors import ModelUnavailable
from service.models.port import Model
from service.phrases import load
from service.prompting.library import PromptLibrary, PromptVersion
from service.reading.judge import ReadingJudge
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.rubric.context import CheckContext, stated_words
from service.rubric.scorecard import score_message
from service.tracing import UNTOLD, Tracing, step
from service.types import (
    Draft,
    DraftRequest,
    Facts,
    Message,
    MessageKind,
    Occasion,
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
    reader: Reader
    rules: SendRules = SendRules()  # noqa: RUF009 (a frozen value)
    judge: SentenceJudge | None = None  # None: the reader's own
    verifies: bool = True  # a second reading of what a large model wrote
    reads_along: bool = True  # the model reads the notes too
    new_id: Callable[[], str] = _new_id
    tracing: Tracing = UNTOLD

    @property
    def _judge(self) -> SentenceJudge:
        return self.judge or ReadingJudge(self.reader)

    async def draft(self, request: DraftRequest) -> Draft:
        """The finished draft: what the stream's last event carries."""
        async with contextlib.aclosing(self.stream(request)) as events:
            async for event in events:
                if isinstance(event, DraftDone):
                    return event.draft
        raise AssertionError("a stream ends with DraftDone or an error")

    async def stream(self, request: DraftRequest) -> AsyncGenerator[DraftEvent, None]:
        """Events as they happen; the facts come again where the model's reading changed them. Closing the iterator ends every call to the model that is still running.

        Raises NotesError, UnsupportedLanguage, DatesContradict, UnknownPrompt; ModelError only with ``model_only``.
        """
        started = time.perf_counter()
        pinned = {kind: self.library.pinned(ref) for kind, ref in request.prompts}
        with step(self.tracing, "read notes") as span:
            facts = await aside(read_notes, request.notes, self.reader, now=request.now, given=request.given)
            span.set("afterword.items", len(facts.items))
        model = self.model()
        if model is None and request.model_only:
            raise ModelUnavailable("No model is ready to write. Wait for it to load, or allow the outline to answer.")
        yield FactsRead(facts)
        usage = Usage()
        if model is not None and self.reads_along:
            with step(self.tracing, "read along"):
                read, (facts, usage) = facts, await read_along(facts, request, self.library, model)
            if facts != read:
                yield FactsRead(facts)
        with step(self.tracing, "plan messages") as span:
            plan = await aside(plan_messages, facts, request, self.rules)
            span.set("afterword.messages", len(plan.outlines))
        ready: list[asyncio.Queue[Piece | None]] = [asyncio.Queue() for _ in plan.outlines]
        writing = [
            asyncio.create_task(self._write(outline, facts, request, model, pinned, queue))
            for outline, queue in zip(plan.outlines, ready, strict=True)
        ]
        messages: list[Message] = []
        try:
            for index, (outline, task) in enumerate(zip(plan.outlines, writing, strict=True)):
                yield Progress(index, outline.kind, outline.recipient.name, "writing")
                before: Piece | None = None
                while (piece := await ready[index].get()) is not None:
                    text = separator(before, piece, outline.kind) + piece.text
                    item = piece.item_ids[0] if piece.item_ids else None
                    yield Delta(index, outline.kind, outline.recipient.name, text, item)
                    before = piece
                written, prompt = await task
                if written.error is not None and request.model_only:
                    raise written.error
                said_why = tuple(w for kind, w in plan.warnings if kind is outline.kind)
                with step(self.tracing, "check message", {"afterword.kind": outline.kind.value}) as span:
                    message = await aside(self._message, outline, written, prompt, facts, request, messages, said_why)
                    span.set("afterword.written_by", message.written_by.value)
                    span.set("afterword.checks_that_fired", [v.check for v in message.scorecard.violations])
                messages.append(message)
                usage += written.usage
                yield MessageReady(index, message)
        finally:
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)
        written_kinds = {o.kind for o in plan.outlines}
        unwritten = tuple(w for kind, w in plan.warnings if kind not in written_kinds)
        yield DraftDone(
            Draft(
                id=self.new_id(),
                created_at=request.now,
                model=model.name if model is not None else OUTLINE,
                language=facts.language,
                facts=facts,
                messages=tuple(messages),
                usage=replace(usage, seconds=time.perf_counter() - started),
                warnings=(*facts.warnings, *unwritten),
            )
        )

    async def _write(
        self,
        outline: Outline,
        facts: Facts,
        request: DraftRequest,
        model: Model | None,
        pinned: dict[MessageKind, PromptVersion],
        ready: asyncio.Queue[Piece | None],
    ) -> tuple[Written, PromptVersion | None]:
        """The text of one message by the writer that suits the model and the prompt; its pieces go to ``ready``, then None."""
        try:
            with step(self.tracing, "write message", {"afterword.kind": outline.kind.value}) as span:
                written, prompt = await self._by_writer(outline, facts, request, model, pinned, ready.put_nowait)
                span.set("afterword.checks_that_fired", [v.check for v in written.against])
                return written, prompt
        finally:
            ready.put_nowait(None)

    async def _by_writer(
        self,
        outline: Outline,
        facts: Facts,
        request: DraftRequest,
        model: Model | None,
        pinned: dict[MessageKind, PromptVersion],
        emit: Emit,
    ) -> tuple[Written, PromptVersion | None]:
        context = context_of(outline, facts, request)
        prompt = pinned.get(outline.kind) or (
            self.library.current(outline.kind, model.prompt_channel) if model is not None else None
        )
        if model is None or prompt is None:
            written = Written(outline.frame.subject, frame_pieces(outline))
            for piece in written.pieces:
                emit(piece)
            return written, None
        if prompt.style == "slots":
            return await write_sentences(outline, context, prompt, model, self._judge, emit), prompt
        verifier = (
            self.library.current("verify", "large") if self.verifies and model.prompt_channel == "large" else None
        )
        return await write_whole(outline, context, prompt, verifier, model, emit), prompt

    def _message(
        self,
        outline: Outline,
        written: Written,
        prompt: PromptVersion | None,
        facts: Facts,
        request: DraftRequest,
        earlier: list[Message],
        said_why: tuple[Warning, ...],
    ) -> Message:
        context = context_of(outline, facts, request, tuple(m.wording.body for m in earlier if m.kind is outline.kind))
        wording = Wording(written.subject, assemble(written.pieces, outline.kind))
        violations = check_message(wording, context)
        hard = [v.detail for v in violations if v.severity is Severity.HARD]
        return Message(
            kind=outline.kind,
            recipient=outline.recipient,
            wording=wording,
            written_by=_written_by(outline, written),
            prompt=PromptRef(prompt.name, prompt.version, prompt.sha256) if prompt is not None else None,
            evidence=evidence_of(written.pieces, outline.kind),
            scorecard=score_message(wording, context, violations),
            send_window=outline.window,
            warnings=(*said_why, *_warnings(outline, written, facts, hard)),
            raw="\n".join(written.raw) if written.raw else None,
            repaired=written.against,
        )


def context_of(outline: Outline, facts: Facts, request: DraftRequest, others: tuple[str, ...] = ()) -> CheckContext:
    return CheckContext(
        kind=outline.kind,
        facts=facts,
        recipient=outline.recipient,
        candidate=request.given.candidate,
        char_limit=outline.char_limit,
        others=others,
        given_words=stated_words(request.given, outline.recipient),
        language=facts.language,
    )


def _written_by(outline: Outline, written: Written) -> WrittenBy:
    """By the model when all between greeting and signature is its own, mixed when some is or is in the notes' own words."""
    by_model = [p for p in written.pieces if p.by_model]
    if not by_model:
        return WrittenBy.OUTLINE
    frame = [
        p for p in written.pieces if not p.by_model and p is not written.pieces[0] and p.text != outline.frame.signature
    ]
    return WrittenBy.MIXED if frame else WrittenBy.MODEL


def _warnings(outline: Outline, written: Written, facts: Facts, hard: list[str]) -> tuple[Warning, ...]:
    texts: dict[str, str] = load("warnings")
    out = [Warning("missing_" + name, texts[name]) for name in _asked_for(outline, facts)]
    who = outline.recipient.first_name or "this reader"
    if written.error is not None and not any(p.by_model for p in written.pieces):
        out.append(Warning("model_failed", f"{texts['model_failed']} ({written.error.title}.)"))
    if written.unverified:
        out.append(Warning("not_checked", texts["not_checked"]))
    told = any(p.item_ids for p in written.pieces)
    if not told and outline.occasion is Occasion.TALK and "topic" not in facts.missing:
        if not outline.points:
            out.append(Warning("nothing_noted", texts["nothing_noted"].format(who=who)))
        elif written.raw or written.error:
            out.append(Warning("nothing_told", texts["nothing_told"].format(who=who)))
        else:
            points = "; ".join(f"'{p.text}'" for p in outline.points[:3])
            out.append(Warning("frame_only", texts["frame_only"].format(points=points)))
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
