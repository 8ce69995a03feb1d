"""A model's sentence keeps to the words it was given: nothing left out, added, turned round, moved in time or denied."""

from __future__ import annotations

import pytest

from service.drafting.checks.fidelity import keeps_matter

MATTER = "you lead the move to electric kilns, with 3 of 11 shops done"
ABOUT = "What you said about"
HOW = "I liked hearing how you"


def found(text: str, matter: str = MATTER, opening: str = HOW) -> set[str]:
    return {v.check for v in keeps_matter(text, matter, opening)}


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("I liked hearing how you lead the move to electric kilns, with 3 of 11 shops done.", HOW),
        ("I liked hearing how you lead the move to electric kilns, with 3 of 11 shops already done.", HOW),
        ("What you said about the move to electric kilns that you lead has stayed with me.", ABOUT),
    ],
)
def test_a_sentence_that_only_rewords_the_frame_is_let_through(text: str, opening: str) -> None:
    matter = MATTER if opening == HOW else "the move to electric kilns that you lead"
    assert found(text, matter, opening) == set()


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("I liked hearing how you lead the move to electric kilns.", "drops_part"),
        ("I liked hearing how you lead the careful move to electric kilns, with 3 of 11 shops done.", "adds_words"),
        ("I liked hearing how you lead the move to electric kilns, originally with 3 of 11 shops done.", "adds_words"),
        ("I liked hearing how you led the move to electric kilns, with 3 of 11 shops done.", "changed_time"),
        ("I liked hearing how you lead no move to electric kilns, with 3 of 11 shops done.", "changed_denial"),
        ("I liked hearing how with 11 shops done of 3 electric kilns you lead the move.", "reordered"),
        ("I liked hearing how you leading the move to electric kilns, with 3 of 11 shops done.", "bare_participle"),
    ],
)
def test_a_departure_from_the_matter_is_reported(text: str, check: str) -> None:
    assert check in found(text)


def test_an_opening_that_is_only_a_subject_has_to_be_finished() -> None:
    matter = "reading at home has dropped, and you want a family hour"
    text = f"{ABOUT} reading at home and the family hour you want"
    assert "unfinished" in found(f"{text}.", matter, ABOUT)
    assert "unfinished" not in found(f"{text} has stayed with me.", matter, ABOUT)


def test_after_about_no_sentence_of_its_own_may_stand() -> None:
    matter = "reading at home has dropped"
    assert "clause_after_about" in found(f"{ABOUT} {matter} has stayed with me.", matter, ABOUT)
    assert "clause_after_about" not in found(f"{ABOUT} how {matter} has stayed with me.", matter, ABOUT)
