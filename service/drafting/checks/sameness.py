"""Text that repeats itself, or another reader's message (G38)."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from service.drafting.checks.finding import hard
from service.notes.lexis import Word, function_words, ground_stems, letter_stems, words
from service.rubric.context import CheckContext
from service.rubric.letter import read_letter
from service.types import Violation, Wording

_NEAR = 88.0  # per cent of like characters between two messages
_SAME_SENTENCE = 90.0
_RUN = 4


def like_another(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    own = read_letter(wording.body).main_text.casefold()
    for other in context.others:
        if fuzz.ratio(own, read_letter(other).main_text.casefold()) >= _NEAR:
            yield hard("like_another", "G38", "Another reader gets nearly the same message.")
            return


def repeated_sentences(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    main = [s for s in read_letter(wording.body).main if len(s.text.split()) >= _RUN]
    for i, sentence in enumerate(main):
        for earlier in main[:i]:
            if fuzz.token_sort_ratio(sentence.text.casefold(), earlier.text.casefold()) >= _SAME_SENTENCE:
                at = (sentence.start, sentence.end)
                yield hard("repeated_sentence", "G12", "A sentence is said twice.", "body", at)
                break


def repeated_words(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The same run of four words twice; the names of role and company may come again."""
    facts = context.facts
    named = frozenset(s for f in (facts.company, facts.role) if f for s in ground_stems(f.value))
    seen: dict[tuple[str, ...], int] = {}
    for sentence in read_letter(wording.body).main:
        row = words(sentence.text)
        for i in range(len(row) - _RUN + 1):
            run = row[i : i + _RUN]
            key = tuple(w.low for w in run)
            if key in seen and _says_something(run, named):
                at = (run[0].start + sentence.start, run[-1].end + sentence.start)
                yield hard("repeated_words", "G12", "The same words come twice.", "body", at)
                return
            seen[key] = 1


def _says_something(run: tuple[Word, ...], named: frozenset[str]) -> bool:
    telling = [w for w in run if w.low not in function_words() and w.stem not in named]
    return len([w for w in telling if w.stem not in letter_stems()]) >= 2 or len(telling) >= 3


CHECKS = (like_another, repeated_sentences, repeated_words)
