"""What stands around the matter of a note: 'she said that' before it, 'which I liked' after it."""

from __future__ import annotations

import re
from functools import lru_cache

from service.drafting.second_person import Reader, name_pattern
from service.notes.english import fold
from service.phrases import load


@lru_cache(maxsize=256)
def lead_in(name: str, who: str, them: str) -> re.Pattern[str]:
    """The lead-in called ``name`` in the data of topics, for these names of the people in the notes (patterns)."""
    return re.compile(load("topics")[name].replace("{who}", who).replace("{them}", them), re.IGNORECASE)


def without_lead_in(name: str, text: str, reader: Reader) -> str | None:
    """``text`` without the lead-in called ``name``, or None when it does not start with it."""
    names = [name_pattern(n) for n in reader.names]
    names += [fold(n) for n in names if fold(n) != n]
    cues = load("topics")
    titled = (rf"(?:{cues['titles_before']}) {n}" for n in names)
    who = "|".join([*cues["speakers"], *names, *titled, *(rf"{n} \w+\.?" for n in names), cues["speaker_roles"]])
    them = "|".join([*cues["listeners"], *names])
    found = lead_in(name, who, them).match(text)
    return text[found.end() :] if found and found.end() else None


def without_joins(text: str) -> str:
    """Without the joining words before the matter: 'and', 'also', 'fun fact'."""
    return re.sub(load("topics")["joins"], "", text, flags=re.IGNORECASE)


def matter_of(text: str) -> str:
    """Without joining words before, reactions after, and asides in brackets that give no figure."""
    text = without_joins(re.sub(r"\s*\([^()\d]*\)", "", text))
    for _ in range(3):
        for tail in load("topics")["tails"]:
            text = re.sub(tail, "", text, flags=re.IGNORECASE)
    return text.strip(' -–—•*:;,./"')
