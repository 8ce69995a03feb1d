"""Thanks to the reader (G4)."""

from __future__ import annotations

import re
from functools import cache

from service.phrases import load


@cache
def _patterns(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in load("gratitude")[key]), re.IGNORECASE)


def thanks_in(text: str) -> tuple[re.Match[str], ...]:
    """Every place where somebody is thanked, without the places that only look like it."""
    text = text.replace("’", "'")
    false = [m.span() for m in _patterns("not_thanks").finditer(text)]
    return tuple(m for m in _patterns("thanks").finditer(text) if not any(s <= m.start() < e for s, e in false))


def has_thanks(text: str) -> bool:
    return bool(thanks_in(text))
