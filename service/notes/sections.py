"""How far a heading reaches, and a letter that was pasted among the notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from service.notes.headings import is_outside
from service.notes.segment import Segment, SegmentKind
from service.types import NoteItem, Owner


def within_sections(segments: tuple[Segment, ...], notes: str) -> tuple[Segment, ...]:
    """The segments, where a pasted invitation or what was read before, when no heading follows it, ends with its paragraph."""
    last = max((k for k, s in enumerate(segments) if s.kind is SegmentKind.HEADING), default=-1)
    if last < 0 or not is_outside(segments[last].heading):
        return segments
    return (*segments[: last + 1], *_until_a_blank_line(segments[last + 1 :], segments[last].heading, notes))


def _until_a_blank_line(below: tuple[Segment, ...], heading: str, notes: str) -> Iterator[Segment]:
    ended = False
    for k, s in enumerate(below):
        ended = ended or (k > 0 and notes.count("\n", below[k - 1].end, s.start) > 1)
        yield replace(s, heading="") if ended and s.heading == heading else s


_SALUTATION = re.compile(
    r"(?:^[ \t>]*|(?P<quote>[\"“«])\s*)(?:dear|hello|hi|good (?:morning|afternoon))\s[^,!\n]{2,40}[,!]",
    re.IGNORECASE | re.MULTILINE,
)
_VALEDICTION = re.compile(
    r"\b(?:(?:kind|best|warm|many)?\s*regards|best wishes|sincerely|yours (?:truly|faithfully)|many thanks)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_OF_AN_OFFICE = re.compile(
    r"\b(?:invite|invitation|confirm|pleased to|delighted to|look(?:ing)? forward|thank you for your (?:application|interest|patience|time|mail)"
    r"|your (?:application|interview)|you(?:'ll| will) (?:meet|speak|see|find))\b",
    re.IGNORECASE,
)
_LONGEST_LETTER = 3_000  # characters


def letters(notes: str) -> tuple[tuple[int, int], ...]:
    """Where letters to the candidate stand: from a salutation to the end of its quotation or to its valediction."""
    found = []
    for opening in _SALUTATION.finditer(notes):
        near = notes[opening.end() : opening.end() + _LONGEST_LETTER]
        close = re.search(r"[\"”»]", near) if opening["quote"] else _VALEDICTION.search(near)
        if close and _OF_AN_OFFICE.search(near[: close.end()]):
            found.append((opening.start(), opening.end() + close.end()))
    return tuple(found)


def without_letters(items: tuple[NoteItem, ...], notes: str) -> tuple[NoteItem, ...]:
    """'"Dear Ines, we confirm Thursday, gate 4. Regards, Jo"': written to the candidate, and no topic of the talk."""
    spans = letters(notes)
    return tuple(
        replace(item, owner=Owner.LOGISTICS, speaker=None, heard_by=None, reason="written to you, not said")
        if item.owner in (Owner.THEIRS, Owner.MINE, Owner.CLARIFY) and any(a <= item.start < b for a, b in spans)
        else item
        for item in items
    )
