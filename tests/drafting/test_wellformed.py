"""What leaves is whole English and worth saying; a telegram, a regret or somebody's body is not said at all."""

from __future__ import annotations

import pytest

from service.drafting.mends import mended
from service.drafting.phrase_grammar import is_clause, is_noun_phrase
from service.drafting.wellformed import telling_words
from tests.drafting.test_topics import said, topic


@pytest.mark.parametrize(
    "text",
    [
        "the seating plan I drew for 300 guests",
        "an hour in the bindery",
        "your 12-bed unit",
        "how you plan a rota for 14 nurses",
        "which press I would keep",
        "moving the archive to Leith",
        "the choir that sings on the ward every Friday",
        "my move to night trains, which cut delays from 40 a week to 3",
    ],
)
def test_a_whole_noun_phrase_is_known(text: str) -> None:
    assert is_noun_phrase(text)


@pytest.mark.parametrize(
    "text",
    [
        "a ovens idle of 4 hours",  # an article for one before several
        "oven",  # a single thing without its article
        "your dentures very distracting",  # an adjective left over
        "system talk, queue store",  # a heap
        "kiln door hinge spring plate",
        "turnover 30 to 12",
        "the print you",  # a second 'you' as the object of nothing
        "your 3 years GPS",
    ],
)
def test_a_telegram_is_no_noun_phrase(text: str) -> None:
    assert not is_noun_phrase(text)


@pytest.mark.parametrize(
    "text",
    [
        "you moved the whole archive to Leith over the winter",
        "each recipe is tested by two people before it goes on the menu",
        "I halved the print waste at Corby in 2 years",
        "there are six presses in the yard, and two run at night",
        "you'd grown from four vans to 19 in three years",
        "half of the wells are dry, so nobody drills there",
        "you want a second chiller by summer and are hiring a cook who bakes",
    ],
)
def test_a_whole_clause_is_known(text: str) -> None:
    assert is_clause(text)


@pytest.mark.parametrize(
    "text",
    [
        "you very proud",  # no verb
        "you has two ovens",  # no agreement
        "the presses runs at night",
        "every cook keeps own knife no sharing",
        "you have oven in the yard",  # no article
        "I told story of the flood",
        "38 presses, nobody oils the rollers",  # two clauses without a join
        "Madame you say one hat is one hour",
        "you/crane driver",
        "I make hat 60 pieces",
    ],
)
def test_a_broken_clause_is_not(text: str) -> None:
    assert not is_clause(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a orchard of 9 acres", "an orchard of 9 acres"),
        ("an uniform, an yard and a hour", "a uniform, a yard and an hour"),
        ("a NHS trust with an 8-bed unit", "an NHS trust with an 8-bed unit"),
        ("my 10 minute talk at start of every lesson", "my 10-minute talk at the start of every lesson"),
        ("an hour for first fitting", "an hour for the first fitting"),
        ("20 minutes from the start of the week", "20 minutes from the start of the week"),
    ],
)
def test_small_words_are_mended_where_english_leaves_no_choice(text: str, words: str) -> None:
    assert mended(text) == words


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (
            "I outlined how I had rebuilt the quotes desk at Pym and Sons",
            "I had rebuilt the quotes desk at Pym and Sons",
        ),
        ("told story of the flood night, 3 pumps were a loan", "my flood night"),
        ("she also observed that the till and the ledger disagree", "the till and the ledger disagree"),
        ("Ines showed me the new cold store, opens in June", "the new cold store"),
        ("I should have told how I wrote the allergen sheet", "I wrote the allergen sheet"),
        ("asked for an example of negotiation", "negotiation"),
        ("asked how do I deal w/ new suppliers", "how I deal with new suppliers"),
        ("told her I retrained 12 welders, rework halved after", "I retrained 12 welders"),
    ],
)
def test_telling_is_unwrapped_and_a_telegram_tail_goes(item: str, words: str) -> None:
    assert said(item) in (words, words.replace("my ", "the "))


@pytest.mark.parametrize(
    "item",
    [
        "her dentures very distracting",
        "she set out the budget clearly",  # nothing told
        "she works weekends",
        "asked what I would drop first",  # which matter?
        "I ought to have cited it",
        "staff turnover 30 to 12",
        "his drivers quit every spring",  # sore beyond wording
        "her deputy is off with stress",
        "he said the lad at the till is a lazy one",
        "she wants the forms w staff initials",  # shorthand
        "he said the storge is dry at the dock",  # misspelt
        "I work 9 years in the same dairy",  # a present that has lasted
        "my blood pressure was high",
        "the cataract is to be done in May",  # nobody is said to have said it
        "we hear the outcome by the 12th",
        "he said the night team is here today",
    ],
)
def test_what_no_careful_writer_would_send_is_not_said(item: str) -> None:
    assert said(item) is None


def test_a_trouble_is_worded_as_one() -> None:
    found = topic("she says patients wait 3 wks for a scan")
    assert found is not None
    assert found.sore


def test_what_others_do_with_their_own_is_not_the_readers() -> None:
    assert said("she said the cooks sharpen their own knives") is None
    assert said("she lost a baker in May and the cooks prep their own trays") == "you lost a baker in May"


def test_words_that_any_talk_has_tell_nothing() -> None:
    assert telling_words("you set out the position plainly") == 0
    assert telling_words("you run 40 presses in Leith") == 3


def test_a_count_takes_its_article_where_something_is_told_of_it() -> None:
    assert said("she says 2 kilns since the merger with Pym in 2022") == "the 2 kilns since the merger with Pym in 2022"
    assert said("about 30 beds each") is None
