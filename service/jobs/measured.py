"""An item that is measured and not sent: drafted as an eval drafts in its own process, and kept whole, with what was
asked of the model. Only a worker that drafts with the same things makes it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service import __version__
from service.drafting.pipeline import OUTLINE, Drafter
from service.drafting.send_window import SendRules
from service.errors import AfterwordError, RequestError, WorkerDiffers
from service.jobs.worker import DraftItem, ItemOutcome
from service.models.heard import HEARD, Heard, Listened
from service.models.port import Model
from service.prompting.library import PromptLibrary
from service.reading.reader import Reader
from service.storage.batch_values import DONE, FAILED, Used
from service.types import Draft, DraftRequest

_KEY = "measured"  # in a body: it is such an item, and no line of anybody's upload has it


@dataclass(frozen=True)
class Setup:
    """What drafts are made with, by name and hash."""

    release: str
    model: str
    reader: str
    prompts: str

    @classmethod
    def of(cls, library: PromptLibrary, reader: Reader, model: Model | None) -> Setup:
        named = {ref: version.sha256 for ref, version in library.prompts.items()}
        served = {name: {c: e.stable for c, e in row.items()} for name, row in library.channels.items()}
        digest = hashlib.sha256(json.dumps([named, served], sort_keys=True).encode()).hexdigest()
        return cls(__version__, model.name if model is not None else OUTLINE, reader.name, digest)


@dataclass(frozen=True)
class Measured:
    """``draft`` is None where the request was refused, by the type and detail of ``refused``."""

    draft: Draft | None
    refused: tuple[str, str] | None = None
    rendered_sha256: str | None = None  # of all that the model was sent


@dataclass(frozen=True)
class _Asked:
    setup: Setup
    request: DraftRequest


_ASKED, _MEASURED = TypeAdapter(_Asked), TypeAdapter(Measured)


def measured_body(request: DraftRequest, setup: Setup, name: Sequence[str | int]) -> dict[str, Any]:
    """The item's body; ``name`` is the caller's own for it, and comes back with the outcome."""
    return {"name": list(name), _KEY: _ASKED.dump_python(_Asked(setup, request), mode="json")}


def measured_of(result: dict[str, Any]) -> Measured:
    """What a done item's result says."""
    return _MEASURED.validate_json(json.dumps(result))


def measuring(drafter: Drafter, problem: Callable[[AfterwordError], dict[str, Any]], others: DraftItem) -> DraftItem:
    """What a worker calls for each item; those that are not measured go to ``others``."""

    async def draft_item(body: dict[str, Any], model: Model | None) -> ItemOutcome:
        if _KEY not in body:
            return await others(body, model)
        here = Setup.of(drafter.library, drafter.reader, model)
        try:
            asked = _ASKED.validate_json(json.dumps(body[_KEY]))  # as JSON, which tells midnight from a day
            if asked.setup != here:
                raise _differs(asked.setup, here)
        except ValidationError:
            return ItemOutcome(FAILED, problem(WorkerDiffers("The run was begun by another release of Afterword.")))
        except WorkerDiffers as error:
            return ItemOutcome(FAILED, problem(error))
        return await _drafted(drafter, model, asked.request, problem)

    return draft_item


async def _drafted(
    drafter: Drafter, model: Model | None, request: DraftRequest, problem: Callable[[AfterwordError], dict[str, Any]]
) -> ItemOutcome:
    heard = Heard()
    HEARD.set(heard)
    listened = Listened(model) if model is not None else None
    # The chain as it ships, whatever this worker's own settings leave out: that is what an eval measures.
    chain = dataclasses.replace(
        drafter, model=lambda: listened, rules=SendRules(), judge=None, verifies=True, reads_along=True
    )
    try:
        made = Measured(await chain.draft(request), None, heard.rendered_sha256)
    except RequestError as error:
        made = Measured(None, (error.type, error.detail))
    except AfterwordError as error:
        return ItemOutcome(FAILED, problem(error))
    if heard.outage is not None:
        return ItemOutcome(FAILED, problem(heard.outage))
    usage = made.draft.usage if made.draft is not None else None
    used = Used(usage.calls, usage.prompt_tokens, usage.completion_tokens) if usage is not None else Used()
    return ItemOutcome(DONE, _MEASURED.dump_python(made, mode="json"), used)


def _differs(wanted: Setup, here: Setup) -> WorkerDiffers:
    names = [f.name for f in dataclasses.fields(Setup) if getattr(wanted, f.name) != getattr(here, f.name)]
    told = "; ".join(f"{name} {getattr(here, name)[:40]}, not {getattr(wanted, name)[:40]}" for name in names)
    return WorkerDiffers(f"A worker drafts with {told}. Start the workers with what the run names.")
