"""What nobody is told: words of the notes, of a key, of another's error."""

from __future__ import annotations

from collections.abc import Iterable


def leaks(words: Iterable[str], **told: str) -> list[str]:
    """Each of ``words`` with the place that it stands in; none is what a test wants."""
    return [f"{word!r} in the {place}" for place, text in told.items() for word in words if word in text]
