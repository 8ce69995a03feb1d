"""Who is named in the notes and did not interview: absent, only helping, or of the writer's own family.

A letter that thanks somebody for an interview that they did not hold is worse than one that greets nobody (G35).
"""

from __future__ import annotations

import re
from functools import cache

from service.notes.date_phrases import any_of, words
from service.notes.english import is_first_name, is_word
from service.notes.names import NAME, same_person
from service.phrases import load


@cache
def _cues(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{cue})" for cue in load("people")["bystanders"][kind]), re.IGNORECASE)


def is_denied(after: str) -> bool:
    """'(not an interviewer, just people ops)': the notes say so themselves."""
    return bool(_cues("denied_after").match(after))


def was_absent(before: str, after: str) -> bool:
    """'Who did not come: Ada', 'Ada was supposed to come'."""
    return bool(_cues("absent_after").match(after) or _cues("absent_before").search(before))


def only_helped(before: str, after: str, *, met: bool) -> bool:
    """'Ada only let me in', 'lunch w/ Ada'; 'Ada made the tea' tells nothing against somebody who was ``met`` besides."""
    if _cues("helped_only").match(after) or _cues("helped_before").search(before):
        return True
    return bool(_cues("helped_after").match(after)) and not met


def is_of_the_writer(before: str) -> bool:
    """'our Darren', 'my cousin Lena': one of the writer's own."""
    return bool(_cues("own_before").search(before))


@cache
def _person_noun() -> re.Pattern[str]:
    nouns = "|".join(load("people")["person_nouns"])
    return re.compile(rf"\b(?:{nouns})\s*(?:,\s*|\b(?:called|named|is called)\s+)?$", re.IGNORECASE)


def follows_person_noun(before: str) -> bool:
    """'a guy Teo', 'a woman called Lorraine', 'a young man, Pravin'."""
    return bool(_person_noun().search(before))


_UNTIL_THE_NEXT = r"(?:it (?:was|is|said|says)|it['’]s|(?:her|his|their|the) name (?:was|is)|called)"


@cache
def _taking_back() -> re.Pattern[str]:
    words_of_correction = any_of(words()["corrections"])
    return re.compile(
        rf"\s*[-–—,.;?!(…]+\s*(?i:{words_of_correction})(?:[\s,:–—-]+(?i:{words_of_correction}))*[\s,:–—-]+(?i:{_UNTIL_THE_NEXT}\s+)?(?P<next>{NAME})"
    )


def is_taken_back(name: str, rest_of_line: str) -> bool:
    """'Met Fiona - scratch that, Fenella': another name is put in the place of this one."""
    found = _taking_back().match(rest_of_line[:120])
    first = found["next"].split()[0] if found else ""
    if found is None or (is_word(first) and not is_first_name(first)):
        return False
    return not same_person(found["next"], name.split()[-1])
