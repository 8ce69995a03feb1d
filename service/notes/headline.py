"""Company and role where the notes open with them side by side: 'THE DIAL / data reporter / Thurs Nov 12'."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from service.notes.companies import is_calendar, trim_company
from service.notes.english import is_first_name, is_word
from service.notes.guess import Guess
from service.notes.roles import trim_role
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import looks_like_title
from service.phrases import load
from service.types import is_honorific

_OPENING = 5  # segments in which a headline may stand
_PARTS = 9  # parts of the opening that are looked at
_LONGEST_ROLE = 9  # words, 'band 6 post on the acute stroke unit'
_SEPARATOR = re.compile(
    r"\s+(?:[-–—/|·@•]|--|[^\w\s\x00-\x7f]+)\s+|\s*[,;:|()•]\s*|(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)\.\s+|\s+w/\s+"
    r"|\s+(?i:with|today|this afternoon|this morning)\s+|\s+at\s+(?=(?:the\s+)?[A-ZÀ-Þ])"
)
_LEAD_IN = re.compile(
    r"^(?:[#*•>\s-]+|(?i:(?:my |the |an? |today was |had an? |had my )?(?:interview(?:ed|ing)?|met|spoke (?:to|with)|saw|intvw|debrief|call|chat"
    r"|screen|phone screen|notes)\b(?: notes)?(?: for| with| at| w/)?(?: (?:the|an|a)(?=\s))?\s*)|(?:the|at|@|for|with|from)\s|(?i:right|ok|so|omg|good|great|panel)\b\s*)+"
)


def read_headline(
    segments: tuple[Segment, ...], titles: frozenset[str] = frozenset()
) -> tuple[list[Guess], list[Guess]]:
    """Guesses at company and role; ``titles`` are the interviewers', in lower case."""
    parts = _opening_parts(segments)
    for k, (text, start, _) in enumerate(parts):
        role, skipped = trim_role(text, 0, longest=_LONGEST_ROLE)
        if not role or _is_somebodys_title(parts, k):
            continue
        found = [Guess(role, start + skipped, 3)]
        for beside in (k - 1, k + 1, k - 2):
            if 0 <= beside < len(parts) and _may_be_company(parts[beside].text, early=beside <= 2):
                return [Guess(trim_company(parts[beside].text), parts[beside].start, 5)], found
        return [], [] if text.lower() in titles else found
    return [], []


class _Part(NamedTuple):
    text: str
    start: int
    line: int  # which segment it is part of


def _opening_parts(segments: tuple[Segment, ...]) -> list[_Part]:
    columns: list[str] = load("owner_cues")["headings"]["columns"]
    opening = [
        s
        for s in segments
        if s.heading not in columns
        and (
            (s.kind in (SegmentKind.LINE, SegmentKind.HEADING) and (not s.label or len(s.label.split()) > 1))
            or (s.kind is SegmentKind.FIELD and not s.label)
        )
    ][:_OPENING]
    parts: list[_Part] = []
    for line, s in enumerate(opening):
        at = 0
        for cut in [*_SEPARATOR.finditer(s.text), None]:
            piece = s.text[at : cut.start()] if cut else s.text[at:]
            lead = _LEAD_IN.match(piece)
            offset = lead.end() if lead else 0
            rest = piece[offset:].strip(" .*#!")
            if rest and not is_calendar(rest):
                parts.append(_Part(rest, s.start + at + piece.index(rest, offset), line))
            at = cut.end() if cut else at
    return parts[:_PARTS]


def _is_somebodys_title(parts: list[_Part], k: int) -> bool:
    """'Gwen Rowan, managing director': a title right beside a name is the person's, not the role applied for."""
    text, _, line = parts[k]
    beside = [parts[n] for n in (k - 1, k + 1) if 0 <= n < len(parts) and not (n == 2 and k == 1)]
    return (
        _called_like_a_person(text)
        or any(p.line == line and _called_like_a_person(p.text) for p in beside)
        or bool(re.match(r"(?i)(?:their|our|his|her)\b|.*\s=\s", text))
    )


def _called_like_a_person(text: str) -> bool:
    first = text.split()[0].strip(".")
    return is_honorific(first) or (is_first_name(first) and first[:1].isupper())


@cache
def _never() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load('organisation')['no_company'].split())})\b", re.IGNORECASE)


def _may_be_company(text: str, *, early: bool) -> bool:
    words = text.split()
    if len(words) > 5 or re.search(r"\d(?![A-Z])", text) or looks_like_title(text) or _never().search(text):
        return False
    if words[0].lower() in ("and", "or", "of", "for") or _called_like_a_person(text):
        return False
    if all(w[:1].isupper() or w[:1].isdigit() or w.lower() in ("of", "and", "the", "for", "&", "+") for w in words):
        return True
    return early and _looks_like_a_firm(words)


def _looks_like_a_firm(words: list[str]) -> bool:
    """Written small, a company shows itself by a word that English lacks, by its kind or by '&'."""
    kinds: list[str] = load("people")["organisation_words"]
    return (
        any(not is_word(w) for w in words if w.isalpha())
        or "&" in words
        or (len(words) > 1 and words[-1].lower() in kinds)
    )
