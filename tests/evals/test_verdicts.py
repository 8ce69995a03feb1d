"""Blind readings: what comes in, what is kept, and that the rows in the tree follow the guide."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evals.cases import Case
from evals.errors import EvalError
from evals.files import CASES
from evals.verdicts.broken import broken
from evals.verdicts.data import (
    FOLDER,
    VERDICTS,
    Fault,
    JudgedMessage,
    Word,
    judged_cases,
    load_verdicts,
    part_of,
    problems,
)
from evals.verdicts.gather import gathered
from evals.verdicts.thirds import asked, merged

BODY = "Hi Ingrid,\n\nThank you for your time. My four plants have stayed with me.\n\nMarguerite"


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    return judged_cases(CASES)


def _row(**changes: Any) -> dict[str, Any]:
    row = {"id": "m1", "case": "arden-search-markdown", "kind": "thank_you", "recipient": "Ingrid Halvorsen"}
    row |= {"subject": "Thank you", "body": BODY, "source": {"channel": "small", "prompts": ["thank_you@2"]}}
    return row | changes


def _said(judge: str, verdict: str, *faults: tuple[str, str]) -> dict[str, Any]:
    return {
        "id": "m1",
        "judge": judge,
        "verdict": verdict,
        "faults": [{"fault": f, "words": words} for f, words in faults],
    }


def _judged(cases: dict[str, Case], *readings: dict[str, Any]) -> JudgedMessage:
    messages, _ = gathered([_row()], readings, cases)
    return messages[0]


def test_the_schema_in_the_tree_is_that_of_the_rows() -> None:
    """After a change: python -c 'from evals.verdicts.data import *; …model_json_schema()'; the test shows it."""
    written = json.loads((FOLDER / "verdicts.schema.json").read_text(encoding="utf-8"))
    assert written == JudgedMessage.model_json_schema()


def test_the_guide_explains_every_verdict_and_fault() -> None:
    named = re.findall(r"^\| `(\w+)` \|", (FOLDER / "GUIDE.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert named == [*(w.value for w in Word), *(f.value for f in Fault)]


def test_what_most_readers_say_holds_and_a_divided_message_holds_nothing(cases: dict[str, Case]) -> None:
    swapped = ("swapped", "My four plants")
    two = _judged(cases, _said("a", "send"), _said("b", "edit", swapped))
    assert (two.would_send, two.has(Fault.SWAPPED), two.has(Fault.FALSE), two.rank) == (None, None, False, 0.75)
    three = _judged(cases, _said("a", "send"), _said("b", "edit", swapped), _said("c", "no", swapped))
    assert (three.would_send, three.has(Fault.SWAPPED)) == (False, True)


def test_a_quote_is_kept_as_it_stands_in_the_message(cases: dict[str, Case]) -> None:
    heard = _said("b", "edit", ("swapped", "my four plants have"), ("padding", "quite another thing"))
    messages, said = gathered([_row()], [_said("a", "send"), heard], cases)
    assert [f.words for f in messages[0].verdicts[1].faults] == ["My four plants have", ""]
    assert said == ["m1, b: 'quite another thing' does not stand in the message: the fault keeps no words."]


def test_a_reading_that_names_no_reason_is_no_reading(cases: dict[str, Case]) -> None:
    messages, said = gathered([_row()], [_said("a", "send"), _said("b", "no")], cases)
    assert messages == []
    assert said == ["m1, b: left out: 'no' names no fault.", "m1: left out: fewer than two readings."]


def test_send_over_something_swapped_is_edit(cases: dict[str, Case]) -> None:
    judged = _judged(cases, _said("a", "send", ("swapped", "My four plants")), _said("b", "send"))
    assert [v.verdict for v in judged.verdicts] == [Word.EDIT, Word.SEND]


def test_a_message_about_an_unknown_case_is_left_out_and_said(cases: dict[str, Case]) -> None:
    messages, said = gathered([_row(case="nowhere")], [_said("a", "send"), _said("b", "send")], cases)
    assert (messages, said) == ([], ["m1: left out: there is no case nowhere."])


def test_about_a_quarter_of_the_interviews_is_the_test_part(cases: dict[str, Case]) -> None:
    parts = [part_of(f"interview-{n}") for n in range(2000)]
    assert 0.22 < parts.count("test") / 2000 < 0.28


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cluster": "elsewhere"}, "is of the interview arden-search, not of elsewhere"),
        ({"case": "nowhere"}, "there is no case 'nowhere'"),
        ({"verdicts": [{"judge": "a", "verdict": "send"}]}, "two readers or more"),
        ({"verdicts": [{"judge": "a", "verdict": "no"}, {"judge": "b", "verdict": "send"}]}, "'no' names no fault"),
        (
            {
                "verdicts": [
                    {"judge": "a", "verdict": "send", "faults": [{"fault": "false", "words": "four"}]},
                    {"judge": "b", "verdict": "send"},
                ]
            },
            "'send' is never said",
        ),
        (
            {
                "verdicts": [
                    {"judge": "a", "verdict": "no", "faults": [{"fault": "false", "words": "five"}]},
                    {"judge": "b", "verdict": "send"},
                ]
            },
            "'five' does not stand in the message",
        ),
    ],
)
def test_a_row_at_odds_with_the_guide_is_told(change: dict[str, Any], told: str, cases: dict[str, Case]) -> None:
    sound = _judged(cases, _said("a", "send"), _said("b", "send"))
    assert list(problems([sound], cases)) == []
    row = JudgedMessage.model_validate(sound.model_dump(mode="json") | change)
    assert any(told in said for said in problems([row], cases))


def test_where_two_readers_differ_a_third_is_asked_blind_and_settles_it(cases: dict[str, Case]) -> None:
    swapped = ("swapped", "My four plants")
    agreed = _judged(cases, _said("a", "send"), _said("b", "send"))
    divided = _judged(cases, _said("a", "send"), _said("b", "edit", swapped)).model_copy(update={"id": "m2-broken"})
    messages = [agreed, divided]
    (said,) = problems(messages, cases, settled=True)
    assert said == "m2-broken: two readers differ on 'send': a third is to judge it."
    told = "\n".join(asked(messages, cases))
    assert "--- 2 · thank_you to Ingrid Halvorsen" in told
    assert cases[divided.case].notes.strip() in told
    assert BODY in told
    assert not re.search(r"--- 1 ·|edit|swapped|broken|small", told.replace(cases[divided.case].notes.strip(), ""))
    settled, _ = merged(messages, [_said("c", "edit", swapped) | {"n": 2}], cases)
    assert settled[0] == agreed
    assert [v.judge for v in settled[1].verdicts] == ["a", "b", "c"]
    assert settled[1].would_send is False
    assert list(problems(settled, cases, settled=True)) == []


@pytest.mark.parametrize(("n", "judge"), [(1, "c"), (3, "c"), (2, "b")])
def test_an_answer_to_what_was_not_asked_is_refused(n: int, judge: str, cases: dict[str, Case]) -> None:
    agreed = _judged(cases, _said("a", "send"), _said("b", "send"))
    divided = _judged(cases, _said("a", "send"), _said("b", "edit", ("swapped", "My four plants")))
    with pytest.raises(EvalError, match=r"is no line on which two readers differ|has judged line 2 before"):
        merged([agreed, divided], [_said(judge, "send") | {"n": n}], cases)


def test_verdicts_that_are_gathered_again_stay_as_they_are(cases: dict[str, Case]) -> None:
    messages = load_verdicts(VERDICTS)
    again, said = merged(messages, [], cases)
    assert (again, said) == (list(messages), [])


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text('{"id": "m1"}\n', encoding="utf-8")
    with pytest.raises(EvalError, match="Line 1 of .* is no judged message"):
        load_verdicts(tmp_path / "v.jsonl")
    with pytest.raises(EvalError, match="Check the path"):
        load_verdicts(tmp_path / "none.jsonl")


def test_messages_are_broken_each_way_in_turn(cases: dict[str, Case]) -> None:
    rows = list(broken([_row(id=f"m{n}") for n in range(4)], cases))
    assert len({row["source"]["mutation"] for row in rows}) == 4
    assert all((row["subject"], row["body"]) != ("Thank you", BODY) for row in rows)
    assert rows[0]["source"]["of"] == "m0"
    assert list(broken(rows, cases)) == []


def test_the_verdicts_in_the_tree_follow_the_guide_and_a_third_reader_settles_what_two_differ_on(
    cases: dict[str, Case],
) -> None:
    assert list(problems(load_verdicts(VERDICTS), cases, settled=True)) == []


def test_there_are_six_hundred_judged_messages_and_a_quarter_of_the_interviews_is_the_test_part() -> None:
    messages = load_verdicts(VERDICTS)
    assert len(messages) >= 600
    parts = {m.cluster: m.part for m in messages}
    assert 0.15 <= list(parts.values()).count("test") / len(parts) <= 0.35
    assert 0.15 <= sum(m.part == "test" for m in messages) / len(messages) <= 0.35
