"""Judged sentences (data/*.jsonl, GUIDE.md) → batches for the encoder that is shared with the reader."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from service.reading import labels
from service.reading.judge_pair import LONGEST, pair

FOLDER = Path(__file__).with_name("data")
ROWS, SHORT = 24, 80
OFTEN = 5  # times in an epoch: a model's own sentences, which are few, are what is judged in service
HELD_BACK = ("dev", "test-")  # the development lot sets the threshold, the test lots are counted
Judged = dict[str, Any]


def judged(folder: Path = FOLDER) -> list[Judged]:
    """The sentences to train on: all but the lots that are held back."""
    files = sorted(p for p in folder.glob("*.jsonl") if not p.stem.startswith(HELD_BACK))
    return [row for p in files for row in lot(p) for _ in range(OFTEN if row.get("by") == "model" else 1)]


def lot(path: Path) -> list[Judged]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def judge_batches(rows: list[Judged], pieces: Tokenizer, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Without end: short pairs together and long ones together, in an order of chance."""
    made = [
        (*pair(r["owner"], r["reader"], r["item"], r["sentence"], pieces), labels.JUDGED.index(r["label"]))
        for r in rows
    ]
    while True:
        rng.shuffle(made)
        groups = [[m for m in made if (len(m[0]) > SHORT) == long] for long in (False, True)]
        batches = [g[k : k + ROWS] for g in groups for k in range(0, len(g) - ROWS + 1, ROWS)]
        rng.shuffle(batches)
        for group in batches:
            length = LONGEST if max(len(ids) for ids, _, _ in group) > SHORT else SHORT
            b: dict[str, Any] = {
                "ids": np.zeros((ROWS, length), np.int64),
                "features": np.zeros((ROWS, length), np.int64),
                "mask": np.zeros((ROWS, length), np.float32),
                "label": np.array([label for _, _, label in group], np.int64),
            }
            for n, (ids, features, _) in enumerate(group):
                b["ids"][n, : len(ids)], b["features"][n, : len(ids)], b["mask"][n, : len(ids)] = ids, features, 1
            yield b
