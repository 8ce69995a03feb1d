"""A name that the notes may mean as the company or the role, with what speaks for it; the choice among several."""

from __future__ import annotations

from dataclasses import dataclass

from service.types import Fact, Span, Warning

AMENDING = 12  # a statement that corrects an earlier one outweighs everything said before
_SURE = 9  # two guesses of this weight contradict each other
_ENOUGH = 2  # a lighter guess is no fact: a message without the name is better than one with a wrong name


@dataclass(frozen=True)
class Guess:
    value: str
    start: int  # offset in the notes
    weight: int  # below zero speaks against it: a former employer, a rival


def choose(found: list[Guess], what: str) -> tuple[Fact | None, tuple[Warning, ...]]:
    """The heaviest guess, earlier ones first, and a warning where a correction or two sure statements disagree."""
    merged: dict[str, Guess] = {}
    for guess in found:
        key = next((k for k in merged if _alike(k, guess.value.lower())), guess.value.lower())
        known = merged.get(key)
        if known is None:
            merged[key] = guess
        else:
            longer = guess if len(guess.value) > len(known.value) and guess.weight >= _ENOUGH else known
            merged[key] = Guess(longer.value, longer.start, known.weight + guess.weight)
    best = max(merged.values(), key=lambda g: (g.weight, -g.start), default=None)
    if best is None or best.weight < _ENOUGH:
        return None, ()
    fact = Fact(best.value, Span(best.start, best.start + len(best.value)))
    rivals = any(g is not best and g.weight >= _SURE and best.weight >= _SURE for g in merged.values())
    corrected = len(merged) > 1 and any(g.value == best.value and g.weight >= AMENDING for g in found)
    detail = f"The notes name more than one {what}; the later, corrected one is used: {best.value}."
    return fact, ((Warning("contradiction", detail),) if rivals or corrected else ())


def _alike(a: str, b: str) -> bool:
    return a == b or a.startswith(b + " ") or b.startswith(a + " ")
