from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import RequestError
from service.exports.mailto import MAX_ENCODED_CHARACTERS, mailto_link


def test_line_breaks_are_encoded_as_rfc_6068_asks() -> None:
    link = mailto_link("Thank you", "Dear Priya,\n\nthank you & goodbye + all\r\nMara")
    assert link == (
        "mailto:?subject=Thank%20you&body=Dear%20Priya%2C%0D%0A%0D%0Athank%20you%20%26%20goodbye%20%2B%20all%0D%0AMara"
    )


def test_the_address_cannot_add_fields_of_its_own() -> None:
    link = mailto_link("Hi", "Hello", "priya?bcc=eve&x@example.org")
    assert link is not None
    assert set(parse_qs(urlsplit(link).query)) == {"subject", "body"}


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("priya@example.org", "priya@example.org"),
        ("Priya Raman <priya@example.org>", "priya@example.org"),
        ("jörg@exämple.org", "j%C3%B6rg@xn--exmple-cua.org"),
        ("priya+jobs@example.org", "priya%2Bjobs@example.org"),
    ],
)
def test_an_address_is_written_as_rfc_6068_has_it(to: str, shown: str) -> None:
    link = mailto_link("Hi", "Hello", to)
    assert link is not None
    assert link.startswith(f"mailto:{shown}?")


@pytest.mark.parametrize(
    "to", ["Priya", "priya@", "@example.org", "priya@example.org?bcc=eve@example.org", "jörg @x.org"]
)
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(RequestError, match="recipient"):
        mailto_link("Hi", "Hello", to)


def test_a_link_of_1900_characters_is_given_and_a_longer_one_is_not() -> None:
    room = MAX_ENCODED_CHARACTERS - len("mailto:?subject=S&body=")
    link = mailto_link("S", "a" * room)
    assert link is not None
    assert len(link) == 1_900
    assert mailto_link("S", "a" * (room + 1)) is None


def test_letters_outside_ascii_count_as_they_are_encoded() -> None:
    assert mailto_link("S", "é" * 400) is None


def test_a_message_without_subject_has_a_link_too() -> None:
    assert mailto_link(None, "Hello") == "mailto:?body=Hello"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=100))
def test_the_body_comes_back_as_it_was(body: str) -> None:
    link = mailto_link("S", body)
    assert link is not None
    assert parse_qs(urlsplit(link).query, keep_blank_values=True)["body"] == [body]
