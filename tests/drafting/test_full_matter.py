"""What a rule can say only a part of, a model may say whole: in the reader's words, and held to all of them."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.drafting.outline import Outline, Slot
from service.drafting.plan import plan_messages
from service.drafting.slots import Sentence, write_slot
from service.models.scripted import ScriptedModel
from service.notes.read import read_notes
from service.prompting.library import PromptLibrary, default_root
from service.rubric.context import CheckContext
from service.types import DraftRequest, MessageKind

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
MET = "Met Omar Aziz (owner) at Ferrow Pots about the glazer job today.\n"


def planned(notes: str, kind: MessageKind = MessageKind.THANK_YOU) -> tuple[Outline, CheckContext]:
    facts = read_notes(MET + notes, now=NOW)
    (outline,) = plan_messages(facts, DraftRequest(MET + notes, NOW, kinds=(kind,)))
    return outline, CheckContext(kind=kind, facts=facts, recipient=outline.recipient, char_limit=outline.char_limit)


def topical(outline: Outline) -> Slot:
    return next(s for s in outline.slots if s.item is not None)


def test_a_part_that_no_rule_can_join_is_shown_to_the_model() -> None:
    slot = topical(planned("- Omar: 40 glazes on the wall, stock is 9 percent down, he checks every kiln himself at six")[0])
    assert slot.full == "40 glazes on the wall, stock is 9 percent down, you check every kiln yourself at six"
    assert slot.matter != slot.full
    assert slot.fallback


@pytest.mark.parametrize(
    "notes",
    [
        "- Omar said he is moving the shop to electric kilns by March",  # the rule says all of it
        "- Omar: 40 glazes on the wall, @Pru does the rest, he checks every kiln himself at six",
        "- Omar asked how I fire a kiln, how I stack one, and what I do when it cracks",
    ],
)
def test_what_is_said_already_or_cannot_be_said_safely_is_not(notes: str) -> None:
    assert all(s.full == "" for s in planned(notes)[0].slots)


def test_a_confession_that_no_rule_can_take_apart_goes_to_no_model() -> None:
    outline, _ = planned("- botched the glaze question, I had mixed up two kilns for a month and nobody saw it")
    assert all("mixed up" not in s.matter + s.full for s in outline.slots)


async def written(slot: Slot, outline: Outline, context: CheckContext, *replies: str) -> tuple[Sentence, ScriptedModel]:
    model = ScriptedModel(replies=list(replies))
    prompt = PromptLibrary.load(default_root()).get(f"{outline.kind.value}@2")
    return await write_slot(slot, outline, prompt, model, context), model


NOTES = "- Omar: 40 glazes on the wall, stock is 9 percent down, he checks every kiln himself at six"


async def test_the_model_is_asked_for_the_whole_first() -> None:
    outline, context = planned(NOTES)
    _, model = await written(topical(outline), outline, context, *["Rubbish about Gunther."] * 6)
    asked = ["40 glazes" in r.messages[-1].content for r in model.requests]
    assert asked == sorted(asked, reverse=True)
    assert {True, False} == set(asked)


async def test_a_sentence_that_leaves_a_part_of_the_whole_out_does_not_pass_for_it() -> None:
    outline, context = planned(NOTES)
    slot = topical(outline)
    part = f"{slot.matter.removeprefix('you ')}."
    sentence, _ = await written(slot, outline, context, part, *["Rubbish."] * 5)
    assert "drops_part" in {v.check for v in sentence.against}


def test_a_linkedin_topic_that_was_shortened_is_whole_for_the_model() -> None:
    outline, _ = planned(
        "- Omar said he wants one big open day every month that a passer-by can join by ringing the old brass bell",
        MessageKind.LINKEDIN,
    )
    slot = topical(outline)
    assert "bell" not in slot.fallback
    assert slot.full.endswith("by ringing the old brass bell")


def test_a_trouble_is_told_back_neutrally_by_a_model_too() -> None:
    slot = topical(planned("- Omar: 9 kilns, two crack, nobody knows why, orders late every week")[0])
    assert slot.fallback == ""
    assert all("interested" not in o and "glad" not in o for o in slot.openings)


def test_what_no_rule_can_say_begins_as_a_thing() -> None:
    slot = topical(planned("- Omar: 9 kilns, 3 for bowls, one wall of tiles in the yard")[0])
    assert slot.fallback == ""
    assert slot.openings[0] == "What you said about"
