"""What stands around the matter of a note: 'she said that' before it, 'which I liked' after it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from service.drafting.second_person import Reader, name_pattern
from service.notes.english import fold
from service.phrases import load

_NAME = "\u02ad"  # a letter that no notes have: a run of it stands for somebody's name, so that one pattern fits all notes


@cache
def _lead_in(name: str) -> re.Pattern[str]:
    """The lead-in called ``name`` in the data of topics. Compiled once: with the names of each note in it, that took most of a draft."""
    cues = load("topics")
    titled = rf"(?:{cues['titles_before']}) {_NAME}+"
    who = "|".join([*cues["speakers"], rf"{_NAME}+", titled, rf"{_NAME}+ \w+\.?", cues["speaker_roles"]])
    them = "|".join([*cues["asked_by" if name == "regret" else "listeners"], rf"{_NAME}+"])
    return re.compile(cues[name].replace("{who}", who).replace("{them}", them), re.IGNORECASE)


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> re.Pattern[str]:
    patterns = [name_pattern(n) for n in names]
    patterns += [fold(n) for n in patterns if fold(n) != n]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?!\w)", re.IGNORECASE)


def end_of_lead_in(name: str, text: str, reader: Reader, start: int = 0) -> int:
    """Where the lead-in called ``name`` that begins at ``start`` ends; ``start`` where there is none."""
    if reader.names:
        text = _names(reader.names).sub(lambda m: _NAME * len(m.group()), text)
    found = _lead_in(name).match(text, start)
    return found.end() if found else start


def without_lead_in(name: str, text: str, reader: Reader) -> str | None:
    """``text`` without the lead-in called ``name``, or None when it does not start with it."""
    end = end_of_lead_in(name, text, reader)
    return text[end:] if end else None


def without_speaker(text: str, reader: Reader) -> str:
    """Without the label of who speaks: 'Ada: 40 glazes' → '40 glazes'."""
    names = "|".join(name_pattern(n) for n in reader.names)
    return re.sub(rf"^(?:{names})(?: \w+)?\s*[:=]\s*", "", text, flags=re.IGNORECASE) if names else text


def unwrapped(text: str, reader: Reader, lead_ins: tuple[str, ...]) -> str:
    """The matter inside ``lead_ins``, which may stand in one another: 'I liked how she said that …'."""
    for _ in range(2):
        for name in lead_ins:
            inner = without_lead_in(name, text, reader)
            if inner is not None and len(inner.split()) >= 2:
                text = matter_of(inner)
    return text


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
