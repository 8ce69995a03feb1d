"""One message settled sentence by sentence: the model's where they may stand, the plan's where not."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.drafting.compose import Composition, compose, fixed_pieces
from service.drafting.pieces import Piece, assemble
from service.drafting.plan import plan_messages
from service.drafting.repair import hard_violations
from service.drafting.slots import SlotWriter
from service.errors import ModelOverloaded, ModelTimeout
from service.models.port import Model
from service.models.scripted import ScriptedModel
from service.notes.read import read_notes
from service.prompting.library import PromptLibrary, default_root
from service.rubric.context import CheckContext
from service.types import DraftRequest, MessageKind

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
NOTES = "Met Omar Aziz at Ferrow Pots about the glazer job today.\n- he is moving the shop to electric kilns by March\n- told him I cut breakage from 9% to 4%\n- salary is low"
LIBRARY = PromptLibrary.load(default_root())
FACTS = read_notes(NOTES, now=NOW)
BAD = "Gunther Abernathy runs 7 shops at Google and the salary is low."


async def composed(kind: MessageKind, model: Model | None = None, version: int = 2) -> tuple[Composition, list[Piece]]:
    outline = plan_messages(FACTS, DraftRequest(NOTES, NOW, (kind,)))[0]
    context = CheckContext(kind=kind, facts=FACTS, recipient=outline.recipient, char_limit=outline.char_limit)
    made = Composition(outline, context, outline.subject)
    writer = SlotWriter(model) if model else None
    shown = [piece async for piece in compose(made, LIBRARY.get(f"{kind.value}@{version}"), model, writer)]
    if writer:
        await writer.aclose()
    return made, shown


@pytest.mark.parametrize("kind", list(MessageKind))
async def test_what_is_shown_is_the_body(kind: MessageKind) -> None:
    made, shown = await composed(kind)
    assert assemble(shown, kind) == made.body == made.wording.body
    assert made.body


@pytest.mark.parametrize("kind", list(MessageKind))
async def test_without_a_model_the_plan_writes_and_none_was_asked(kind: MessageKind) -> None:
    made, _ = await composed(kind)
    assert not made.asked_model
    assert not any(p.by_model for p in made.pieces)


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("version", [1, 2, 3])
async def test_bad_sentences_are_left_out_and_remembered(kind: MessageKind, version: int) -> None:
    text = BAD if version == 2 else f"Subject: Hello from Google\n\nDear Gunther,\n\n{BAD}\n\nBest,\n[Your Name]"
    made, _ = await composed(kind, ScriptedModel(script=lambda request: text), version)
    assert not any(word in f"{made.subject} {made.body}" for word in ("Google", "Gunther", "salary", "["))
    assert made.against
    assert made.raw
    assert hard_violations(made.wording, made.context) == ()


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("version", [1, 2, 3])
async def test_a_model_that_fails_leaves_the_plans_message_and_the_error(kind: MessageKind, version: int) -> None:
    plain, _ = await composed(kind)
    made, _ = await composed(kind, ScriptedModel(script=lambda request: ModelOverloaded()), version)
    assert made.body == plain.body
    assert made.errors
    assert isinstance(made.errors[0], ModelOverloaded)


async def test_a_good_sentence_of_the_model_stands_with_its_item() -> None:
    made, _ = await composed(
        MessageKind.THANK_YOU, ScriptedModel(script=lambda request: "are moving the shop to electric kilns by March.")
    )
    told = next(p for p in made.pieces if p.by_model)
    item = FACTS.item(told.item_id or "")
    assert item is not None
    assert "electric kilns" in told.text
    assert "electric kilns" in item.text


async def test_a_whole_message_stands_between_the_plans_greeting_and_close() -> None:
    text = "Subject: Thank you\n\nDear Omar,\n\nThank you for your time today. What you said about the electric kilns has stayed with me.\n\nBest,\nSomebody Else"
    made, _ = await composed(MessageKind.THANK_YOU, ScriptedModel(script=lambda request: text), 1)
    assert made.body.startswith(fixed_pieces(made.outline)[0].text)
    assert made.body.count("Omar") == 1
    assert "stayed with me" in made.body
    assert "Somebody" not in made.body
    assert made.subject == "Thank you"


async def test_a_whole_message_is_asked_for_again_with_what_was_wrong() -> None:
    good = "Dear Omar,\n\nThank you for your time today. What you said about the electric kilns has stayed with me."
    model = ScriptedModel([f"Dear Omar,\n\n{BAD}", good])
    made, _ = await composed(MessageKind.THANK_YOU, model, 3)
    assert len(model.requests) == 2
    assert "stayed with me" in made.body
    assert made.usage.calls == 2


async def test_a_second_call_that_fails_keeps_what_was_good_in_the_first() -> None:
    mixed = (
        f"Dear Omar,\n\nThank you for your time today. What you said about the electric kilns has stayed with me. {BAD}"
    )
    made, _ = await composed(MessageKind.THANK_YOU, ScriptedModel([mixed, ModelTimeout()]), 3)
    assert "stayed with me" in made.body
    assert "Google" not in made.body


async def test_a_message_without_the_models_topic_gets_the_plans() -> None:
    made, _ = await composed(
        MessageKind.THANK_YOU, ScriptedModel(script=lambda request: "Dear Omar,\n\nThank you for your time today."), 1
    )
    assert any(p.item_id for p in made.pieces)


@pytest.mark.parametrize("limit", [200, 300])
async def test_a_long_linkedin_text_of_a_model_keeps_the_limit(limit: int) -> None:
    long = " ".join(["I enjoyed hearing about the electric kilns and the careful plans for the shop."] * 9)
    made, _ = await composed(MessageKind.LINKEDIN, ScriptedModel(script=lambda request: long), 1)
    assert 0 < made.wording.char_count <= limit


async def test_a_linkedin_note_whose_first_sentence_cannot_stay_still_greets() -> None:
    text = f"{BAD} What you said about the electric kilns has stayed with me."
    made, _ = await composed(MessageKind.LINKEDIN, ScriptedModel(script=lambda request: text), 1)
    assert made.body.startswith("Hi Omar, ")
    assert "electric kilns" in made.body
    assert "Google" not in made.body


@pytest.mark.parametrize("kind", list(MessageKind))
async def test_no_two_sentences_of_a_message_begin_alike(kind: MessageKind) -> None:
    made, _ = await composed(kind)
    begun = [" ".join(p.text.lower().split()[:3]) for p in made.pieces]
    assert len(begun) == len(set(begun))
