"""Pasted text cut into the things it says: whatever its shape, the spans cut the text exactly and no word is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.notes.segment import Segment, SegmentKind, segment

WORD = st.sampled_from(
    [
        "kiln",
        "glaze",
        "she",
        "they",
        "I",
        "told",
        "asked",
        "runs",
        "1,240",
        "18%",
        "3/11",
        "w/",
        "b/c",
        "Nadia",
        "Łukasz",
        "Ngọc",
        "Anh",
        "Will",
        "Grace",
        "lorry,",
        "rota.",
        "rambled;",
        "(ovens)",
        "'quoted'",
        "“curly”",
        "Best,",
        "Hi",
        "—",
        "–",
        "->",
        "//",
        "e.g.",
        "Dr.",
        "U.S.",
        "🎉",
        "🧵",
        ":-)",
        "£38k",
        "@Ferrow",
        "#3",
        "10:30",
        "noé's",
    ]
)
LINE = st.lists(WORD, min_size=1, max_size=9).map(" ".join)
LEAD = st.sampled_from(
    ["", "- ", "* ", "• ", "1. ", "2) ", "[x] ", "> ", "\t", "## ", "Q: ", "A: ", "Me: ", "Priya: ", "Role: ", "10:05 "]
)
END = st.sampled_from(["\n", "\r\n", "\n\n", "  \n", "\r"])
NOTES = st.lists(st.tuples(LEAD, LINE, END).map("".join), min_size=1, max_size=8).map("".join)
FREE = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=120)


def texts(notes: str) -> list[str]:
    return [s.text for s in segment(notes)]


def said(segments: tuple[Segment, ...]) -> str:
    return " ".join(f"{s.heading} {s.label} {s.title} {s.text}" for s in segments).lower()


@given(st.one_of(NOTES, FREE))
@settings(max_examples=120, deadline=None)
def test_spans_cut_exactly_the_text_in_order_and_never_overlap(notes: str) -> None:
    end = 0
    for s in segment(notes):
        assert notes[s.start : s.end] == s.text
        assert s.text.strip() == s.text != ""
        assert s.start >= end
        end = s.end


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "- ", "* ", "1. ", "Q: ", "> "]), LINE, END).map("".join), min_size=1, max_size=8
    ).map("".join)
)
@settings(max_examples=120, deadline=None)
def test_no_word_is_lost(notes: str) -> None:
    kept = said(segment(notes))
    assert [w for w in re.findall(r"[^\W\d_]{3,}", notes.lower()) if w not in kept] == []


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "– ", "1. ", "2) ", "a) ", "[ ] ", "☐ ", "➜ ", "> - ", "🎉 "])
def test_every_kind_of_bullet_is_an_item_without_its_mark(bullet: str) -> None:
    assert texts(f"{bullet}they bake all bread in house\n{bullet}the night shift starts at 2") == [
        "they bake all bread in house",
        "the night shift starts at 2",
    ]


def test_windows_line_ends_give_the_same_items_as_plain_ones() -> None:
    notes = "Met Nadia Okoro.\n- she runs the clinic\n\n- I told her about triage\n"
    assert texts(notes.replace("\n", "\r\n")) == texts(notes)


def test_prose_is_cut_at_its_sentences_and_not_at_abbreviations_or_decimals() -> None:
    notes = "Dr. Okoro runs 3.5 clinics, e.g. Alder St. North. The third opens in June! Was it the 4th? Not sure."
    assert texts(notes) == [
        "Dr. Okoro runs 3.5 clinics, e.g. Alder St. North.",
        "The third opens in June!",
        "Was it the 4th?",
        "Not sure.",
    ]


def test_dictation_is_cut_where_i_and_they_change_places() -> None:
    notes = (
        "so today i met nadia at the vet clinic and she said they are opening a third site in june and she told me the rota goes out "
        "six weeks ahead and then i told her i ran the night triage for two years and i mentioned my diploma"
    )
    cut = texts(notes)
    assert any("third site" in t and "night triage" not in t for t in cut)
    assert any("night triage" in t and "third site" not in t for t in cut)


def test_a_sentence_of_two_owners_is_cut_between_them() -> None:
    assert texts("She runs the night kitchen, and I told her about my section of nine.") == [
        "She runs the night kitchen",
        "I told her about my section of nine.",
    ]


def test_what_was_said_is_not_cut_from_who_said_it() -> None:
    assert texts("She said they open a third site in June.") == ["She said they open a third site in June."]


@pytest.mark.parametrize(
    "notes",
    [
        "| Who | Said |\n|---|---|\n| Nadia Okoro | the clinic opens a third site |\n| Paul Renner | rosters go out early |",
        "Who\tSaid\nNadia Okoro\tthe clinic opens a third site\nPaul Renner\trosters go out early",
    ],
)
def test_a_table_gives_each_row_to_the_person_in_it(notes: str) -> None:
    by_speaker = {s.text: s.label for s in segment(notes) if s.kind is SegmentKind.LINE}
    assert by_speaker == {"the clinic opens a third site": "Nadia Okoro", "rosters go out early": "Paul Renner"}


def test_a_question_and_its_answer_are_told_apart() -> None:
    kinds = [
        (s.kind, s.text)
        for s in segment("Q: How do you handle a late supplier?\nA: I call them first\nQ2: Why us?\nA2: the seed bank")
    ]
    assert kinds == [
        (SegmentKind.QUESTION, "How do you handle a late supplier?"),
        (SegmentKind.ANSWER, "I call them first"),
        (SegmentKind.QUESTION, "Why us?"),
        (SegmentKind.ANSWER, "the seed bank"),
    ]


def test_an_e_mails_header_greeting_and_signature_are_no_lines_of_the_talk() -> None:
    notes = (
        "From: Ruth Keller <ruth@alder.example>\nTo: Owen Pryce\nSubject: Interview\n\nHi Owen,\n\nYou will meet Tomas Vega.\n\n"
        "Kind regards,\nRuth Keller\nHR Partner\n+44 20 7946 0000\n\n- tomas said they bake all bread in house"
    )
    assert [s.text for s in segment(notes) if s.kind is not SegmentKind.MAIL] == [
        "You will meet Tomas Vega.",
        "tomas said they bake all bread in house",
    ]


@pytest.mark.parametrize("mark", ["Next steps:", "## Next steps", "NEXT STEPS", "next steps:"])
def test_lines_know_the_heading_they_stand_under(mark: str) -> None:
    found = [s for s in segment(f"{mark}\n- reference check\n- a trial shift") if s.kind is SegmentKind.LINE]
    assert [s.text for s in found] == ["reference check", "a trial shift"]
    assert {s.heading for s in found} == {"next steps"}


def test_a_named_speaker_before_a_colon_is_the_label_of_the_line() -> None:
    found = segment("Nadia: the clinic opens a third site\nme: I ran the night triage")
    assert [(s.label.lower(), s.text) for s in found] == [
        ("nadia", "the clinic opens a third site"),
        ("me", "I ran the night triage"),
    ]


def test_a_web_address_or_a_time_is_no_label() -> None:
    assert texts("see https://alder.example/menu for the dishes\nstarted at 10:30 with the tour") == [
        "see https://alder.example/menu for the dishes",
        "started at 10:30 with the tour",
    ]


def test_fields_on_one_line_are_told_apart() -> None:
    fields = [
        (s.label, s.text.rstrip("."))
        for s in segment("Company: Vale Electric. Position: fitter")
        if s.kind is SegmentKind.FIELD
    ]
    assert fields == [("company", "Vale Electric"), ("position", "fitter")]


@pytest.mark.parametrize("notes", ["", "   ", "\n\r\n\t", "-----\n=====", "- \n* \n"])
def test_nothing_but_space_and_rules_holds_nothing(notes: str) -> None:
    assert segment(notes) == ()


@pytest.mark.parametrize(
    "notes", ["Ines " * 4000, "A" * 20_000, "1" * 20_000, "Mr. " * 5000, "she said that " * 1400, "met Ines. " * 2000]
)
def test_no_segment_is_longer_than_patterns_can_afford(notes: str) -> None:
    found = segment(notes[:20_000])
    assert max(len(s.text) for s in found) <= 400
    assert all(notes[s.start : s.end] == s.text for s in found)


def test_a_list_on_one_line_is_read_part_by_part() -> None:
    notes = "Ferrow Hotel / night porter / met Lena Holt / she opens 18 rooms in May / I told her about the lift log / my knee is bad / she writes soon"
    texts = [s.text for s in segment(notes)]
    assert "she opens 18 rooms in May" in texts
    assert "my knee is bad" in texts


def test_a_headline_with_slashes_stays_one() -> None:
    assert [s.text for s in segment("FERROW TILES / glazer / Thu Nov 12")] == ["FERROW TILES / glazer / Thu Nov 12"]
