"""The port to a judge of sentences: whether a sentence says of one note item what a letter may say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from service.types import NoteItem


@dataclass(frozen=True)
class Verdict:
    """``good`` is the calibrated probability that the sentence can be sent; ``fault`` the likeliest fault otherwise."""

    good: float
    fault: str  # swapped, unsupported, private, nonsense


class SentenceJudge(Protocol):
    def judge(self, item: NoteItem, sentences: tuple[str, ...]) -> tuple[Verdict, ...]:
        """One verdict a sentence; pure and quick."""
        ...


class NoJudge:
    """Passes whatever code has let through: for tests, and to see what the judge is worth."""

    def judge(self, item: NoteItem, sentences: tuple[str, ...]) -> tuple[Verdict, ...]:
        return tuple(Verdict(1.0, "") for _ in sentences)
