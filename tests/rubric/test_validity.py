"""Scorers are held against people's labels and against plain baselines, on data that they were not tuned on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from service.rubric import has_thanks

LABELLED = Path(__file__).parents[2].parent / "shared" / "data" / "goemotions" / "dev.tsv"
GRATITUDE = "15"


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
