"""What an English word is, from textblob's lexicon: 94,000 words with their usual part of speech."""

from __future__ import annotations

import gc
import re
import threading
import unicodedata
import warnings
from functools import cache
from typing import Any

from service.notes.given_names import given_names
from service.phrases import load

_loading = threading.Lock()


@cache
def _lexicon() -> Any:
    from textblob.en import lexicon

    # One thread at a time: filters of warnings are everybody's, and the words need loading only once.
    with _loading, warnings.catch_warnings():
        # textblob leaves closing its word list to the collector, which then complains.
        warnings.simplefilter("ignore", ResourceWarning)
        lexicon.load()
        gc.collect()
    return lexicon


def is_word(word: str) -> bool:
    """True when the lower-case form is an ordinary English word, or a form of one."""
    low = word.lower().replace("’", "'")
    lexicon = _lexicon()
    if low in lexicon or low in _ordinary():
        return True
    stripped = re.sub(r"(?:'s|s|es|ed|ing|er|ers|ly)$", "", low)
    return len(stripped) > 3 and (stripped in lexicon or stripped + "e" in lexicon)


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(load("people")["ordinary_words"])


@cache
def first_names() -> frozenset[str]:
    """Common given names, lower case; those that are also words ('will', 'may') are told apart by the reader."""
    people = load("people")
    return frozenset(str(people["first_names"]).split()) | frozenset(people["ambiguous_names"])


@cache
def is_first_name(word: str) -> bool:
    """True for a given name, however its accents are typed: 'chloe', 'Chloë'; a rare one only if no English word."""
    low = word.lower()
    plain = fold(low)
    return low in first_names() or plain in first_names() or (plain in given_names() and not is_word(low))


def is_usual_name(word: str) -> bool:
    """True for a given name met often, as against one of all the world's, which many a word and many a thing bears too."""
    low = word.lower()
    return low in first_names() or fold(low) in first_names()


def is_surname(word: str) -> bool:
    """True for a word that the lexicon knows as a name as well: 'Hughes', 'Stone', 'Young'."""
    return str(_lexicon().get(word.capitalize(), "")).startswith("NNP")


def fold(text: str) -> str:
    """``text`` without accents, character for character, so that places in it stay the same."""
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text)


def tag(text: str) -> tuple[tuple[str, str], ...]:
    """(word, Penn Treebank tag) for each space-separated token of ``text``."""
    return tuple(_tagger()(text))


@cache
def _tagger() -> Any:
    from textblob.en.taggers import PatternTagger

    _lexicon()
    tagger = PatternTagger()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        tagger.tag("a word", tokenize=False)
        gc.collect()
    return lambda text: tagger.tag(text, tokenize=False)
