"""What the API answers, and the nouns of Afterword as it says them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, Field

from service.prompting.library import Style
from service.types import (
    ApplicationState,
    Draft,
    Facts,
    Message,
    MessageKind,
    Owner,
    Scorecard,
    SendWindow,
)


class MailtoOut(BaseModel):
    link: str | None = Field(description="None where the text is too long for a link: copy it instead.")


class SpanOut(BaseModel):
    start: int
    end: int


class PersonOut(BaseModel):
    name: str | None
    title: str | None = None


class ItemOut(SpanOut):
    id: str
    text: str
    owner: Owner
    speaker: str | None = None
    worth: int = Field(ge=0, le=3, description="Worth telling: 3 a letter would be built on it, 0 not for a letter.")
    privacy: str | None = Field(None, description="The kind of private: pay, health, family and so on.")
    confidence: float = Field(description="That the owner is right, 0 to 1.")


class WarningOut(BaseModel):
    type: str
    detail: str


class ApplicationOut(BaseModel):
    """What became of the application, as far as the notes tell."""

    took_place: bool
    state: ApplicationState


class FactsOut(BaseModel):
    """What was understood. ``missing`` names the facts that would make a better message."""

    candidate: str | None
    company: str | None
    role: str | None
    # A day alone, read back from what was kept, is no midnight: a text without a zone is a day before it is a time.
    interview_at: AwareDatetime | date | datetime | None
    decision_date: date | None
    application: ApplicationOut
    interviewers: list[PersonOut]
    items: list[ItemOut]
    missing: list[str] = Field(description="Facts that would make a better message.")
    warnings: list[WarningOut] = []


class ScoreOut(BaseModel):
    name: str
    score: float | None = Field(description="0 to 1; null where it could not be judged.")
    passed: bool
    rule: str = Field(description="The rule's id in docs/rules.md.")
    reason: str


class ViolationOut(BaseModel):
    check: str
    rule: str
    severity: Literal["hard", "soft"]
    detail: str
    where: str
    span: SpanOut | None = None


class ScorecardOut(BaseModel):
    overall: float
    criteria: list[ScoreOut]
    violations: list[ViolationOut]


class PromptOut(BaseModel):
    name: str
    version: int
    sha256: str


class EvidenceOut(SpanOut):
    item_id: str = Field(description="The id of an item of `facts`.")


class SendWindowOut(BaseModel):
    not_before: datetime | None
    not_after: datetime | None
    status: Literal["too_early", "now", "overdue", "unknown"]
    advice: str


class MessageOut(BaseModel):
    kind: MessageKind
    recipient: PersonOut
    subject: str | None = Field(description="Null for LinkedIn.")
    body: str
    word_count: int
    char_count: int = Field(description="As LinkedIn counts, in UTF-16 units.")
    written_by: Literal["model", "outline", "mixed", "person"] = Field(
        description="`outline`: the frame alone, without a model. `mixed`: the frame with sentences about the talk, "
        "the model's or words of the notes. `person`: corrected by hand, in a batch."
    )
    prompt: PromptOut | None
    evidence: list[EvidenceOut] = Field(description="Which note each part of the body rests on.")
    scorecard: ScorecardOut
    send_window: SendWindowOut
    warnings: list[WarningOut]


class UsageOut(BaseModel):
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    calls: int
    seconds: float


class DraftOut(BaseModel):
    id: str
    created_at: datetime
    time_zone: str | None = Field(None, description="The zone of `created_at` by name, where the request named one.")
    model: str
    language: str
    facts: FactsOut
    messages: list[MessageOut]
    usage: UsageOut
    kept: bool = Field(False, description="Whether GET /drafts/{id} has it.")
    warnings: list[WarningOut] = Field(
        description="What holds for the draft as a whole, such as a message not written and why."
    )


class ProgressOut(BaseModel):
    """The stream's event `progress`: a message is begun. ``index`` is its place among the messages."""

    index: int
    kind: MessageKind
    recipient: str | None
    step: str


class DeltaOut(BaseModel):
    """The stream's event `delta`: checked text. A message's deltas, joined, are exactly its body."""

    index: int
    kind: MessageKind
    recipient: str | None
    text: str
    item_id: str | None


class MessageReadyOut(BaseModel):
    """The stream's event `message`: one message whole, with its scorecard and evidence."""

    index: int
    message: MessageOut


class ModelOut(BaseModel):
    state: Literal["outline", "downloading", "loading", "ready", "failed"]
    name: str | None
    percent: int | None = Field(description="0 to 100 while the weights arrive.")
    detail: str
    remote: bool = Field(description="Whether the notes leave this machine's own processes.")


class HealthOut(BaseModel):
    status: Literal["ok"] = "ok"


class ReadyOut(BaseModel):
    status: Literal["ready"] = "ready"
    model: str = Field(description="The model's state; until it is ready the outline writes.")
    detail: str = Field("", description="What is wrong with the model and what to set; empty where nothing is.")


class PromptBriefOut(PromptOut):
    status: str
    parent: str | None
    style: Style
    purpose: str


class PromptsOut(BaseModel):
    prompts: list[PromptBriefOut]


class PromptWholeOut(PromptBriefOut):
    system: str
    user: str
    changelog: str


class FaultOut(BaseModel):
    pointer: str = Field(description="Where in the body, as a JSON pointer; empty for the body as a whole.")
    detail: str
    line: int | None = Field(None, description="Of an upload of many, counted from 1.")


class Problem(BaseModel):
    """RFC 9457 problem details. ``type`` is stable; docs/api.md lists them."""

    type: str = Field(examples=["/problems/notes-too-long"])
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[FaultOut] | None = None


def facts_out(facts: Facts) -> FactsOut:
    """What was understood. The wording of private items goes back to their owner, and nowhere else."""
    return FactsOut(
        candidate=facts.candidate.name if facts.candidate else None,
        company=facts.company.value if facts.company else None,
        role=facts.role.value if facts.role else None,
        interview_at=facts.interview_at.value if facts.interview_at else None,
        decision_date=facts.decision_date.day if facts.decision_date else None,
        application=ApplicationOut(took_place=facts.application.took_place, state=facts.application.state),
        interviewers=[PersonOut(name=p.name, title=p.title) for p in facts.interviewers],
        items=[
            ItemOut(
                id=i.id,
                text=i.text,
                start=i.start,
                end=i.end,
                owner=i.owner,
                speaker=i.speaker,
                worth=i.worth,
                privacy=i.privacy,
                confidence=round(i.confidence, 3),
            )
            for i in facts.items
        ],
        missing=list(facts.missing),
        warnings=[WarningOut(type=w.type, detail=w.detail) for w in facts.warnings],
    )


def scorecard_out(card: Scorecard) -> ScorecardOut:
    return ScorecardOut(
        overall=round(card.overall, 3),
        criteria=[
            ScoreOut(name=c.name, score=c.score, passed=c.passed, rule=c.rule, reason=c.reason) for c in card.criteria
        ],
        violations=[
            ViolationOut(
                check=v.check,
                rule=v.rule,
                severity=v.severity.value,
                detail=v.detail,
                where=v.where,
                span=SpanOut(start=v.span.start, end=v.span.end) if v.span else None,
            )
            for v in card.violations
        ],
    )


def window_out(window: SendWindow) -> SendWindowOut:
    return SendWindowOut(
        not_before=window.not_before, not_after=window.not_after, status=window.status.value, advice=window.advice
    )


def message_out(message: Message) -> MessageOut:
    prompt = message.prompt
    return MessageOut(
        kind=message.kind,
        recipient=PersonOut(name=message.recipient.name, title=message.recipient.title),
        subject=message.wording.subject,
        body=message.wording.body,
        word_count=message.wording.word_count,
        char_count=message.wording.char_count,
        written_by=message.written_by.value,
        prompt=PromptOut(name=prompt.name, version=prompt.version, sha256=prompt.sha256) if prompt else None,
        evidence=[EvidenceOut(start=e.start, end=e.end, item_id=e.item_id) for e in message.evidence],
        scorecard=scorecard_out(message.scorecard),
        send_window=window_out(message.send_window),
        warnings=[WarningOut(type=w.type, detail=w.detail) for w in message.warnings],
    )


def draft_out(draft: Draft) -> DraftOut:
    u = draft.usage
    return DraftOut(
        id=draft.id,
        created_at=draft.created_at,
        time_zone=zone.key if isinstance(zone := draft.created_at.tzinfo, ZoneInfo) else None,
        model=draft.model,
        language=draft.language,
        facts=facts_out(draft.facts),
        messages=[message_out(m) for m in draft.messages],
        warnings=[WarningOut(type=w.type, detail=w.detail) for w in draft.warnings],
        usage=UsageOut(
            prompt_tokens=u.prompt_tokens,
            cached_tokens=u.cached_tokens,
            completion_tokens=u.completion_tokens,
            calls=u.calls,
            seconds=round(u.seconds, 3),
        ),
    )
