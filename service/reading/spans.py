"""Word pieces' tags → marked spans: people, titles, firms, jobs, days, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.reading import labels
from service.reading.reader import Marks
from service.reading.tokens import Tokens

Floats = npt.NDArray[np.float32]
_BY_KIND = np.zeros((len(labels.TAGS), len(labels.KINDS) + 1), np.float32)
for _n, _tag in enumerate(labels.TAGS):
    _BY_KIND[_n, 0 if _tag == "O" else 1 + labels.KINDS.index(_tag[2:])] = 1
_PERSON = 1 + labels.KINDS.index("person")
HARDLY = 0.5  # a word less likely than this to be of a name is left out beside one that is more
_BEGINNINGS = np.array([t.startswith("B-") for t in labels.TAGS])


@dataclass(frozen=True)
class Mark:
    """Characters [start, end) of the notes, pieces [a, b)."""

    kind: str
    start: int
    end: int
    a: int
    b: int
    confidence: float


_LOOSE = " \t\r\n,;:/|•*-–—"  # what joins words to their line
_CLOSE = re.compile(r"\s*,?[ \t]*")
_ONE_WORD = re.compile(r"[ \t]+[^\W\d_]+[ \t]+")  # between two marks of one day: 'until' Ash 'Wednesday'


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(-1, keepdims=True))
    out: Floats = powers / powers.sum(-1, keepdims=True)
    return out


_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+|/\d+)*|\S")  # 'O'Meara', '19/1/27' and 'Okoro-Hale' are one word each


def by_kind(tags: Floats, temperature: float = 1.0) -> Floats:
    """Of each piece how likely it is of no kind, or of each of labels.KINDS."""
    out: Floats = softmax(tags, temperature) @ _BY_KIND
    return out


def word_bounds(text: str, tokens: Tokens) -> npt.NDArray[np.int64]:
    """Where each word's pieces begin, and the end: a word is marked whole or not at all."""
    starts = np.array([m.start() for m in _WORD.finditer(text)], np.int64)
    word = np.searchsorted(starts, tokens.starts, side="right")
    changes = np.flatnonzero(np.diff(word)) + 1
    return np.concatenate([[0], changes, [len(word)]])


def marked(text: str, marks: Marks, temperature: float = 1.0) -> list[Mark]:
    """The spans in order; neighbours of one kind are two where the second begins anew."""
    tokens = marks.tokens
    if not len(tokens):
        return []
    bounds = word_bounds(text, tokens)
    counts = np.diff(bounds)[:, None]
    each = softmax(marks.tags, temperature)
    by_word = np.add.reduceat(each, bounds[:-1], axis=0) / counts
    kinds = by_word @ _BY_KIND
    begins = each[bounds[:-1]][:, _BEGINNINGS].sum(1)
    best = kinds.argmax(1)
    out: list[Mark] = []
    w = 0
    while w < len(best):
        first = w
        w += 1
        if best[first] == 0:
            continue
        while w < len(best) and best[w] == best[first] and begins[w] < 0.5:
            w += 1
        first, last = _sure_edges(kinds[:, best[first]], first, w) if best[first] == _PERSON else (first, w)
        a, b = int(bounds[first]), int(bounds[last])
        confidence = float(kinds[first:last, best[first]].mean())
        kind = labels.KINDS[best[first] - 1]
        start, end = int(tokens.starts[a]), int(tokens.ends[b - 1])
        if kind != "person":  # whose comma may stand within the name, 'Delacroix, Benedikta'
            start, end = without_loose_ends(text, start, end)
        out.append(Mark(kind, start, end, a, b, confidence))
    return _joined_days(text, out)


def _sure_edges(sure: npt.NDArray[np.floating[Any]], first: int, last: int) -> tuple[int, int]:
    """The words [first, last) of a name without those at its ends that are hardly part of it: the 'Met' of 'Met Ines'."""
    likely = [n for n in range(first, last) if sure[n] >= HARDLY]
    return (likely[0], likely[-1] + 1) if likely else (first, last)


def without_loose_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """The span [start, end) without what joins it to its line: a comma, a dash, one half of a pair of brackets."""
    while start < end:
        words = text[start:end]
        loose = _LOOSE if words.count("(") == words.count(")") else _LOOSE + "()"
        if words[-1] in loose:
            end -= 1
        elif words[0] in loose:
            start += 1
        else:
            break
    return start, end


def _joined_days(text: str, marks: list[Mark]) -> list[Mark]:
    """Words of days that nothing but a blank or a comma parts are one: 'by' 'Friday', 'the day' 'before Christmas'."""
    out: list[Mark] = []
    for mark in marks:
        last = out[-1] if out else None
        if (
            last
            and last.kind.startswith("day")
            and mark.kind.startswith("day")
            and (
                _CLOSE.fullmatch(text[last.end : mark.start])
                or (last.kind == mark.kind and _ONE_WORD.fullmatch(text[last.end : mark.start]))
            )
        ):
            wide = {m.kind: (m.b - m.a) * m.confidence for m in (last, mark)}
            kind = last.kind if last.kind == mark.kind else max(wide, key=lambda k: wide[k])
            sure = (last.confidence * (last.b - last.a) + mark.confidence * (mark.b - mark.a)) / (
                mark.b - mark.a + last.b - last.a
            )
            out[-1] = Mark(kind, last.start, mark.end, last.a, mark.b, sure)
        else:
            out.append(mark)
    return out
