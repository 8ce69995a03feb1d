"""Words as data: cues, stock phrases, limits and sentence patterns, one folder per language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_ROOT = Path(__file__).parent


@cache
def load(name: str, language: str = "en") -> Any:
    """The parsed ``<language>/<name>.yaml``; read once per process. Callers must not change it."""
    return yaml.safe_load((_ROOT / language / f"{name}.yaml").read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that messages can be written in."""
    return tuple(sorted(p.name for p in _ROOT.iterdir() if (p / "outline.yaml").is_file()))
