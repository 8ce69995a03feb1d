"""What a person asked for on the command line → a run: prompts, model and cassette chosen, a bar shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from evals.bare import BARE, BareDrafter
from evals.cassette import Cassette
from evals.errors import CassetteError, EvalError
from evals.files import CASES, CASSETTE, run_path
from evals.models import Tape, channel_of, name_of, opened, settings_for
from evals.rows import Selection
from evals.run import Drafts, Outcome, Plan, plan_run, run
from service.drafting.pipeline import OUTLINE, Drafter
from service.prompting.library import PromptLibrary, PromptVersion
from service.reading.reader import Reader
from service.settings import Settings
from service.types import MessageKind, Usage


@dataclass(frozen=True)
class Asked:
    prompts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    model: str | None = None
    cases: Path | None = None
    selection: Selection = field(default_factory=Selection)
    repeats: int = 1
    concurrency: int | None = None
    shard: tuple[int, int] = (1, 1)
    out: Path | None = None
    runs: Path = Path("runs")
    tape: Tape = field(default_factory=Tape)
    bare: bool = False  # the bare ask of the same model instead of the service's chain
    distributed: bool = False  # by the workers of batches

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Asked:
        """From the command's options. ``--replay`` alone takes everything from the cassette that ships."""
        replay = CASSETTE if options["replay"] == Path("shipped") else options["replay"]
        asked = cls(
            prompts=options["prompts"],
            kinds=options["kinds"],
            model=options["model"],
            cases=options["cases"],
            selection=Selection(options["split"], options["tags"], options["clusters"]),
            repeats=options["repeats"],
            concurrency=options["concurrency"],
            shard=_shard(options["shard"]),
            out=options["out"],
            runs=options["runs"],
            tape=Tape(options["record"], replay),
            bare=options["bare"],
            distributed=options["distributed"],
        )
        return asked.as_recorded() if replay and asked.unsaid else asked

    @property
    def unsaid(self) -> bool:
        return not self.prompts and not self.kinds and self.model is None and self.selection == Selection()

    def as_recorded(self) -> Asked:
        """The run that the cassette was recorded with."""
        assert self.tape.replay is not None
        made = Cassette.open(self.tape.replay).made_with
        try:
            selection = Selection(**made["selection"] | {"tags": tuple(made["selection"]["tags"])})
            prompts = tuple(made["prompts"])
            return replace(self, prompts=prompts, model=made["spec"], selection=selection, repeats=made["repeats"])
        except (KeyError, TypeError) as error:
            raise CassetteError(
                f"{self.tape.replay} does not say how it was made: name --prompt and --model."
            ) from error


async def run_asked(asked: Asked) -> Outcome:
    """Raises EvalError, CaseError, CassetteError, UnknownPrompt and the model's own errors."""
    if asked.tape.record and asked.tape.replay:
        raise CassetteError("A run records or replays, not both.")
    settings = settings_of(asked.model)
    library = PromptLibrary.load(settings.prompts_dir)
    versions, kinds = _prompts(asked, library, settings)
    name = BARE if asked.bare else "+".join(v.id for v in versions) or OUTLINE
    model = name_of(settings)
    plan = plan_run(
        asked.cases or CASES,
        versions,
        kinds,
        model,
        name=name,
        repeats=asked.repeats,
        selection=asked.selection,
        shard=asked.shard,
        replayed=asked.tape.replay is not None,
    )
    out = asked.out or _usual_path(asked, name, model)
    if asked.distributed:
        return await _by_workers(asked, plan, settings, library, out, model)
    async with opened(settings, asked.tape, _header(plan, settings)) as model_opened:
        reader = Reader.load()
        drafter: Drafts = (
            BareDrafter(library, model_opened.model, reader)
            if asked.bare
            else Drafter(library, lambda: model_opened.model, reader)
        )
        concurrency = asked.concurrency or (4 if settings.model == "embedded" else 20)
        with _Bar(plan) as bar:
            return await run(
                plan,
                drafter,
                out,
                concurrency=concurrency,
                model=model,
                missed=lambda: model_opened.missed,
                progress=bar.step,
                resumed=bar.resume,
            )


async def _by_workers(
    asked: Asked, plan: Plan, settings: Settings, library: PromptLibrary, out: Path, model: str
) -> Outcome:
    """Raises RequestError where batches are off."""
    if asked.bare or asked.tape != Tape() or asked.concurrency is not None:
        raise EvalError(
            "--distributed leaves drafts to workers: leave out --bare, --record, --replay and --concurrency "
            "(AFTERWORD_WORKER_DRAFTS is how many each makes at once)."
        )
    from evals.distributed import Queue, run_distributed
    from service.batching import open_queue
    from service.jobs.measured import Setup
    from service.models.open import open_model

    named = open_model(settings)
    setup = Setup.of(library, Reader.load(), named)
    if named is not None:
        await named.aclose()
    async with open_queue(settings) as batches:
        with _Bar(plan) as bar:
            queue = Queue(batches, setup, bar.alone)
            return await run_distributed(plan, queue, out, model=model, progress=bar.step, resumed=bar.resume)


def _usual_path(asked: Asked, name: str, model: str) -> Path:
    """A replay has a place of its own and begins anew each time: it costs nothing, and has to show what is true now."""
    if asked.tape.replay is None:
        return run_path(asked.runs, name, model, asked.shard)
    path = run_path(asked.runs / "replayed", name, model, asked.shard)
    path.unlink(missing_ok=True)
    return path


def settings_of(spec: str | None) -> Settings:
    """The embedded model, where neither the command nor the environment names another."""
    settings = settings_for(spec or Settings().model)
    unnamed = not settings.model and not settings.openai_base_url
    return settings.model_copy(update={"model": "embedded"}) if unnamed else settings


def _prompts(
    asked: Asked, library: PromptLibrary, settings: Settings
) -> tuple[tuple[PromptVersion, ...], tuple[MessageKind, ...]]:
    outline = settings.model == OUTLINE
    if asked.bare:
        if asked.prompts or outline:
            raise EvalError("--bare asks the model plainly: leave out --prompt, and name a model.")
        return (), tuple(MessageKind(k) for k in asked.kinds) or tuple(MessageKind)
    if asked.prompts and outline:
        raise EvalError("The outline uses no prompt: leave out --prompt, and say --kind.")
    if asked.prompts:
        versions = tuple(library.get(ref) for ref in asked.prompts)
        if len({v.name for v in versions}) < len(versions):
            raise EvalError("Two versions of one prompt cannot share a run: make one run for each.")
        if asked.kinds:
            raise EvalError("--prompt says which kinds are run: leave out --kind.")
        return versions, tuple(MessageKind(v.name) for v in versions)
    kinds = tuple(MessageKind(k) for k in asked.kinds) or tuple(MessageKind)
    return () if outline else tuple(library.current(k, channel_of(settings)) for k in kinds), kinds


def _header(plan: Plan, settings: Settings) -> dict[str, Any]:
    meta = plan.meta
    return {
        "prompts": meta.prompts,
        "model": meta.model,
        "spec": settings.model,
        "selection": asdict(meta.selection),
        "repeats": meta.repeats,
    }


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit()):
        raise EvalError(f"--shard takes I/N as 1/4, not '{text}'.")
    return int(part), int(parts)


class _Bar:
    """Drafts done, their rate, tokens so far, time left; nothing where standard error is no terminal."""

    def __init__(self, plan: Plan) -> None:
        self._tokens = 0
        self._model = plan.meta.model
        self._bar = tqdm(total=plan.meta.units, desc=plan.meta.name, unit="draft", file=sys.stderr, disable=None)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def resume(self, done: int) -> None:
        """Drafts of an earlier run count as done, not towards the rate."""
        self._bar.initial = done
        self._bar.n = done
        self._bar.refresh()

    def alone(self) -> None:
        self._bar.write(
            f"Nobody drafts yet. Start 'AFTERWORD_MODEL={self._model} afterword worker', with this database.",
            file=sys.stderr,
        )

    def step(self, usage: Usage) -> None:
        self._tokens += usage.prompt_tokens + usage.completion_tokens
        self._bar.set_postfix_str(f"{self._tokens:,} tokens", refresh=False)
        self._bar.update()
