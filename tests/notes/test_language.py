"""Which language notes are in: a wrong guess would write an English letter from words it cannot read."""

from __future__ import annotations

import pytest

from service.notes.english import first_names, fold, is_word
from service.notes.language import read_language


@pytest.mark.parametrize(
    "notes",
    [
        "Met Omar Aziz at Ferrow Tiles. He runs three kilns and they are moving to electric ones.",
        "kiln lead, 900 tiles/wk, glaze by hand, decision fri",
        "Spoke with Łukasz Żak and Ngọc Anh Trần about the tram post at the depot.",
        "Talked w/ Frau Weber from Müller & Söhne GmbH about the glazer role, she said the team is small and I told her about my course.",
        "it went ok",
        "",
        "900 3/11 18%",
        "🎉🎉🎉",
    ],
)
def test_english_notes_and_notes_too_short_to_tell_are_english(notes: str) -> None:
    assert read_language(notes) == "en"


@pytest.mark.parametrize(
    ("notes", "language"),
    [
        (
            "Gespräch mit Frau Weber. Sie hat mir von dem Team erzählt und ich habe auch nach der Schicht gefragt. Es war nicht schlecht.",
            "de",
        ),
        (
            "Entretien avec Madame Morel. Elle m'a parlé de l'équipe et des projets pour le printemps, et je lui ai dit que je suis dans la région.",
            "fr",
        ),
        (
            "Entrevista con la señora Vega. Me habló del equipo y de los planes para la primavera, y yo le dije que no tengo problema con el horario.",
            "es",
        ),
    ],
)
def test_notes_in_another_language_are_known_as_such(notes: str, language: str) -> None:
    assert read_language(notes) == language


@pytest.mark.parametrize(
    "notes",
    [
        "今天和陈女士面试,她说团队很小",
        "Сегодня было собеседование с Ольгой, она рассказала о команде",
        "أجريت مقابلة مع السيدة ليلى اليوم",
    ],
)
def test_another_script_is_not_taken_for_english(notes: str) -> None:
    assert read_language(notes) == "und"


@pytest.mark.parametrize("word", ["kiln", "glazed", "running", "teams", "schedules"])
def test_ordinary_words_and_their_forms_are_words(word: str) -> None:
    assert is_word(word)
    assert is_word(word.capitalize())


@pytest.mark.parametrize("name", ["Okoro", "Łukasz", "Nguyen", "Xqzt"])
def test_a_foreign_name_is_no_word(name: str) -> None:
    assert not is_word(name)


def test_names_that_are_words_are_still_known_as_names() -> None:
    assert {"grace", "will", "mark", "may"} <= first_names()


@pytest.mark.parametrize(
    ("text", "plain"), [("Zoë Núñez", "Zoe Nunez"), ("Ngọc Trần", "Ngoc Tran"), ("plain", "plain"), ("", "")]
)
def test_folding_takes_accents_off_and_keeps_every_place(text: str, plain: str) -> None:
    assert fold(text) == plain
    assert len(fold(text)) == len(text)
