"""Text that no letter has: placeholders, a machine's chatter, markup, marks of note-taking, another language (G12, G34, G36)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from service.drafting.checks.finding import compiled, found, hard, places
from service.reading.language import read_language
from service.rubric.context import CheckContext
from service.types import Violation, Wording

_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|javascript:|\bon(?:error|load|click)\s*=|```|&(?:lt|gt|quot|#\d+);")
_JOINERS = frozenset("\u200d\ufe0f")  # they hold emoji together


def placeholders(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        for match in found(compiled("placeholders", "patterns"), text):
            yield hard("placeholder", "G36", f"'{match.group()}' is a gap that was not filled.", where, match.span())


def machine_talk(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        for match in found(compiled("machine_tells", "talk"), text):
            yield hard("machine_talk", "G34", "Words about the writing instead of the message.", where, match.span())


def markup(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        for match in _MARKUP.finditer(text):
            yield hard("markup", "G12", "Markup does not belong in a message.", where, match.span())


def invisible(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    for where, text in places(wording):
        for at, character in enumerate(text):
            category = unicodedata.category(character)
            if (
                category in {"Cc", "Cf", "Co", "Cs", "Cn"}
                and character not in _JOINERS
                and not (character == "\n" and where == "body")
            ):
                yield hard("invisible_character", "G12", "A control or direction character.", where, (at, at + 1))


def note_taking(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Bullets, arrows and marks of the notes that no letter has."""
    for where, text in places(wording):
        for match in found(compiled("placeholders", "note_taking"), text):
            detail = f"'{match.group().strip()}' is note-taking, not a letter."
            yield hard("note_taking", "G12", detail, where, match.span())


def language(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    if read_language(wording.body) != context.language:
        yield hard("language", "G12", "The message is not in the language that was asked for.")


CHECKS = (placeholders, machine_talk, markup, invisible, note_taking, language)
