"""Mentions → people: who is one person, and how a name is spelled."""

from __future__ import annotations

import pytest

from service.reading.people import _is_short_for, _names_in, _whole_names, addressed, turned, with_capitals
from service.reading.reader import Reader
from service.reading.spans import Mark


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Delacroix, Benedikta", "Benedikta Delacroix"),
        ("Dr Amara Okafor", "Amara Okafor"),
        ("Anneliese Torrance, MRICS", "Anneliese Torrance"),
        ("Anneliese Torrance PhD", "Anneliese Torrance"),
        ("Benedikta's", "Benedikta"),
        ("Dr Okafor", "Okafor"),
        ("Dorothea Dorothea Quill", "Dorothea Quill"),
    ],
)
def test_a_name_is_said_the_right_way_round_and_bare(words: str, name: str) -> None:
    assert turned(words) == name


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Benedikta", "Benedikta Delacroix"),
        ("Delacroix", "Benedikta Delacroix"),
        ("Ben", "Benedikta Delacroix"),
        ("BD", "Benedikta Delacroix"),
        ("B. Delacroix", "Benedikta Delacroix"),
        ("benedkta", "Benedikta Delacroix"),
        ("Séan", "Sean O'Meara"),
        ("RJT", "R. J. Tatham"),
    ],
)
def test_a_shorter_form_names_the_same_person(short: str, full: str) -> None:
    assert _is_short_for(short, full)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tom Birch", "Tom Aldous"),
        ("Amara", "Benedikta Delacroix"),
        ("Jo Delacroix", "Benedikta Delacroix"),
        ("Al", "Lena Holt"),
    ],
)
def test_another_person_is_another(one: str, other: str) -> None:
    assert not _is_short_for(one, other)


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        (["Delacroix,", "Benedikta"], ["Delacroix, Benedikta"]),
        (["Rosli", "Hamdan"], ["Rosli Hamdan"]),
        (["Ines Duarte,", "Tomas"], ["Ines Duarte,", "Tomas"]),
        (["Ines,", "Tomas,", "Kerry"], ["Ines,", "Tomas,", "Kerry"]),
        (["Ines,", "Tomas", ", Kerry"], ["Ines,", "Tomas", ", Kerry"]),
    ],
)
def test_a_list_of_people_is_not_one_name(marked: list[str], names: list[str]) -> None:
    """Each with the comma that was marked with it."""
    text, mentions = "", []
    for n, words in enumerate(marked):
        start = len(text) + words.startswith(",") * 2
        text += words + (" " if n + 1 < len(marked) and not marked[n + 1].startswith(",") else "")
        mentions.append(Mark("person", start, start + len(words.lstrip(", ")), n, n + 1, 0.9))
    whole = _whole_names(text, mentions)
    assert [text[m.start : m.end] for m in whole] == [name.lstrip(", ") for name in names]


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        ("Odling & Castells-Webb", ["Odling", "Castells-Webb"]),
        ("Priscilla Yoon, Grant Whitlow", ["Priscilla Yoon", "Grant Whitlow"]),
        ("Delacroix, Benedikta", ["Delacroix, Benedikta"]),
        ("Castro Vidal, Inés", ["Castro Vidal, Inés"]),
        ("Delacroix, Benedikta Maria", ["Delacroix, Benedikta Maria"]),
        ("Anneliese Torrance, CEng MIMechE", ["Anneliese Torrance, CEng MIMechE"]),
    ],
)
def test_two_people_in_one_mark_are_two(marked: str, names: list[str]) -> None:
    assert [marked[a:b] for a, b in _names_in(marked)] == names


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("anneke van der berg", "Anneke van der Berg"),
        ("DENISE OKORO-HALE", "Denise Okoro-Hale"),
        ("sean o'meara", "Sean O'Meara"),
        ("McAllister", "McAllister"),
        ("JP", "JP"),
    ],
)
def test_capitals_are_mended_where_the_notes_have_one_kind_of_letter(words: str, name: str) -> None:
    assert with_capitals(words) == name


@pytest.mark.parametrize(
    "stated",
    [
        "Hiring Team",
        "Ferrow Tiles Recruiting",
        "Talent Acquisition Team",
        "b.delacroix",
        "no-reply",
        "m.tanaka@ferrow.example",
        "HR",
        "hiring team",
        "talent acquisition",
    ],
)
def test_a_team_an_office_or_an_address_is_nobody_to_greet(reader: Reader, stated: str) -> None:
    assert addressed(stated, reader) is None


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("Delacroix, Benedikta", "Benedikta Delacroix"),
        ("ifeoma okonkwo", "Ifeoma Okonkwo"),
        ("benedikta delacroix", "Benedikta Delacroix"),
        ("Rose Price", "Rose Price"),
        ("Summer", "Summer"),
        ("Nguyễn Thị Mai", "Nguyễn Thị Mai"),
        ("Kwek Boon Teck", "Kwek Boon Teck"),
    ],
)
def test_a_person_is_greeted_by_name(reader: Reader, stated: str, name: str) -> None:
    assert addressed(stated, reader) == name
