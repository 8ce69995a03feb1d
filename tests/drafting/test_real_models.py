"""The same line on real weights: one model that writes nonsense, and the default one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from service.drafting.checks import CheckContext, check_message
from service.drafting.pipeline import Drafter
from service.drafting.warm import static_requests
from service.models.embedded import EmbeddedModel
from service.models.limits import Limits
from service.models.registry import Weights, load_registry
from service.models.weights import find_weights, models_dir
from service.prompting.library import PromptLibrary, default_root
from service.settings import Settings
from service.types import DraftRequest, Given, MessageKind, Severity, WrittenBy
from tests.reading_shipped import shipped

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
LIBRARY = PromptLibrary.load(default_root())
NOTES = """Panel at Brightwell Clinic for the ward manager post: Tom Becker (clinical director) and Amara Okafor (matron), Tues Nov 17
- Tom said they are moving the whole rota to self scheduling by March
- Amara runs a delirium project on 3 wards
- I told them how I cut agency spend by 18%
- Amara asked about handovers, I rambled. should have mentioned the board I built on ward 6
- salary seems low, and I have another offer from Nordlys
- decision by Nov 27"""


async def opened(name: str, folder: Path) -> EmbeddedModel:
    entry = load_registry().resolve(name)
    path = find_weights(entry, models_dir(Settings().folder))
    if path is None:
        pytest.skip(f"the weights are not on this machine: afterword model pull {name}")
    weights = Weights(name=name, title=name, file=path.name, local=path)
    model = EmbeddedModel(weights, folder, limits=Limits(first_token_s=300, total_s=400), prompt_channel="small")
    model.warm(static_requests(LIBRARY, "small"))
    model.start()
    assert (await model.ready()).phase == "ready"
    return model


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[EmbeddedModel]:
    model = await opened("smollm2-135m", tmp_path)
    yield model
    await model.aclose()


@pytest.fixture
async def default(tmp_path: Path) -> AsyncIterator[EmbeddedModel]:
    model = await opened("qwen2.5-coder-1.5b", tmp_path)
    yield model
    await model.aclose()


async def assert_sendable(model: EmbeddedModel, version: int) -> list[WrittenBy]:
    pins = tuple((k, f"{k.value}@{version}") for k in MessageKind)
    asked = DraftRequest(NOTES, NOW, tuple(MessageKind), Given(candidate="Sam Ortiz"), prompts=pins)
    made = await Drafter(LIBRARY, lambda: model, shipped()).draft(asked)
    assert len(made.messages) == 6
    for m in made.messages:
        limit = asked.linkedin_limit if m.kind is MessageKind.LINKEDIN else None
        context = CheckContext(m.kind, made.facts, m.recipient, candidate="Sam Ortiz", char_limit=limit)
        assert [v for v in check_message(m.wording, context) if v.severity is Severity.HARD] == []
        assert not any(word in m.wording.body.lower() for word in ("salary", "nordlys", "rambled", "another offer"))
    return [m.written_by for m in made.messages]


@pytest.mark.needs_small_model
@pytest.mark.parametrize("version", [1, 2])
async def test_a_model_that_writes_nonsense_still_yields_sendable_messages(small: EmbeddedModel, version: int) -> None:
    await assert_sendable(small, version)


@pytest.mark.needs_model
async def test_the_default_model_writes_sentences_that_pass(default: EmbeddedModel) -> None:
    written = await assert_sendable(default, 2)
    assert WrittenBy.MODEL in written or WrittenBy.MIXED in written
