"""The port to a judge of sentences: whether a sentence says of one note item what a letter may say of it."""

from __future__ import annotations

from typing import Protocol

from service.reading.judge import Verdict
from service.types import NoteItem


class SentenceJudge(Protocol):
    @property
    def most(self) -> float:
        """How likely wrong, swapped or private, a sentence in a message may be held to be, 0 to 1."""
        ...

    @property
    def least(self) -> float:
        """How likely good a sentence in a message has to be held to be, 0 to 1."""
        ...

    def judge(self, item: NoteItem, to: str | None, sentences: tuple[str, ...]) -> tuple[Verdict, ...]:
        """One verdict a sentence of a message to the reader called ``to``; pure and quick."""
        ...


class NoJudge:
    """Passes whatever code has let through: for tests, and to see what the judge is worth."""

    most = 1.0
    least = 0.0

    def judge(self, item: NoteItem, to: str | None, sentences: tuple[str, ...]) -> tuple[Verdict, ...]:
        return tuple(Verdict(1.0, 0.0, "") for _ in sentences)


__all__ = ["NoJudge", "SentenceJudge", "Verdict"]
