"""Classes of words as patterns: who speaks, who is spoken of, what is counted; the words themselves are data."""

from __future__ import annotations

import re
from functools import cache

from service.phrases import load

NUMBER = (
    r"(?:\d[\d.,]*k?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|dozen)"
)
FIRST = r"(?:i|we|i've|we've|i'd|we'd|ive|id|i'll|we'll)"
THIRD = r"(?:she|he|they|who|she's|he's|they're|they've|they'll|they'd|she'll|he'll|she'd|he'd|theyre|shes|hes)"
JOINS = (
    r"(?:(?:and|so|then|but|also|well|ok|okay|plus|anyway|oh|um|uh|because|bc|later|again|while|when|which|as|since|though"
    r"|that|where|now|once)\b[ ,:]*)*"
)
# What a figure counts that is neither an hour of the day nor money.
_CLOCK = r"(?:am|pm|o'clock|min\w*|h|hrs?|hours?|st|nd|rd|th|k|eur\w*|pounds?|dollars?|kg|kilos?|cm|st(?:one)?)"
_NAMED = "".join(
    rf"(?<!\b{word} )" for word in ("band", "room", "building", "level", "floor", "grade", "year", "round", "step")
)
_COUNTED = rf"(?<![$€£\d.,/:]){_NAMED}\b{NUMBER}\b(?![/:.]\d)(?! ?{_CLOCK}\b)"


@cache
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


@cache
def words_of(name: str) -> tuple[str, ...]:
    """The words of a class in owner_evidence.yaml; each may be a pattern."""
    return tuple(load("owner_evidence")[name].split(" | "))


@cache
def any_of(*names: str) -> str:
    """The words of the named classes as one pattern of whole words."""
    words = (word for name in names for word in words_of(name))
    return rf"(?<![\w'])(?:{'|'.join(words)})(?![\w'])"


def has(name: str, text: str) -> bool:
    return bool(pattern(any_of(name)).search(text))


@cache
def adverbs() -> str:
    """Whatever may stand between a subject and its verb."""
    return rf"(?:(?:{'|'.join(words_of('adverbs'))}) )*"


def counts(text: str) -> bool:
    """Something is counted in ``text``: '90 bowls', and not '9 pm' or '£9'."""
    return bool(pattern(_COUNTED).search(text))


@cache
def person(names: frozenset[str]) -> str:
    """A pattern for a subject of the other side: a pronoun, one of the panel's names, their team, the chef, nobody there."""
    called = "|".join(re.escape(n) for n in sorted(names) if len(n) > 1)
    named = rf"(?:{called})(?: (?:{called}|[a-z]\b)\.?)*|" if called else ""
    heads = "|".join(re.escape(head) for head in load("people")["title_heads"])
    the_one = r"the (?:younger|older|other|second|third|tall|quiet) (?:one|man|woman|lady|guy|lad)"
    team = rf"(?:the |their |our )(?:\w+ ){{0,2}}?{any_of('teams')}"
    return rf"(?<![\w'])(?:{THIRD}|{named}{team}|{the_one}|the (?:\w+ )?(?:{heads})|nobody|everyone|everybody|each \w+|every \w+)"
