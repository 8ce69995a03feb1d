"""A whole message in one call: whatever the reply looks like, what is a sentence is kept, and nothing else."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from service.drafting.plan import plan_messages
from service.drafting.whole import WholeText, read_reply, whole_request, write_whole
from service.errors import ModelOverloaded, ModelReplyInvalid
from service.models.scripted import ScriptedModel
from service.notes.read import read_notes
from service.prompting.library import PromptLibrary, default_root
from service.types import DraftRequest, MessageKind, Severity, Violation

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
NOTES = "Met Omar Aziz at Ferrow Pots about the glazer job today.\n- he is moving the shop to electric kilns by March\n- told him I cut breakage from 9% to 4%"
LIBRARY = PromptLibrary.load(default_root())
FACTS = read_notes(NOTES, now=NOW)
OUTLINE = plan_messages(FACTS, DraftRequest(NOTES, NOW))[0]
FIRST = "Thank you for your time today."
SECOND = "I enjoyed hearing that you are moving the shop to electric kilns by March."
THIRD = "I was glad to tell you how I cut breakage from 9% to 4%."


def read(text: str, kind: MessageKind = MessageKind.THANK_YOU, echo: str = "") -> WholeText:
    return read_reply(text, kind, FACTS, echo)


def sentences(text: str) -> list[str]:
    return [p.text for p in read(text).pieces]


def reply(*texts: str, item: str | None = None) -> str:
    return json.dumps(
        {
            "subject": "Thank you",
            "sentences": [{"text": t, "item_id": item, "new_paragraph": n > 0} for n, t in enumerate(texts)],
        }
    )


@pytest.mark.parametrize(
    "text",
    [
        f"Subject: Thank you\n\nDear Omar,\n\n{FIRST} {SECOND}\n\nBest wishes,\nKit",
        f"**Subject:** Thank you\n\nHi Omar,\n\n{FIRST}\n\n{SECOND}\n\nKind regards,",
        f"Hi Omar,\n\n{FIRST} {SECOND}\n\nBest,\nKit Sorensen",
        f"{FIRST}\n{SECOND}",
        reply(FIRST, SECOND),
    ],
)
def test_the_sentences_between_greeting_and_close_are_the_pieces(text: str) -> None:
    assert sentences(text) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (f"Subject: Thank you, Omar\n\n{FIRST}", "Thank you, Omar"),
        (f"**Subject:** Thank you\n\n{FIRST}", "Thank you"),
        (reply(FIRST), "Thank you"),
        (FIRST, None),
    ],
)
def test_the_subject_is_taken_from_where_it_stands(text: str, subject: str | None) -> None:
    assert read(text).subject == subject


def test_a_linkedin_note_has_no_subject() -> None:
    assert read(f"Subject: Hello\n\n{FIRST}", MessageKind.LINKEDIN).subject is None


def test_a_sentence_rests_on_the_item_it_tells_of() -> None:
    told = next(i.id for i in FACTS.items if "electric" in i.text)
    mine = next(i.id for i in FACTS.items if "breakage" in i.text)
    assert [p.item_id for p in read(f"{FIRST} {SECOND} {THIRD}").pieces] == [None, told, mine]


def test_paragraphs_of_the_reply_stay_apart() -> None:
    first, second = read(f"Hi Omar,\n\n{FIRST}\n\n{SECOND}").pieces
    assert first.paragraph < second.paragraph


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "{}",
        "```",
        "我很高兴",
        "🙂🙂🙂",
        '{"subject": "x", "sentences": []}',
        '{"sentences": [{"te',
        "[]",
        "null",
        "marmalade otter ledger",
        '{"sentences": 3}',
        '{"sentences": [null, 4]}',
    ],
)
def test_a_reply_without_a_message_is_said_to_be_invalid(text: str) -> None:
    with pytest.raises(ModelReplyInvalid):
        read(text)


def test_what_repeats_the_prompt_is_left_out() -> None:
    asked = "Write the email as the candidate would and keep every number."
    assert [p.text for p in read(f"{asked} {SECOND}", echo=f"You are asked: {asked}\n{NOTES}").pieces] == [SECOND]


def test_a_torn_last_line_is_left_out() -> None:
    assert sentences(f"{FIRST} {SECOND} I would be glad to") == [FIRST, SECOND]


@pytest.mark.parametrize("version", [1, 3])
async def test_one_call_writes_the_whole(version: int) -> None:
    own = "What you said about the electric kilns has stayed with me."
    model = ScriptedModel([f"Dear Omar,\n\n{FIRST} {own}\n\nBest,"])
    text = await write_whole(OUTLINE, FACTS, LIBRARY.get(f"thank_you@{version}"), model)
    assert [p.text for p in text.pieces] == [FIRST, own]
    assert all(p.by_model for p in text.pieces)
    assert (len(model.requests), text.usage.calls) == (1, 1)


async def test_a_model_that_fails_raises_its_error() -> None:
    with pytest.raises(ModelOverloaded):
        await write_whole(OUTLINE, FACTS, LIBRARY.get("thank_you@3"), ScriptedModel([ModelOverloaded()]))


def test_objections_are_told_with_the_text_they_are_against() -> None:
    fault = Violation("ungrounded_number", "G35", Severity.HARD, "The number 7 is not in the notes.")
    prompt = LIBRARY.get("thank_you@3")
    first, again = (
        whole_request(OUTLINE, FACTS, prompt),
        whole_request(OUTLINE, FACTS, prompt, [fault, fault], "You run 7 kilns."),
    )
    assert again.messages[: len(first.messages)] == first.messages
    assert [m.content for m in again.messages][len(first.messages)] == "You run 7 kilns."
    assert again.messages[-1].content.count(fault.detail) == 1
