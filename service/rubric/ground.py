"""What the notes give ground for: the usable words, numbers and days, and whose each of them is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from service.notes.amounts import KnownDays, amounts, known_days, values_in
from service.notes.lexis import ground_stems, letter_stems, name_parts, plain, sentences, words
from service.notes.owners import UNPROVEN
from service.phrases import load
from service.rubric.context import CheckContext
from service.types import Facts, NoteItem, Owner, PersonRole


@dataclass(frozen=True)
class Ground:
    """``usable`` is the notes without what is private and without orders to a machine, plus what was given."""

    usable: str
    private: tuple[str, ...]  # texts that must not be repeated
    orders: tuple[str, ...]  # texts that must not be followed
    stems: frozenset[str]
    words: frozenset[str]  # plain forms
    values: frozenset[Decimal]
    percents: frozenset[Decimal]
    days: KnownDays

    def has(self, stem: str) -> bool:
        return stem in self.stems


@cache
def _order_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.IGNORECASE) for p in load("check_orders")["orders"])


def _is_order(text: str) -> bool:
    return any(p.search(text) for p in _order_patterns())


@lru_cache(maxsize=64)
def read_ground(context: CheckContext) -> Ground:
    """The ground that ``context`` gives a message."""
    facts = context.facts
    hidden = [(i.start, i.end) for i in facts.items if _is_hidden(i)]
    ordered = [(s.start, s.end) for s in sentences(facts.notes) if _is_order(s.text)]
    usable = "\n".join([_without(facts.notes, [*hidden, *ordered]), *_stated(context)])
    numbers = amounts(usable, in_days=True)
    return Ground(
        usable=usable,
        private=tuple(facts.notes[s:e] for s, e in hidden),
        orders=tuple(facts.notes[s:e] for s, e in ordered),
        stems=ground_stems(usable),
        words=frozenset(w.low for w in words(usable)),
        values=values_said(usable),
        percents=frozenset(a.value for a in numbers if a.is_percent),
        days=known_days(usable, tuple(d.day for d in (facts.interview_at, facts.decision_date) if d is not None)),
    )


@cache
def _spoken_year() -> re.Pattern[str]:
    data = load("check_numbers")
    units, tens = "|".join(data["units"]), "|".join(data["tens"])
    last = rf"(?:(?P<tens>{tens})(?:[- ](?P<unit>{units}))?|(?P<teen>{units}))"
    return re.compile(rf"\b(?:(?P<century>nineteen|twenty)|two thousand(?: and)?)[- ]{last}\b", re.IGNORECASE)


def values_said(text: str) -> frozenset[Decimal]:
    """Every value that notes with this ``text`` give ground for, however they were written down."""
    return values_in(text) | _spoken_years(text)


def _spoken_years(text: str) -> frozenset[Decimal]:
    """Years said in words, as dictation leaves them: 'twenty nineteen', 'two thousand and four'."""
    data = load("check_numbers")
    found = set()
    for m in _spoken_year().finditer(text.lower()):
        within = data["tens"].get(m["tens"], 0) + data["units"].get(m["unit"] or m["teen"], 0)
        if within > 9 or not m["century"]:
            found.add(Decimal((1900 if m["century"] == "nineteen" else 2000) + within).normalize())
    return frozenset(found)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}\n{text[end:]}"
    return text


def _stated(context: CheckContext) -> list[str]:
    """Values that count as ground although the notes may not have them, or have them in a hidden place."""
    facts = context.facts
    people = [p for p in facts.people if p.role is not PersonRole.MENTIONED]
    values = [v for p in people for v in (p.name, p.title)]
    values += [context.candidate, context.recipient.name, context.recipient.title]
    values += [f.value for f in (facts.company, facts.role) if f is not None]
    return [v for v in (*values, *context.given_words) if v]


@lru_cache(maxsize=64)
def usable_items(facts: Facts) -> tuple[NoteItem, ...]:
    """The items that a message may rest on."""
    return tuple(i for i in facts.items if not _is_hidden(i) and not _is_order(i.text))


def _is_hidden(item: NoteItem) -> bool:
    """Private for a reason. What is only unproven is left out of what we write, but no secret in what others write."""
    return item.owner is Owner.PRIVATE and item.reason != UNPROVEN


@lru_cache(maxsize=2048)
def item_stems(text: str) -> frozenset[str]:
    """What an item says, as stems; numbers and function words left out."""
    small = load("letter_words")["function"].split()
    return frozenset(w.stem for w in words(text) if w.low not in small and len(w.low) > 1 and not w.low.isdigit())


@lru_cache(maxsize=64)
def _weights(facts: Facts) -> dict[str, float]:
    """How telling a stem is for the item it stands in: 1 over the number of items that have it, less if plain."""
    counts: dict[str, int] = {}
    for item in usable_items(facts):
        for s in item_stems(item.text):
            counts[s] = counts.get(s, 0) + 1
    common = letter_stems()
    return {s: (0.25 if s in common else 1.0) / n for s, n in counts.items()}


@dataclass(frozen=True)
class Match:
    item: NoteItem
    weight: float  # summed weight of the shared stems
    telling: int  # how many of them no plain letter has


def matches(text: str, facts: Facts) -> tuple[Match, ...]:
    """The items that ``text`` shares words with, the closest first."""
    weights, common = _weights(facts), letter_stems()
    here = frozenset(w.stem for w in words(text))
    found = []
    for item in usable_items(facts):
        shared = here & ground_stems(item.text) & weights.keys()
        if shared:
            found.append(Match(item, sum(weights[s] for s in shared), len(shared - common)))
    return tuple(sorted(found, key=lambda m: -m.weight))


def people_names(context: CheckContext) -> dict[str, frozenset[str]]:
    """Parts of the names of everyone known, by whole name."""
    names = [p.name for p in context.facts.people] + [n for n in (context.recipient.name, context.candidate_name) if n]
    return {name: frozenset(name_parts(name)) for name in names}


def company_words(facts: Facts) -> frozenset[str]:
    return frozenset(plain(w.text) for w in words(facts.company.value)) if facts.company else frozenset()
