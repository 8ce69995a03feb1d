"""From facts to messages: perspective, plan, and a pipeline that lets nothing false or private out, whatever a model writes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.drafting.checks import CheckContext, check_message
from service.drafting.events import Delta, DraftDone, MessageReady
from service.drafting.pipeline import Drafter, sound_outlines
from service.drafting.plan import plan_messages
from service.drafting.scoring import score_text
from service.drafting.topics import may_be_said, read_topic
from service.errors import ModelOverloaded, ModelUnavailable
from service.models.port import Model
from service.models.scripted import NoiseModel, ScriptedModel, Step
from service.notes.read import read_notes
from service.prompting.library import PromptLibrary, default_root
from service.types import Draft, DraftRequest, Given, MessageKind, Owner, Recipient, Severity, Tone, WrittenBy

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
LIBRARY = PromptLibrary.load(default_root())
SOLO = """Interview w/ Ines Duarte (head baker) at Rye & Co, production manager, Tues Nov 17
- she leads the move to stone ovens, 3 of 11 shops done so far
- loved that they pair new bakers w/ a mentor for 6 wks
- told her I cut waste from 9% to 4% at Hollin Mill
- asked about night shifts - I rambled, should have mentioned the Sunday rota I wrote
- salary seems low tbh, also have an offer from Nordlys
- decision by Nov 27"""
PANEL = """Panel at Brightwell Clinic for the ward manager post: Tom Becker (clinical director) and Amara Okafor (matron)
- Tom said they are moving the whole rota to self scheduling by March
- Amara runs a delirium project on 3 wards
- I told them how I cut agency spend by 18%
- I also built the handover board on ward 6"""
KINDS = tuple(MessageKind)


def request(notes: str = SOLO, **more: object) -> DraftRequest:
    return DraftRequest(notes, NOW, KINDS, **more)  # type: ignore[arg-type]


async def drafted(notes: str = SOLO, model: Model | None = None, **more: object) -> Draft:
    return await Drafter(LIBRARY, lambda: model).draft(request(notes, **more))


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            "she leads the move to stone ovens, 3 of 11 shops done",
            "you lead the move to stone ovens, with 3 of 11 shops done",
        ),
        ("they use dbt and a queue", "you use dbt and a queue"),
        ("loved that they pair new bakers w/ a mentor for 6 wks", "you pair new bakers with a mentor for 6 weeks"),
        ("talked about the switch to scanners", "the switch to scanners"),
        ("told her I cut waste from 9% to 4%", "I cut waste from 9% to 4%"),
        ("I rambled, should have mentioned the pricing rollback", "the pricing rollback"),
        ("team of 6, growing to 10 by spring", "the team of 6, growing to 10 by spring"),
        ("Ines's team is eight bakers", "your team is eight bakers"),
        ("Ines Duarte talked about the flour wall", "the flour wall"),
        ("chef Ines says sourdough is half the trade", "sourdough is half the trade"),
        ("Ines began with the night shift", "the night shift"),
        (
            "Ines showed me the new oven which burns pellets and saves them 300 a week",
            "the new oven which burns pellets",
        ),
        (
            "Ines has hired nine bakers and each of them owns a recipe",
            "you have hired nine bakers and each of them owns a recipe",
        ),
        (
            "Ines has set up something called a crumb hour: on Fridays her bakers swap loaves",
            "you have set up something called a crumb hour",
        ),
        ("she says the small ovens stand idle on Mondays", "the small ovens stand idle on Mondays"),
        (
            "she trains the apprentices and has a list on the wall",
            "you train the apprentices and have a list on the wall",
        ),
        ("told her about my stall at Penwick, everybody weighs his own flour", "my stall at Penwick"),
        ("there's one stone oven among nine", "there is one stone oven among nine"),
        ("she came to Rye as an apprentice, 2004", "you came to Rye as an apprentice in 2004"),
        ("waste 11 percent, she weighs the bins herself", "you weigh the bins yourself"),
        ("they bake by hand which surprised me", "you bake by hand"),
        (
            "told her about my move to cold dough, cut returns from 40 to 12",
            "my move to cold dough, which cut returns from 40 to 12",
        ),
        ("I told her about my diploma project, I built nine ovens in the yard", "I built nine ovens in the yard"),
        ("me: two-day dough plan at Penwick", "my two-day dough plan at Penwick"),
        ("I said no. I cut waste from 9% to 4%", "I cut waste from 9% to 4%"),
        (
            "I moved the ovens to Penwick, sales went from 40 to 70",
            "I moved the ovens to Penwick, and sales went from 40 to 70",
        ),
        ("me: fenced the yard at Penwick, 30 posts", "I fenced the yard at Penwick, with 30 posts"),
    ],
)
def test_a_note_becomes_words_for_its_reader(item: str, said: str) -> None:
    notes = f"Met Ines Duarte at Rye & Co.\n- {item}"
    facts = read_notes(notes, now=NOW)
    found = next(i for i in facts.items if i.start >= notes.index(item))
    topic = read_topic(found, facts, Recipient("Ines Duarte"))
    assert topic is not None
    assert topic.text == said


@pytest.mark.parametrize(
    "item",
    [
        "two of them are new this quarter",
        "How do you handle conflict?",
        "Tom wants her to lead it",
        "she told him -> them",
        "about half do",
        "40 stand still",
        "because they had heard the ovens at night",
        "she said leave the crust on",
        "please ask for her at the counter",
        "she wants to cut that to one a month",
        "Lena does repairs, her trick is a key safe",
        "burned the first tray, second one was lovely",
        "and I got the name wrong",
        "4.2 million, of which a third goes on flour",
        "the short version is: first the flour, then the salt",
        "1 in 10 lost to damp",
        "mon 16 Nov, 10:00",
        "asked which loaf I regret",
        "he laughed for a while",
    ],
)
def test_what_cannot_be_said_safely_is_left_alone(item: str) -> None:
    notes = f"Met Ines Duarte and Tom Becker at Rye & Co.\n- {item}"
    facts = read_notes(notes, now=NOW)
    found = next(i for i in facts.items if i.start >= notes.index(item))
    found = replace(found, owner=Owner.THEIRS)
    assert not may_be_said(found, facts) or read_topic(found, facts, Recipient("Ines Duarte")) is None


def test_the_same_notes_give_the_same_plan() -> None:
    facts = read_notes(PANEL, now=NOW)
    assert plan_messages(facts, request(PANEL)) == plan_messages(facts, request(PANEL))


def test_no_item_goes_to_two_readers_of_one_kind() -> None:
    facts = read_notes(PANEL, now=NOW)
    for kind in KINDS:
        ids = [i.id for o in plan_messages(facts, request(PANEL)) if o.kind is kind for i in o.items]
        assert len(ids) == len(set(ids))


def test_nothing_private_is_planned() -> None:
    facts = read_notes(SOLO, now=NOW)
    planned = {i.id for o in plan_messages(facts, request()) for i in o.items}
    assert not planned & {i.id for i in facts.items if i.owner is Owner.PRIVATE}


async def test_what_each_panel_member_said_goes_to_that_member() -> None:
    made = await drafted(PANEL)
    tom, amara = (m.wording.body for m in made.messages if m.kind is MessageKind.THANK_YOU)
    assert "self scheduling" in tom
    assert "self scheduling" not in amara
    assert "delirium" in amara
    assert "delirium" not in tom


async def test_a_thank_you_says_what_was_discussed_and_nothing_private() -> None:
    made = await drafted()
    body = made.messages[0].wording.body
    assert body.startswith("Hi Ines,")
    assert "3 of 11 shops" in body
    assert "November 27" in body
    assert not any(word in body.lower() for word in ("salary", "nordlys", "rambled"))


@pytest.mark.parametrize("tone", list(Tone))
async def test_every_tone_passes_every_hard_check(tone: Tone) -> None:
    made = await drafted(PANEL, tone=tone)
    assert [v for m in made.messages for v in m.scorecard.violations if v.severity is Severity.HARD] == []


async def test_deltas_add_up_to_the_body_and_stream_and_draft_agree() -> None:
    texts: dict[int, str] = {}
    done: Draft | None = None
    async for event in Drafter(LIBRARY, lambda: None, new_id=lambda: "drf_1").stream(request(PANEL)):
        if isinstance(event, Delta):
            texts[event.index] = texts.get(event.index, "") + event.text
        elif isinstance(event, MessageReady):
            assert texts[event.index] == event.message.wording.body
        elif isinstance(event, DraftDone):
            done = event.draft
    assert done is not None
    plain = await Drafter(LIBRARY, lambda: None, new_id=lambda: "drf_1").draft(request(PANEL))
    assert [m.wording for m in done.messages] == [m.wording for m in plain.messages]


async def test_evidence_lies_inside_the_body_and_names_items_of_the_notes() -> None:
    made = await drafted()
    for message in made.messages:
        for e in message.evidence:
            assert 0 <= e.start < e.end <= len(message.wording.body)
            assert made.facts.item(e.item_id) is not None


def hard(draft: Draft, asked: DraftRequest) -> list[str]:
    """Checked afresh, not taken from the message's own scorecard."""
    found = []
    for m in draft.messages:
        context = CheckContext(
            m.kind,
            draft.facts,
            m.recipient,
            char_limit=asked.linkedin_limit if m.kind is MessageKind.LINKEDIN else None,
        )
        found += [v.check for v in check_message(m.wording, context) if v.severity is Severity.HARD]
    return found


@given(seed=st.integers(0, 10_000), notes=st.sampled_from([SOLO, PANEL, "it went ok"]), version=st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_whatever_a_model_writes_no_message_breaks_a_hard_rule(seed: int, notes: str, version: int) -> None:
    asked = request(notes, prompts=tuple((k, f"{k.value}@{version}") for k in KINDS))
    made = asyncio.run(Drafter(LIBRARY, lambda: NoiseModel(seed)).draft(asked))
    assert hard(made, asked) == []
    for message in made.messages:
        assert message.wording.body
        assert not any(w in message.wording.body.lower() for w in ("salary", "nordlys"))
        if message.kind is MessageKind.LINKEDIN:
            assert message.wording.char_count <= 200


async def test_a_models_good_sentence_is_used() -> None:
    model = ScriptedModel(
        script=lambda r: Step("you lead the move to stone ovens, with 3 of 11 shops done so far, is what I remember.")
    )
    pins = tuple((k, f"{k.value}@2") for k in KINDS)
    made = await drafted(model=model, prompts=pins)
    assert all(m.written_by in WrittenBy for m in made.messages)
    assert model.requests


async def test_a_model_that_swaps_who_did_what_is_not_believed() -> None:
    model = ScriptedModel(script=lambda r: Step("I led the move to stone ovens, with 3 of 11 shops done so far."))
    made = await drafted(model=model, prompts=((MessageKind.THANK_YOU, "thank_you@2"),))
    assert "I led the move" not in made.messages[0].wording.body


async def test_a_whole_message_that_invents_is_repaired_sentence_by_sentence() -> None:
    text = (
        "Subject: Thank you\n\nDear Ines,\n\nThank you for your time. I loved hearing about the move to stone ovens, 3 of 11 shops done so far.\n\n"
        "My ten years at Google prepared me for this.\n\nBest,\n[Your Name]"
    )
    made = await drafted(
        model=ScriptedModel(script=lambda r: Step(text)), prompts=((MessageKind.THANK_YOU, "thank_you@1"),)
    )
    body = made.messages[0].wording.body
    assert "stone ovens" in body
    assert "Google" not in body
    assert "[" not in body


async def test_a_failing_model_gives_the_outline_and_says_so() -> None:
    made = await drafted(model=ScriptedModel(script=lambda r: Step(error=ModelOverloaded())))
    assert made.messages[0].written_by is WrittenBy.OUTLINE
    assert "model_failed" in {w.type for w in made.messages[0].warnings}


async def test_a_caller_who_wants_the_model_only_gets_the_error() -> None:
    with pytest.raises(ModelOverloaded):
        await drafted(model=ScriptedModel(script=lambda r: Step(error=ModelOverloaded())), model_only=True)
    with pytest.raises(ModelUnavailable):
        await drafted(model=None, model_only=True)


async def test_leaving_the_stream_ends_the_calls_to_the_model() -> None:
    gate = asyncio.Event()
    model = ScriptedModel(script=lambda r: Step("never", gate=gate))
    stream = Drafter(LIBRARY, lambda: model).stream(request(prompts=tuple((k, f"{k.value}@2") for k in KINDS)))
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    while not model.requests:
        if waiting.done():
            waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await stream.aclose()
    assert [t for t in asyncio.all_tasks() if t is not asyncio.current_task()] == []


async def test_notes_with_nothing_in_them_get_the_safest_short_message_and_say_what_is_missing() -> None:
    made = await drafted("it went ok")
    warned = {w.type for w in made.messages[0].warnings}
    assert {"missing_topic", "missing_interviewer"} <= warned
    assert "ok" not in made.messages[0].wording.body.split()


def test_a_doubtful_role_is_planned_around() -> None:
    asked = DraftRequest(SOLO, NOW, KINDS, Given())
    facts = read_notes(SOLO, now=NOW)
    for outline in sound_outlines(facts, asked):
        assert outline.slots


def test_generic_text_scores_low_on_specificity_however_long() -> None:
    body = (
        "Hi Ines,\n\n"
        + "Thank you for your time. I enjoyed our conversation and learned a lot about the role and the team. " * 4
        + "\n\nBest wishes."
    )
    card = score_text(SOLO, MessageKind.THANK_YOU, "Thank you", body, now=NOW)
    specificity = next(c for c in card.criteria if c.name == "specificity")
    assert specificity.score is not None
    assert specificity.score < 0.3
    assert not specificity.passed
