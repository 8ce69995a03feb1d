"""Prompt versions over cases, through the pipeline that serves users: rows on disk, one draft at a time."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from evals.cases import Case, load_cases
from evals.cassette import RECORD_AGAIN, REPEAT
from evals.errors import CassetteError, EvalError
from evals.journal import Journal
from evals.rows import Row, RunMeta, Selection
from service.errors import AfterwordError, ModelError, RequestError
from service.models.heard import HEARD, Heard
from service.prompting.library import PromptVersion
from service.types import Draft, DraftRequest, Message, MessageKind, Usage


class Drafts(Protocol):
    """The pipeline, as far as a run knows it."""

    async def draft(self, request: DraftRequest) -> Draft: ...


@dataclass(frozen=True)
class Unit:
    """One draft to make: a case, one kind of message, one repeat."""

    case: Case
    case_sha: str
    kind: MessageKind
    repeat: int

    @property
    def id(self) -> tuple[str, str, int]:
        return self.case.id, self.kind.value, self.repeat


@dataclass(frozen=True)
class Plan:
    """What a run is to make, and the meta line that says so."""

    meta: RunMeta
    cases: tuple[Case, ...]
    pins: tuple[tuple[MessageKind, str], ...]

    def units(self) -> Iterator[Unit]:
        cases = [(case, case_sha(case)) for case in self.cases]
        for repeat in range(self.meta.repeats):
            for case, sha in cases:
                for kind in self.meta.kinds:
                    if kind in case.request.kinds:
                        yield Unit(case, sha, MessageKind(kind), repeat)

    def request(self, unit: Unit) -> DraftRequest:
        """What the pipeline is asked for ``unit``."""
        return replace(unit.case.draft_request, kinds=(unit.kind,), prompts=self.pins)


@dataclass(frozen=True)
class Outcome:
    """How a run ended: ``failed`` drafts were not written, so that running again makes them."""

    path: Path
    units: int
    written: int
    failed: int = 0
    reason: str = ""


def cases_sha256(cases: Sequence[Case]) -> str:
    """Names the content of these cases, in whatever files and order they stand."""
    return hashlib.sha256(json.dumps(sorted(case_sha(c) for c in cases)).encode()).hexdigest()


def case_sha(case: Case) -> str:
    """Names one case's content."""
    return hashlib.sha256(case.model_dump_json().encode()).hexdigest()[:16]


def plan_run(
    cases_path: Path,
    prompts: Sequence[PromptVersion],
    kinds: Sequence[MessageKind],
    model: str,
    *,
    name: str,
    repeats: int = 1,
    selection: Selection = Selection(),  # noqa: B008 (frozen value)
    shard: tuple[int, int] = (1, 1),
    replayed: bool = False,
) -> Plan:
    """The drafts to make. ``prompts`` pin a version per kind; kinds without one use the outline or the current version.

    Raises CaseError, EvalError.
    """
    chosen = select(cases_path, selection)
    part, parts = shard
    if not 1 <= part <= parts:
        raise EvalError(f"There is no shard {part} of {parts}. Give --shard as 1/4, 2/4 and so on.")
    if repeats < 1:
        raise EvalError("A run has at least one repeat: give --repeats 1 or more.")
    mine = chosen[part - 1 :: parts]
    meta = RunMeta(
        name=name,
        prompts={v.id: v.sha256 for v in prompts},
        kinds=tuple(k.value for k in kinds),
        model=model,
        cases_path=str(cases_path),
        cases_sha256=cases_sha256(chosen),
        repeats=repeats,
        units=0,
        selection=selection,
        shard=shard,
        replayed=replayed,
    )
    plan = Plan(meta, mine, tuple((MessageKind(v.name), v.id) for v in prompts))
    units = sum(1 for _ in plan.units())
    if not units:
        raise EvalError("No case fits what was asked for. Check --split, --tag, --kind and --shard.")
    return replace(plan, meta=replace(meta, units=units))


def select(cases_path: Path, selection: Selection) -> tuple[Case, ...]:
    """The cases of a selection. A subset by clusters takes the first case of clusters spread evenly over all."""
    cases = load_cases(cases_path, split=selection.split, tags=selection.tags)  # type: ignore[arg-type]
    if selection.clusters is None:
        return cases
    firsts = list({c.cluster: c for c in reversed(cases)}.values())[::-1]
    wanted = min(selection.clusters, len(firsts))
    return tuple(firsts[i * len(firsts) // wanted] for i in range(wanted))


async def run(
    plan: Plan,
    drafter: Drafts,
    out: Path,
    *,
    concurrency: int = 1,
    model: str = "",
    missed: Callable[[], bool] = lambda: False,
    progress: Callable[[Usage], None] = lambda usage: None,
    resumed: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Makes the drafts that ``out`` does not hold yet. Killed at any point and called again, it goes on.

    ``progress`` is told each finished draft's usage, ``resumed`` how many were there already.

    Raises:
        EvalError: ``out`` belongs to another run, or its prompt changed since.
        CassetteError: a replayed call is not on the cassette.
    """
    with Journal(out, plan.meta) as journal:
        resumed(len(journal.done))
        work = _Work((u for u in plan.units() if u.id not in journal.done), missed)
        makers = [_make(work, plan, drafter, journal, model, progress) for _ in range(max(1, concurrency))]
        async with asyncio.TaskGroup() as group:
            for maker in makers:
                group.create_task(maker)
        if work.stopped is not None:
            raise work.stopped
        return Outcome(out, plan.meta.units, len(journal.done), work.failed, work.reason)


class _Work:
    """What is left to do, shared by the makers. Many outages in a row end it: the next draft would fail too."""

    MOST_FAILURES = 10

    def __init__(self, units: Iterator[Unit], missed: Callable[[], bool]) -> None:
        self._units = units
        self.missed = missed
        self.stopped: AfterwordError | None = None
        self.failed = 0
        self.reason = ""
        self._in_a_row = 0

    def next(self) -> Unit | None:
        over = self.stopped is not None or self._in_a_row >= self.MOST_FAILURES
        return None if over else next(self._units, None)

    def made(self) -> None:
        self._in_a_row = 0

    def fail(self, error: AfterwordError) -> None:
        self.failed += 1
        self._in_a_row += 1
        self.reason = error.detail


async def _make(
    work: _Work, plan: Plan, drafter: Drafts, journal: Journal, model: str, progress: Callable[[Usage], None]
) -> None:
    while (unit := work.next()) is not None:
        heard = Heard()
        HEARD.set(heard)
        REPEAT.set(unit.repeat)
        try:
            draft = await drafter.draft(plan.request(unit))
            rows, usage = rows_of(unit, draft, heard.rendered_sha256, model)
        except RequestError as error:
            rows, usage = [refused(unit, (error.type, error.detail), model)], Usage()
        except ModelError as error:
            heard.failures.append(error)
            rows, usage = [], Usage()
        if work.missed():
            work.stopped = work.stopped or CassetteError(
                f"The cassette holds no answer to a call of {unit.case.id} ({unit.kind.value}, repeat {unit.repeat}). "
                f"The reading of notes, the plan, the checks or the case changed since it was recorded. {RECORD_AGAIN}"
            )
            return
        if heard.outage is not None:
            work.fail(heard.outage)
            continue
        work.made()
        journal.append(rows)
        progress(usage)


def rows_of(unit: Unit, draft: Draft, rendered_sha256: str | None, model: str) -> tuple[list[Row], Usage]:
    """The rows of a draft and what it cost. ``rendered_sha256`` names all that the model was sent for it."""
    if not draft.messages:
        return [replace(_row(unit, model), error=("no-message", "No message was written."))], draft.usage
    usage = draft.usage
    rows = [_message_row(unit, draft, n, message, rendered_sha256, model) for n, message in enumerate(draft.messages)]
    rows[0] = replace(
        rows[0],
        calls=usage.calls,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        seconds=round(usage.seconds, 4),
        model_seconds=round(usage.model_seconds, 4),
    )
    return rows, usage


def _row(unit: Unit, model: str) -> Row:
    case = unit.case
    return Row(
        case=case.id,
        case_sha=unit.case_sha,
        cluster=case.cluster,
        split=case.split,
        tags=case.tags,
        kind=unit.kind.value,
        repeat=unit.repeat,
        index=0,
        of=1,
        model=model,
    )


def refused(unit: Unit, why: tuple[str, str], model: str) -> Row:
    """The row of a request that the pipeline refuses; ``why`` is the error's type and detail."""
    return replace(_row(unit, model), error=why)


def _message_row(
    unit: Unit, draft: Draft, index: int, message: Message, rendered_sha256: str | None, model: str
) -> Row:
    items = {i.id: (i.start, i.end) for i in draft.facts.items}
    return replace(
        _row(unit, model),
        index=index,
        of=len(draft.messages),
        recipient=message.recipient.name,
        subject=message.wording.subject,
        body=message.wording.body,
        raw=message.raw,
        repaired=tuple((v.check, v.rule, v.detail) for v in message.repaired),
        written_by=message.written_by.value,
        prompt_sha256=message.prompt.sha256 if message.prompt else None,
        rendered_sha256=rendered_sha256,
        evidence=tuple((e.start, e.end, *items[e.item_id]) for e in message.evidence if e.item_id in items),
        warnings=tuple((w.type, w.detail) for w in message.warnings),
    )
