"""Precision first: only what was said, shown, asked or told, or is plainly somebody's work, may be used (G30, G35, G37)."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.notes.owners import UNPROVEN
from service.notes.read import read_notes
from service.types import NoteItem, Owner, PersonRole

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
MET = "Met Omar Aziz at Ferrow Tiles on Monday.\n"
USABLE = {Owner.THEIRS, Owner.MINE, Owner.CLARIFY}


def read(text: str, met: str = MET) -> list[NoteItem]:
    return [i for i in read_notes(met + text, now=NOW).items if i.start >= len(met)]


def owners(text: str) -> set[Owner]:
    return {i.owner for i in read(f"- {text}")}


@pytest.mark.parametrize(
    "text",
    [
        "bunion strapped up, nobody looked down",
        "Omar's dentures rather loud",
        "my elbow locks when I lift",
        "he did not spot the plaster on my thumb",
        "covered the eczema with a long sleeve",
        "his eyebrows",
        "was on sick leave most of spring",
        "my hearing goes in a crowd",
    ],
)
def test_bodies_looks_and_health_stay_out(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    "text",
    [
        "they fit 14 knees a week on the ward",
        "she said the clinic sees 90 patients with eczema",
        "he told me the tiles are shaped by hand",
        "I told him I dressed wounds for 30 residents",
        "they moved back to gas kilns last spring",
    ],
)
def test_bodies_that_are_somebodys_work_stay_topics(text: str) -> None:
    assert owners(text) <= {Owner.THEIRS, Owner.MINE}


@pytest.mark.parametrize(
    "text",
    [
        "night shifts are hard on Odile and the toddlers",
        "granddad minds the little one till six",
        "husband thinks it is too far",
        "our Kelvin says hold out for more",
        "it would be tough for my daughter",
        "stepson moves in with us in June",
    ],
)
def test_kin_stay_out(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    "text",
    ["I rebuilt a stair with my grandfather in 6 weeks", "he said his grandmother founded the works in 1911"],
)
def test_kin_in_a_deed_or_a_story_told_stay(text: str) -> None:
    assert owners(text) <= {Owner.THEIRS, Owner.MINE}


@pytest.mark.parametrize(
    "text",
    [
        "rival bid of 51 from Quoin Ceramics",
        "also trialling at Holt on Thursday",
        "second interview w/ the brick people next week",
        "am in process with a works in Leeds too",
        "13 pounds an hour she say, the other place 14",
        "16 euro hour, he say",
        "what I want: 44",
        "they pay late in the month, bad sign",
        "I demand 41 and the tips",
    ],
)
def test_pay_and_other_employers_stay_out(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    "text",
    [
        "Omar rather full of himself",
        "he shouted at the apprentice",
        "that man can go on",
        "Omar talks in proverbs",
        "his prices are silly, who buys a tile for 12 pounds",
        "they never wrote back",
        "he has the look of an undertaker",
        "he had a cold and sniffed",
        "he mumbles so fast I got half",
    ],
)
def test_what_somebody_is_like_stays_out(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    "text",
    [
        "he is short of 2 glazers",
        "Omar's old foreman now runs the night shift",
        "he talks to every customer about frost",
        "they have the kiln from 1974",
        "he looks after 9 apprentices",
        "the owner fires each kiln herself",
    ],
)
def test_what_somebody_does_stays_a_topic(text: str) -> None:
    assert owners(text) == {Owner.THEIRS}


@pytest.mark.parametrize(
    "text",
    [
        "I'm two years over their age limit, sat up straight hehe",
        "I am 58 and want four years at most",
        "I think I was overdressed",
        "I need it before the winter",
        "I waited 40 minutes in the yard",
        "I made a joke about bricks",
        "I like the town",
    ],
)
def test_a_thought_or_a_state_of_ones_own_is_no_topic(text: str) -> None:
    assert Owner.MINE not in owners(text)


@pytest.mark.parametrize(
    "text",
    [
        "I glazed 400 bowls for the fair",
        "we closed 70 orders in a week",
        "I rewrote the firing log",
        "said we fire at night",
        "showed him the two cups",
        "I work 9 years with clay, 0 accident",
    ],
)
def test_a_deed_of_work_or_what_one_said_is_ones_own(text: str) -> None:
    assert owners(text) == {Owner.MINE}


@pytest.mark.parametrize("text", ["the yard smelled of damp", "rained in at the back", "bus took two hours"])
def test_what_nobody_told_is_left_out(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    "text", ["Gus at the pub says they got fined", "the receptionist said he drinks", "my neighbour says it floods"]
)
def test_hearsay_is_not_the_firm_speaking(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Didn't mention my hernia.", False),
        ("two points on the licence, he didnt ask I didnt say", False),
        ("didn't say that I fired 900 tiles alone", True),
        ("forgot to mention the glaze library", True),
    ],
)
def test_what_was_kept_back_on_purpose_is_no_better_answer(text: str, kept: bool) -> None:
    assert bool(owners(text) & USABLE) is kept


@pytest.mark.parametrize(
    "text",
    [
        "I forget to show my firing diploma",
        "I ought to have cited our gas bill, down by 30",
        "I'd have liked to say that I can do slip casting",
        "I should say that I also make moulds",
    ],
)
def test_a_regret_in_other_words_is_one(text: str) -> None:
    assert owners(text) == {Owner.CLARIFY}


def test_a_sentence_with_something_private_in_it_is_private_to_its_end() -> None:
    assert not owners("Left Holt since Gert was a bully, I said I wanted a change") & USABLE


def test_an_answer_after_its_question_on_one_line_is_the_candidates() -> None:
    assert read("Q2 Omar: broken tiles? A: 4 in a hundred")[-1].owner is Owner.MINE


def test_a_claim_taken_back_in_brackets_is_private() -> None:
    assert owners("I said I like kilns (I don't, the heat gets me)") == {Owner.PRIVATE}


def test_a_line_that_a_fact_was_read_from_is_no_secret() -> None:
    facts = read_notes("Ferrow Tiles, kiln manager\nMet Omar Aziz on Monday.\nHe runs 3 kilns.", now=NOW)
    assert facts.company is not None
    assert not [i for i in facts.items if i.owner is Owner.PRIVATE]


def test_the_day_of_the_interview_is_kept_where_nobody_told_it() -> None:
    facts = read_notes("chat = today 10.30\nMet Omar Aziz.\nHe runs 3 kilns.", now=NOW)
    assert facts.interview_at is not None
    assert facts.interview_at.day == NOW.date()


def test_somebody_of_the_family_is_no_reader() -> None:
    facts = read_notes(MET + "He runs 3 kilns.\nour Kelvin says hold out for more", now=NOW)
    assert "Kelvin" not in [p.name for p in facts.people if p.role is PersonRole.INTERVIEWER]


def test_what_goes_on_after_what_was_told_is_theirs() -> None:
    items = read("He talked about the clay. Most is dug by hand.")
    assert [i.owner for i in items] == [Owner.THEIRS, Owner.THEIRS]
    assert UNPROVEN not in [i.reason for i in items]


@pytest.mark.parametrize("text", ["Yusuf asked how I stack tiles", "Lettice showed me the drying racks"])
def test_who_asked_or_showed_the_candidate_something_was_there(text: str) -> None:
    assert owners(text) == {Owner.THEIRS}


@pytest.mark.parametrize(
    "text",
    [
        "they telephone on the 15th",
        "they will message me by the 3rd",
        "result by 22nd they told",
        "he said answer in five working days",
        "she gives me notice on Thursday",
    ],
)
def test_when_they_answer_is_a_next_step(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize("text", ["he telephones every customer on the 3rd", "he opens the gas kiln on the 4th"])
def test_what_they_do_on_a_day_in_their_work_is_none(text: str) -> None:
    assert owners(text) == {Owner.THEIRS}


@pytest.mark.parametrize(
    "text",
    ["the foreman interviewed me beside the kiln", "two of them asked the questions", "Lettice took the minutes"],
)
def test_who_did_what_in_the_room_is_no_topic(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize("text", ["he nearly fell off his stool", "nobody may know", "he went oooh"])
def test_reactions_and_secrets_are_no_topics(text: str) -> None:
    assert not owners(text) & USABLE


def test_how_one_did_is_not_repeated_with_the_question() -> None:
    assert not owners("Omar asked about glaze chemistry, where I was vague and slow") & {Owner.THEIRS, Owner.MINE}
    assert owners("Omar asked if I was free on Fridays") == {Owner.THEIRS}


def test_of_a_regret_only_the_better_answer_is_of_use() -> None:
    items = read("Bad: Omar asked strengths. I gave a list. I should have told how I trained 9 glazers.")
    assert [i.owner for i in items] == [Owner.SMALL_TALK, Owner.CLARIFY, Owner.CLARIFY]


LETTER = 'Fwd:\n"Dear Ms Holt, we confirm Thursday, 13:30, gate 4. You will meet three people. Regards, Jo Pell"\n\n'


def test_a_pasted_letter_is_no_topic_and_ends_with_its_quotation() -> None:
    items = read(f"{LETTER}He told me they fire 900 tiles a week.")
    assert {i.owner for i in items[:-1]} & USABLE == set()
    assert items[-1].owner is Owner.THEIRS


def test_what_somebody_said_in_quotation_marks_is_no_letter() -> None:
    assert read('He said "dear customers, clay first" and they fire 900 tiles a week')[-1].owner is Owner.THEIRS


@pytest.mark.parametrize(
    "text",
    [
        "could not follow half of what he said",
        "nearly left when they showed the cellar",
        "they owe 12 suppliers, says Gus",
        "he asked if I have children",
        "asked for my greatest weakness, I said bricks",
        "forgot his name halfway",
        "told my sister I might hate it",
        "I said I had a forklift ticket, don't have it yet",
        "swallowed 2 pills in the yard",
        "they did not ask about the gap",
        "their tea is horrible, 1 sip",
    ],
)
def test_what_is_no_letters_business_stays_out(text: str) -> None:
    assert not owners(text) & USABLE


@pytest.mark.parametrize(
    "text",
    ["he asked if I have a forklift ticket", "he told me the shelves hold 90 bowls", "they lost 2 kilns to frost"],
)
def test_ordinary_matters_beside_them_stay_topics(text: str) -> None:
    assert owners(text) <= {Owner.THEIRS}


@pytest.mark.parametrize("line", ["I ask 1150 minimum, I could accept 1080", "told him 2100 net", "would accept £30"])
def test_what_one_asks_to_be_paid_is_private_however_it_is_put(line: str) -> None:
    assert not owners(line) & USABLE


def test_a_titled_name_typed_small_is_a_speaker_like_any_other() -> None:
    items = read("dr okoro - friday glaze trials with the apprentices", met="Met Lena Holt and Dr Okoro at Ferrow Tiles on Monday.\n")
    assert [(i.owner, i.speaker) for i in items] == [(Owner.THEIRS, "Dr Okoro")]
