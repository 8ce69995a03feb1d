"""Length: what LinkedIn cuts off, and what nobody reads (G20, G22-G24)."""

from __future__ import annotations

from collections.abc import Iterator

from service.drafting.checks.finding import hard, soft
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.letter import read_letter
from service.rubric.words import words
from service.types import MessageKind, Violation, Wording


def too_many_characters(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    limit = context.char_limit
    if limit is None and context.kind is MessageKind.LINKEDIN:
        limit = load("limits")["linkedin_characters"]["hard"]
    if limit is not None and wording.char_count > limit:
        yield hard("too_many_characters", "G20", f"{wording.char_count} characters; at most {limit} fit.")


def body_length(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    limits = load("limits")["body_words"][context.kind.value]
    count, rule = wording.word_count, limits["rule"]
    if count > limits["ceiling"]:
        yield hard("too_many_words", rule, f"{count} words; over {limits['ceiling']} is an essay.")
    elif count > limits["most"]:
        yield soft("long", rule, f"{count} words; {limits['least']} to {limits['most']} reads best.")
    elif count < limits["least"]:
        yield soft("short", rule, f"{count} words; {limits['least']} to {limits['most']} reads best.")


def subject_length(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    most = load("limits")["subject_characters"]["hard"]
    if context.kind is MessageKind.LINKEDIN:
        if wording.subject:
            yield hard("subject_on_linkedin", "G20", "A LinkedIn note has no subject.", "subject")
    elif not (wording.subject or "").strip():
        yield hard("no_subject", "G24", "An email needs a subject.", "subject")
    elif len(wording.subject or "") > most:
        yield hard(
            "subject_too_long", "G24", f"{len(wording.subject or '')} characters; at most {most} are shown.", "subject"
        )


def empty_body(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    if not any(len(s.text.split()) > 2 for s in read_letter(wording.body).main):
        yield hard("empty_body", "G22", "There is no message between greeting and closing.")


def long_sentence(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    most = load("limits")["sentence_words"]["most"]
    for sentence in read_letter(wording.body).main:
        if (count := len(words(sentence.text))) > most:
            yield soft("long_sentence", "G12", f"A sentence of {count} words.", "body", (sentence.start, sentence.end))


CHECKS = (too_many_characters, body_length, subject_length, empty_body, long_sentence)
