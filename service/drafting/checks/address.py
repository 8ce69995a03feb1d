"""The reader is spoken to, never spoken of (G37)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from service.drafting.checks.finding import hard
from service.notes.lexis import Word, function_words, ground_stems, name_parts, words
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import people_names
from service.rubric.letter import read_letter
from service.types import Violation, Wording


def third_person(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'She', 'him' or 'they' for the person who reads it."""
    data = load("check_swaps")
    singular, plural = frozenset(data["third_person"]), frozenset(data["plural_third"])
    before = ""
    for sentence in read_letter(wording.body).main:
        for word in words(sentence.text):
            so_far = f"{before} {sentence.text[: word.start]}"
            low = word.text.lower().split("'")[0].split("’")[0]
            wrong = (low in singular and not _names_another(so_far, context)) or (
                low in plural and not _has_plural(so_far, context)
            )
            if wrong:
                at = (word.start + sentence.start, word.end + sentence.start)
                yield hard("third_person", "G37", f"'{word.text}' speaks of the reader as somebody else.", "body", at)
        before = sentence.text


@cache
def _collective() -> frozenset[str]:
    return frozenset(load("check_swaps")["collective"])


def _has_plural(text: str, context: CheckContext) -> bool:
    """Whether 'they' can stand for something named before it."""
    plural = any(
        w.low in _collective()
        or (len(w.text) > 3 and re.search(r"[^s']s$", w.text.lower()) is not None and not _is_small(w))
        for w in words(text)
    )
    return plural or _names_another(text, context)


def _is_small(word: Word) -> bool:
    return word.low in function_words()


def _names_another(text: str, context: CheckContext) -> bool:
    """Whether ``text`` names a person who is neither the reader nor the writer, or says 'someone', 'a colleague'."""
    own = frozenset(name_parts(" ".join(n for n in (context.recipient.name, context.candidate_name) if n)))
    others = {p for parts in people_names(context).values() for p in parts} - own
    here = {w.low for w in words(text)}
    return bool(here & (others | frozenset(load("check_swaps")["somebody"])))


_CALLED = re.compile(r"(?:^|[,.!?]\s*|\bthank you,?\s+|\bthanks,?\s+|\bagain,?\s+)$", re.IGNORECASE)


def reader_by_name(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'Priya leads the team' in a message to Priya. Being called by name ('Thank you, Priya') is fine."""
    reader = frozenset(name_parts(context.recipient.name or ""))
    others = {p for n, parts in people_names(context).items() if n != context.recipient.name for p in parts}
    stated = [f.value for f in (context.facts.company, context.facts.role) if f is not None]
    named = ground_stems(" ".join(stated))
    for sentence in read_letter(wording.body).main:
        for word in words(sentence.text):
            if word.low not in reader - others or word.stem in named or not word.is_capitalised:
                continue
            if _opens_longer_name(sentence.text[word.end :], reader):
                continue
            called = _CALLED.search(sentence.text[: word.start]) and re.match(
                r"(?: [A-Z][\w'’-]*)?[,.!?]|$", sentence.text[word.end :]
            )
            if not called or word.text.lower() != word.low:
                at = (word.start + sentence.start, word.end + sentence.start)
                yield hard("reader_by_name", "G37", "The reader is spoken of instead of spoken to.", "body", at)


def _opens_longer_name(rest: str, reader: frozenset[str]) -> bool:
    """'Pinder Motors' in a message to Carol Pinder is the firm."""
    follower = re.match(r" ([A-Z][\w'’-]+)", rest)
    return follower is not None and follower[1].lower() not in reader


CHECKS = (third_person, reader_by_name)
