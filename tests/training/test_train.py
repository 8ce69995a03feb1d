"""Training repeats itself, and each way of telling a set anew leaves its labels where they belong."""

from __future__ import annotations

import hashlib
import importlib.util
import random

import pytest

from training.judge.examples import judged
from training.reader.augment import edited, pools, varied
from training.reader.data import training_sets

needs_jax = pytest.mark.skipif(
    not all(importlib.util.find_spec(m) for m in ("jax", "optax", "onnx", "all_minilm_l6_v2")),
    reason="training is not installed here: make install-training",
)


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


@needs_jax
@pytest.mark.filterwarnings("ignore")
def test_the_same_data_and_seed_give_the_same_file() -> None:
    from training.reader.export import quantized
    from training.reader.train import trained

    few = [r for hand in training_sets().values() for r in hand[:2]]
    hashes = {
        hashlib.sha256(quantized(trained(few, judged()[:60], epochs=1, steps=2, log=lambda _: None))).hexdigest() for _ in range(2)
    }
    assert len(hashes) == 1
