"""One sentence at a time: the model goes on from given words, several times at most, and the checks choose."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from service.drafting.outline import Outline, Slot, SlotPurpose
from service.drafting.plan import plan_messages
from service.drafting.slots import Sentence, SlotWriter, slot_request, tidy, write_slot
from service.errors import ModelError, ModelOverloaded, ModelReplyInvalid, ModelTimeout
from service.models.port import ModelRequest
from service.models.scripted import ScriptedModel, Step
from service.notes.read import read_notes
from service.prompting.library import PromptLibrary, default_root
from service.rubric.context import CheckContext
from service.types import DraftRequest, MessageKind

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
NOTES = "Met Omar Aziz at Ferrow Pots about the glazer job today.\n- he is moving the shop to electric kilns by March\n- salary is low, other offer from Nordlys"
PROMPT = PromptLibrary.load(default_root()).get("thank_you@2")
FACTS = read_notes(NOTES, now=NOW)
OUTLINE: Outline = plan_messages(FACTS, DraftRequest(NOTES, NOW))[0]
SLOT: Slot = next(s for s in OUTLINE.slots if s.purpose is SlotPurpose.HIGHLIGHT)
CONTEXT = CheckContext(kind=MessageKind.THANK_YOU, facts=FACTS, recipient=OUTLINE.recipient)


async def written(model: ScriptedModel) -> Sentence:
    return await write_slot(SLOT, OUTLINE, PROMPT, model, CONTEXT)


def goes_on(text: str) -> ScriptedModel:
    return ScriptedModel(script=lambda request: text)


GOOD = "are moving the shop to electric kilns by March."
BAD = "Gunther Abernathy is moving 7 shops to Google, and the salary is low."


async def test_a_good_sentence_is_taken_at_the_first_call() -> None:
    model = goes_on(GOOD)
    sentence = await written(model)
    assert len(model.requests) == 1
    assert sentence.good == (f"{SLOT.openings[0]} {GOOD}",)
    assert sentence.against == ()


async def test_the_model_is_given_the_opening_words_to_go_on_from() -> None:
    model = goes_on(GOOD)
    await written(model)
    assert model.requests[0].prefix == SLOT.openings[0]


async def test_the_model_sees_the_matter_and_nothing_private() -> None:
    said = " ".join(m.content for m in slot_request(SLOT, OUTLINE, PROMPT, SLOT.openings[0]).messages)
    assert "electric kilns by March" in said
    assert "salary" not in said
    assert "Nordlys" not in said


async def test_bad_sentences_are_asked_for_again_with_other_openings_and_then_given_up() -> None:
    model = goes_on(BAD)
    sentence = await written(model)
    assert sentence.good == ()
    assert sentence.against
    assert 1 < len(model.requests) <= PROMPT.parameters.candidates
    assert len({r.prefix for r in model.requests}) == len(model.requests)
    assert len(sentence.raw) == len(model.requests)


async def test_a_second_try_that_passes_ends_the_asking() -> None:
    model = ScriptedModel(replies=[BAD, GOOD, GOOD])
    sentence = await written(model)
    assert len(model.requests) == 2
    assert len(sentence.good) == 1
    assert sentence.usage.calls == 2


@pytest.mark.parametrize("error", [ModelOverloaded(), ModelTimeout(), ModelReplyInvalid()])
async def test_a_model_that_fails_leaves_its_error_and_what_it_had_written(error: ModelError) -> None:
    sentence = await written(ScriptedModel(replies=[BAD, error]))
    assert sentence.error is error
    assert len(sentence.raw) == 1
    assert sentence.good == ()


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "{}", "```", "🙂🙂", "\u202e\u200b"])
async def test_an_empty_answer_is_no_sentence(text: str) -> None:
    assert (await written(goes_on(text))).good == ()


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("I liked the kilns. I also liked the tiles.", "I liked the kilns."),
        ("I liked   the\nkilns .", "I liked the kilns."),
        ("I liked “the” owner’s kilns.", 'I liked "the" owner\'s kilns.'),
        ("I liked the 3.5 m kiln.", "I liked the 3.5 m kiln."),
        ("I liked the kilns", "I liked the kilns"),
        ("What a kiln! Truly.", "What a kiln!"),
    ],
)
def test_only_the_first_sentence_of_a_continuation_is_kept(raw: str, sentence: str) -> None:
    assert tidy(raw) == sentence


async def test_one_sentence_wanted_twice_is_asked_for_once() -> None:
    model = goes_on(GOOD)
    writer = SlotWriter(model)
    first = writer.start(SLOT, OUTLINE, PROMPT, CONTEXT)
    second = writer.start(SLOT, OUTLINE, PROMPT, CONTEXT)
    assert await first() == await second()
    assert len(model.requests) == 1
    await writer.aclose()


async def test_closing_the_writer_ends_the_calls_that_wait() -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    def script(request: ModelRequest) -> Step:
        asked.set()
        return Step(GOOD, gate=never)

    model = ScriptedModel(script=script)
    writer = SlotWriter(model)
    writer.start(SLOT, OUTLINE, PROMPT, CONTEXT)
    await asked.wait()
    await writer.aclose()
    assert model.cancelled == 1
