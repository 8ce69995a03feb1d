"""Words, sentences, stems and names of a text, with their places: what checks and criteria are made of."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

from service.phrases import load

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|St|Sr|Jr|vs|etc|approx|e\.g|i\.e|No|Inc|Ltd|Co|Corp|a\.m|p\.m)\.$", re.IGNORECASE
)
_LONGEST_ABBREVIATION = 8  # 'approx.' and the boundary before it
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n\s*\n|\n")


@dataclass(frozen=True)
class Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return plain(self.text)

    @property
    def stem(self) -> str:
        return stem(self.text)

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True)
class Sentence:
    text: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """Lower case, straight apostrophe, no possessive: "Priya’s" becomes "priya"."""
    low = word.replace("’", "'").casefold()
    return low[:-2] if low.endswith("'s") else low.removesuffix("'")


class _OfThread(threading.local):
    """A stemmer keeps the word it works on, so that two threads sharing one would cut each other's words."""

    def __init__(self) -> None:
        self.stemmer = snowballstemmer.stemmer("english")


@cache
def _of_thread() -> _OfThread:
    return _OfThread()


@cache
def _irregular() -> dict[str, str]:
    return {form: base for base, forms in load("check_irregular")["forms"].items() for form in forms.split()}


@lru_cache(maxsize=20_000)
def _stem_plain(word: str) -> str:
    return str(_of_thread().stemmer.stemWord(_american(_irregular().get(word, word))))


def stem(word: str) -> str:
    """The stem that inflected forms and British and American spellings share."""
    return _stem_plain(plain(word))


def _american(word: str) -> str:
    """One spelling for both shores, good enough to compare words with."""
    word = re.sub(r"(?<=[a-z]{2})is(e|es|ed|ing|ation|ations|er|ers)$", r"iz\1", word)
    word = re.sub(r"(?<=[a-z]{3})our(s|ed|ing|ite|able|al)?$", r"or\1", word)
    word = re.sub(r"ll(ed|ing|er|ers)$", r"l\1", word)
    return re.sub(r"(?<=[a-z]{2})tre$", "ter", word).replace("programme", "program")


@lru_cache(maxsize=1024)  # one draft asks for the same sentences some two thousand times
def words(text: str) -> tuple[Word, ...]:
    """Runs of letters and digits; an apostrophe inside stays, a hyphen separates."""
    return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text))


def sentences(text: str) -> tuple[Sentence, ...]:
    """Sentences and lines with their places, without surrounding white space; a greeting line is one of its own."""
    found: list[Sentence] = []
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        if _ABBREVIATED.search(
            text[max(start, mark.end() - _LONGEST_ABBREVIATION) : mark.end()]
        ) and not mark.group().startswith("\n"):
            continue
        found += _trimmed(text, start, mark.end())
        start = mark.end()
    return (*found, *_trimmed(text, start, len(text)))


def _trimmed(text: str, start: int, end: int) -> tuple[Sentence, ...]:
    piece = text[start:end]
    inner = piece.strip()
    if not inner:
        return ()
    at = start + piece.index(inner)
    return (Sentence(inner, at, at + len(inner)),)


@cache
def letter_stems(language: str = "en") -> frozenset[str]:
    """Stems of the plain words that any follow-up may use without ground in the notes."""
    groups = load("letter_words", language)
    return frozenset(stem(part) for group in groups.values() for word in group.split() for part in _WORD.findall(word))


@cache
def function_words(language: str = "en") -> frozenset[str]:
    """Words that say nothing by themselves, in plain form."""
    return frozenset(plain(w) for w in load("letter_words", language)["function"].split())


def content_words(text: str) -> tuple[Word, ...]:
    """The words of ``text`` that say something: neither function words, nor single letters, nor bare numbers."""
    small = function_words()
    return tuple(w for w in words(text) if len(w.low) > 1 and w.low not in small and not w.low.isdigit())


_HONORIFIC = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|rev|hon)\.?$", re.IGNORECASE)


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a person's name in plain form, titles such as 'Dr' left out."""
    return tuple(w.low for w in words(name) if not _HONORIFIC.match(w.text))
