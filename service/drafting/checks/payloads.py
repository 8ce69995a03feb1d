"""What somebody else can have put into the notes for a letter to carry: addresses, accounts, codes, foreign letters, the prompt (G12, G34).

Each has a form that the world has fixed, so that no English needs to be known. That such a thing stands in the notes is no
ground for it, since whoever writes into the notes writes the ground too; what the caller stated, and what the reader is called, is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from service.drafting.checks.finding import hard, places
from service.phrases import load
from service.prompting.library import PromptLibrary, default_root
from service.reading import forms
from service.rubric.context import CheckContext
from service.rubric.words import words
from service.types import Span, Violation, Wording

_RUN = 8  # so many words of a prompt in a row are its own


def addresses(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Links and mail addresses: a letter needs none, and its sender adds what it should have."""
    for where, at in _found(forms.addresses, wording, context):
        yield hard("address", "G12", "A link or mail address is the sender's own to add.", where, at)


def accounts(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, at in _found(forms.accounts, wording, context):
        yield hard("account", "G12", "A telephone or account number does not belong here.", where, at)


def codes(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, at in _found(forms.codes, wording, context):
        yield hard("code", "G12", "A reference number or another code does not belong here.", where, at)


def _found(
    form: Callable[[str], Iterable[Span]], wording: Wording, context: CheckContext
) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where ``form`` stands outside what the firm, the job and people are called."""
    called = " ".join(_called(context)).casefold()
    for where, text in places(wording):
        for span in form(text):
            if text[span.start : span.end].rstrip(".,;:!?)").casefold() not in called:
                yield where, (span.start, span.end)


def foreign_letters(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Letters of another script, or forms that only look like this one's; names are written as they are."""
    known = frozenset(w.low for name in _called(context) for w in words(name))
    for where, text in places(wording):
        for word in words(text):
            foreign = [c for c in word.text if forms.is_foreign(c)]
            mixed = 0 < len(foreign) < sum(map(str.isalpha, word.text))
            is_symbol = len(word.text) <= 2 and all(map(forms.is_greek, foreign))  # 'π', 'µm', 'kΩ'
            if foreign and not is_symbol and (mixed or word.low not in known):
                yield hard("foreign_letters", "G12", "Letters of another script.", where, (word.start, word.end))


def _called(context: CheckContext) -> Iterator[str]:
    """What people, the firm and the job are called, and what the caller stated."""
    facts = context.facts
    people = [v for p in facts.people for v in (p.name, p.title)]
    stated = [context.recipient.name, context.recipient.title, context.candidate_name, *context.given_words]
    yield from (v for v in (*people, *stated, *(f.value for f in (facts.company, facts.role) if f)) if v)


def prompt_told(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        row = words(text)
        for i in range(len(row) - _RUN + 1):
            if tuple(w.low for w in row[i : i + _RUN]) in _instructions():
                at = (row[i].start, row[i + _RUN - 1].end)
                yield hard("prompt_told", "G34", "Words of the instructions instead of the message.", where, at)


@cache
def _instructions() -> frozenset[tuple[str, ...]]:
    """Every run of words in a line of the prompts that ship, but for examples: what is quoted, and what begins as a small
    model's sentences do."""
    library = PromptLibrary.load(default_root())
    openings = tuple(opening for group in load("openings").values() for opening in group)
    texts = (v.system for name in library.names() for v in library.versions(name))
    lines = (line for text in texts for line in text.splitlines() if not line.startswith(openings))
    said = (part for line in lines for part in line.split('"')[::2])
    rows = (tuple(w.low for w in words(part)) for part in said)
    return frozenset(row[i : i + _RUN] for row in rows for i in range(len(row) - _RUN + 1))


CHECKS = (addresses, accounts, codes, foreign_letters, prompt_told)
