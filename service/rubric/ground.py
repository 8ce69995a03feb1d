"""What the notes give ground for: their usable words, numbers and days, and which items a text takes up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from service.rubric.amounts import KnownDays, amounts, known_days, times, values_in
from service.rubric.context import CheckContext
from service.rubric.words import function_words, letter_stems, name_parts, plain, words
from service.types import Facts, NoteItem, Owner, PersonRole, is_honorific


@dataclass(frozen=True)
class Ground:
    """``usable`` is the notes without what is private, plus what was given."""

    usable: str
    private: tuple[str, ...]  # texts that must not be repeated
    private_names: frozenset[str]  # plain forms of words that have a capital there and stand nowhere else
    words: frozenset[str]  # plain forms of the usable words
    initials: frozenset[str]  # 'hr' where 'human resources' stands
    values: frozenset[Decimal]
    days: KnownDays


@lru_cache(maxsize=64)
def read_ground(context: CheckContext) -> Ground:
    """The ground that ``context`` gives a message."""
    facts = context.facts
    hidden = [(i.start, i.end) for i in facts.items if i.owner is Owner.PRIVATE]
    usable = "\n".join([_without(facts.notes, hidden), *_stated(context)])
    row = tuple(w.low for w in words(usable))
    said = frozenset(row)
    private = tuple(facts.notes[s:e] for s, e in hidden)
    return Ground(
        usable=usable,
        private=private,
        private_names=frozenset(w.low for text in private for w in words(text) if w.is_capitalised) - said,
        words=said,
        initials=frozenset("".join(w[0] for w in row[i : i + n]) for n in (2, 3) for i in range(len(row) - n + 1)),
        values=values_in(usable) | _hours(usable),
        days=known_days(usable, tuple(d.day for d in (facts.interview_at, facts.decision_date) if d is not None)),
    )


def _hours(text: str) -> frozenset[Decimal]:
    """'0900' and '9am' in notes are 'nine' in a letter."""
    named = {Decimal(t.hour) for t in times(text)}
    return frozenset(named | {Decimal(int(m[1])).normalize() for m in re.finditer(r"\b([01]\d|2[0-3])[0-5]\d\b", text)})


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
    values += [f"{d.day:%A %B}" for d in (facts.interview_at, facts.decision_date) if d is not None]
    values += [called_with_title(context.recipient.name, facts.notes)]
    return [v for v in (*values, *context.given_words) if v]


@lru_cache(maxsize=64)
def usable_items(facts: Facts) -> tuple[NoteItem, ...]:
    """The items that a message may rest on."""
    return tuple(i for i in facts.items if i.owner is not Owner.PRIVATE)


@lru_cache(maxsize=2048)
def item_stems(text: str) -> frozenset[str]:
    """What an item says, as stems; numbers and function words left out."""
    small = function_words()
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
    """The items that ``text`` shares words or numbers with, the closest first."""
    weights, common = _weights(facts), letter_stems()
    here = frozenset(w.stem for w in words(text))
    values = {a.value for a in amounts(text)}
    found = []
    for item in usable_items(facts):
        shared = here & item_stems(item.text) & weights.keys()
        counted = values & values_in(item.text)
        if shared or counted:
            weight = sum(weights[s] for s in shared) + 0.5 * len(counted)
            found.append(Match(item, weight, len(shared - common) + len(counted)))
    return tuple(sorted(found, key=lambda m: -m.weight))


def people_names(context: CheckContext) -> dict[str, frozenset[str]]:
    """Parts of the names of everyone known, by whole name."""
    names = [p.name for p in context.facts.people] + [n for n in (context.recipient.name, context.candidate_name) if n]
    return {name: frozenset(name_parts(name)) for name in names}


def company_words(facts: Facts) -> frozenset[str]:
    return frozenset(plain(w.text) for w in words(facts.company.value)) if facts.company else frozenset()


@lru_cache(maxsize=64)
def called_with_title(name: str | None, notes: str) -> str:
    """How the notes call the person where they do so with a title, 'Mr Rading' or 'Revathi mam'; '' where they do not.

    A 'Mr Rading' is not greeted with 'Hi Odhiambo'.
    """
    own = {w.casefold() for w in (name or "").split() if not is_honorific(w)}
    said = notes.split()
    for at, before in enumerate(said):
        title = before.strip("(,;:-")
        called = " ".join(_leading(said[at + 1 :], own)) if _is_title(title) else ""
        if called:
            return f"{title} {called}"
    for before, word in pairwise(said):
        title = word.strip(".,;:()-")
        if before.strip("(").casefold() in own and _is_title(title):
            return f"{before.strip('(')} {title}"
    return ""


def _is_title(word: str) -> bool:
    """'Sister Perpetua' has a title, 'my sister Rosalba' and 'the lady' have none."""
    return is_honorific(word) and (word[:1].isupper() or word.casefold() not in _ALSO_WORDS)


_ALSO_WORDS = frozenset(("sister", "father", "lady", "lord", "canon", "pastor", "chef", "judge", "imam", "rabbi"))


def _leading(said: list[str], own: set[str]) -> Iterator[str]:
    """The words of the name that follow one another, up to a comma or a bracket."""
    for word in said:
        bare = word.strip(".,;:()-")
        if bare.casefold() not in own or not word.startswith(bare):
            return
        yield bare
        if not word.endswith(bare):
            return
