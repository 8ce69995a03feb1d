from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.models.reply_text import ThoughtFilter, after_preface, json_answer, spoken, unfenced

THOUGHT = "She seems nervous. I will mention 40 % anyway."
SAID = "Thank you for your time."
WRAPPED = [
    f"<think>{THOUGHT}</think>{SAID}",
    f"<THINKING>\n{THOUGHT}\n</THINKING>\n\n{SAID}",
    f'<thought kind="long">{THOUGHT}</thought> {SAID}',
    f"[THINK]{THOUGHT}[/THINK]{SAID}",
    f"◁think▷{THOUGHT}◁/think▷{SAID}",
    f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|><|begin_of_solution|>{SAID}<|end_of_solution|>",
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{SAID}<|return|>",
    f"<|channel>thought\n{THOUGHT}<channel|>{SAID}",
    f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{SAID}<|END_RESPONSE|>",
    f"<reasoning>{THOUGHT}</reasoning><answer>{SAID}</answer>",
    f"<think>{THOUGHT}</think><think>{THOUGHT}</think>{SAID}<|im_end|>",
    f"<seed:think>{THOUGHT}</seed:think>{SAID}</s>",
]
SCHEMA = {"type": "object", "required": ["subject"], "properties": {"subject": {"type": "string"}}}
JSON = '{"subject": "Thank you"}'


@pytest.mark.parametrize("text", WRAPPED)
def test_a_thought_in_any_wrapping_is_not_spoken(text):
    assert spoken(text) == SAID


@pytest.mark.parametrize("text", [f"{THOUGHT}\n</think>\n{SAID}", f"{THOUGHT}<|END_THINKING|>{SAID}"])
def test_a_thought_whose_opening_mark_was_swallowed_is_not_spoken(text):
    assert spoken(text) == SAID


@pytest.mark.parametrize("text", [f"<think>{THOUGHT}", f"<|channel|>analysis<|message|>{THOUGHT}"])
def test_a_thought_that_never_ends_leaves_nothing(text):
    assert spoken(text) == ""


@pytest.mark.parametrize("text", WRAPPED)
@given(data=st.data())
def test_cut_anywhere_into_pieces_a_stream_gives_back_the_same_words(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    thoughts = ThoughtFilter()
    said = "".join(thoughts.feed(text[a:b]) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))
    assert (said + thoughts.flush()).strip() == SAID
    assert thoughts.thought


def test_a_stream_that_has_handed_on_a_thought_knows_it():
    thoughts = ThoughtFilter()
    assert thoughts.feed(f"{THOUGHT} ") != ""
    thoughts.feed(f"</think>{SAID}")
    assert thoughts.leaked


@given(st.text())
def test_text_without_marks_comes_back_as_it_was(text):
    plain = text.replace("<", "").replace("[", "").replace("◁", "")
    assert spoken(plain) == plain


@pytest.mark.parametrize("text", ["3 < 4 and 5 > 2", "a [note] here", "write to <ines@rye.example>"])
def test_brackets_that_are_no_marks_stay(text):
    assert spoken(text) == text


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"```json\n{JSON}\n```",
        f"```\n{JSON}\n```\n",
        f"Sure, I wrote it {{for you}}. It stays close.\n{JSON}",
        f"{JSON}\n\nEach sentence rests on one item.",
        f"Here:\n```json\n{JSON}\n```\nShall I shorten it?",
        json.dumps(JSON),
        f"[{JSON}]",
        f'{{"answer": {JSON}}}',
        f'{{"draft": 1}} {JSON}',
    ],
)
def test_the_json_asked_for_is_found_in_what_stands_around_it(text):
    found = json_answer(text, SCHEMA)
    assert found is not None
    assert json.loads(found) == json.loads(JSON)


@pytest.mark.parametrize(
    "text", ["", "Thank you.", '{"subject": 5}', '{"body": "x"}', '{"subject": "Tha', "[]", "null"]
)
def test_what_is_not_the_json_asked_for_is_none(text):
    assert json_answer(text, SCHEMA) is None


def test_a_field_too_many_does_no_harm():
    assert json_answer('{"subject": "a", "more": 1}', SCHEMA | {"additionalProperties": False}) is not None


def test_a_preface_before_the_opening_words_is_taken_off():
    assert after_preface('Sure! Here it is:\n\n"What you said about x', "What you said") == '"What you said about x'
    assert after_preface("about the depot", "What you said") == "about the depot"


def test_a_text_that_is_one_fence_is_what_stands_in_it():
    assert unfenced("```\nThank you.\n```") == "Thank you."
    assert unfenced("Use ```x``` here") == "Use ```x``` here"
