"""On every prompt change: each channel's candidate against its stable version, on a subset that fits a build."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from evals.files import compared, run_path
from evals.gate import GateResult, gate
from evals.models import channel_of, name_of
from evals.rows import Selection
from evals.running import Asked, run_asked, settings_of
from service.prompting.library import PromptLibrary


def gate_candidates(
    model: str | None, clusters: int, cases: Path | None, runs: Path
) -> Iterator[tuple[str, GateResult]]:
    """One result per kind whose candidate, on the model's channel, differs from its stable version."""
    settings = settings_of(model)
    channel = channel_of(settings)
    for kind, row in PromptLibrary.load(settings.prompts_dir).channels.items():
        entry = row.get(channel)
        if entry is None or entry.candidate in (None, entry.stable):
            continue
        paths = []
        for ref in (entry.stable, str(entry.candidate)):
            out = run_path(runs / f"subset-{clusters}", ref, name_of(settings), (1, 1))
            selection = Selection(clusters=clusters)
            asked = Asked(prompts=(ref,), model=model, cases=cases, selection=selection, out=out)
            asyncio.run(run_asked(asked))
            paths.append(str(out))
        comparison, _ = compared((paths[0], paths[1]), runs, cases)
        yield f"{kind}/{channel}: {entry.candidate} against {entry.stable}", gate(comparison)
