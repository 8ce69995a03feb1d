"""Scorers are held against people's labels and against plain baselines, on data that they were not tuned on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from service.rubric import has_thanks, specificity_of_text

LABELLED = Path(__file__).parents[2].parent / "shared" / "data" / "goemotions" / "dev.tsv"
GRATITUDE = "15"

# The same thing said ever more specifically, at about the same length.
LADDERS = [
    [
        "I enjoyed our conversation about the role and learning more about the company and its people.",
        "I enjoyed our conversation about the platform and learning how the engineers release their work.",
        "I enjoyed hearing how billing leaves the monolith, with 3 of 11 services carved out by November.",
    ],
    [
        "Your description of the team and the many different challenges it faces was very interesting.",
        "Your description of the ward and the new way the nurses do their handover was interesting.",
        "Your description of bedside handover across the 28 beds of Ward 6 since September was useful.",
    ],
    [
        "It was good to learn about your plans and the exciting opportunities that the future will bring.",
        "It was good to learn about your plans for the bakery and the cafes that you already deliver to.",
        "It was good to learn that 14 cafes on Canal Street take rye loaves from the night shift.",
    ],
    [
        "I was impressed by the commitment of everyone involved and by the quality of the work you do.",
        "I was impressed by the warehouse and by how the shifts have reduced the number of mistakes.",
        "I was impressed that voice picking took errors from 2.4% to 0.9% across Norrland's three shifts.",
    ],
    [
        "The way in which you support the development of new people is something that I really value.",
        "The way in which experienced teachers mentor new staff in their first year is what I value.",
        "The Monday mentoring pairs at Larkfield, 12 teachers with 12 trainees, are what I value.",
    ],
]


def _f1(rows: list[tuple[str, bool]], judge: Callable[[str], bool]) -> float:
    hits = [(judge(text), label) for text, label in rows]
    true = sum(p and g for p, g in hits)
    return 2 * true / (2 * true + sum(p != g for p, g in hits))


@pytest.mark.skipif(not LABELLED.is_file(), reason="the labelled comments are not beside this checkout")
def test_gratitude_beats_the_plain_pattern_on_comments_it_was_not_tuned_on() -> None:
    lines = [line.split("\t") for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    unseen = [(text, GRATITUDE in labels.split(",")) for text, labels, _ in lines[len(lines) // 2 :]]
    plain = re.compile("thank|grateful|appreciat", re.IGNORECASE)
    assert _f1(unseen, has_thanks) > _f1(unseen, lambda text: bool(plain.search(text)))


@pytest.mark.parametrize("ladder", LADDERS, ids=range(len(LADDERS)))
def test_the_more_specific_sentence_scores_higher(ladder: list[str]) -> None:
    scores = [specificity_of_text(s) for s in ladder]
    assert scores == sorted(scores)
    assert len(set(scores)) == len(scores)


def test_longer_is_not_more_specific() -> None:
    said = "I enjoyed our conversation about the role and the team. "
    assert specificity_of_text(said * 8) <= specificity_of_text("The rye starter feeds 14 cafes.")
