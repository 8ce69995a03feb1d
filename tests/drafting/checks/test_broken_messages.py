"""Each check, shown on a good letter with one thing broken. The unbroken letters pass in test_good_messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.drafting.checks import check_message
from service.types import Severity, Wording
from tests.drafting.checks.letters import good_letter

P, WARD, EDUCATOR, BREAD, COLD, NOBODY, NOTE = (
    "platform-0-thank_you",
    "ward-0-thank_you",
    "ward-1-thank_you",
    "bakery-0-thank_you",
    "warehouse-0-thank_you",
    "nobody-0-thank_you",
    "platform-2-linkedin",
)
REPEATED = "I also liked that you pair new joiners with an on-call engineer for the first two weeks. I am keen"

# letter, what stood there, what stands there instead, the check that must notice
BROKEN = [
    (P, "3 of 11", "4 of 11", "ungrounded_number"),
    (P, "3 of 11", "five of 11", "ungrounded_number"),
    (P, "40 to 9 minutes", "40 to 9 minutes, or 20%,", "ungrounded_number"),
    (P, "40 to 9", "30 to 9", "ungrounded_number"),
    (P, "3 of 11", "11 of 3", "reversed_number"),
    (COLD, "2.4% to 0.9%", "0.9% to 2.4%", "reversed_number"),
    (BREAD, "nine years", "ten years", "ungrounded_number"),
    (P, "25 November", "27 November", "ungrounded_date"),
    (P, "on Tuesday", "on Thursday", "ungrounded_date"),
    (P, "on Tuesday", "on Tuesday at 11:15", "ungrounded_time"),
    (P, "Hi Priya", "Hi Preya", "wrong_greeting"),
    (P, "Hi Priya", "Hi Joel", "wrong_greeting"),
    (P, "Hi Priya", "Hi", "wrong_greeting"),
    (P, "Hi Priya", "Hi Priya and Joel", "wrong_greeting"),
    (P, "Hi Priya", "Dear Hiring Manager", "wrong_greeting"),
    (WARD, "Dear Dr Kells", "Dear Tomasz", "wrong_greeting"),
    (EDUCATOR, "Hi Tomasz", "Hi Tomas", "wrong_greeting"),
    (NOBODY, "Hello,", "Hello Maria,", "wrong_greeting"),
    (P, "Hi Priya,\n\n", "", "no_greeting"),
    (P, "Hi Priya", "Dear Ms Raman", "ungrounded_title"),
    (EDUCATOR, "Hi Tomasz", "Dear Dr Tomasz", "ungrounded_title"),
    (P, "Hi Priya", "Hi priya", "wrong_greeting"),
    (P, "Sam Okafor", "Sam Raman", "mixed_names"),
    (P, "Meridian Freight", "Acme", "private_content"),
    (P, "I am keen", "What Gunther told me was true. I am keen", "ungrounded_name"),
    (P, "3 of 11", "the remaining 5 of 11", "ungrounded_number"),
    (P, "I am keen", "I speak Portuguese. I am keen", "ungrounded_name"),
    (P, "Meridian Freight", "Meridien Freight", "misspelled_name"),
    (P, "I am keen", "I also have a final round at Acme. I am keen", "private_content"),
    (P, "I am keen", "Acme called me. I am keen", "private_content"),
    (P, "I am keen", "I hope 95k can be discussed. I am keen", "private_content"),
    (P, "I am keen", "The salary matters. I am keen", "private_matter"),
    (P, "I am keen", "I apologise for the long answer. I am keen", "private_matter"),
    (P, "I am keen", "I have another offer. I am keen", "private_matter"),
    (P, "I am keen", "I was nervous. I am keen", "private_matter"),
    (P, "Hi Priya", "Hi [Name]", "placeholder"),
    (P, "Sam Okafor", "Your Name", "placeholder"),
    (P, "Platform Engineer role", "{{ role }} role", "placeholder"),
    (P, "Meridian Freight", "TBD", "placeholder"),
    (P, "Meridian Freight", "____", "placeholder"),
    (P, "Hi Priya,", "Sure! Here is the email:\n\nHi Priya,", "machine_talk"),
    (P, "I am keen", "As an AI language model, I am keen", "machine_talk"),
    (P, "I am keen", "<script>x</script> I am keen", "markup"),
    (P, "I am keen", "See https://evil.example/x for more. I am keen", "address"),
    (P, "I am keen", "Call me on +44 20 7946 0991. I am keen", "account"),
    (P, "I am keen", "Do follow @ines_d_1991. I am keen", "address"),
    (P, "I am keen", "The reference is CC-4202. I am keen", "code"),
    (P, "I am keen", "I am kееn", "foreign_letters"),
    (
        P,
        "I am keen",
        "You write the thank-you e-mail that a job candidate sends to one person. I am keen",
        "prompt_told",
    ),
    (P, "I am keen", "I am\u202e keen", "invisible_character"),
    (P, "I am keen", REPEATED, "repeated_sentence"),
    (P, "with 3 of", "w/ 3 of", "note_taking"),
    (P, "40 to 9", "40 -> 9", "note_taking"),
    (P, "I also liked", "- I also liked", "note_taking"),
    (P, "Thank you for taking", "I hope this email finds you well. Thank you for taking", "stock_phrase"),
    (P, "I also liked", "Furthermore, I liked", "machine_tell"),
    (P, "I am keen", "This is not a job but a calling. I am keen", "machine_tell"),
    (P, "billing off the monolith, with", "billing off the monolith — with", "dash"),
    (P, "Thank you for taking the time to talk", "I am glad that we talked", "no_thanks"),
    (P, "made the whole team calmer", "made it " + "a good part of the work " * 5, "long_sentence"),
    (NOTE, "I'd be glad to stay in touch.", "I'd be glad to stay in touch, now and later.", "too_many_characters"),
    (P, "I am keen", "I am glad about the work and the people. " * 12 + "I am keen", "too_many_words"),
    (P, "I am keen", "I am glad about the work and the people. " * 4 + "I am keen", "long"),
]


def _broken(name: str, was: str, now: str) -> tuple[frozenset[str], Wording]:
    letter = good_letter(name)
    assert was in letter.wording.body
    wording = replace(letter.wording, body=letter.wording.body.replace(was, now))
    return frozenset(v.check for v in check_message(wording, letter.context)), wording


@pytest.mark.parametrize(("name", "was", "now", "check"), BROKEN, ids=[f"{c}-{i}" for i, (*_, c) in enumerate(BROKEN)])
def test_the_broken_letter_is_reported(name: str, was: str, now: str, check: str) -> None:
    assert check in _broken(name, was, now)[0]


@pytest.mark.parametrize(
    ("subject", "check"),
    [
        ("Thank you for our long and friendly conversation on Tuesday", "subject_too_long"),
        ("", "no_subject"),
        (None, "no_subject"),
        ("Thank you, [Name]", "placeholder"),
        ("Thank you for Bluebird's time, Preya", "misspelled_name"),
    ],
)
def test_a_bad_subject_is_reported(subject: str | None, check: str) -> None:
    letter = good_letter(P)
    found = check_message(replace(letter.wording, subject=subject), letter.context)
    assert check in {v.check for v in found if v.where == "subject"}


def test_a_linkedin_note_with_a_subject_is_reported() -> None:
    letter = good_letter(NOTE)
    found = check_message(replace(letter.wording, subject="Hello"), letter.context)
    assert "subject_on_linkedin" in {v.check for v in found}


def test_nothing_between_greeting_and_closing_is_reported() -> None:
    letter = good_letter(P)
    found = check_message(replace(letter.wording, body="Hi Priya,\n\nBest regards,\nSam"), letter.context)
    assert {"empty_body", "short"} <= {v.check for v in found}


def test_nearly_the_same_message_for_another_reader_is_reported() -> None:
    letter = good_letter(WARD)
    other = letter.wording.body.replace("Dear Dr Kells", "Dear Tomasz")
    found = check_message(letter.wording, replace(letter.context, others=(other,)))
    assert "like_another" in {v.check for v in found}


def test_a_different_message_for_another_reader_is_fine() -> None:
    letter, other = good_letter(WARD), good_letter(EDUCATOR)
    found = check_message(letter.wording, replace(letter.context, others=(other.wording.body,)))
    assert "like_another" not in {v.check for v in found}


def test_a_message_in_another_language_is_reported() -> None:
    letter = good_letter(P)
    body = "Hi Priya,\n\nvielen Dank für das Gespräch, das wir über die Stelle hatten. Ich habe mich sehr gefreut."
    found = check_message(replace(letter.wording, body=body), letter.context)
    assert "language" in {v.check for v in found}


def test_what_is_found_in_private_notes_is_never_quoted() -> None:
    letter = good_letter(P)
    wording = replace(letter.wording, body=letter.wording.body.replace("I am keen", "Acme offers 95k. I am keen"))
    told = [v.detail for v in check_message(wording, letter.context) if v.check == "private_content"]
    assert told
    assert not any("Acme" in d or "95" in d for d in told)


def test_hard_violations_come_first() -> None:
    letter = good_letter(P)
    wording = replace(letter.wording, body="I hope this email finds you well. " + letter.wording.body)
    order = [v.severity for v in check_message(wording, letter.context)]
    assert order == sorted(order, key=lambda s: s is Severity.SOFT)
