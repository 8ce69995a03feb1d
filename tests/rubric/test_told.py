"""Whose each clause of the notes is, and how firmly a text rests on it."""

from __future__ import annotations

import pytest

from service.rubric.told import Side, holds, told
from tests.drafting.checks.letters import make_facts

PEOPLE = [{"name": "Idris Bevan", "role": "interviewer"}]


def _sides(owner: str, text: str) -> list[str]:
    return [clause.side.value for clause in told(make_facts([(owner, text)], people=PEOPLE))]


@pytest.mark.parametrize(
    ("owner", "text", "sides"),
    [
        ("mine", "I told her about the Friday hour", ["mine"]),
        ("mine", "told them about the audit, I drink tea", ["mine", "mine"]),
        ("mine", "one fault board, they find the fault", ["mine", "open"]),
        ("mine", "my audit of their depots", ["open"]),
        ("mine", "I trained 16 mechanics, eleven of them women", ["mine"]),
        ("theirs", "the press stands still and idris wants a card", ["theirs", "theirs"]),
        ("theirs", "three lathes which i liked", ["theirs", "mine"]),
        ("theirs", "she showed me the freezer hall", ["theirs"]),
        ("theirs", "my audit pleased her", ["open"]),
        ("logistics", "I met her on Monday", ["open"]),
    ],
)
def test_a_clause_belongs_to_its_subject_and_else_to_the_items_owner(owner: str, text: str, sides: list[str]) -> None:
    assert _sides(owner, text) == sides


def test_a_number_holds_only_with_what_it_counts() -> None:
    facts = make_facts([("theirs", "five people on metrics"), ("mine", "five months on metrics")])
    firmest = holds("five people on metrics", facts)
    assert firmest[0].told.side is Side.THEIRS
    assert firmest[0].weight > 2 * firmest[1].weight


def test_plain_words_alone_are_not_telling() -> None:
    facts = make_facts([("theirs", "the team works well")])
    assert [h.telling for h in holds("a good team", facts)] == [0]
