"""A note turned into words for its reader: her work becomes yours, never mine, and nobody else's is said to her (G37, G38)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.drafting.sentence_shapes import Shape, Topic, shortened
from service.drafting.spelling import plain_text
from service.drafting.topics import may_be_said, read_topic
from service.notes.read import read_notes
from service.types import Recipient

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
ALONE = "Met Ines Duarte at Rye & Co.\n- "
PANEL = "Met Omar Aziz and Lena Holt at Ferrow Tiles.\n- "


def topic(item: str, met: str = ALONE, reader: str = "Ines Duarte") -> Topic | None:
    """The topic of the first item that ``item`` gives."""
    facts = read_notes(met + item, now=NOW)
    found = next(i for i in facts.items if i.start >= len(met))
    return read_topic(found, facts, Recipient(reader))


def said(item: str, met: str = ALONE, reader: str = "Ines Duarte") -> str | None:
    found = topic(item, met, reader)
    return found.text if found else None


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("she leads the oven project", "you lead the oven project"),
        ("she's opening a second shop", "you are opening a second shop"),
        ("she has 40 ovens", "you have 40 ovens"),
        ("she teaches her apprentices on Mondays", "you teach your apprentices on Mondays"),
        ("they are moving to stone ovens by March", "you are moving to stone ovens by March"),
        ("they don't use yeast anymore", "you don't use yeast anymore"),
        ("Ines runs 3 bakeries", "you run 3 bakeries"),
        ("Ines's old apprentice now leads the night shift", "your old apprentice now leads the night shift"),
        ("loved that each loaf is shaped by hand", "each loaf is shaped by hand"),
    ],
)
def test_what_the_reader_does_is_said_as_hers(item: str, words: str) -> None:
    assert said(item) == words


@pytest.mark.parametrize(
    ("item", "words", "shape"),
    [
        ("told her I cut waste from 9% to 4% at Hollin Mill", "I cut waste from 9% to 4% at Hollin Mill", Shape.ACTION),
        ("told her about my 4 yrs of rye milling", "my 4 years of rye milling", Shape.NOUN),
        ("gave her my portfolio", "my portfolio", Shape.NOUN),
    ],
)
def test_what_the_candidate_did_stays_the_candidates(item: str, words: str, shape: Shape) -> None:
    found = topic(item)
    assert found is not None
    assert (found.text, found.shape) == (words, shape)


@pytest.mark.parametrize(
    ("item", "words", "about"),
    [
        ("I blanked on oven chemistry, should have mentioned the rye course", "the rye course", "oven chemistry"),
        ("forgot to mention my rye course", "my rye course", ""),
        (
            "asked about night shifts - I rambled, should have mentioned the Sunday rota I wrote",
            "the Sunday rota I wrote",
            "night shifts",
        ),
    ],
)
def test_a_clarification_says_the_better_answer_without_the_confession(item: str, words: str, about: str) -> None:
    found = topic(item)
    assert found is not None
    assert (found.text, found.about) == (words, about)


@pytest.mark.parametrize("item", ["I blanked completely", "I rambled"])
def test_a_bare_confession_is_no_topic(item: str) -> None:
    assert said(item) is None


@pytest.mark.parametrize(
    ("item", "reader"),
    [
        ("Lena runs the night shift", "Omar Aziz"),
        ("Lena's idea to recycle glaze", "Omar Aziz"),
        ("Omar told Lena that the kiln was his idea", "Omar Aziz"),
        ("Omar told Lena that the kiln was his idea", "Lena Holt"),
        ("Omar fires 900 pots a week", "Lena Holt"),
    ],
)
def test_nothing_of_another_panel_member_is_said_to_this_reader(item: str, reader: str) -> None:
    assert said(item, PANEL, reader) is None


def test_each_panel_member_hears_the_own_work_as_theirs() -> None:
    assert said("Lena runs the night shift", PANEL, "Lena Holt") == "you run the night shift"
    assert said("Omar fires 900 pots a week", PANEL, "Omar Aziz") == "you fire 900 pots a week"


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("shop w/ 6 bakers b/c of the 2nd oven", "the shop with 6 bakers because of the 2nd oven"),
        ("mgmt wants to cut lead time to 3 wks", "management wants to cut lead time to 3 weeks"),
        ("new bakers learn for 6 mos", "new bakers learn for 6 months"),
        ("team of 6, growing to 10", "the team of 6, growing to 10"),
    ],
)
def test_shorthand_is_spelled_out_and_articles_are_put_in(item: str, words: str) -> None:
    assert said(item) == words


@pytest.mark.parametrize("item", ["How do you handle conflict?", "that before the summer"])
def test_what_cannot_be_said_safely_is_left_alone(item: str) -> None:
    assert said(item) is None


SUBJECT = st.sampled_from(
    [
        "she",
        "he",
        "they",
        "Ines",
        "her team",
        "their team",
        "she said she",
        "he told me he",
        "loved how she",
        "Ines said they",
    ]
)
DOES = st.sampled_from(
    [
        "runs 40 ovens",
        "lead the move to rye",
        "is opening a 2nd shop",
        "wants her team to bake at night",
        "gave him the keys",
        "built it herself",
        "has his own mill",
        "proofs the rye for 19 hrs",
        "trains them w/ care",
        "said it is hers",
    ]
)
TAIL = st.sampled_from(
    ["", ", which they love", " with her brother", " for him", " b/c of their mill", " - loved it", " 🎉"]
)


@given(st.tuples(SUBJECT, st.just(" "), DOES, TAIL).map("".join))
@settings(max_examples=150, deadline=None)
def test_no_she_or_he_is_left_over_in_words_for_a_reader(item: str) -> None:
    text = said(item)
    if text is not None:
        assert not re.search(r"\b(?:she|he|her|him|his|hers|herself|himself|Ines)\b", text), text
        assert "🎉" not in text
        assert "w/" not in text


@pytest.mark.parametrize(
    ("shorthand", "words"),
    [
        ("w/ 3 wks", "with 3 weeks"),
        ("b/c of it", "because of it"),
        ("ovens 🎉🎉", "ovens"),
        ("“rye”", '"rye"'),
        ("see https://rye.example now", "see now"),
        ("i bake", "I bake"),
    ],
)
def test_plain_text_spells_out_shorthand_only(shorthand: str, words: str) -> None:
    assert plain_text(shorthand) == words


def test_a_topic_is_shortened_where_what_is_left_stays_true() -> None:
    topic = Topic(Shape.CLAUSE, "you want one big story every month that a reader can check, and you print it")
    assert [t.text for t in shortened(topic)] == [
        "you want one big story every month that a reader can check",
        "you want one big story every month",
    ]
    found = Topic(Shape.CLAUSE, "you all found at night that ovens cool")
    assert list(shortened(found)) == []


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("she has 41 kilns 6 ovens", "you have 41 kilns and 6 ovens"),
        ("apprentices wait 3 months before they can fire a kiln", "apprentices wait 3 months before firing a kiln"),
        ("her kiln in the yard, its from 1998", "your kiln in the yard"),
        ("month end 9 days, target 5", "a month end of 9 days, with a target of 5"),
        ("60% of work now glazing, 2 yrs ago was 10", "60% of the work is now glazing, and 2 years ago it was 10"),
        (
            "she wants glazers who sing, she reads each letter herself",
            "you want glazers who sing, and you read each letter yourself",
        ),
        ("she says glaze and clay count stock differently", "glaze and clay count stock differently"),
        ("the kiln at 900 degrees, tiles crawl into corners", "the kiln at 900 degrees"),
    ],
)
def test_notes_run_together_are_put_as_a_letter_puts_them(item: str, words: str) -> None:
    assert said(item) == words


@pytest.mark.parametrize(
    ("item", "words", "shape"),
    [
        (
            "I mentioned my germination trials at Anvil Farm, 36 species, and that I'd label twice",
            "my germination trials at Anvil Farm, with 36 species",
            Shape.NOUN,
        ),
        (
            "me: a swap sheet at Kestrel Ferries, no shows went 9 to 2",
            "a swap sheet at Kestrel Ferries",
            Shape.NOUN,
        ),
    ],
)
def test_the_candidates_thing_keeps_no_second_clause_it_cannot_carry(item: str, words: str, shape: Shape) -> None:
    found = topic(item)
    assert found is not None
    assert (found.text, found.shape) == (words, shape)


def test_who_only_brought_coffee_is_no_topic() -> None:
    assert said("Her assistant Pim made coffee") is None


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("loves that her mother's recipes get used", "your mother's recipes get used"),
        ("he says the heat pump went in last winter", "the heat pump went in last winter"),
        ("he says heat pump went in last winter", "the heat pump went in last winter"),
        (
            "she does the seed orders, wants to try peat-free compost by april",
            "you do the seed orders, and want to try peat-free compost by April",
        ),
        ("says gas bill halved since", "the gas bill halved"),
        ("she says there are 4 children, two speak Sorbian", "there are 4 children, and two speak Sorbian"),
        ("me: glaze waste down from 18 to 7 kg a day", "the glaze waste went down from 18 to 7 kg a day"),
        ("should've said: start with the 20 tiles that sell", "I would start with the 20 tiles that sell"),
        ("forgot: wanted to say that I use the two-bucket rule", "I use the two-bucket rule"),
    ],
)
def test_what_notes_leave_out_a_letter_says(item: str, words: str) -> None:
    assert said(item) == words


def test_praise_for_the_candidate_is_never_told_back() -> None:
    notes = f"{ALONE}she liked my point about batching the firings"
    facts = read_notes(notes, now=NOW)
    assert [may_be_said(i, facts) for i in facts.items if i.start >= len(ALONE)] == [False]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("walled garden 2 acres", "a walled garden of 2 acres"),
        ("asked how I know glaze holds, said I tap it twice", "how I know glaze holds"),
        ("Ines asked a clay balance q, fine", "the clay balance"),
        ("me: never dropped a jar in 14 years", "I never dropped a jar in 14 years"),
        ("forgot to say I done the glaze module", "I have done the glaze module"),
        (
            "I should have offered to sit with the glazers for a week",
            "I would offer to sit with the glazers for a week",
        ),
        ("SHE SAYS THEY ARE BRINGING IN NEW KILNS EVERY 90 DAYS", "you are bringing in new kilns every 90 days"),
        ("Inez says the tiles crawl in winter", "the tiles crawl in winter"),
    ],
)
def test_how_strangers_put_it(item: str, words: str) -> None:
    assert said(item) == words


@pytest.mark.parametrize(
    "item",
    [
        "Ines did most of the talking",
        "the trial went ok",
        "she was not convinced about my firing plan",
        "I ought to have named the audit which I led",
    ],
)
def test_how_it_went_is_no_topic(item: str) -> None:
    facts = read_notes(ALONE + item, now=NOW)
    found = [i for i in facts.items if i.start >= len(ALONE)]
    assert [read_topic(i, facts, Recipient("Ines Duarte")) for i in found if may_be_said(i, facts)] in ([], [None])


@pytest.mark.parametrize(
    "item",
    [
        "she is the kind who counts the pencils",
        "he has cold hands and a wet handshake",
        "Gwen is known to be a bully",
        "she mentioned the kiln manager",
        "says a driver since 15 years",
    ],
)
def test_what_somebody_is_or_looks_like_is_no_topic(item: str) -> None:
    assert topic(item) is None


def test_what_somebody_is_at_is_one() -> None:
    assert topic("she is also recounting the stores, 11,400 bowls") is not None
