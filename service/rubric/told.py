"""Whose each clause of the notes is: 'I told her about my audit, she runs 3 sites' holds one of either side (G37)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache

from service.notes.amounts import amounts
from service.notes.lexis import letter_stems, name_parts, stem, words
from service.phrases import load
from service.rubric.ground import item_stems, usable_items, values_said
from service.types import Facts, NoteItem, Owner


class Side(StrEnum):
    MINE = "mine"
    THEIRS = "theirs"
    OPEN = "open"  # of both, of a third, or not told


@dataclass(frozen=True)
class Told:
    """A clause of a note item, and whose deed or matter it is."""

    item: NoteItem
    text: str
    side: Side

    @property
    def stems(self) -> frozenset[str]:
        return item_stems(self.text) - _number_stems()


@cache
def _number_stems() -> frozenset[str]:
    data = load("check_numbers")
    return frozenset(stem(w) for w in (*data["units"], *data["tens"], *data["scales"]))


_OF_ITEM = {Owner.MINE: Side.MINE, Owner.CLARIFY: Side.MINE, Owner.THEIRS: Side.THEIRS}
_SUBJECT = re.compile(
    r"(?<!\w)(?:(?P<me>i|i've|i'd|we|we've)|(?P<them>he|she|they|\w+))(?= (?!and\b|or\b)[a-z])", re.IGNORECASE
)
# 'Told her about my audit' is about the audit, not about her; 'she walked me round' is about her.
_TELLING = re.compile(
    r"\b(?:told|tell|telling|showed|show|gave|explained|mentioned|said|described|walked|talked|shared|pitched|took|let|"
    r"asked|rang|wants|wanted|reminded|taught|invited|sent|lets|asks|tells|shows)"
    r"(?: it| this| that)?(?: to| with)? (?:her|him|them|you|me|us|the panel)\b",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\b(?:she|he|they|his|their|your|hers|theirs|her(?= [a-z]))\b", re.IGNORECASE)
_OF_ME = re.compile(r"\b(?:i|i'm|i've|my|mine|we|our)\b", re.IGNORECASE)


@lru_cache(maxsize=64)
def told(facts: Facts) -> tuple[Told, ...]:
    """Every clause of the items that a message may rest on."""
    names = frozenset(p for person in facts.interviewers for p in name_parts(person.name) if len(p) > 2)
    return tuple(clause for item in usable_items(facts) for clause in _clauses(item, names))


def _clauses(item: NoteItem, names: frozenset[str]) -> Iterator[Told]:
    """The item cut before each subject. A clause without one goes on as the item began."""
    text = item.text.replace("’", "'")
    own = _OF_ITEM.get(item.owner, Side.OPEN)
    cuts = [(m.start(), bool(m["me"])) for m in _SUBJECT.finditer(text) if m["me"] or _is_person(m["them"], names)]
    last = 0
    side = own
    for at, is_me in [*cuts, (len(text), False)]:
        if text[last:at].strip():
            yield Told(item, text[last:at], _checked(text[last:at], side))
        last, side = at, _spoken_by(is_me, own)


def _is_person(word: str, names: frozenset[str]) -> bool:
    return word.lower() in {"he", "she", "they"} or word.lower() in names


def _spoken_by(is_me: bool, own: Side) -> Side:
    """'They' in an item of mine are some third people; 'we' and 'I' in an item of theirs are mine."""
    if own is Side.OPEN:
        return own
    if is_me:
        return Side.MINE
    return Side.THEIRS if own is Side.THEIRS else Side.OPEN


def _checked(text: str, side: Side) -> Side:
    """Open where the clause speaks of the other side as well."""
    plain = _TELLING.sub("", text)
    if side is Side.MINE and _OF_THEM.search(plain):
        return Side.OPEN
    if side is Side.THEIRS and _OF_ME.search(plain):
        return Side.OPEN
    return side


_Number = tuple[Decimal, str]  # with the stem of the word that it counts: 'five months' is not 'five people'


def _numbers(text: str) -> frozenset[_Number]:
    row = ((a.value, words(text[a.end : a.end + 24])[:1]) for a in amounts(text, in_days=True))
    return frozenset((value, counted[0].stem if counted else "") for value, counted in row)


@dataclass(frozen=True)
class _Weights:
    """How telling a stem or number is: one over the number of items that have it, less for a plain word."""

    stems: dict[str, float]
    counted: dict[_Number, float]
    values: dict[Decimal, float]


@lru_cache(maxsize=64)
def _weights(facts: Facts) -> _Weights:
    texts = {t.item.id: t.item.text for t in told(facts)}.values()
    stems = Counter(s for text in texts for s in item_stems(text))
    counted = Counter(n for text in texts for n in _numbers(text))
    values = Counter(v for text in texts for v in values_said(text))
    common = letter_stems()
    return _Weights(
        {s: (0.25 if s in common else 1.0) / n for s, n in stems.items()},
        {v: 1.0 / n for v, n in counted.items()},
        {v: (1.0 if v > _SMALL else 0.4) / n for v, n in values.items()},
    )


_SMALL = 12  # numbers up to here stand in any notes


@dataclass(frozen=True)
class Hold:
    """How firmly a stretch of a message rests on a clause of the notes."""

    told: Told
    weight: float
    telling: int  # shared words that no plain letter has, and shared numbers


@lru_cache(maxsize=512)
def holds(text: str, facts: Facts) -> tuple[Hold, ...]:
    """The clauses that ``text`` shares words or numbers with, the firmest first."""
    known, common = _weights(facts), letter_stems()
    stems, counted, values = frozenset(w.stem for w in words(text)), _numbers(text), values_said(text)
    found = []
    for clause in told(facts):
        shared = stems & clause.stems & known.stems.keys()
        things = counted & _numbers(clause.text)
        bare = (values & values_said(clause.text)) - {value for value, _ in things}
        if shared or things or bare:
            weight = sum(known.stems[s] for s in shared) + sum(known.counted.get(t, 0.5) for t in things)
            weight += sum(known.values.get(v, 0.0) for v in bare)
            telling = len(shared - common) + len(things) + sum(v > _SMALL for v in bare)
            found.append(Hold(clause, weight, telling))
    return tuple(sorted(found, key=lambda h: -h.weight))
