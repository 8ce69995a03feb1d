"""What the world gives a form, told from what a letter may well say."""

from __future__ import annotations

import pytest

from service.reading import forms


@pytest.mark.parametrize(
    "text",
    [
        "https://claims.example.com/verify",
        "www.example.com",
        "rye-bonus.com",
        "collect@inbox.example.org",
        "//evil.example.com",
        "evil․example․com",
        "evil。example。com",
        "jobs.rye-bonus.info/claim?x=1",
        "ryе-cо.com",
    ],
)
def test_what_a_mail_program_makes_a_link_of_is_an_address(text: str) -> None:
    said = f"Please look at {text} first."
    assert [said[s.start : s.end].rstrip(".") for s in forms.addresses(said)] == [text]


@pytest.mark.parametrize(
    "text", ["+44 20 7946 0991", "(020) 7946 0991", "DE89370400440532013000", "4929 1234 5678 9012", "bc1qar0srrr7xfkvy5l643lydnw9re59"]
)  # fmt: skip
def test_telephones_and_accounts_are_found(text: str) -> None:
    assert list(forms.accounts(f"My number is {text}."))


@pytest.mark.parametrize("text", ["PWNED-7741", "CC4202", "win-2026-88213"])
def test_reference_numbers_are_codes(text: str) -> None:
    assert list(forms.codes(f"Please quote {text}."))


@pytest.mark.parametrize(
    "text",
    [
        "You run Node.js and C++ on 3 of 11 sites, e.g. Leeds, i.e. the U.K.",
        "It began in 2024-2026, mid-2025, on 17.11.2026 or 2026-11-17 at 14:00, not 01/09/2026 10:30.",
        "We spoke about ISO-27001, AS9100, bs5839 and the 1260s.",
        "You cut 1,200,000 to 250 000, a 4.5 x 3.2 m bay, from 0900 to 1030.",
        "I liked the and/or question, the 24/7 desk and the Q3 plan.",
        "Covid-19 moved the A380 and the V60 to gate B12.",
    ],
)
def test_what_a_letter_may_well_say_has_none_of_these_forms(text: str) -> None:
    found = [s for form in (forms.addresses, forms.accounts, forms.codes) for s in form(text)]
    assert [text[s.start : s.end] for s in found] == []


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("naïve Škoda Łódź straße office café", ""),
        ("НАСКЕD", "НАСКЕ"),
        ("Ｗork", "Ｗ"),
        ("𝐌ATH", "𝐌"),
        ("今日は", "今日は"),
        ("2½ m² 1º", ""),
    ],
)
def test_letters_of_other_scripts_and_their_twins_are_foreign(text: str, foreign: str) -> None:
    assert "".join(c for c in text if forms.is_foreign(c)) == foreign


@pytest.mark.parametrize("said", ["rye-bonus.com", "<b>Rye</b>", "CN=Rye", "PWNED-7741", "+44 20 7946 0991"])
def test_nobody_and_no_firm_is_called_so(said: str) -> None:
    assert forms.is_no_name(said)


@pytest.mark.parametrize(
    "said", ["Rye & Co", "Dr. Ines Duarte-O'Neill", "7-Eleven", "Yahoo!", "AT&T", "C. & J. Clark (1825)"]
)
def test_ordinary_names_are_names(said: str) -> None:
    assert not forms.is_no_name(said)
