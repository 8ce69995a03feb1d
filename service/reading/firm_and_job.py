"""Marked spans → the firm and the job: the best supported name of each, in its fullest spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.reading.people import fold, with_capitals
from service.reading.spans import Mark
from service.types import Fact, Span

_WORD = re.compile(r"[^\W_]+")
_SURE = 0.5  # of a fuller spelling, before it stands for a shorter one


@dataclass
class _Group:
    spans: list[tuple[str, Mark]]

    def support(self) -> float:
        """One sure mention outweighs several doubtful ones; more mentions help."""
        best = max(m.confidence for _, m in self.spans)
        return best + 0.15 * sum(m.confidence for _, m in self.spans) - 0.15 * best


def best_supported(text: str, spans: list[Mark], kind: str, *, least: float) -> Fact | None:
    """None where no span is as sure as ``least``."""
    groups: list[_Group] = []
    for mark in sorted((m for m in spans if m.kind == kind), key=lambda m: m.start - m.end):
        words = " ".join(text[mark.start : mark.end].split())
        if not any(map(str.isalpha, words)):
            continue  # '2', the places that a job has
        for group in groups:
            if _names_same(words, group.spans[0][0]):
                group.spans.append((words, mark))
                break
        else:
            groups.append(_Group([(words, mark)]))
    if not groups:
        return None
    groups.sort(key=lambda g: -g.support())
    chosen = groups[0]
    confidence = max(m.confidence for _, m in chosen.spans)
    if len(groups) > 1:
        confidence *= 1 - 0.5 * max(0.0, groups[1].support() / max(chosen.support(), 1e-6) - 0.5)
    if confidence < least:
        return None
    sure = [s for s in chosen.spans if s[1].confidence >= _SURE] or chosen.spans
    words, mark = max(sure, key=lambda s: (len(s[0].split()), s[0] != s[0].lower(), s[1].confidence))
    value = with_capitals(words) if kind == "firm" and words.islower() else words
    return Fact(value, Span(mark.start, mark.end), round(confidence, 3))


def _names_same(a: str, b: str) -> bool:
    """'Harepath', 'harepath vets' and 'HV' of 'Harepath Vets'."""
    short, long = ([fold(w) for w in _WORD.findall(x)] for x in sorted((a, b), key=len))
    if not short or not long:
        return False
    letters = "".join(w[0] for w in long)
    return set(short) <= set(long) or (len(short) == 1 and len(short[0]) > 1 and letters.startswith(short[0]))
