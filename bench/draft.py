"""How long a draft takes on the embedded model, beside the model's own time for the same tokens and the outline mode, in one run.

Over four sets of notes, warm: seconds to the first checked sentence about the conversation and to the whole message,
for each kind and for all three; the whole time over the time in which the model was at work (1.00: nothing else costs
time); processor time of the code around it, by message; tokens in and out, and the share of prompt tokens from the
cache; drafts a second without a model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from service.drafting.events import Delta, DraftDone
from service.drafting.pipeline import Drafter
from service.drafting.warm import static_requests
from service.models.embedded import EmbeddedModel
from service.models.open import open_model
from service.models.port import Model, ModelReply, ModelRequest
from service.prompting.library import PromptLibrary, default_root
from service.reading.reader import Reader
from service.settings import Settings
from service.types import DraftRequest, Given, MessageKind, Usage

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
NOTES = (
    "Interview w/ Ines Duarte (head baker) at Rye & Co, production manager, Tues Nov 17\n"
    "- she proofs the rye for 19 hours, two ovens running\n- loved that every new baker shadows her for 3 weeks\n"
    "- told her I cut waste from 9% to 4% at Hollin Mill\n- asked about night shifts, I rambled. should have said: "
    "I ran nights for 2 years\n- hear back by Nov 25",
    "Meridian Freight, senior platform engineer, today, w/ Priya Raman (director of engineering)\n"
    "- she leads the move off the monolith, 3 of 11 services out so far\n- on-call is one week in six\n"
    "- told her how I took failed runs from 40 a week to 2\n- decision by next Friday",
    "Ward manager interview at Northgate Infirmary on Monday with Gwen Parry (matron). She said they are moving the "
    "whole rota to self scheduling by March. I told her about the handover board I built on ward 6. They have 14 beds. "
    "They will let me know by the end of the month.",
    "call w/ Oskar Lind, sales director at Kestrel Packaging, regional sales manager role\n- eight reps, two new this "
    "quarter\n- moving customers from plastic trays to moulded fibre\n- I took win rate from 19% to 31% at Brant "
    "Foods\n"
    "- they decide Nov 27",
)


@dataclass(frozen=True)
class Timing:
    first_sentence_s: float
    whole_s: float
    usage: Usage
    in_model_s: float  # with at least one call under way
    code_ms: float  # processor time of this process, by message: the model runs in another


class Watched:
    """A model that notes how long at least one of its calls was under way."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.busy_s = 0.0
        self._active = 0
        self._since = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    async def complete(self, request: ModelRequest) -> ModelReply:
        if not self._active:
            self._since = time.perf_counter()
        self._active += 1
        try:
            return await self.model.complete(request)
        finally:
            self._active -= 1
            if not self._active:
                self.busy_s += time.perf_counter() - self._since


async def timed(drafter: Drafter, notes: str, kinds: tuple[MessageKind, ...], watched: Watched | None = None) -> Timing:
    busy = watched.busy_s if watched else 0.0
    started = time.perf_counter()
    first: float | None = None
    usage, messages, spent = Usage(), 1, time.process_time()
    async for event in drafter.stream(DraftRequest(notes, NOW, kinds, Given(candidate="Sam Ortiz"))):
        if first is None and isinstance(event, Delta) and event.item_id is not None:
            first = time.perf_counter() - started
        if isinstance(event, DraftDone):
            usage, messages = event.draft.usage, len(event.draft.messages)
    whole = time.perf_counter() - started
    in_model = watched.busy_s - busy if watched else 0.0
    code_ms = 1000 * (time.process_time() - spent) / messages
    return Timing(first if first is not None else whole, whole, usage, in_model, code_ms)


async def measure(repeats: int) -> list[dict[str, object]]:
    library = PromptLibrary.load(default_root())
    model = open_model(Settings(model="embedded"))
    assert isinstance(model, EmbeddedModel)
    model.warm(static_requests(library, model.prompt_channel))
    model.start()
    await model.ready()
    watched = Watched(model)
    written = Drafter(library, lambda: watched, Reader.load())
    by_rule = Drafter(library, lambda: None, Reader.load())
    await timed(written, NOTES[0], tuple(MessageKind))  # warm
    rows = []
    for name, kinds in [*((k.value, (k,)) for k in MessageKind), ("all three", tuple(MessageKind))]:
        taken = [await timed(written, n, kinds, watched) for _ in range(repeats) for n in NOTES]
        ruled = [await timed(by_rule, n, kinds) for _ in range(repeats) for n in NOTES]
        rows.append(_row(name, taken, ruled))
    await model.aclose()
    return rows


def _row(name: str, taken: list[Timing], ruled: list[Timing]) -> dict[str, object]:
    total = Usage()
    for t in taken:
        total += t.usage
    whole = statistics.median(t.whole_s for t in taken)
    return {
        "what": name,
        "first_sentence_s": round(statistics.median(t.first_sentence_s for t in taken), 2),
        "whole_s": round(whole, 2),
        "over_model": round(sum(t.whole_s for t in taken) / sum(t.in_model_s for t in taken), 3),
        "code_ms": round(statistics.median(t.code_ms for t in taken), 1),
        "calls": round(total.calls / len(taken), 1),
        "tokens_in": round(total.prompt_tokens / len(taken)),
        "tokens_out": round(total.completion_tokens / len(taken)),
        "cached_share": round(total.cached_tokens / max(1, total.prompt_tokens), 2),
        "outline_per_s": round(1 / statistics.median(t.whole_s for t in ruled), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=2, choices=range(1, 6))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = asyncio.run(measure(options.repeats))
    head = list(rows[0])
    print("  ".join(f"{h:>16}" for h in head))
    for row in rows:
        print("  ".join(f"{row[h]!s:>16}" for h in head))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
