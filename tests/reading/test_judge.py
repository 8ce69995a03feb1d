"""The judge of sentences: what it makes of the head's chances and of how much of a sentence is copied."""

from __future__ import annotations

import numpy as np
import pytest

from service.reading.judge import copied, weighed
from training.judge.measure import fitted

ITEM = "Priya told me about the reading van, which visits nine villages"


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("I enjoyed hearing about the reading van.", 1.0),
        ("I enjoyed hearing about your reading van.", 2 / 3),
        ("Thank you for telling me about the van that reads.", 1 / 4),
        ("I enjoyed hearing about knitting.", 0.0),
        ("I enjoyed hearing about.", 0.0),
    ],
)
def test_what_counts_is_the_longest_run_of_the_notes_words_after_the_opening(sentence: str, share: float) -> None:
    assert copied("theirs", ITEM, sentence) == pytest.approx(share)


def test_without_weights_the_heads_chance_stands() -> None:
    assert weighed(np.array([0.3, 0.9]), np.array([0.0, 1.0]), (1.0, 0.0, 0.0)) == pytest.approx([0.3, 0.9])


def test_the_regression_finds_the_weights_that_made_the_data() -> None:
    rng = np.random.default_rng(5)
    good, share = rng.uniform(0.02, 0.98, 40_000), rng.uniform(0, 1, 40_000)
    true = rng.uniform(size=40_000) < weighed(good, share, (0.8, 2.0, -1.5))
    assert fitted(good, share, true) == pytest.approx((0.8, 2.0, -1.5), abs=0.1)
