"""The writers: a small model's sentences, a large model's message and its second reading, and the frame alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from service.drafting.frame_writer import frame_pieces
from service.drafting.judging import NoJudge, SentenceJudge, Verdict
from service.drafting.large import write_whole
from service.drafting.pieces import Piece, assemble, evidence_of
from service.drafting.pipeline import context_of
from service.drafting.plan import Outline, plan_messages
from service.drafting.small import said_as_it_is, spoken_to, write_sentences
from service.drafting.written import Written
from service.errors import ModelUnavailable
from service.models.port import ModelRequest
from service.models.scripted import ScriptedModel, Step
from service.prompting.library import PromptLibrary
from service.types import DraftRequest, Facts, MessageKind, NoteItem, Owner, Phrase, Recipient
from tests.drafting.labelled import INES, facts, request

LIBRARY = PromptLibrary.load()


def _planned(marked: str = INES, kind: MessageKind = MessageKind.THANK_YOU) -> tuple[Facts, DraftRequest, Outline]:
    known = facts(marked, decision="2026-11-27")
    asked = request(known.notes, kind)
    return known, asked, plan_messages(known, asked).outlines[0]


async def _large(
    model: ScriptedModel, *, verify: bool = True, kind: MessageKind = MessageKind.THANK_YOU
) -> tuple[Written, str, list[Piece]]:
    known, asked, outline = _planned(kind=kind)
    emitted: list[Piece] = []
    written = await write_whole(
        outline,
        context_of(outline, known, asked),
        LIBRARY.current(kind, "large"),
        LIBRARY.current("verify", "large") if verify else None,
        model,
        emitted.append,
    )
    return written, assemble(written.pieces, kind), emitted


def _message(*sentences: str, lines: Sequence[int] = ()) -> str:
    return json.dumps(
        {
            "subject": "Thank you for Tuesday",
            "sentences": [{"text": s, "lines": list(lines), "new_paragraph": False} for s in sentences],
        }
    )


def _verdicts(*verdicts: str) -> str:
    return json.dumps({"sentences": [{"number": n, "verdict": v, "reason": "why"} for n, v in enumerate(verdicts, 1)]})


THANKS = "Thank you for talking with me on Tuesday."
RYE = "Proofing the rye for 19 hours is how I would want to bake too."


async def test_a_large_model_is_shown_all_usable_lines_and_nothing_private() -> None:
    model = ScriptedModel(
        [_message(THANKS, RYE, lines=[2]), _verdicts("supported", "supported")], prompt_channel="large"
    )
    await _large(model)
    shown = model.requests[0].messages[1].content
    assert "stone ovens" in shown
    assert "38k" not in shown
    assert "tired" not in shown


async def test_a_message_that_passes_leaves_as_the_model_wrote_it_with_its_evidence() -> None:
    model = ScriptedModel(
        [_message(THANKS, RYE, lines=[2]), _verdicts("supported", "supported")], prompt_channel="large"
    )
    written, body, emitted = await _large(model)
    assert body == f"Dear Ines,\n\n{THANKS} {RYE}\n\nBest wishes,\nSam Ortiz"
    assert written.subject == "Thank you for Tuesday"
    assert emitted == list(written.pieces)
    assert {e.item_id for e in evidence_of(written.pieces, MessageKind.THANK_YOU)} == {"i2"}


async def test_good_english_that_the_notes_do_not_have_is_left_alone() -> None:
    said = "In my own kitchen I'd taste an A/B of both, and they're worth the patience."
    model = ScriptedModel([_message(THANKS, said), _verdicts("supported", "supported")], prompt_channel="large")
    _, body, _ = await _large(model)
    assert said in body


async def test_an_invented_name_is_asked_about_again_and_then_dropped() -> None:
    bad = "I still think of what Gunther said about the ovens."
    again = ScriptedModel(
        [_message(THANKS, bad), _verdicts("supported"), _message(THANKS, RYE), _verdicts("supported", "supported")],
        prompt_channel="large",
    )
    written, body, _ = await _large(again)
    assert RYE in body
    assert "'Gunther' is not in the notes" in again.requests[2].messages[-1].content
    assert any(v.check == "ungrounded_name" for v in written.against)
    stubborn = ScriptedModel(
        script=lambda r: _verdicts("supported") if r.tag.startswith("verify") else _message(THANKS, bad),
        prompt_channel="large",
    )
    _, body, _ = await _large(stubborn)
    assert "Gunther" not in body
    assert THANKS in body


async def test_what_the_second_reading_finds_swapped_does_not_leave() -> None:
    swapped = "It was good to hear that you cut waste at Hollin."

    def answer(asked: ModelRequest) -> str:
        if asked.tag.startswith("verify"):
            return _verdicts("supported", "swapped", "supported")
        return _message(THANKS, swapped, RYE)

    written, body, _ = await _large(ScriptedModel(script=answer, prompt_channel="large"))
    assert swapped not in body
    assert RYE in body
    assert any(v.check == "read_as_swapped" and v.rule == "G37" for v in written.against)


async def test_a_subject_of_the_models_own_is_read_over_too() -> None:
    def answer(asked: ModelRequest) -> str:
        if asked.tag.startswith("verify"):
            assert "3 Thank you for Tuesday" in asked.messages[-1].content
            return _verdicts("supported", "supported", "unsupported")
        return _message(THANKS, RYE)

    written, body, _ = await _large(ScriptedModel(script=answer, prompt_channel="large"))
    assert written.subject != "Thank you for Tuesday"
    assert RYE in body


async def test_a_second_reading_that_fails_is_said() -> None:
    model = ScriptedModel([_message(THANKS, RYE), "no JSON at all"], prompt_channel="large")
    written, body, _ = await _large(model)
    assert written.unverified
    assert RYE in body


async def test_private_words_do_not_leave_even_when_the_second_reading_misses_them() -> None:
    leak = "They pay 38k and I want 45k."
    model = ScriptedModel(
        script=lambda r: _verdicts() if r.tag.startswith("verify") else _message(THANKS, leak), prompt_channel="large"
    )
    _, body, _ = await _large(model)
    assert "38k" not in body


async def test_a_failed_model_leaves_the_frame() -> None:
    written, body, _ = await _large(ScriptedModel([ModelUnavailable("gone")], prompt_channel="large"))
    assert written.error is not None
    assert body.startswith(
        "Dear Ines,\n\nThank you for talking with me on Tuesday about the production manager role at Rye & Co."
    )


async def test_a_linkedin_note_keeps_its_limit_with_greeting_and_name() -> None:
    model = ScriptedModel(
        [
            _message("Thank you for Tuesday, the 19 hours you give the rye stay with me. I'd like to stay in touch."),
            _verdicts("supported"),
        ],
        prompt_channel="large",
    )
    _, body, _ = await _large(model, kind=MessageKind.LINKEDIN)
    assert body.startswith("Hi Ines, thank you for Tuesday")
    assert body.endswith("Sam")
    assert len(body) <= 200


class _Picky:
    """Gives whatever has one of ``bad`` in it the verdict ``on_bad``."""

    most, least = 0.25, 0.6

    def __init__(self, *bad: str, on_bad: Verdict = Verdict(0.1, 0.9, "swapped")) -> None:  # noqa: B008 (frozen value)
        self._bad, self._on_bad = bad, on_bad

    def judge(self, item: NoteItem, to: str | None, sentences: tuple[str, ...]) -> tuple[Verdict, ...]:
        good = Verdict(0.99, 0.01, "swapped")
        return tuple(self._on_bad if any(b in s for b in self._bad) else good for s in sentences)


async def _small(
    script: Any,
    judge: SentenceJudge | None = None,
    kind: MessageKind = MessageKind.THANK_YOU,
    planned: tuple[Facts, DraftRequest, Outline] | None = None,
) -> tuple[Written, str, list[Piece]]:
    known, asked, outline = planned or _planned(kind=kind)
    emitted: list[Piece] = []
    model = ScriptedModel(script=script)
    written = await write_sentences(
        outline,
        context_of(outline, known, asked),
        LIBRARY.current(kind, "small"),
        model,
        judge or NoJudge(),
        emitted.append,
    )
    return written, assemble(written.pieces, kind), emitted


def _said_back(asked: ModelRequest) -> str:
    return " " + asked.messages[-1].content.partition("<note>")[2].partition("</note>")[0].rstrip(".") + "."


async def test_a_small_model_writes_one_sentence_of_each_kind_of_item() -> None:
    written, body, emitted = await _small(_said_back)
    assert body.startswith("Dear Ines,\n\nThank you for talking with me on Tuesday")
    assert sum(p.by_model for p in written.pieces) >= 2
    assert assemble(emitted, MessageKind.THANK_YOU) == body


@pytest.mark.parametrize("verdict", [Verdict(0.1, 0.9, "swapped"), Verdict(0.5, 0.05, "nonsense")])
async def test_the_judge_has_the_last_word_on_a_sentence(verdict: Verdict) -> None:
    theirs = ("I enjoyed hearing", "Thank you for telling")
    _, passed, _ = await _small(_said_back)
    assert any(words in passed for words in theirs)
    written, body, _ = await _small(_said_back, _Picky(*theirs, on_bad=verdict))
    assert not any(words in body for words in theirs)
    assert any(v.check == f"judged_{verdict.fault}" for v in written.against)


@pytest.mark.parametrize(("sure", "is_told"), [(0.96, True), (0.94, False)])
async def test_of_what_they_said_only_what_is_read_surely_is_told(sure: float, is_told: bool) -> None:
    known, asked, outline = _planned()
    theirs = [replace(p, partner_confidence=sure) if p.owner is Owner.THEIRS else p for p in outline.points]
    written, _, _ = await _small(_said_back, planned=(known, asked, replace(outline, points=tuple(theirs))))
    owners = {i.id: i.owner for i in known.items}
    assert (Owner.THEIRS in {owners[n] for p in written.pieces for n in p.item_ids}) is is_told


@pytest.mark.parametrize(
    ("owner", "text", "matter", "phrase", "said"),
    [
        (Owner.THEIRS, "Ines: the cold store opens in May", "cold store", "the", "about the cold store."),
        (Owner.THEIRS, "she shapes six at once", "shapes six at once", None, ""),
        (
            Owner.THEIRS,
            "they lend out her cake tins",
            "lend out her cake tins",
            "how",
            "about how you lend out your cake tins.",
        ),
        (Owner.MINE, "told her of my crate count.", "my crate count", "plain", "about my crate count."),
        (Owner.MINE, "- Crate count at Brunswick", "Crate count at Brunswick", "the", ""),
        (Owner.MINE, "- NHS crate count", "NHS crate count", "the", "about the NHS crate count."),
        (Owner.MINE, "I " + "counted crates and " * 6, "counted crates and " * 6, "how", ""),
    ],
)
def test_words_that_can_be_said_as_they_are_take_no_model(
    owner: Owner, text: str, matter: str, phrase: str | None, said: str
) -> None:
    said_so = Phrase(matter, phrase) if phrase else None
    item = NoteItem("i1", text, 0, len(text), owner, matter=matter, phrase=said_so)
    opening = "I enjoyed hearing about" if owner is Owner.THEIRS else "I was glad to tell you about"
    assert said_as_it_is(item, Recipient("Ines Duarte"), opening) == (said and opening + said.removeprefix("about"))


async def test_what_can_be_said_as_it_is_costs_no_call_unless_the_judge_holds_it_for_wrong() -> None:
    known, asked, outline = _planned()
    points = tuple(
        replace(p, matter="cold store", phrase=Phrase("cold store", "the")) if p.owner is Owner.THEIRS else p
        for p in outline.points
    )
    planned = (known, asked, replace(outline, points=tuple(p for p in points if p.owner is Owner.THEIRS)))
    written, body, _ = await _small(_said_back, planned=planned)
    assert "the cold store." in body
    assert written.usage.calls == 0
    _, body, _ = await _small(_said_back, _Picky("the cold store."), planned=planned)
    assert "the cold store." not in body


async def test_nonsense_leaves_the_frame_alone() -> None:
    written, body, _ = await _small(lambda r: " [Name] -> Gunther Abernathy of Globex", _Picky())
    assert not any(p.by_model for p in written.pieces)
    assert "Gunther" not in body
    assert body.count("\n\n") == 3


async def test_a_sentence_without_an_end_is_no_sentence() -> None:
    _, body, _ = await _small(lambda r: " the rye and the")
    assert "the rye and the" not in body


async def test_calls_end_with_the_writer() -> None:
    known, asked, outline = _planned()
    called, gate = asyncio.Event(), asyncio.Event()

    def waits(_: ModelRequest) -> Step:
        called.set()
        return Step("x", gate=gate)

    model = ScriptedModel(script=waits)
    task = asyncio.create_task(
        write_sentences(
            outline,
            context_of(outline, known, asked),
            LIBRARY.current("thank_you", "small"),
            model,
            NoJudge(),
            lambda p: None,
        )
    )
    async with asyncio.timeout(10):
        await called.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert model.cancelled == len(model.requests)


def test_the_frame_alone_is_a_message_within_its_limits() -> None:
    for kind in MessageKind:
        _, _, outline = _planned(kind=kind)
        body = assemble(frame_pieces(outline), kind)
        assert "Ines" in body
        assert kind is not MessageKind.LINKEDIN or len(body) <= 200


def test_the_reader_is_you_to_a_small_model_however_the_notes_call_them() -> None:
    dray = Recipient("Mr Barnaby Dray", "head of English")

    def said(text: str, owner: Owner = Owner.THEIRS) -> str:
        return spoken_to(text, dray, owner)

    assert (
        said("Mr Dray (head of English): he teaches Tuesdays in the library") == "you teaches Tuesdays in the library"
    )
    assert said("Barnaby Dray's chess club, his idea") == "your chess club, your idea"
    assert said("they want one of them, we all do") == "you want one of them, you all do"
    assert said("we did it with Barnaby's chalk, his father's", Owner.MINE) == "we did it with your chalk, his father's"
