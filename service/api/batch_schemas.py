"""A line of a batch, and what the API answers about batches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service.api.answers import DraftOut, Problem
from service.api.schemas import EXAMPLE_MAIL, DraftIn, Line, Strict
from service.jobs.likeness import Alike
from service.storage.batch_values import CANCELLED, LOADING, Batch

ItemState = Literal["waiting", "in_hand", "done", "failed", "cancelled"]
BatchName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class BatchLineIn(DraftIn):
    """The request of a POST /draft, and the caller's own name for it."""

    ref: Line | None = Field(None, description="Comes back with the result: a number or a name of the caller's own.")

    @model_validator(mode="after")
    def _nothing_for_one_request(self) -> Self:
        if {"keep", "while_loading"} & self.model_fields_set:
            raise ValueError("'keep' and 'while_loading' are for single drafts: a batch is kept, and waits.")
        return self


class BatchUsageOut(BaseModel):
    calls: int
    prompt_tokens: int
    completion_tokens: int


class BatchOut(BaseModel):
    id: str
    name: str
    state: Literal["loading", "waiting", "running", "finished", "cancelled"]
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When it is deleted; null while something of it is to be done.")
    total: int
    waiting: int = Field(description="Neither in hand nor finished.")
    in_hand: int = Field(description="Being drafted now.")
    done: int
    failed: int
    cancelled: int
    per_minute: float | None = Field(description="Items finished in a minute, over the whole time so far.")
    seconds_left: float | None = Field(description="At that rate.")
    usage: BatchUsageOut
    alike: int | None = Field(
        description="Pairs of messages that are nearly the same (G38); null until it is finished and asked for alone."
    )


class BatchesOut(BaseModel):
    batches: list[BatchOut]


class BatchItemOut(BaseModel):
    """One line of the results."""

    n: int = Field(description="The item's place in the upload, from 0.")
    ref: str | None
    state: Literal["done", "failed", "cancelled"]
    cursor: str = Field(description="Asked for with `after`, the results go on behind this line.")
    draft: DraftOut | None = None
    problem: Problem | None = None


class BatchEntryOut(BaseModel):
    """One item in a list: who has what."""

    n: int
    ref: str | None
    state: ItemState
    candidate: str | None = Field(description="As the line stated it.")
    recipients: list[str] = Field(description="Of its messages; before there are any, as the line stated them.")
    company: str | None
    messages: int
    corrected: bool = Field(description="Whether somebody has corrected a message by hand.")
    problem: str | None = Field(description="Of a failed item: what to do.")


class BatchEntriesOut(BaseModel):
    items: list[BatchEntryOut]
    next: int | None = Field(description="Asked for with `after`, the list goes on; null at its end.")


class BatchOneOut(BaseModel):
    n: int
    ref: str | None
    state: ItemState
    notes: str
    draft: DraftOut | None
    problem: Problem | None


class CorrectedIn(Strict):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_MAIL]})

    subject: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(description="Null for LinkedIn.")
    body: Annotated[str, Field(min_length=1, max_length=10_000)]


class AlikeMessageOut(BaseModel):
    n: int = Field(description="The item.")
    ref: str | None
    message: int = Field(description="Its place among the messages of the item's draft.")


class AlikeOut(BaseModel):
    first: AlikeMessageOut
    second: AlikeMessageOut
    company: str
    recipients: list[str]
    per_cent: float


class LikenessOut(BaseModel):
    compared: int = Field(description="Messages; those of items that are not finished are not among them.")
    found: int = Field(description="Pairs, those that are not named too.")
    pairs: list[AlikeOut] = Field(description="The most alike first, at most a thousand.")
    truncated: bool = Field(
        description="Whether there are more, found or not: past fifty like it a message is not compared with the rest."
    )


class RedraftedOut(BaseModel):
    """An item that is drafted once more."""

    n: int
    ref: str | None
    without: list[str] = Field(description="The lines of its notes that it is not told from any more.")


class RedraftOut(BaseModel):
    redrafted: list[RedraftedOut]
    left: list[AlikeOut] = Field(description="Pairs that stay: corrected by hand, or with nothing else to tell.")
    truncated: bool = Field(description="Whether there are more pairs: ask again once these are drafted.")


class RetriedOut(BaseModel):
    again: int = Field(description="How many failed items wait once more.")


def batch_out(batch: Batch, in_hand: int) -> BatchOut:
    until = batch.finished_at or datetime.now(UTC)
    elapsed_s = (_aware(until) - _aware(batch.created_at)).total_seconds()
    worked = batch.done + batch.failed
    per_s = worked / elapsed_s if worked and elapsed_s > 0 else None
    going = batch.waiting and batch.state not in (CANCELLED, LOADING)
    return BatchOut(
        id=batch.id,
        name=str(batch.about.get("name", "")),
        state=_state(batch, in_hand),
        created_at=_aware(batch.created_at),
        finished_at=_aware(batch.finished_at) if batch.finished_at else None,
        expires_at=_aware(batch.expires_at) if batch.finished_at else None,
        total=batch.total,
        waiting=max(0, batch.waiting - in_hand),
        in_hand=in_hand,
        done=batch.done,
        failed=batch.failed,
        cancelled=batch.cancelled,
        per_minute=round(60 * per_s, 2) if per_s else None,
        seconds_left=round(batch.waiting / per_s, 1) if per_s and going else None,
        usage=BatchUsageOut(
            calls=batch.calls, prompt_tokens=batch.prompt_tokens, completion_tokens=batch.completion_tokens
        ),
        alike=batch.alike,
    )


def _state(batch: Batch, in_hand: int) -> Literal["loading", "waiting", "running", "finished", "cancelled"]:
    if batch.state == LOADING:
        return "loading"
    if batch.state == CANCELLED:
        return "cancelled"
    if not batch.waiting:
        return "finished"
    return "running" if in_hand or batch.finished else "waiting"


def _aware(moment: datetime) -> datetime:
    """SQLite gives times back without their zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def alike_out(pair: Alike) -> AlikeOut:
    first, second = (AlikeMessageOut(n=m.n, ref=m.ref, message=m.message) for m in (pair.first, pair.second))
    return AlikeOut(
        first=first,
        second=second,
        company=pair.second.company,
        recipients=[pair.first.recipient, pair.second.recipient],
        per_cent=pair.per_cent,
    )
