"""Which segments are entries of a list of people: numbered lines under 'Panel of three:' or 'I met two people'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.notes.segment import Segment

_ANNOUNCING = re.compile(
    r"\b(?:met|saw|panel|loop|rounds|board|interviewers?|interviewed by|spoke (?:to|with)|talked (?:to|with)|seen by|with)"
    r"(?P<more>(?: (?:with|the|an?|of|two|three|four|five|six|\d|people|ppl|persons|folks|them|these|managers|members|in|order|today|was|were|is|all|both))*)"
    r"(?: at (?:the )?[\w'’&]+(?: [\w'’&]+)?)?\s*(?P<colon>:)?[.=\s]*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*#?\d{1,2}[.):]?(?:\s|$)")
_BULLET = re.compile(r"\s*[-–*•·]\s*$")


def with_entries(notes: str, segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, bool]]:
    """Each segment, and whether it is such an entry."""
    numbers = bullets = within = False
    for segment in segments:
        opening = notes[notes.rfind("\n", 0, segment.start) + 1 : segment.start]
        numbered = bool(_NUMBER.match(opening + segment.text)) and not re.search(r"[^\W\d_]", opening)
        entry = (numbered and numbers) or (bool(_BULLET.match(opening)) and bullets)
        if not entry and not (within and opening.strip()):
            announcing = _ANNOUNCING.search(segment.text[-120:])
            numbers = announcing is not None
            bullets = announcing is not None and bool(announcing["colon"] or not announcing["more"])
        within = entry or (within and bool(opening.strip()))
        yield segment, entry
