"""What is marked in the notes, without what joins it to its line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from service.reading import labels
from service.reading.firm_and_job import best_supported
from service.reading.reader import Reader
from service.reading.spans import marked, without_loose_ends


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("baker,", "baker"),
        ("night baker (", "night baker"),
        ("night baker (rye)", "night baker (rye)"),
        ("(night) baker (", "(night) baker"),
        ("rye)", "rye"),
        ("- Loaf & Sons -", "Loaf & Sons"),
        ("Loaf Inc.", "Loaf Inc."),
        ("head of R&D / rye", "head of R&D / rye"),
        (" - ", ""),
    ],
)
def test_a_span_ends_where_its_words_do(words: str, bare: str) -> None:
    text = f"x {words} x"
    start, end = without_loose_ends(text, 2, 2 + len(words))
    assert text[start:end] == bare


def test_a_job_is_said_without_the_comma_behind_it_and_its_span_is_its_words(reader: Reader) -> None:
    text = "Night baker, four days"
    read = reader.read(text)
    tags = np.zeros_like(read.tags)
    tags[:, 0] = 9
    a, b = read.tokens.within(0, len("Night baker,"))
    tags[a, labels.TAGS.index("B-job")], tags[a + 1 : b, labels.TAGS.index("I-job")] = 20, 20
    found = best_supported(text, marked(text, replace(read, tags=tags)), "job", least=0.5)
    assert found is not None
    assert (found.value, found.span.start, found.span.end) == ("Night baker", 0, 11)
