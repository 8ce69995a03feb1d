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

# One interviewer each, whose it is and who said it plain to see: a small model gets an item only where both are sure.
ALONE = (
    """Harbour Street Bakery, production manager, talked with Ines Duarte (head baker) on Tuesday Nov 17
- Ines told me they proof the rye for 19 hours
- I told her how I cut flour waste by a third with a weighing log
- they pay too little, my salary now is better
- she decides by Nov 27""",
    """Interview today at Fernhill Library, children's librarian. Met Priya Nair, head of service.
Priya told me about the reading van that visits nine villages every fortnight.
I told her about the toy library I set up in Morley.
Rambled about budgets. They answer next Friday.""",
    """Lindqvist Ferries, deck officer, interview on Monday Nov 16 with captain Jonas Ek
- Jonas told me they train every officer on the old wooden ferry first
- told him about the night pilotage course I taught in Turku
- another offer from Nordlys""",
)


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


async def assert_sendable(
    model: EmbeddedModel, notes: str, kinds: tuple[MessageKind, ...], version: int | None = None
) -> list[WrittenBy]:
    """Who wrote each; ``version``: of the prompts, those that are served where None."""
    pins = tuple((k, f"{k.value}@{version}") for k in kinds) if version else ()
    asked = DraftRequest(notes, NOW, kinds, Given(candidate="Sam Ortiz"), prompts=pins)
    made = await Drafter(LIBRARY, lambda: model, shipped()).draft(asked)
    assert {m.kind for m in made.messages} == set(kinds)
    for m in made.messages:
        limit = asked.linkedin_limit if m.kind is MessageKind.LINKEDIN else None
        context = CheckContext(m.kind, made.facts, m.recipient, candidate="Sam Ortiz", char_limit=limit)
        assert [v for v in check_message(m.wording, context) if v.severity is Severity.HARD] == []
        assert not any(word in m.wording.body.lower() for word in ("salary", "nordlys", "rambled", "another offer"))
    return [m.written_by for m in made.messages]


@pytest.mark.needs_small_model
@pytest.mark.parametrize("version", [1, 2])
async def test_a_model_that_writes_nonsense_still_yields_sendable_messages(small: EmbeddedModel, version: int) -> None:
    await assert_sendable(small, NOTES, tuple(MessageKind), version)


@pytest.mark.needs_model
async def test_the_default_model_writes_sentences_that_pass(default: EmbeddedModel) -> None:
    written = [by for notes in ALONE for by in await assert_sendable(default, notes, (MessageKind.THANK_YOU,))]
    assert WrittenBy.MIXED in written
