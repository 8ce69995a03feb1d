"""The kinds that each word of a topic may be of: 'calls' is a verb and a plural noun, 'cut' a verb in four forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from service.drafting.grammar import tags_of, tokens
from service.notes.english import is_word
from service.notes.wordclass import listed_tags, tag
from service.phrases import load

_CONTRACTED = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "n't": "not"}
_OF_CLASS = {"JJR": "JJ", "JJS": "JJ", "RBR": "RB", "RBS": "RB", "VBP": "VB", "NNPS": "NAME", "NNP": "NAME"}
_MASS_ENDINGS = ("ness", "ship", "ism", "ology", "graphy", "hood", "ware", "ics")
_SILENT_H = ("hour", "honest", "honour", "heir", "honor")
_SOUNDS_YOU = ("uni", "use", "usual", "euro", "ewe", "one", "once", "ura", "ute", "ubi", "uk")
_EIGHTS = re.compile(r"(?:8|11(?!\d)|18(?!\d))")


@dataclass(frozen=True)
class Token:
    text: str
    kinds: frozenset[str]

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def opens_with_vowel(self) -> bool:
        """By sound: 'an hour', 'a uniform', 'an 8-hour shift', 'an X-ray'."""
        low = self.low
        if low[0].isdigit():
            return bool(_EIGHTS.match(low))
        if self.text.isupper() and len(low) > 1 and not re.match(r"[^aeiou]?[aeiou]", low):
            return low[0] in "aefhilmnorsx"
        if low.startswith(_SILENT_H) or re.match(r"x\b", low):
            return True
        return low[0] in "aeiouáéíóú" and not low.startswith(_SOUNDS_YOU)


@lru_cache(maxsize=1024)
def read_tokens(text: str) -> tuple[Token, ...]:
    """Tokens with contractions in full; "patient's" stays one, as an owner."""
    plain = _in_full(text)
    words = tokens(plain)
    tags = tags_of(plain)
    read: list[Token] = []
    for k, word in enumerate(words):
        if word in "£$€" and k + 1 < len(words):
            continue
        if k and words[k - 1] in "£$€":
            read.append(Token(word, frozenset({"NUM", "MONEY"})))
            continue
        kinds = _kinds(word, tags[k][1] if k < len(tags) else "NN", first=not read)
        read.append(Token(word, frozenset(kinds | _beside(read[-1], kinds, word) if read else kinds)))
    return tuple(read)


def _in_full(text: str) -> str:
    text = re.sub(r"\bwon't\b", "will not", text, flags=re.IGNORECASE)
    text = re.sub(r"\bcan't\b", "can not", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\w)(n't|'m|'re|'ve|'ll)\b", lambda m: " " + _CONTRACTED[m[1].lower()], text)
    text = re.sub(r"(?<=\w)'d (?=been\b|had\b|(?!need|feed|speed)\w+ed\b)", " had ", text)
    text = re.sub(r"(?<=\w)'d (?=(\w+)\b)", lambda m: " had " if m[1] in _grown() else " would ", text)
    return re.sub(
        r"\b(it|that|there|what|here|who|where|how|everyone|nobody|everybody)'s\b", r"\1 is", text, flags=re.IGNORECASE
    )


def _kinds(word: str, context: str, *, first: bool) -> set[str]:
    low = word.lower()
    if _is_number(low):
        return {"NUM"} | ({"ORDINAL", "RANK"} if re.search(r"\d(?:st|nd|rd|th)$", low) else set())
    if not re.match(r"\w", word):
        return {"MARK"}
    if re.fullmatch(r"[a-z]{1,2}\d+", low) or (re.fullmatch(r"[bcdfghjklmnpqrstvwxz]{3,}", low)):
        return {"NAME"}
    closed = _closed(low)
    if re.search(r"(?:'s|s')$", low):
        return {"OWNER"}
    if low in (
        "a",
        "an",
        "the",
        "my",
        "your",
        "our",
        "their",
        "his",
        "its",
        "and",
        "of",
        "or",
        "i",
        "we",
        "you",
        "me",
        "us",
    ):
        return closed
    if (
        "JJ" in _of_class(context)
        and not re.search(r"(?:y|ous|ful|ive|al|ic|ble|ish|ed|er|est)$", low)
        and _slip_free_noun(low)
    ):
        closed |= {"NN"}
    if low in _set("adverbs_before_nouns") or "-" in low:
        closed |= {"JJ"}
    found = closed | _of_class(context) | _of_class(tag(low)) | _verb_kinds(low)
    if word[0].isupper() and (not first or not is_word(word)):
        found = {"NAME"} | (
            {"NNS"} if re.search(r"[A-Z]s$", word) else found & {"NN", "NNS"} if is_word(word) else set()
        )
    elif "NAME" in found:
        found = (found - {"NAME"}) | {"NN"}
    if "JJ" in found and low.endswith("ed"):
        found |= {"VBD", "VBN"}
    if low.endswith("-less") or (low.endswith("less") and "NN" in found):
        found = (found - {"NNS", "NN"}) | {"JJ"}
    return found | _noun_kinds(low, found)


_TO_VERB = ("i", "you", "we", "they", "to", "would", "will", "can", "could", "should", "may", "might", "must", "not")


def _beside(before: Token, kinds: set[str], word: str) -> set[str]:
    """After an article or an adjective a verb is a noun ('a call'); after 'to' or 'would' an unknown word is a verb."""
    if (
        before.kinds & {"DET", "OWNER", "JJ", "ORDINAL", "NUM"}
        and "VB" in kinds
        and before.low not in ("all", "both", "that")
    ):
        return {"NN"}
    unknown = kinds <= {"NN", "JJ"} and (kinds == {"NN"} or _slip_free_noun(word))
    return {"VB"} if before.low in _TO_VERB and kinds and unknown and word.islower() else set()


def _slip_free_noun(low: str) -> bool:
    """A word that the list does not hold, taken for an adjective from its ending alone: 'sourdough', 'bake'."""
    return low not in listed_tags()


def _of_class(kind: str) -> set[str]:
    kind = _OF_CLASS.get(kind, kind)
    if kind in ("IN", "TO", "DT", "PRP", "PRP$", "CC", "WP", "WDT", "WRB", "MD", "CD", "EX", "PDT"):
        return set()
    return {"PART"} if kind == "RP" else {kind}


def _is_number(low: str) -> bool:
    return bool(re.match(r"\d[\d.,:/]*(?:%|k|m|bn|st|nd|rd|th|s)?$", low)) or low in _set("numbers")


def _closed(low: str) -> set[str]:
    found: set[str] = set()
    for name, kind in (("determiners", "DET"), ("prepositions", "PREP"), ("particles", "PART"), ("time_words", "RB")):
        if low in _set(name):
            found.add(kind)
    if low in ("me", "us", "myself", "yourself"):
        found.add("OBJECT")
    if low in _set("ordinals") or low in ("1st", "2nd", "3rd"):
        found |= {"ORDINAL", "JJ"} | ({"RANK"} if re.search(r"(?:first|second|third|th|rest)$", low) else set())
    return found | (
        {"RB"}
        if low in ("not", "never", "always", "all", "also", "even", "just", "only", "still", "each", "both")
        else set()
    )


@cache
def _grown() -> frozenset[str]:
    """Participles that are no plain form as well: after "'d" they say 'had'."""
    return frozenset(
        w for w, kinds in _irregular().items() if kinds == {"VBN"} or w in ("built", "sold", "made", "kept")
    )


@cache
def spelled_words(least: int = 1) -> frozenset[str]:
    """Words as books and newspapers spell them, from the list by which the textblob package corrects spelling; seen ``least`` times."""
    spec = find_spec("textblob")
    if spec is None or not spec.submodule_search_locations:
        return frozenset()
    text = (Path(spec.submodule_search_locations[0]) / "en/en-spelling.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if line[:1].isalpha())
    found = frozenset(row[0] for row in rows if int(row[1]) >= least)
    return found if least > 1 else found | frozenset(listed_tags())


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(load("sentence_grammar")[name])


def _verb_kinds(low: str) -> set[str]:
    if low in ("is", "are", "am", "was", "were", "be", "been", "has", "have", "had", "do", "does", "did"):
        return {"VB"} if low in ("be", "have", "do") else {"VBN"} if low in ("been", "had", "done") else set()
    irregular = _irregular().get(low, set())
    if low in _bases():
        return {"VB"} | irregular | ({"VBD", "VBN"} if low in _set("unchanged_in_the_past") else set())
    found = set(irregular)
    for ending, kinds in (
        ("ies", {"VBZ"}),
        ("es", {"VBZ"}),
        ("s", {"VBZ"}),
        ("ing", {"VBG"}),
        ("ied", {"VBD", "VBN"}),
        ("ed", {"VBD", "VBN"}),
    ):
        if low.endswith(ending) and any(b in _bases() for b in _stems(low, ending)):
            found |= kinds
    return found


def _stems(low: str, ending: str) -> tuple[str, ...]:
    stem = low[: -len(ending)]
    if ending.startswith("ie"):
        return (stem + "y",)
    if ending == "s":
        return (stem,)
    doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
    return (stem, stem + "e", doubled)


@cache
def _bases() -> frozenset[str]:
    """Every verb in its plain form: those of the lists, and what the word list knows in '-ed' or '-ing'."""
    known = listed_tags()
    found = set(load("topics")["verbs"]) | set(load("check_irregular")["forms"])
    found |= {w for w, kind in known.items() if kind in ("VB", "VBP") and w.islower()}
    for word, kind in known.items():
        ending = "ing" if kind == "VBG" else "ied" if word.endswith("ied") else "ed"
        if kind in ("VBD", "VBN", "VBG") and word.endswith(ending) and word.islower():
            found |= {s for s in _stems(word, ending) if s in known}
        elif kind == "NN" and word.endswith("ing") and word.islower():
            found |= {
                s for s in _stems(word, "ing") if len(s) > 2 and known.get(s) == "JJ"
            }  # 'baking' tells that 'bake' is a verb
    return frozenset(found)


@cache
def _irregular() -> dict[str, set[str]]:
    """'grew' → past, 'grown' → participle: the last of two forms is the participle."""
    found: dict[str, set[str]] = {}
    for forms in load("check_irregular")["forms"].values():
        row = forms.split()
        for k, form in enumerate(row):
            found.setdefault(form, set()).update(
                {"VBD", "VBN"} if len(row) == 1 or form == "got" else {"VBD"} if k == 0 else {"VBN"}
            )
    return found


def _noun_kinds(low: str, found: set[str]) -> set[str]:
    kinds: set[str] = set()
    if (
        low.endswith("s")
        and not low.endswith(("ss", "us", "is"))
        and found & {"NN", "VBZ", "NNS"}
        and tag(low[:-1]) in ("NN", "VB", "VBP", "JJ")
    ):
        kinds.add("NNS")
    if low in _set("mass"):
        kinds.add("NN")
    if low in _set("alike"):
        kinds |= {"NNS", "NN"}
    if low.endswith(_MASS_ENDINGS) and "NN" in found:
        kinds.add("MASS")
    return kinds
