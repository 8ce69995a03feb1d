"""Company and role where the notes open with them side by side: 'THE DIAL / data reporter / Thurs Nov 12'."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from service.notes.companies import is_calendar, is_valediction, names_people, trim_company
from service.notes.english import is_first_name, is_word
from service.notes.guess import Guess
from service.notes.headings import known_headings
from service.notes.names import ends_a_firm, names_a_kind
from service.notes.roles import is_trade, trim_role
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import looks_like_title
from service.phrases import load
from service.types import is_honorific

_OPENING = 5  # segments in which a headline may stand
_PARTS = 9  # parts of the opening that are looked at
_LONGEST_ROLE = 9  # words, 'band 6 post on the acute stroke unit'
_SEPARATOR = re.compile(
    r"\s+(?:[-–—/|·@•~*]{1,3}|[-=]?>{1,2}|[^\w\s\x00-\x7f]{1,4})\s+|\s*(?:::|[,;:|()•—]|--)\s*|(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)\.\s+|\s+w/\s+"
    r"|\s+(?i:with|today|this afternoon|this morning)\s+|\s+at\s+(?=(?:the\s+)?[A-ZÀ-Þ])|\s+(?i:re|regarding):?\s+"
)
_LEAD_IN = re.compile(
    r"^(?:[#*•>!\s-]+|(?i:(?:\d(?:st|nd|rd|th)|first|second|third|final|last) (?:round|stage|interview)\b)|[^\w\s\x00-\x7f]|(?i:(?:my |the |an? |today was |had an? |had my )?(?:interview(?:ed|ing)?|met|spoke (?:to|with|w/?)|saw|intvw|debrief|call|chat"
    r"|screen|phone screen|notes)\b(?: notes)?(?: for| with| at| w/)?(?: (?:the|an|a)(?=\s))?\s*)|(?:the|at|@|for|with|from)\s|(?i:right|ok|so+|omg|good|great|panel)\b\s*)+"
)


_STRAY = re.compile(r"(?:\s*[^\w\s\x00-\x7f])+$")  # 'Anvil Press ⭐'


def read_headline(
    segments: tuple[Segment, ...],
    titles: frozenset[str] = frozenset(),
    people_words: frozenset[str] = frozenset(),
) -> tuple[list[Guess], list[Guess]]:
    """Guesses at company and role; ``titles`` are the interviewers', ``people_words`` their names, in lower case."""
    parts = _opening_parts(segments)
    for k, part in enumerate(parts):
        role, skipped = trim_role(part.text, 0, longest=_LONGEST_ROLE)
        if not role or is_known_heading(part.text) or _is_somebodys_title(parts, k, people_words):
            continue
        if part.inside and not (k and _may_be_company(parts[k - 1], people_words, early=True)):
            continue  # 'Spoke with Ada (owner)'
        if not looks_like_title(role) and _titled_next(parts, k):
            continue  # 'Tuinman / head gardener': the job twice
        found = [Guess(role, part.start + skipped, 3)]
        near = [n for n in (k - 1, k + 1, k - 2, k + 2) if 0 <= n < len(parts) and _beside(parts, n, k, people_words)]
        if near:
            company = parts[max(near, key=lambda n: _likeness(parts[n]))]
            return [Guess(trim_company(company.text), company.start, 5)], found
        return [], [] if part.text.lower() in titles else found
    return [], []


def _titled_next(parts: list[_Part], k: int) -> bool:
    following = parts[k + 1 : k + 2]
    return any(p.line == parts[k].line and bool(trim_role(p.text, 0)[0]) and looks_like_title(p.text) for p in following)


def _beside(parts: list[_Part], n: int, role: int, people_words: frozenset[str]) -> bool:
    """Part ``n`` may be the company of the role at ``role``: right beside it, or farther off with a word for a firm."""
    part = parts[n]
    if part.inside and n != role + 1:
        return False  # 'Prof. Obi (PI)'
    if n == role + 2 and not (names_a_kind(part.text) or _parted_from(parts, role)):
        return False
    return _may_be_company(part, people_words, early=n <= 2)


def _parted_from(parts: list[_Part], role: int) -> bool:
    """'Geologist, exploration - Corvo Mares': a small word between the two says which kind of job."""
    between, part = parts[role + 1], parts[role + 2]
    capitals = all(w[:1].isupper() for w in part.text.split())
    return between.line == part.line == parts[role].line and between.text.islower() and capitals and part.lead != ","


def _likeness(part: _Part) -> int:
    """How much speaks for a company: '@' before it, a word for a kind of firm, no brackets around."""
    foreign = len(part.text.split()) == 1 and is_trade(part.text)  # 'Lektor / teacher': the job in another language
    return -2 * foreign + 4 * bool(_PLACED.search(part.lead)) + 3 * names_a_kind(part.text) - 2 * bool(part.inside)


class _Part(NamedTuple):
    text: str
    start: int
    line: int  # which segment it is part of
    lead: str = ""  # words before it that are no part of a name: 'met', 'interview with'
    inside: int = 0  # 1 first in brackets, 2 a later part of them


def _opening_parts(segments: tuple[Segment, ...]) -> list[_Part]:
    columns: list[str] = load("owner_cues")["headings"]["columns"]
    opening = [
        s
        for s in segments
        if s.heading not in columns
        and (
            (s.kind in (SegmentKind.LINE, SegmentKind.HEADING) and (not s.label or len(s.label.split()) > 1))
            or (s.kind is SegmentKind.FIELD and s.label in ("", "interview", "interview notes", "notes", "debrief"))
        )
    ][:_OPENING]
    parts: list[_Part] = []
    for line, s in enumerate(opening):
        at, cut_before, inside = 0, "", 0
        for cut in [*_SEPARATOR.finditer(s.text), None]:
            piece = s.text[at : cut.start()] if cut else s.text[at:]
            lead = _LEAD_IN.match(piece)
            offset = lead.end() if lead else 0
            rest = _STRAY.sub("", piece[offset:].strip(" .*#!"))
            if rest and not is_calendar(rest):
                began = f"{cut_before} {piece[:offset]}".strip().lower()
                parts.append(_Part(rest, s.start + at + piece.index(rest, offset), line, began, inside))
            at, cut_before = (cut.end(), cut[0].strip()) if cut else (at, "")
            inside = 1 if "(" in cut_before else 0 if ")" in cut_before or not inside else 2
    return parts[:_PARTS]


def _is_somebodys_title(parts: list[_Part], k: int, people_words: frozenset[str]) -> bool:
    """'Gwen Rowan, managing director': a title right beside a name is the person's, not the role applied for."""
    part = parts[k]
    beside = [parts[n] for n in (k - 1, k + 1) if 0 <= n < len(parts) and not (n == 2 and k == 1)]
    return (
        _called_like_a_person(part.text)
        or part.text.startswith("Recruiter ")
        or bool(_MET.search(part.lead))
        or (k > 0 and is_valediction(parts[k - 1].text))
        or (k > 0 and part.lead.split()[-1:] == ["the"] and not _ROLE.search(part.text))
        or any(p.line == part.line and _names_somebody(p, people_words) for p in beside)
        or _between_person_and_company(parts, k, people_words)
        or bool(re.match(r"(?i)(?:their|our|his|her)\b|.*\s=\s", part.text))
    )


_MET = re.compile(r"\b(?:met|saw|spoke (?:to|with))\b")
_ROLE = re.compile(r"\b(?:role|position|job|post)\b", re.IGNORECASE)  # 'Lotte, the recruiter' is somebody
_PLACED = re.compile(r"(?:^|\s)(?:at|@)$")


def _names_somebody(part: _Part, people_words: frozenset[str]) -> bool:
    text = re.sub(r"^(?:and|&|\+|then)\s+", "", part.text)
    known = text.lower() in people_words or (text[:1].isupper() and names_people(text, people_words))
    return known or bool(_MET.search(part.lead)) or _called_like_a_person(text)


def _between_person_and_company(parts: list[_Part], k: int, people_words: frozenset[str]) -> bool:
    """'Zdenka Hruba, head binder, at Anvil Press': a name before the title, the firm after it."""
    if not 0 < k < len(parts) - 1:
        return False
    before, after = parts[k - 1], parts[k + 1]
    kinds: list[str] = load("people")["organisation_words"]
    firm = _PLACED.search(after.lead) or (
        after.text.split()[-1].lower() in kinds and before.text.split()[-1].lower() not in kinds
    )
    return bool(firm) and all(_may_be_company(p, people_words, early=True) for p in (before, after))


def _called_like_a_person(text: str) -> bool:
    words = text.split()
    first = words[0].strip(".")
    named = is_first_name(first) and first[:1].isupper() and not (len(words) > 1 and ends_a_firm(words[-1]))
    return is_honorific(first) or named


def is_known_heading(text: str) -> bool:
    """'People', 'Panel': a heading of the notes, which is no role."""
    return text.lower() in _headings() or text.lower() in load("people")["interviewer_fields"]["headings"]


@cache
def _headings() -> frozenset[str]:
    return frozenset((*known_headings(), *load("owner_cues")["headings"]["fields"]))


@cache
def _never() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load('organisation')['no_company'].split())})\b", re.IGNORECASE)


def _may_be_company(part: _Part, people_words: frozenset[str], *, early: bool) -> bool:
    text, words = part.text, part.text.split()
    if is_valediction(text) or text.startswith(('"', "“")):
        return False
    if part.inside > 1 or words[-1].lower() in load("organisation")["agencies"] or text.lower() in _headings():
        return False  # 'Vale Mobility (e-scooters, Lyon)'
    if len(words) > 5 or re.search(r"\d(?![A-Z])", text) or looks_like_title(text) or _never().search(text):
        return False
    if words[0].lower() in ("and", "or", "of", "for") or " from " in text or _names_somebody(part, people_words):
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
