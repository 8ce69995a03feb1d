"""Which language a text is in, told from its most frequent small words and its script."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from service.phrases import load

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LEAST_WORDS = 6  # fewer small words than this say nothing: English is assumed


def read_language(text: str) -> str:
    """ISO 639-1 code; 'en' when there is too little text to tell, 'und' for a script that we have no words of."""
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text)]
    letters = [c for w in words for c in w]
    if letters and sum(not _is_latin(c) for c in letters) > len(letters) / 2:
        return "und"
    counts = {language: sum(w in small for w in words) for language, small in _small_words().items()}
    best = max(counts, key=lambda language: (counts[language], language == "en"))
    if counts[best] < _LEAST_WORDS or counts[best] < 1.3 * counts["en"]:
        return "en"
    return str(best)


@cache
def _small_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(small) for language, small in load("small_words").items()}


@lru_cache(maxsize=1_000)
def _is_latin(character: str) -> bool:
    return "LATIN" in unicodedata.name(character, "")
