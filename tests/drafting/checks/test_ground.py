"""Numbers and days count as the same however they are written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from service.notes.amounts import amounts, days, known_days, times, values_in
from service.notes.lexis import sentences, stem
from service.rubric.ground import values_said


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("three", "3"),
        ("3k", "3,000"),
        ("18%", "18 percent"),
        ("twenty-five", "25"),
        ("1.2m", "1,200,000"),
        ("a dozen", "12"),
    ],
)
def test_a_number_is_the_same_in_both_forms(a: str, b: str) -> None:
    assert [x.value for x in amounts(a)] == [x.value for x in amounts(b)] != []


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("they stopped that in twenty nineteen", 2019),
        ("since nineteen ninety-eight", 1998),
        ("two thousand and four", 2004),
    ],
)
def test_a_year_said_in_words_gives_ground_for_its_digits(said: str, year: int) -> None:
    assert Decimal(year).normalize() in values_said(said)


def test_twenty_two_is_not_a_year() -> None:
    assert values_said("twenty two loads") == {Decimal(22)}


def test_a_number_inside_a_name_or_a_day_is_not_an_amount() -> None:
    assert amounts("p95 on 25 November at 10:30, see https://a.example/42") == ()


def test_a_slashed_pair_gives_ground_for_both_numbers() -> None:
    assert {Decimal(3), Decimal(11)} <= values_in("3/11 services carved out")


@pytest.mark.parametrize("text", ["Nov 25", "25 November", "25th of November", "2026-11-25", "11/25", "Wednesday"])
def test_every_form_of_a_known_date_is_covered(text: str) -> None:
    known = known_days("", (date(2026, 11, 25),))
    assert any(known.cover(d) for d in days(text))


@pytest.mark.parametrize("text", ["I may march on", "she sat with us", "the sun", "this may help"])
def test_ordinary_words_are_not_days(text: str) -> None:
    assert days(text) == ()


@pytest.mark.parametrize("text", ["done by march", "in May", "sat 28th", "on Sat"])
def test_short_and_small_names_of_days_are_read_in_their_company(text: str) -> None:
    assert days(text) != ()


def test_a_bare_day_number_belongs_to_the_month_that_follows() -> None:
    known = known_days("trial shift sat 28th", (date(2026, 11, 19),))
    assert all(known.cover(d) for d in days("Saturday 28 November"))


def test_the_halves_of_a_day_are_not_told_apart() -> None:
    assert [(t.hour, t.minute) for t in times("2pm, 14:00")] == [(2, 0), (2, 0)]


@pytest.mark.parametrize(
    ("a", "b"), [("organised", "organizing"), ("colour", "color"), ("taught", "teach"), ("children", "child")]
)
def test_related_forms_share_a_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b)


def test_sentences_keep_their_places() -> None:
    text = "Hi Dr. Raman,\n\nI met you. It was good!\nSam"
    assert [s.text for s in sentences(text)] == ["Hi Dr. Raman,", "I met you.", "It was good!", "Sam"]
    assert all(text[s.start : s.end] == s.text for s in sentences(text))
