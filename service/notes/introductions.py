"""Lines that say who somebody is, and nothing of what was talked about."""

from __future__ import annotations

import re

from service.notes.titles import clean_title, looks_like_title, title_heads

_IS = re.compile(
    r"(?:(?:and|so|then|but|now)\b[ ,]*)*"
    r"(?P<who>[Ss]?[Hh]e|(?:[A-ZÀ-Ž][\w.'’-]*)(?: [\w.'’-]+){0,3}?)(?: is|['’]s| was|, who is)(?: also| now| actually)?"
    r"(?P<article> (?:the|a|an|their|our|my))?\s(?P<what>[^.;!?:]{2,80}?)"
    r"(?P<part>,? (?:and|who) (?:she |he )?(?:chaired|led|asked most|did most|sat in|took notes|ran it|opened|hosted)(?: \w+){0,4})?[.! ]*"
)
_TELLS_MORE = re.compile(
    r"\b(?:and|who|which|that|but|so|because|since|has|with|only|first|last|best|new|not|\w*\d\w*)\b"
)


def says_who_somebody_is(text: str) -> bool:
    """'She is the head of labs', 'Ada Nwosu is the director and chaired.'; more than that is no mere introduction."""
    return _read(text) is not None


def introduced_title(text: str) -> str | None:
    """The title in a line that introduces somebody by a pronoun: 'head of labs' of 'she is the head of labs'."""
    found = _read(text)
    return clean_title(found["what"]) if found and found["who"].lower() in ("she", "he") else None


def _read(text: str) -> re.Match[str] | None:
    found = _IS.fullmatch(text.strip())
    if found is None or _TELLS_MORE.search(found["what"]) or not looks_like_title(found["what"]):
        return None
    return found if found["article"] or found["what"].split()[0].lower() in title_heads() else None
