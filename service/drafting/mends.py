"""Small words and marks that notes leave out or get wrong, where English leaves no choice."""

from __future__ import annotations

import re

from service.drafting.word_kinds import read_tokens

_UNIT = "minute|hour|day|week|month|year|point|page|step|mile|metre|meter|foot|tonne|ton|litre|liter|bed|seat|man|person|storey|acre|litre|kilo"
_COMPOUND = re.compile(
    rf"\b(?P<det>a|an|the|my|your|our|their|this|one|every|each|in|of|with) (?P<n>\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty) (?P<unit>{_UNIT}) (?=[a-z])(?!and\b|or\b|of\b|in\b|at\b|on\b|to\b|from\b|for\b|after\b|before\b|ago\b|later\b|is\b|was\b|with\b|by\b)"
)
_RELATION = re.compile(
    r"\b(?P<prep>at|from|by|until|since|to|near) (?P<noun>start|end|beginning|back|front|top|bottom|edge|heart|centre|center|middle|rest|side|foot) of\b"
)
_ORDINAL = re.compile(
    r"\b(?P<prep>for|in|on|with|of|after|before|from|until|by) (?P<ord>first|second|third|last|whole|entire|same) (?=(?!time\b|thing\b|things\b|week\b|month\b|year\b|night\b|spring\b|summer\b|autumn\b|winter\b|term\b|season\b|quarter\b|class\b|aid\b|minute\b)[a-z]+)"
)
_ARTICLE = re.compile(r"\b(?P<a>[Aa]n?) (?=[\w£$€])")


def mended(text: str) -> str:
    """'a inverter' → 'an inverter', 'at start of' → 'at the start of', 'my 10 minute talk' → 'my 10-minute talk'."""
    text = _COMPOUND.sub(r"\g<det> \g<n>-\g<unit> ", text)
    text = _RELATION.sub(r"\g<prep> the \g<noun> of", text)
    text = _ORDINAL.sub(r"\g<prep> the \g<ord> ", text)
    text = re.sub(r"(?<=\d) %", "%", text)
    return _ARTICLE.sub(lambda m: _article(m, text), text)


def _article(found: re.Match[str], text: str) -> str:
    following = read_tokens(text[found.end() :].lstrip("£$€"))
    if not following or not following[0].text[0].isalnum():
        return found.group()
    right = "an" if following[0].opens_with_vowel else "a"
    return (right.capitalize() if found["a"][0].isupper() else right) + " "
