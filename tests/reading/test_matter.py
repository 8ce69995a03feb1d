"""Which words of an item name what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from service.reading import labels
from service.reading.matter import _best_run, fitting
from service.reading.read import read_notes
from service.reading.reader import Marks, Reader
from service.types import TOPICS, Owner

NOTES = """Tues 3 Nov, Rye & Co, head baker. Ines Duarte (owner)
- Ines: they proof the rye for 19 hours in the old wine cellar
- told her about the sourdough course I gave at the prison in Leeds
- pay 41k, parking is a pain"""


@pytest.mark.parametrize(
    ("gains", "run"),
    [
        ([-1.0, 2.0, 3.0, -9.0, 4.0], (1, 3)),
        ([2.0, -1.0, 2.0], (0, 3)),
        ([-1.0, -2.0], (0, 0)),
        ([], (0, 0)),
    ],
)
def test_the_run_of_words_with_the_greatest_sum_is_taken_and_none_where_all_say_no(
    gains: list[float], run: tuple[int, int]
) -> None:
    assert _best_run(gains) == run


def test_a_phrase_is_told_at_its_first_piece_over_all_and_at_its_last() -> None:
    said = np.full((4, 3 * len(labels.PHRASES)), -9.0, np.float32)
    the, how = (labels.PHRASES.index(("theirs", form)) for form in ("the", "how"))
    width = len(labels.PHRASES)
    said[:, the], said[:, how] = 0.0, 0.0
    said[:, width + the] = said[:, width + how] = 0.0
    said[:, 2 * width + the] = said[:, 2 * width + how] = 0.0
    said[1, the], said[1:3, width + how], said[3, 2 * width + how] = 2.0, 2.0, 9.0
    marks = cast("Marks", SimpleNamespace(phrase=said))
    assert fitting(marks, 1, 3, Owner.THEIRS)[0] == "the"  # as likely as 'how': the first stays
    assert fitting(marks, 2, 4, Owner.THEIRS)[0] == "how"
    assert fitting(marks, 2, 4, Owner.THEIRS)[1] > 0.99
    assert fitting(marks, 1, 3, Owner.MINE)[1] < 0.01
    assert fitting(marks, 1, 3, Owner.CLARIFY) == ("", 0.0)


def test_a_matter_stands_in_its_item_word_for_word_and_only_what_can_be_told_has_one(reader: Reader) -> None:
    items = read_notes(NOTES, reader, now=datetime(2026, 11, 3, 18, tzinfo=UTC)).items
    assert {i.id for i in items if i.matter} <= {i.id for i in items if i.owner in TOPICS}
    matters = [i.matter for i in items if i.matter]
    assert all(matter in NOTES for matter in matters)
    assert any("proof the rye" in matter for matter in matters)
    assert any("sourdough course" in matter for matter in matters)
