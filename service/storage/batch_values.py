"""What a batch is, as its caller and its workers see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LOADING, OPEN, CANCELLED = "loading", "open", "cancelled"
WAITING, DONE, FAILED = "waiting", "done", "failed"
EVALS = "(evals)"  # the owner of what evals put on the queue: no key's id, and nobody's batch to look at


@dataclass(frozen=True)
class ItemRef:
    """One item of a batch, in the ``round``-th time that it was asked for."""

    batch_id: str
    n: int
    round: int = 0

    @property
    def job_id(self) -> str:
        """The same for the same item, which is what makes handing it over safe to repeat."""
        return f"{self.batch_id}:{self.n}:{self.round}"


@dataclass(frozen=True)
class Batch:
    id: str
    owner: str
    state: str
    request: str | None
    created_at: datetime
    touched_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    failed: int
    cancelled: int
    seq: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    alike: int | None
    about: dict[str, Any] = field(repr=False)

    @property
    def finished(self) -> int:
        return self.done + self.failed + self.cancelled

    @property
    def waiting(self) -> int:
        return self.total - self.finished


@dataclass(frozen=True)
class FinishedItem:
    """``result`` is the draft of a done item and the problem of a failed one; ``body`` what was asked for."""

    n: int
    seq: int
    state: str
    result: dict[str, Any] = field(repr=False)
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Used:
    """What one item cost."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Lease:
    """A worker's right to record outcomes, until somebody who has not seen it move takes it away."""

    worker: str
    epoch: int
