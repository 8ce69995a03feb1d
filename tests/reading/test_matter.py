"""Which words of an item name what it is about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.reading.matter import _best_run
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.types import TOPICS

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


def test_a_matter_stands_in_its_item_word_for_word_and_only_what_can_be_told_has_one(reader: Reader) -> None:
    items = read_notes(NOTES, reader, now=datetime(2026, 11, 3, 18, tzinfo=UTC)).items
    assert {i.id for i in items if i.matter} <= {i.id for i in items if i.owner in TOPICS}
    matters = [i.matter for i in items if i.matter]
    assert all(matter in NOTES for matter in matters)
    assert any("proof the rye" in matter for matter in matters)
    assert any("sourdough course" in matter for matter in matters)
