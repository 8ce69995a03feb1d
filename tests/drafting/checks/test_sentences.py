"""What a small model writes from one item: the good ones pass, and each way of going wrong is seen."""

from __future__ import annotations

import pytest

from service.drafting.checks import check_sentence
from service.types import NoteItem, Owner
from tests.drafting.checks.letters import good_letter

CONTEXT = good_letter("platform-0-thank_you").context
ITEMS = {i.id: i for i in CONTEXT.facts.items}
SAID, PAIRS, TOLD, BETTER = (
    "What you said about",
    "I liked that",
    "I was glad to tell you about",
    "To put my answer better:",
)

GOOD = [
    (
        "i2",
        SAID,
        "moving billing off the monolith, with 3 of 11 services carved out and payments next, has stayed.",
    ),
    (
        "i2",
        "I enjoyed hearing about",
        "the move of billing off the monolith, the three of eleven services carved out.",
    ),
    ("i3", PAIRS, "you pair new joiners with an on-call engineer for the first 2 weeks."),
    ("i4", TOLD, "cutting deploy time from 40 to 9 minutes at Bluebird Logistics."),
    ("i5", BETTER, "I ran 3 clusters at Bluebird for two years."),
    ("i5", "One thing to add:", "I have run three Kubernetes clusters at Bluebird over two years."),
]

BAD = [
    ("i2", SAID, "moving billing off the monolith has stayed with me.", "lost_number"),
    ("i2", SAID, "how she is moving billing off the monolith, 3 of 11 services carved out, stayed.", "third_person"),
    ("i2", "I enjoyed hearing", "how I moved billing off the monolith, 3 of 11 services carved out.", "yours_as_mine"),
    ("i2", "I enjoyed hearing about", "the 3 of 11 services and my Portuguese studies.", "new_word"),
    ("i2", "I enjoyed hearing about", "the 3 of 11 things and the 4 others too.", "ungrounded_number"),
    ("i2", "I enjoyed hearing about", "the 3 of 11 things you are doing now.", "misses_the_point"),
    ("i2", SAID, "billing off the monolith, 3 of 11 services carved out, is good. It is good.", "not_one_sentence"),
    ("i2", SAID, "billing off the monolith with 3 of 11 services carved out and payments", "unfinished"),
    ("i2", "", "Billing monolith services payments carved 3 11.", "noun_heap"),
    ("i3", PAIRS, "you pairs new joiners with an on-call engineer for the first 2 weeks.", "grammar"),
    ("i3", PAIRS, "the cute joiners pair with an on-call engineer for the first 2 weeks.", "reaction"),
    ("i3", PAIRS, "I liked that you pair new joiners with an on-call engineer for 2 weeks.", "repeats_itself"),
    ("i4", TOLD, "your cutting deploy time from 40 to 9 minutes at Bluebird Logistics.", "mine_as_yours"),
    ("i5", BETTER, "I rambled, and I ran 3 clusters at Bluebird for two years.", "confession"),
    ("i5", BETTER, "I should have said that I ran 3 clusters at Bluebird for two years.", "confession"),
    ("i4", TOLD, "cutting deploy time from 40 to 9 minutes at Bluebird, salary 95k.", "private_content"),
    ("i4", TOLD, "cutting deploy time from 40 to 9 minutes at [Company].", "placeholder"),
]


@pytest.mark.parametrize(("item", "opening", "rest"), GOOD)
def test_a_good_sentence_passes(item: str, opening: str, rest: str) -> None:
    assert check_sentence(f"{opening} {rest}", ITEMS[item], CONTEXT, opening) == ()


@pytest.mark.parametrize(("item", "opening", "rest", "check"), BAD, ids=[b[-1] for b in BAD])
def test_a_bad_sentence_is_reported(item: str, opening: str, rest: str, check: str) -> None:
    found = check_sentence(f"{opening} {rest}".strip(), ITEMS[item], CONTEXT, opening)
    assert check in {v.check for v in found}


def test_a_sentence_that_drops_its_opening_is_reported() -> None:
    found = check_sentence("You pair new joiners with an on-call engineer for 2 weeks.", ITEMS["i3"], CONTEXT, PAIRS)
    assert "opening_lost" in {v.check for v in found}


@pytest.mark.parametrize("noise", ["", " ", "the the of and", "asdf qwer zxcv.", "!!!", "I I I I I.", "\n\n"])
def test_noise_never_passes(noise: str) -> None:
    item = NoteItem("i1", "they bake rye", 0, 13, Owner.THEIRS)
    assert check_sentence(noise, item, CONTEXT)


def test_a_heap_without_a_verb_is_reported() -> None:
    item = NoteItem("i1", "rye bread of the night shift", 0, 28, Owner.THEIRS)
    assert "no_verb" in {v.check for v in check_sentence("The rye bread of the night.", item, CONTEXT)}


def test_a_sentence_too_short_to_say_anything_is_reported() -> None:
    item = NoteItem("i1", "they bake rye", 0, 13, Owner.THEIRS)
    assert "sentence_length" in {v.check for v in check_sentence("You bake rye.", item, CONTEXT)}
