"""Which person an item or a title belongs to: where the mentions stand is told to the scores as numbers."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def nearness(start: int, end: int, mentions: list[tuple[int, int]]) -> Floats:
    """Of each mention (spans in pieces): stands in the item; is the last one before it; how far off it is, in logs."""
    out = np.zeros((len(mentions), 3), np.float32)
    before = [m for m, (a, _) in enumerate(mentions) if a < start]
    for m, (a, b) in enumerate(mentions):
        inside = start <= a < end
        out[m, 0] = inside
        out[m, 1] = bool(before) and mentions[before[-1]] == (a, b)
        out[m, 2] = 0.0 if inside else math.log1p(max(start - b, a - end, 0)) / 6
    return out


def title_nearness(start: int, end: int, mentions: list[tuple[int, int]]) -> Floats:
    """How far each mention stands from the title, in logs."""
    return np.array([math.log1p(max(start - b, a - end, 0)) / 6 for a, b in mentions], np.float32)
