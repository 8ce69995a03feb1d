"""Words that lean on something the letter does not say: 'fix that before', 'about half do', 'since you had heard it'."""

from __future__ import annotations

import re

from service.drafting.grammar import FINITE, NOUNS, Tags, tags_of

_HANGING = re.compile(
    r"\b(?:it|that|this|these|those|there|so)(?=\s*(?:$|[.,;]|before\b|after\b|now\b|too\b|again\b|first\b|instead\b|as well\b))"
    r"|\b(?:ran|had|did|made|built|wrote|have|own|run) one\b|^used to\b|\b(?:is|are|was|were)\s*$|^(?:I|we) \w+ (?:it|them|this|that)\b"
    r"|\b(?:the|a|an) \w+ one\s*$|\b(?:beside|behind|under|inside|around|near) (?:it|that|this)\b"
    r"|\b(?:it|that|this) (?:down|up|out|off|over|on)\s*$|^you (?:\w+ )?\w+ (?:me|us)\b|^(?:at|in|on|from|by|of|for|to|with|and|or) "
    r"|^you (?:told|asked|gave|showed|said|mentioned|wanted to know|sat|laughed|nodded|smiled)\b"
    r"|^(?:you (?:said|think|want|like|do|did) )?(?:it|that|this|these|those)\b(?! (?:team|role|job|year|week|month|summer|spring|project|way))",
    re.IGNORECASE,
)
_ANYTHING = re.compile(r"\b(?:it|that one|them|this)\b", re.IGNORECASE)

# A clause whose own subject or main clause is left out.
_LEANS = re.compile(
    r"(?:the |my )?interview\b|\d[\d.,]*(?<=\d)(?![\d.,]*\d) ?(?:million|thousand|k|%|percent)?\s*(?:,|$)|\d+ (?:in|out of) \d+ \w+\b(?! (?:is|are|do|does|has|have)\b)"
    r"|(?:who|since|because|though|although|whereas|so that|after|me)\b|when I came\b|I(?:'d like| would like| want(?:ed)?| wish(?:ed)?) "
    r"|(?:the |your |my |a )?[\w-]+ (?:\w+ed|told|made|built|ran|began|took|bought|led|wrote) it\b"
    r"|(?:(?:about|only|nearly|almost|over) )?(?:half|most|some|many|few|several|all|none|both|\d[\d,.]*|[a-z]+teen|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: of (?:them|those|these))? (?:do|does|did|are|is|was|were|have|has|had|stand|stood|still|never|always|can|can't|will|don't|work|go|went|came|come|stay|stayed|left)\b",
    re.IGNORECASE,
)
_DAY_OR_NAME = re.compile(
    r"\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|jan\w*|feb\w*|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug\w*|sept?\w*|oct\w*"
    r"|nov\w*|dec\w*|you|your|the|at|on|of|and|with|am|pm|today|yesterday|morning|afternoon|o'clock|\d[\d:.]*(?:st|nd|rd|th|h|am|pm)?)\b",
    re.IGNORECASE,
)
_POINTING = ("it", "that", "this", "those", "these")
_AFTER_PRONOUN = ("", "IN", "TO", "RB", "CC", "MD", *FINITE, ",", ".", ":")


def hangs(text: str, *, goes_on: bool = False, asked: bool = False) -> bool:
    """True for words that cannot stand in a letter alone; ``goes_on``: they answer something that was cut off."""
    if _HANGING.search(text) or points_back(text) or not re.search(r"[^\W\d_]", _DAY_OR_NAME.sub("", text)):
        return True  # the last: 'Monday 16 November, you' names a day and nothing else
    if goes_on:
        return bool(_ANYTHING.search(text))
    return not asked and bool(_LEANS.match(text))


def points_back(text: str) -> bool:
    """'you want to cut that to one a month': a pronoun before which nothing is named that it could stand for."""
    tags = tags_of(text)
    for k, (word, kind) in enumerate(tags):
        if kind in NOUNS or kind == "CD":
            return False
        if word.lower() in _POINTING and _is_pronoun(tags, k):
            return True
    return False


def _is_pronoun(tags: Tags, k: int) -> bool:
    kinds = [kind for _, kind in tags[k + 1 : k + 3]] + ["", ""]
    if kinds[0] == "JJ":
        return kinds[1] not in NOUNS and kinds[1] != "JJ"
    return tags[k][0].lower() == "it" or kinds[0] in _AFTER_PRONOUN
