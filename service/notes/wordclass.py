"""What kinds of word an English word can be, from the tagged word list that the textblob package carries."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Reading the list takes a twentieth of a second; importing the package with its tagger takes most of a second.
_LIST = "en/en-lexicon.txt"


@cache
def listed_tags() -> dict[str, str]:
    """The Penn tag that each listed word, in lower case, has most often; empty where the list is missing."""
    spec = find_spec("textblob")
    if spec is None or not spec.submodule_search_locations:
        return {}
    text = (Path(spec.submodule_search_locations[0]) / _LIST).read_text(encoding="utf-8")
    return dict(line.split(" ")[:2] for line in text.splitlines() if line[:1].isalpha() and " " in line)


def tag(word: str) -> str:
    """The Penn tag that the word has most often; 'NN' for one that is not listed and looks like nothing else."""
    low = word.lower()
    known = listed_tags().get(low)
    if known:
        return known
    for ending, guess in (("ing", "VBG"), ("ed", "VBD"), ("ly", "RB"), ("ous", "JJ"), ("ful", "JJ"), ("s", "NNS")):
        if low.endswith(ending):
            return guess
    return "NN"


def is_noun(word: str) -> bool:
    return tag(word).startswith(("NN", "CD", "FW"))


def is_verb(word: str) -> bool:
    return tag(word).startswith(("VB", "MD"))
