"""Text that repeats itself, or another reader's message (G38)."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from service.drafting.checks.finding import hard
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


CHECKS = (like_another, repeated_sentences)
