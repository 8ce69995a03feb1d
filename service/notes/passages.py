"""Whose an item is by the sentences it stands among: the rest of something private, of a regret, of a story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from service.notes.evidence import is_told
from service.notes.owners import ASKED, GOES_ON, GOES_ON_WITH_OWN, SILENT, UNCLEAR, UNPROVEN, Ownership
from service.notes.segment import Segment, SegmentKind
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
    if _remarks(s, alone.owner, last, notes):
        return Ownership(Owner.CLARIFY, "a remark on the regret before it")
    if alone.owner is Owner.THEIRS and _speaks_of_others(s, last, notes):
        return Ownership(Owner.SMALL_TALK, UNCLEAR)
    if s.kind is SegmentKind.ANSWER and last.reason == ASKED and _cue("delicate_question").search(last.text):
        return Ownership(Owner.PRIVATE, "an answer about leaving, pay or a weakness")
    if alone.reason == SILENT and last.owner is Owner.MINE and _goes_on_with_own(s, last, notes):
        return Ownership(Owner.MINE, GOES_ON_WITH_OWN)
    return alone


def _goes_on_with_own(s: Segment, before: NoteItem, notes: str) -> bool:
    """'I bound 90 books | and the maps', 'I bound 90 books. Took five weeks': no new subject."""
    return bool(_ADDS.match(s.text)) or (bool(_cue("own_deed").match(s.text)) and same_line(s, before, notes))


def takes_back(text: str) -> bool:
    """'I said 40 crowns. Not true': what was just said must not be sent either."""
    return bool(_cue("taken_back").search(text.replace("’", "'")))


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


def same_line(s: Segment, before: NoteItem, notes: str) -> bool:
    """Nothing but a stop or a space stands between the two."""
    return s.start - before.end <= 3 and "\n" not in notes[before.end : s.start]


def _goes_on(s: Segment, owner: Owner, before: NoteItem, notes: str) -> bool:
    """The next sentence of the same bullet after a regret, in which the candidate gives the better answer."""
    if before.owner is not Owner.CLARIFY or owner not in (Owner.MINE, Owner.THEIRS):
        return False
    if not same_line(s, before, notes):
        return False
    line = notes[notes.rfind("\n", 0, s.start) + 1 : (notes.find("\n", s.end) + 1 or len(notes) + 1) - 1]
    return len(line) < 160 or bool(
        re.match(r"(?:i|i'd|i've|we|my|it was|better|in fact|actually)\b", s.text.replace("’", "'"), re.IGNORECASE)
    )


_JOIN = 10  # characters of 'because' and its comma


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile(load("owner_cues")["passages"][name], re.IGNORECASE)


def _remarks(s: Segment, owner: Owner, before: NoteItem, notes: str) -> bool:
    """'That number would have helped.' after a regret says nothing of the others."""
    told = before.owner is Owner.CLARIFY and owner is Owner.THEIRS and same_line(s, before, notes)
    return told and bool(_cue("remark").match(s.text.replace("’", "'")))


def _speaks_of_others(s: Segment, before: NoteItem, notes: str) -> bool:
    """'I moved the beds. They weren't hurt.': 'they' are people of the candidate's story."""
    join = notes[before.end : s.start]
    if s.label or "\n" in join or len(join) > _JOIN:
        return False
    text = f"{join.strip(' ,;.-')} {s.text}".strip().replace("’", "'")  # 'at night, so | they can see it'
    if _cue("verbs_of_the_talk").search(text):
        return False
    if before.owner in (Owner.MINE, Owner.CLARIFY) or before.reason == UNCLEAR:
        return bool(_cue("of_a_story").match(text) or _cue("goes_on").match(text))
    return before.owner is Owner.THEIRS and bool(_cue("goes_on").match(text))


_ASIDE = 10  # words; a longer sentence beside something private tells a thing of its own


def with_private_neighbours(items: tuple[NoteItem, ...], notes: str) -> tuple[NoteItem, ...]:
    """'26k is a joke. the beer is average': what nobody is said to have told, beside something private on one line."""

    def beside(k: int, n: int) -> bool:
        if not 0 <= n < len(items) or items[n].owner is not Owner.PRIVATE or items[n].reason == UNPROVEN:
            return False
        first, second = sorted((items[k], items[n]), key=lambda i: i.start)
        return "\n" not in notes[first.end : second.start]

    def is_aside(k: int) -> bool:
        item = items[k]
        return (
            item.owner is Owner.THEIRS
            and item.reason == SILENT
            and item.speaker is None
            and len(item.text.split()) <= _ASIDE
            and not is_told(item.text, frozenset())
        )

    return tuple(
        replace(item, owner=Owner.PRIVATE, reason="beside something private")
        if is_aside(k) and (beside(k, k - 1) or beside(k, k + 1))
        else item
        for k, item in enumerate(items)
    )
