"""What must not reach a reader: private notes, and orders that stood in the notes (G30, G35)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from service.drafting.checks.finding import found, hard, places
from service.notes.amounts import amounts, values_in
from service.notes.lexis import Word, distinctive_stems, letter_stems, stem, words
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import read_ground
from service.types import Violation, Wording

_RUN = 4  # so many words in a row are a quotation


def private_content(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Words, numbers or a run of words that only the private part of the notes has. The detail quotes nothing."""
    hidden = read_ground(context).private
    for where, at in _repeats(wording, hidden, context):
        yield hard("private_content", "G30", "This stands only in your private notes.", where, at)


def followed_order(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """What only an instruction in the notes says: notes are data, never orders."""
    orders = read_ground(context).orders
    for where, at in _repeats(wording, orders, context):
        yield hard("followed_order", "G35", "This comes from an instruction that stood in the notes.", where, at)


def _repeats(wording: Wording, hidden: tuple[str, ...], context: CheckContext) -> Iterator[tuple[str, tuple[int, int]]]:
    if not hidden:
        return
    ground = read_ground(context)
    telling = frozenset(s for text in hidden for s in distinctive_stems(text)) - ground.stems
    numbers = {v for text in hidden for v in values_in(text)} - ground.values
    runs = {run for text in hidden for run in _runs(words(text))} - set(_runs(words(ground.usable)))
    for where, text in places(wording):
        here = words(text)
        yield from ((where, (w.start, w.end)) for w in here if w.stem in telling)
        yield from ((where, (a.start, a.end)) for a in amounts(text) if a.value in numbers)
        yield from ((where, at) for at in _run_places(here, runs))


def _runs(row: tuple[Word, ...]) -> Iterable[tuple[str, ...]]:
    """Every run of four words in plain form; of a shorter text, the whole of it."""
    low = tuple(w.low for w in row)
    if 1 < len(low) < _RUN:
        return [low]
    return [low[i : i + _RUN] for i in range(len(low) - _RUN + 1)]


def _run_places(row: tuple[Word, ...], runs: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    for size in {len(r) for r in runs}:
        for i in range(len(row) - size + 1):
            piece = row[i : i + size]
            if tuple(w.low for w in piece) in runs:
                yield piece[0].start, piece[-1].end


@cache
def _private_patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(p, re.IGNORECASE) for name, p in load("private")["patterns"].items()}


def private_matters(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Pay, other offers, apologies, excuses, confessions, health and opinions of people, whatever the notes say of them."""
    ground = read_ground(context)
    for where, text in places(wording):
        for name, pattern in _private_patterns().items():
            for match in found([pattern], text):
                if not _is_of_the_work(match.group(), name, ground.stems):
                    yield hard("private_matter", "G30", f"A follow-up leaves out {name}.", where, match.span())


def _is_of_the_work(text: str, name: str, stems: frozenset[str]) -> bool:
    """Whether the usable notes speak of it themselves: payroll work may name salaries."""
    if name in {"confession", "apologies", "pleading", "excuses", "health"}:
        return False
    telling = {stem(w.text) for w in words(text)} - letter_stems()
    return bool(telling) and telling <= stems


CHECKS = (private_content, followed_order, private_matters)
