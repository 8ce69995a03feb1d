"""Each way of telling a set anew leaves its labels where they belong (that training repeats itself: training/reader/repeats.py)."""

from __future__ import annotations

import random

from training.reader.augment import edited, pools, varied
from training.reader.data import training_sets


def test_spans_move_with_the_text_and_an_edit_within_one_is_taken_in_whole() -> None:
    record = {"notes": "Phil said so", "items": [{"start": 0, "end": 12}], "marks": [{"start": 0, "end": 4}]}
    out = edited(record, [(0, 4, "Benedikta"), (9, 10, "")])
    assert out["notes"] == "Benedikta saidso"
    assert out["marks"] == [{"start": 0, "end": 9}]
    assert out["items"] == [{"start": 0, "end": 16}]


def test_every_telling_keeps_its_labels_and_names_stay_one() -> None:
    records = [r for hand in training_sets().values() for r in hand[:12]]
    pool, rng = pools(records), random.Random(3)
    changed = 0
    for record in records:
        told = varied(record, pool, rng)
        changed += told["notes"] != record["notes"]
        assert len(told["items"]) == len(record["items"])
        for span in (*told["items"], *told["marks"]):
            assert told["notes"][span["start"] : span["end"]].strip(), record["id"]
    assert changed > len(records) / 2
