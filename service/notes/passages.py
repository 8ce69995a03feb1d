"""Whose an item is by the sentences it stands among: the rest of something private, of a regret, of a story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from service.notes.owners import GOES_ON, SILENT, Ownership
from service.notes.segment import Segment
from service.phrases import load
from service.types import NoteItem, Owner

_ADDS = re.compile(r"(?:and|plus|also|&|\+)\s", re.IGNORECASE)


def read_in_passage(s: Segment, alone: Ownership, before: Sequence[NoteItem], notes: str) -> Ownership:
    """The ownership of ``s``, read ``alone`` so far, after the items ``before`` it. Private wins over everything (G30)."""
    if opens_private_passage(_line_up_to(s, notes)):
        return Ownership(Owner.PRIVATE, "announced as private")
    if not before:
        return alone
    last = before[-1]
    if last.owner is Owner.PRIVATE and _same_breath(s, last, notes):
        return Ownership(Owner.PRIVATE, "goes with something private")
    if _goes_on(s, alone.owner, last, notes):
        return Ownership(Owner.CLARIFY, GOES_ON)
    if alone.reason == SILENT and last.owner is Owner.MINE and _ADDS.match(s.text):
        return Ownership(Owner.MINE, "goes on with yours")
    return alone


@cache
def _announcements() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.IGNORECASE) for p in load("owner_cues")["private_passage"])


def opens_private_passage(text: str) -> bool:
    """'Just for me: …' opens what is private to the end of its line."""
    plain = text.replace("’", "'")
    return any(p.search(plain) for p in _announcements())


def _line_up_to(s: Segment, notes: str) -> str:
    """The line of ``s`` as far as its end, at most a page of it."""
    return notes[max(notes.rfind("\n", 0, s.start) + 1, s.end - 2_000) : s.end]


def _same_breath(s: Segment, before: NoteItem, notes: str) -> bool:
    """The rest of a sentence that began with something private: 'asked about my salary, | I said 45'."""
    between = notes[before.end : s.start]
    ended = bool(re.search(r"[.!?]$|[.!?\n]", before.text[-1:] + between))
    return len(between) <= 6 and not ended and len(s.text.split()) <= 12


def _same_line(s: Segment, before: NoteItem, notes: str) -> bool:
    return s.start - before.end <= 3 and "\n" not in notes[before.end : s.start]


def _goes_on(s: Segment, owner: Owner, before: NoteItem, notes: str) -> bool:
    """The next sentence of the same bullet after a regret, in which the candidate gives the better answer."""
    if before.owner is not Owner.CLARIFY or owner not in (Owner.MINE, Owner.THEIRS):
        return False
    if not _same_line(s, before, notes):
        return False
    line = notes[notes.rfind("\n", 0, s.start) + 1 : (notes.find("\n", s.end) + 1 or len(notes) + 1) - 1]
    return len(line) < 160 or bool(
        re.match(r"(?:i|i'd|i've|we|my|it was|better|in fact|actually)\b", s.text.replace("’", "'"), re.IGNORECASE)
    )
