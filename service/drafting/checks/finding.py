"""How a check says what it found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from service.phrases import load
from service.types import Severity, Span, Violation, Wording


def hard(check: str, rule: str, detail: str, where: str = "body", at: tuple[int, int] | None = None) -> Violation:
    """A violation that keeps the message from leaving."""
    return Violation(check, rule, Severity.HARD, detail, where, Span(*at) if at else None)


def soft(check: str, rule: str, detail: str, where: str = "body", at: tuple[int, int] | None = None) -> Violation:
    """A violation that lowers the score and is said to the candidate."""
    return Violation(check, rule, Severity.SOFT, detail, where, Span(*at) if at else None)


def places(wording: Wording) -> Iterator[tuple[str, str]]:
    """('subject', text) where there is one, and ('body', text)."""
    if wording.subject is not None:
        yield "subject", wording.subject
    yield "body", wording.body


@cache
def compiled(name: str, key: str) -> tuple[re.Pattern[str], ...]:
    """The patterns under ``key`` of a phrase file, matched without regard to case and line by line."""
    return tuple(re.compile(p, re.IGNORECASE | re.MULTILINE) for p in load(name)[key])


def straight(text: str) -> str:
    """The same text, character for character, with plain apostrophes and quotes."""
    return text.translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0xA0: " "})


def found(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[re.Match[str]]:
    """Every place where one of ``patterns`` stands in ``text``, each place once."""
    seen: list[tuple[int, int]] = []
    text = straight(text)
    for pattern in patterns:
        for match in pattern.finditer(text):
            if match.group() and not any(s < match.end() and match.start() < e for s, e in seen):
                seen.append(match.span())
                yield match
