"""On every prompt change: each channel's candidate against its stable version, on a subset that fits a build."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.errors import EvalError
from evals.files import compared, run_path
from evals.gate import GateResult, gate
from evals.models import channel_of, name_of
from evals.rows import Selection
from evals.running import Asked, run_asked, settings_of
from service.models.open import OUTLINE
from service.prompting.library import PromptLibrary
from service.types import MessageKind

# Interviews for one kind, and for each of several: about five minutes of the embedded model on two cores.
ONE, SEVERAL = 12, 8


@dataclass(frozen=True)
class Contest:
    """A candidate that could replace the stable version of its kind."""

    kind: str
    channel: str
    stable: str
    candidate: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.channel}: {self.candidate} against {self.stable}"


def contests(model: str | None) -> tuple[str, tuple[Contest, ...]]:
    """The model's channel, and its kinds whose candidate differs from their stable version."""
    settings = settings_of(model)
    if settings.model == OUTLINE:
        raise EvalError("The outline uses no prompt, so it cannot judge one. Name a model with --model.")
    channel = channel_of(settings)
    rows = PromptLibrary.load(settings.prompts_dir).channels.items()
    kinds = {kind.value for kind in MessageKind}
    entries = ((name, row[channel]) for name, row in rows if name in kinds and channel in row)
    return channel, tuple(
        Contest(kind, channel, e.stable, e.candidate) for kind, e in entries if e.candidate not in (None, e.stable)
    )


def decide(
    found: Sequence[Contest], model: str | None, clusters: int | None, cases: Path | None, runs: Path
) -> Iterator[tuple[Contest, GateResult]]:
    """One gate for each contest, both versions run over the same ``clusters`` interviews."""
    clusters = clusters or (ONE if len(found) == 1 else SEVERAL)
    name = name_of(settings_of(model))
    for contest in found:
        paths = []
        for ref in (contest.stable, contest.candidate):
            out = run_path(runs / f"subset-{clusters}", ref, name, (1, 1))
            selection = Selection(clusters=clusters)
            asyncio.run(run_asked(Asked(prompts=(ref,), model=model, cases=cases, selection=selection, out=out)))
            paths.append(str(out))
        comparison, _ = compared((paths[0], paths[1]), runs, cases)
        yield contest, gate(comparison)
