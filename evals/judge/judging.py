"""What was asked for on the command line → verdicts, kept as they come."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from evals.errors import CassetteError, EvalError
from evals.files import CASES, find_run, run_path
from evals.judge.ask import JUDGE, PREFER, ModelJudge, asked_sha256, guide
from evals.judge.items import Item, judged_items, run_items
from evals.judge.verdicts import By, VerdictFile, VerdictRow
from evals.models import OpenedModel, Tape, name_of, opened, revision_of
from evals.running import settings_of
from evals.verdicts.data import VERDICTS, JudgedMessage, Part, judged_cases, load_verdicts
from service.errors import ModelError
from service.models.open import EMBEDDED, OUTLINE
from service.prompting.library import PromptLibrary, PromptVersion
from service.settings import Settings


@dataclass(frozen=True)
class Judged:
    rows: tuple[VerdictRow, ...]
    by: By
    path: Path
    messages: dict[str, JudgedMessage]  # by id, with the readers' verdicts; none for the messages of two runs


async def judge(
    refs: tuple[str, ...],
    *,
    model: str | None = None,
    part: Part = "test",
    verdicts: Path = VERDICTS,
    limit: int | None = None,
    tape: Tape = Tape(),  # noqa: B008 (frozen value)
    out: Path | None = None,
    runs: Path = Path("runs"),
) -> Judged:
    """The model's verdicts on what blind readers judged, or on the messages of the two runs that ``refs`` name.

    Killed and called again, it goes on. Raises EvalError, CassetteError, WeightsError or ModelUnavailable with what to
    do; verdicts of before are kept.
    """
    if len(refs) not in (0, 2):
        raise EvalError("Name two runs whose messages to compare, or none to hold the judge against readers.")
    if tape.record and tape.replay:
        raise CassetteError("A run records or replays, not both.")
    settings = settings_of(model)
    if settings.model == OUTLINE:
        raise EvalError("The outline asks no model, so it cannot judge. Name a model with --model.")
    prompt = PromptLibrary.load(settings.prompts_dir).get(PREFER if refs else JUDGE)
    by = By(prompt.id, asked_sha256(prompt), name_of(settings), revision_of(settings))
    found = tuple(find_run(ref, runs) for ref in refs)
    messages = () if found else load_verdicts(verdicts, part)
    if not found and not messages:
        raise EvalError(f"{verdicts} holds no judged message of the {part} part.")
    items = run_items(found[0], found[1], limit) if found else judged_items(messages, judged_cases(CASES), limit)
    name = f"judge.{found[0].stem}--{found[1].stem}" if found else f"judge.{part}"
    path = out or _usual_path(runs, name, by.model, tape)
    with VerdictFile(path, by, items) as file:
        async with opened(settings, tape, _header(by, settings)) as model_opened:
            await _ask(items, file, model_opened, prompt, 4 if settings.model == EMBEDDED else 20)
    return Judged(tuple(file.done[item.id] for item in items), by, path, {m.id: m for m in messages})


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
    items: tuple[Item, ...], file: VerdictFile, model: OpenedModel, prompt: PromptVersion, concurrency: int
) -> None:
    """Asks about what ``file`` has no verdict on. The first call that the model fails ends it."""
    assert model.model is not None
    judging = ModelJudge(model.model, prompt, guide())
    left = [item for item in items if item.id not in file.done]
    done = len(items) - len(left)
    queue = iter(left)
    failures: list[EvalError] = []

    async def work(bar: tqdm[NoReturn]) -> None:
        while not failures and (item := next(queue, None)) is not None:
            try:
                file.append(item, await judging.judge(item))
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


def _missed(item: Item) -> CassetteError:
    return CassetteError(
        f"The cassette holds no answer to a question about {item.id}. Record it again: the same command with --record."
    )


def _failed(error: ModelError, path: Path) -> EvalError:
    return EvalError(f"{error.detail} Verdicts so far are in {path}: give the command again, and it goes on.")
