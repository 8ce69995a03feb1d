"""The weights: what is broken is named at the start, what is whole reads the same from every thread."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from service.errors import WeightsError
from service.reading.reader import WEIGHTS, Reader
from service.reading.tokens import trusted, windows


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder)
    return folder


@pytest.mark.parametrize("broken", ["reader.json", "tokenizer.json", "onnx"])
def test_a_changed_file_is_refused_by_name(copied: Path, broken: str) -> None:
    path = next(copied.glob("*.onnx")) if broken == "onnx" else copied / broken
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WeightsError, match="weights/"):
        Reader.load(copied)


@pytest.mark.parametrize("missing", ["reader.json", "tokenizer.json", "onnx"])
def test_a_missing_file_is_refused(copied: Path, missing: str) -> None:
    (next(copied.glob("*.onnx")) if missing == "onnx" else copied / missing).unlink()
    with pytest.raises(WeightsError, match="not complete"):
        Reader.load(copied)


def test_the_weights_are_named_by_their_hash_and_small() -> None:
    card = json.loads((WEIGHTS / "reader.json").read_text())
    assert card["file"] == f"reader-{card['sha256'][:12]}.onnx"
    assert sum(f.stat().st_size for f in WEIGHTS.iterdir()) < 26_000_000
    assert {f.name for f in WEIGHTS.iterdir()} == {card["file"], "reader.json", "tokenizer.json"}


def test_threads_read_the_same(reader: Reader) -> None:
    texts = [f"Met Omar Aziz today.\n- he runs {n} kilns and fires 900 tiles a week" for n in range(12)]
    alone = [reader.read(t).tags for t in texts]
    with ThreadPoolExecutor(4) as pool:
        together = [m.tags for m in pool.map(reader.read, texts)]
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_importing_loads_nothing_and_no_training_library_is_needed() -> None:
    code = "import sys, service.reading.read; print([m for m in ('onnxruntime','tokenizers','jax','torch','faker','textblob','nltk') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("length", [0, 1, 382, 383, 700, 5000])
def test_windows_cover_every_piece_and_each_is_answered_for_once(length: int) -> None:
    spans = windows(length)
    parts = trusted(length, spans)
    assert [p for a, b in parts for p in range(a, b)] == list(range(length))
    assert all(a <= x and y <= b for (a, b), (x, y) in zip(spans, parts, strict=True))
