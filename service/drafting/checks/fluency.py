"""Noise that small models write: heaps of nouns, no verb, the same words over and over (G12)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from service.drafting.checks.finding import hard
from service.notes.lexis import Word, function_words, words
from service.notes.wordclass import is_verb, tag
from service.rubric.context import CheckContext
from service.types import NoteItem, Violation

_MOST_NOUNS = 4  # in a row, capitals left out
_LEAST_SMALL = 0.15  # share of function words; English prose has about half
_AUXILIARY = re.compile(
    r"\b(?:am|is|are|was|were|be|been|have|has|had|do|does|did|can|could|will|would|may|might|must|shall|should)\b|"
    r"\w'(?:m|re|ve|ll|d)\b|\b(?:it|that|there|here|what)'s\b",
    re.IGNORECASE,
)


def has_verb(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    plain = text.replace("’", "'")
    verbs = any(is_verb(w.text) or w.low == "thank" for w in words(plain))
    if not verbs and not _AUXILIARY.search(plain):
        yield hard("no_verb", "G12", "There is no verb.")


def noun_heap(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """More nouns in a row than the note itself has, or hardly a small word between the big ones."""
    row = words(text)
    small = sum(w.low in function_words() for w in row)
    heap = _longest_heap(row, text) > max(_MOST_NOUNS, _longest_heap(words(item.text), item.text))
    if heap or small < _LEAST_SMALL * len(row):
        yield hard("noun_heap", "G12", "A heap of nouns.")


def _longest_heap(row: tuple[Word, ...], text: str) -> int:
    longest = run = 0
    for before, word in zip((None, *row), row, strict=False):
        apart = before is not None and bool(text[before.end : word.start].strip(" -"))
        noun = not word.is_capitalised and word.low not in function_words() and tag(word.text) in {"NN", "NNS"}
        run = (1 if apart else run + 1) if noun else 0
        longest = max(longest, run)
    return longest


def repeats_itself(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """A content word three times, or the same two words twice; what the note repeats may be repeated."""
    row = words(text)
    stems = [w.stem for w in row if w.low not in function_words()]
    given = [w.stem for w in words(f"{opening} {item.text}")]
    if any(stems.count(s) > max(2, given.count(s)) for s in set(stems)):
        yield hard("repeats_itself", "G12", "A word comes three times.")
        return
    pairs = [(a.stem, b.stem) for a, b in itertools.pairwise(row) if b.low not in function_words()]
    pairs = [p for p in pairs if any(len(s) > 3 for s in p)]
    known = list(itertools.pairwise(given))
    if any(pairs.count(p) > max(1, known.count(p)) and p[0] in stems for p in set(pairs)):
        yield hard("repeats_itself", "G12", "The same words come twice.")


def opening_kept(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """The opening stands at the start, once, and is gone on with."""
    first = opening.strip()
    if not first:
        return
    if not text.strip().startswith(first):
        yield hard("opening_lost", "G12", "The sentence does not begin as planned.")
    elif text.casefold().count(first.casefold()) > 1:
        yield hard("repeats_itself", "G12", "The opening comes twice.")


FLUENCY = (has_verb, noun_heap, repeats_itself, opening_kept)
