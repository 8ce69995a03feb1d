"""Notes → word pieces with their offsets, and the windows in which the encoder sees them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]

CLS, SEP, PAD, MASK = 101, 102, 0, 103
SHAPES = 5  # how a word is written: small, Capital, ALL CAPS, mIxed, with figures
GAPS = 4  # what stands before it: nothing, a space, a line's end, an empty line
FEATURES = SHAPES * GAPS
WINDOW = 382  # pieces that the encoder sees at once, without its two own
OVERLAP = 128


@dataclass(frozen=True)
class Tokens:
    """Word pieces of a text; the encoder's vocabulary knows neither capitals nor lines, so ``features`` tells them."""

    ids: Ints
    starts: Ints
    ends: Ints
    features: Ints
    words: Ints  # the word that a piece belongs to, counted from 0

    def __len__(self) -> int:
        return len(self.ids)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The pieces [a, b) that touch the characters [start, end)."""
        a = int(np.searchsorted(self.ends, start, side="right"))
        b = int(np.searchsorted(self.starts, end, side="left"))
        return a, max(a, b)


def tokenize(text: str, tokenizer: Tokenizer) -> Tokens:
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    words = np.array([-1 if w is None else w for w in encoding.word_ids], np.int64)
    starts, ends = offsets[:, 0], offsets[:, 1]
    return Tokens(np.array(encoding.ids, np.int64), starts, ends, _features(text, starts, ends, words), words)


def _features(text: str, starts: Ints, ends: Ints, words: Ints) -> Ints:
    out = np.zeros(len(starts), np.int64)
    previous_end, i, n = 0, 0, len(starts)
    while i < n:
        j = i + 1
        while j < n and words[j] == words[i]:
            j += 1
        shape = _shape(text[starts[i] : ends[j - 1]])
        out[i:j] = shape * GAPS
        out[i] += _gap(text[previous_end : starts[i]], first=i == 0)
        previous_end, i = int(ends[j - 1]), j
    return out


def _shape(word: str) -> int:
    if any(c.isdigit() for c in word):
        return 4
    if not any(c.isupper() for c in word):
        return 0
    if word.isupper() and len(word) > 1:
        return 2
    return 1 if word[0].isupper() and not any(c.isupper() for c in word[1:]) else 3


def _gap(between: str, *, first: bool) -> int:
    lines = between.count("\n") or between.count("\r")
    if lines or first:
        return 3 if lines > 1 else 2
    return 1 if between else 0


def windows(length: int, size: int = WINDOW, overlap: int = OVERLAP) -> list[tuple[int, int]]:
    """Stretches of at most ``size`` pieces that cover all; neighbours share ``overlap`` or more."""
    if length <= size:
        return [(0, length)]
    count = -(-(length - overlap) // (size - overlap))
    step = (length - size) / (count - 1)
    return [(round(k * step), round(k * step) + size) for k in range(count)]


def trusted(length: int, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each window the part that it answers for: an overlap is halved, since a piece is read best amid its context."""
    cuts = [0, *((a + b) // 2 for (_, b), (a, _) in pairwise(spans)), length]
    return list(pairwise(cuts))
