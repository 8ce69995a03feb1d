"""The words of an item that name what it is about, so that a message can name it too: 'the repair rate on your block seams'."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from service.reading import labels
from service.reading.reader import Marks
from service.reading.spans import word_bounds
from service.types import Owner, Phrase

# Of the 234 items of the development lots that a hand looked at: with these 124 of the 159 matters taken share most words with
# the hand's, and of 29 that name nothing 7 are taken.
_DOUBT = 0.6  # added to each word's log-odds: the edges of a name are likelier missed than added
_NEAR = 4  # words by which the end of a phrase may differ from that of the matter
_DIVIDES = re.compile(r"[,;:!?]\s|\.\s|[\n()\[\]]|\s[-–—/]\s|\s[-–—](?=\w)")
_LEAST = 2.0  # the log-odds of the words taken, summed


def matter(text: str, marks: Marks, a: int, b: int) -> tuple[int, int] | None:
    """[first, last) pieces of the run of words within the pieces [a, b) that is likeliest to name the matter; None where there is nothing to name."""
    bounds = word_bounds(text, marks.tokens)
    edges = [a, *bounds[(bounds > a) & (bounds < b)].tolist(), b]
    odds = [float(marks.matter[x:y, 0].mean()) for x, y in pairwise(edges)]
    first, last = _best_run([each + _DOUBT for each in odds])
    if sum(odds[first:last]) < _LEAST:
        return None
    return edges[first], edges[last]


def phrase(text: str, marks: Marks, first: int, last: int, b: int, owner: Owner, least: float) -> Phrase | None:
    """The words that name the matter, [first, last) as read, in the form in which they can be said as they are, where that is at
    least as likely as ``least``. Up to the first mark that divides a sentence; where they do not fit so far, the end before or
    behind within the item, [.., b), that fits best: an end is often read a word too soon or too late."""
    bounds = word_bounds(text, marks.tokens)
    ends = [int(e) for e in (*bounds[(bounds > first) & (bounds < b)], b)]
    at = marks.tokens
    divided = _DIVIDES.search(text, int(at.starts[first]), int(at.ends[b - 1]))
    ends = [e for e in ends if divided is None or at.ends[e - 1] <= divided.start() + 1] or ends[:1]
    read = max((n for n, e in enumerate(ends) if e <= last), default=0)
    near = [n for n in range(len(ends)) if abs(n - read) <= _NEAR]
    for n in (read, *sorted(near, key=lambda n: -fitting(marks, first, ends[n], owner)[1])[:1]):
        form, likely = fitting(marks, first, ends[n], owner)
        words = " ".join(text[at.starts[first] : at.ends[ends[n] - 1]].split()).rstrip(".,;:!? ")
        if likely >= least and len(words.split()) > 1:
            return Phrase(words, form)
    return None


def fitting(marks: Marks, first: int, last: int, owner: Owner) -> tuple[str, float]:
    """The form in which the words [first, last) can best be said as they are, one of ``labels.PHRASES``, and how likely they
    can; ('', 0) for an item that no opening fits."""
    forms = [n for n, (whose, _) in enumerate(labels.PHRASES) if whose == owner]
    if not forms:
        return "", 0.0
    at_first, over_all, at_last = np.split(marks.phrase[first:last], 3, axis=1)
    said = 1 / (1 + np.exp(-(at_first[0] + over_all.mean(0) + at_last[-1])))
    best = max(forms, key=lambda n: float(said[n]))
    return labels.PHRASES[best][1], float(said[best])


def _best_run(gains: list[float]) -> tuple[int, int]:
    """[first, last) of the run with the greatest sum; an empty one where every sum is below zero."""
    best, run = 0.0, 0.0
    first = last = begin = 0
    for n, gain in enumerate(gains):
        if run <= 0:
            run, begin = 0.0, n
        run += gain
        if run > best:
            best, first, last = run, begin, n + 1
    return first, last
