"""What was asked for on the command line → verdicts, kept as they come."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from evals.errors import CassetteError, EvalError
from evals.files import find_run, run_path
from evals.judge.ask import JudgePrompt, ModelJudge, Verdict, load_prompt
from evals.judge.items import Item, labelled_items, run_items
from evals.judge.verdicts import By, VerdictFile, VerdictRow
from evals.models import OpenedModel, Tape, name_of, opened, revision_of
from evals.running import settings_of
from service.errors import ModelError
from service.models.open import EMBEDDED, OUTLINE
from service.settings import Settings


@dataclass(frozen=True)
class Judged:
    rows: tuple[VerdictRow, ...]
    by: By
    path: Path


async def judge(
    refs: tuple[str, ...],
    *,
    model: str | None = None,
    limit: int | None = None,
    tape: Tape = Tape(),  # noqa: B008 (frozen value)
    out: Path | None = None,
    runs: Path = Path("runs"),
) -> Judged:
    """The verdicts on all labelled texts, or on the messages of the two runs that ``refs`` name.

    Killed and called again, it goes on. Raises EvalError, CassetteError, WeightsError or ModelUnavailable with what to
    do; verdicts of before are kept.
    """
    if len(refs) not in (0, 2):
        raise EvalError("Name two runs whose messages to compare, or none to hold the judge against labels.")
    if tape.record and tape.replay:
        raise CassetteError("A run records or replays, not both.")
    settings = settings_of(model)
    if settings.model == OUTLINE:
        raise EvalError("The outline asks no model, so it cannot judge. Name a model with --model.")
    prompt = load_prompt()
    by = By(prompt.id, prompt.sha256, name_of(settings), revision_of(settings))
    found = tuple(find_run(ref, runs) for ref in refs)
    items = run_items(found[0], found[1], limit) if found else labelled_items(limit)
    name = f"judge.{found[0].stem}--{found[1].stem}" if found else "judge"
    path = out or _usual_path(runs, name, by.model, tape)
    with VerdictFile(path, by, items) as file:
        async with opened(settings, tape, _header(by, settings)) as model_opened:
            await _ask(items, file, model_opened, prompt, 4 if settings.model == EMBEDDED else 20)
    return Judged(tuple(file.done[item.key] for item in items), by, path)


def _usual_path(runs: Path, name: str, model: str, tape: Tape) -> Path:
    """A replay begins anew each time, as that of a run does."""
    if tape.replay is None:
        return run_path(runs, name, model, (1, 1))
    path = run_path(runs / "replayed", name, model, (1, 1))
    path.unlink(missing_ok=True)
    return path


def _header(by: By, settings: Settings) -> dict[str, object]:
    return {"prompts": {by.prompt: by.prompt_sha256}, "model": by.model, "spec": settings.model}


async def _ask(
    items: tuple[Item, ...], file: VerdictFile, model: OpenedModel, prompt: JudgePrompt, concurrency: int
) -> None:
    """Asks about what ``file`` has no verdict on. The first call that the model fails ends it."""
    assert model.model is not None
    judging = ModelJudge(model.model, prompt)
    left = [item for item in items if item.key not in file.done]
    done = len(items) - len(left)
    queue = iter(left)
    failures: list[EvalError] = []

    async def work(bar: tqdm[NoReturn]) -> None:
        while not failures and (item := next(queue, None)) is not None:
            try:
                file.append(item, await _verdict(judging, item))
            except ModelError as error:
                failures.append(_missed(item) if model.missed else _failed(error, file.path))
            else:
                bar.update()

    with tqdm(total=len(items), initial=done, desc="judge", unit="verdict", file=sys.stderr, disable=None) as bar:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work(bar))
    if failures:
        raise failures[0]


async def _verdict(judging: ModelJudge, item: Item) -> Verdict:
    if len(item.texts) == 2:
        return await judging.judge_pair(*item.texts, item.criterion)
    return await judging.judge_message(*item.texts, item.criterion)


def _missed(item: Item) -> CassetteError:
    return CassetteError(
        f"The cassette holds no answer to a question about {item.id} ({item.criterion}). "
        "Record it again: the same command with --record."
    )


def _failed(error: ModelError, path: Path) -> EvalError:
    return EvalError(f"{error.detail} Verdicts so far are in {path}: give the command again, and it goes on.")
