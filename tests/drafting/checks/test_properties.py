"""What must hold for every message, whatever stands in it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from service.drafting.checks import check_message
from service.types import Owner, Severity, Wording
from tests.drafting.checks.letters import Letter, good_letters

LETTERS = tuple(good_letters())
letters = st.sampled_from(LETTERS)
quick = settings(max_examples=40, deadline=None)


def _hard(wording: Wording, letter: Letter) -> set[str]:
    found = check_message(wording, letter.context)
    return {v.check for v in found if v.severity is Severity.HARD}


@quick
@given(st.text(min_size=201, max_size=400))
def test_any_note_over_the_limit_is_reported(body: str) -> None:
    letter = next(x for x in LETTERS if x.name.endswith("linkedin"))
    assert "too_many_characters" in _hard(Wording(None, body), letter)


@quick
@given(letters, st.data())
def test_any_private_item_is_reported_wherever_it_is_put(letter: Letter, data: st.DataObject) -> None:
    hidden = [i.text for i in letter.context.facts.items if i.owner is Owner.PRIVATE]
    if not hidden:
        return
    spaces = [i for i, c in enumerate(letter.wording.body) if c == " "]
    at = data.draw(st.sampled_from(spaces))
    body = letter.wording.body[:at] + " " + data.draw(st.sampled_from(hidden)) + letter.wording.body[at:]
    assert "private_content" in _hard(replace(letter.wording, body=body), letter)


@quick
@given(
    letters.filter(lambda x: x.context.recipient.name is not None),
    st.sampled_from(["Zelda", "Ottokar", "Ximena", "Bjarne"]),
)
def test_another_name_in_the_greeting_is_reported(letter: Letter, name: str) -> None:
    first, *_ = (p for p in (letter.context.recipient.name or "").split() if p in letter.wording.body)
    assert "wrong_greeting" in _hard(replace(letter.wording, body=letter.wording.body.replace(first, name)), letter)


@quick
@given(letters, st.integers(min_value=13, max_value=10**6))
def test_a_number_that_nobody_named_is_reported(letter: Letter, number: int) -> None:
    if str(number) in letter.context.facts.notes:
        return
    body = letter.wording.body.replace(". ", f". There were {number} of them. ", 1)
    found = _hard(replace(letter.wording, body=body), letter)
    assert body == letter.wording.body or found & {"ungrounded_number", "private_content"}


@quick
@given(letters, st.text(max_size=300))
def test_no_text_makes_a_check_fail(letter: Letter, body: str) -> None:
    check_message(Wording(body[:60] or None, body), letter.context)


@quick
@given(letters, st.text(alphabet="abcdefghij <>{}[]/\\'\"$%&", max_size=200))
def test_every_place_lies_in_the_text(letter: Letter, noise: str) -> None:
    wording = Wording("Thank you", f"{letter.wording.body}\n{noise}")
    for v in check_message(wording, letter.context):
        text = wording.body if v.where == "body" else wording.subject or ""
        assert v.span is None or 0 <= v.span.start < v.span.end <= len(text)
