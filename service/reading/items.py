"""Word pieces → items: where one statement ends and the next begins, whose each is, and how much it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from service.reading import labels
from service.reading.reader import Marks, Reader
from service.reading.spans import softmax, word_bounds
from service.types import TOPICS, Owner

Floats = npt.NDArray[np.float32]
_WEIGHT = 0.25  # of a word's own owner against the borders: neighbours tell much the same


@dataclass(frozen=True)
class Piece:
    """One statement: characters [start, end), pieces [a, b)."""

    start: int
    end: int
    a: int
    b: int
    owner: Owner
    confidence: float
    worth: int
    privacy: str | None
    asks: Floats  # the vector that finds who said it


def pieces(text: str, marks: Marks, reader: Reader) -> list[Piece]:
    """In order, without overlap. Bullets, labels and time stamps stand outside."""
    tokens = marks.tokens
    if not len(tokens):
        return []
    each = softmax(marks.owner)
    bounds = word_bounds(text, tokens)
    cuts = [*_beginnings(text, marks, each, bounds), len(tokens)]
    found = (_piece(text, marks, reader, each, a, b) for a, b in pairwise(cuts))
    return [piece for piece in found if piece is not None]


def _beginnings(text: str, marks: Marks, each: Floats, bounds: npt.NDArray[np.int64]) -> list[int]:
    """The pieces at which items begin: the likeliest path on which an owner changes only where an item does."""
    starts, counts = bounds[:-1], np.diff(bounds)[:, None]
    owners = _WEIGHT * np.log(np.add.reduceat(each, starts, axis=0) / counts + 1e-6)
    cut = np.clip(1 / (1 + np.exp(-marks.begins[starts, 0])), 0.002, 0.998)
    tokens = marks.tokens
    for w in range(1, len(starts)):
        if text[tokens.ends[starts[w] - 1] : tokens.starts[starts[w]]].count("\n") > 1:
            cut[w] = 0.998
    score = owners[0].copy()
    came = np.zeros(owners.shape, np.int64)
    for w in range(1, len(starts)):
        best = int(score.argmax())
        stay, new = score + np.log(1 - cut[w]), score[best] + np.log(cut[w])
        came[w] = np.where(stay >= new, -1, best)
        score = np.maximum(stay, new) + owners[w]
    at, out = int(score.argmax()), []
    for w in range(len(starts) - 1, 0, -1):
        if came[w, at] >= 0:
            out.append(int(starts[w]))
            at = int(came[w, at])
    return [0, *reversed(out)]


def _piece(text: str, marks: Marks, reader: Reader, each: Floats, a: int, b: int) -> Piece | None:
    tokens = marks.tokens
    while a < b and (each[a, labels.OUTSIDE] > 0.5 or not _says(text, tokens.starts[a], tokens.ends[a])):
        a += 1
    while b > a and (each[b - 1, labels.OUTSIDE] > 0.5 and not _says(text, tokens.starts[b - 1], tokens.ends[b - 1])):
        b -= 1
    if a == b:
        return None
    start, end = int(tokens.starts[a]), int(tokens.ends[b - 1])
    if start and text[start - 1] in "\"'“‘(£$€~#@":
        start -= 1
    heat = reader.temperatures
    mean = marks.owner[a:b].mean(0)[: labels.OUTSIDE]
    owners = softmax(mean, heat.get("owner", 1.0))
    owner = labels.OWNERS[int(owners.argmax())]
    told = owner in TOPICS
    return Piece(
        start,
        end,
        a,
        b,
        owner,
        float(owners.max()),
        int(marks.worth[a:b].mean(0).argmax()) if told else 0,
        labels.PRIVACY[int(marks.privacy[a:b].mean(0).argmax())] if owner is Owner.PRIVATE else None,
        marks.said_item[a:b].mean(0),
    )


def _says(text: str, start: int, end: int) -> bool:
    return any(c.isalnum() for c in text[start:end])
