"""The labelled sets: JSON Lines, one file a hand, one set a line (data.schema.json)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Record = dict[str, Any]
FOLDER = Path(__file__).with_name("data")
HELD_BACK = ("dev", "test-")  # lots that nothing is trained on


def lot(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def training_sets(folder: Path = FOLDER) -> dict[str, list[Record]]:
    """Each hand's sets by file name, in order of name."""
    files = sorted(p for p in folder.glob("*.jsonl") if not p.stem.startswith(HELD_BACK))
    return {p.stem: lot(p) for p in files}


def divided(sets: dict[str, list[Record]]) -> tuple[list[Record], list[Record]]:
    """To train on, and every tenth set of each hand to measure on while there is no development lot."""
    train = [r for records in sets.values() for n, r in enumerate(records) if n % 10 != 4]
    held = [r for records in sets.values() for n, r in enumerate(records) if n % 10 == 4]
    return train, held


def written(records: Iterable[Record], path: Path) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def data_hash(folder: Path = FOLDER) -> str:
    """SHA-256 of all that is trained on, in hex."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.jsonl")):
        if not file.stem.startswith(("dev", "test-")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
