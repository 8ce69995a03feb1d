"""One candidate sentence held against the one note item that it was written from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from service.rubric.context import CheckContext
from service.types import NoteItem, Violation

SentenceCheck = Callable[[str, NoteItem, CheckContext, str], Iterable[Violation]]

SENTENCE_CHECKS: tuple[SentenceCheck, ...] = ()


def check_sentence(text: str, item: NoteItem, context: CheckContext, opening: str = "") -> tuple[Violation, ...]:
    """What speaks against using ``text`` for ``item``; empty when it can stand in the message as it is.

    ``text`` is the whole sentence, opening included; ``opening`` are the first words that the plan chose, which
    need no ground in the item.
    """
    return tuple(v for check in SENTENCE_CHECKS for v in check(text, item, context, opening))
