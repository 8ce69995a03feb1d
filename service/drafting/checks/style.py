"""Wording that costs respect: stock phrases, a machine's tells, no thanks (G4, G33, G34)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from service.drafting.checks.finding import compiled, found, places, soft
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.gratitude import asks_for_thanks, has_thanks
from service.rubric.ground import read_ground
from service.rubric.words import plain, words
from service.types import Violation, Wording


def stock_phrases(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        for match in found(compiled("stock_phrases", "patterns"), text):
            yield soft(
                "stock_phrase", "G33", f"'{match.group()}' could stand in anyone's message.", where, match.span()
            )


@cache
def _tells() -> frozenset[str]:
    return frozenset(load("machine_tells")["words"])


@cache
def _dashes() -> re.Pattern[str]:
    return re.compile(load("machine_tells")["dashes"])


def machine_tells(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Words and turns of a machine; one that the notes use themselves is the candidate's own."""
    ground = read_ground(context)
    for where, text in places(wording):
        for word in words(text):
            if plain(word.text) in _tells() and word.low not in ground.words:
                yield soft("machine_tell", "G34", f"'{word.text}' sounds machine-made.", where, (word.start, word.end))
        for match in found(compiled("machine_tells", "patterns"), text):
            yield soft("machine_tell", "G34", f"'{match.group()}' sounds machine-made.", where, match.span())


def dashes(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        for match in _dashes().finditer(text):
            yield soft("dash", "G34", "A dash between clauses reads like a machine.", where, match.span())


def thanks(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    if asks_for_thanks(context) and not has_thanks(wording.body):
        yield soft("no_thanks", "G4", "The message does not thank the reader.")


CHECKS = (stock_phrases, machine_tells, dashes, thanks)
