"""What must not reach a reader: the private part of the notes, and matters that no follow-up holds (G30)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from service.drafting.checks.finding import hard, places
from service.phrases import load
from service.rubric.amounts import amounts, values_in
from service.rubric.context import CheckContext
from service.rubric.ground import item_stems, read_ground
from service.rubric.words import Word, letter_stems, words
from service.types import Facts, Owner, Violation, Wording

_RUN = 4  # so many words in a row are a quotation
_SMALL = 12  # numbers up to here stand in any text


def private_content(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Words, numbers or a run of words that only the private part of the notes has. The detail quotes nothing.

    A word counts unless it is one that any letter may have: 'chemotherapy' tells the matter by itself. What a regret is about
    may be named where the better answer stands beside it: 'my answer on the budget'.
    """
    ground = read_ground(context)
    if not ground.private:
        return
    runs = {run for text in ground.private for run in _runs(words(text))} - set(_runs(words(ground.usable)))
    kept_back = set(ground.private) - _amended(context.facts)
    telling = {s for text in kept_back for s in item_stems(text)} - item_stems(ground.usable) - letter_stems()
    numbers = {v for text in ground.private for v in values_in(text) if v > _SMALL} - ground.values
    for where, text in places(wording):
        spans = [(a.start, a.end) for a in amounts(text) if a.value in numbers]
        spans += _run_places(words(text), runs)
        spans += [(w.start, w.end) for w in words(text) if w.stem in telling]
        for at in spans:
            yield hard("private_content", "G30", "This stands only in your private notes.", where, at)


def _amended(facts: Facts) -> set[str]:
    """Regrets with the better answer right before or behind them."""
    pairs = [*pairwise(facts.items), *((b, a) for a, b in pairwise(facts.items))]
    return {facts.notes[a.start : a.end] for a, b in pairs if a.privacy == "regret" and b.owner is Owner.CLARIFY}


def _runs(row: tuple[Word, ...]) -> Iterable[tuple[str, ...]]:
    low = tuple(w.low for w in row)
    return (low[i : i + _RUN] for i in range(len(low) - _RUN + 1))


def _run_places(row: tuple[Word, ...], runs: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    for i, run in enumerate(_runs(row)):
        if run in runs:
            yield row[i].start, row[i + _RUN - 1].end


@cache
def _matters() -> dict[str, tuple[tuple[int, str, tuple[str, ...]], ...]]:
    """(its place, what it is, the phrase's words) of every phrase in private.yaml, by the phrase's first word."""
    by_first: dict[str, list[tuple[int, str, tuple[str, ...]]]] = defaultdict(list)
    stated = [(name, tuple(p.split())) for name, phrases in load("private")["matters"].items() for p in phrases]
    for place, (name, phrase) in enumerate(stated):
        by_first[phrase[0]].append((place, name, phrase))
    return {first: tuple(found) for first, found in by_first.items()}


def private_matters(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Pay, other offers, pleading and the like, where the usable notes do not speak of them as the work itself."""
    for where, text in places(wording):
        row = words(text)
        low = tuple(w.low for w in row)
        met = sorted(
            (place, i, name, phrase)
            for i, word in enumerate(low)
            for place, name, phrase in _matters().get(word, ())
            if low[i : i + len(phrase)] == phrase
        )
        known = f" {' '.join(w.low for w in words(read_ground(context).usable))} " if met else ""
        for _, i, name, phrase in met:
            if f" {' '.join(phrase)} " not in known:
                at = (row[i].start, row[i + len(phrase) - 1].end)
                yield hard("private_matter", "G30", f"A follow-up leaves out {name}.", where, at)


CHECKS = (private_content, private_matters)
