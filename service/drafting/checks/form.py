"""How the text stands on the page, and in which language (G12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.drafting.checks.finding import compiled, found, hard, places, soft, straight
from service.notes.language import read_language
from service.notes.lexis import words
from service.notes.wordclass import tag
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import company_words
from service.rubric.letter import read_letter
from service.types import Violation, Wording

_DOUBLED = re.compile(r"\b([^\W\d_]+) \1\b", re.IGNORECASE)
_SPACES = re.compile(r"(?<=\S) {2,}(?=\S)|\s+[,.;!?](?=\s|$)|,,|[ \t]+$", re.MULTILINE)
_LOWER_I = re.compile(r"(?<![\w.'’])i(?:['’](?:m|ve|d|ll))?(?![\w.])")
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"))


def language(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    if read_language(wording.body) != context.language:
        yield hard("language", "G12", "The message is not in the language that was asked for.")


def leftovers(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Shorthand, bullets and arrows of the notes."""
    for where, text in places(wording):
        for match in found(compiled("check_form", "leftovers"), text):
            yield hard(
                "leftover", "G12", f"'{match.group().strip()}' is note-taking, not a letter.", where, match.span()
            )


def sentence_form(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Sentences begin with a capital and end with a mark."""
    company = company_words(context.facts)
    for sentence in read_letter(wording.body).main:
        at = (sentence.start, sentence.end)
        first = words(sentence.text)[:1]
        opens_line = sentence.start == 0 or wording.body[: sentence.start].rstrip(" \"'“‘(")[-1:] in {
            "",
            "\n",
            ".",
            "!",
            "?",
        }
        if first and first[0].text[0].islower() and opens_line and first[0].low not in company:
            yield hard("no_capital", "G12", "A sentence begins without a capital.", "body", at)
        if sentence.text[-1] not in ".!?…\"'”’)":
            yield hard("unfinished", "G12", "A sentence has no end.", "body", at)


def typing(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Doubled words, lower-case 'i', stray spaces, brackets left open."""
    for where, text in places(wording):
        for match in _DOUBLED.finditer(text):
            if match[1].lower() not in {"had", "that", "very"}:
                yield hard("doubled_word", "G12", f"'{match.group()}'", where, match.span())
        for match in _LOWER_I.finditer(text):
            yield hard("lower_case_i", "G12", "'I' needs its capital.", where, match.span())
        for match in _SPACES.finditer(text):
            yield soft("stray_space", "G12", "A stray space or comma.", where, match.span())
        for left, right in _PAIRS:
            if text.count(left) != text.count(right):
                yield hard("open_bracket", "G12", f"'{left}' and '{right}' do not pair.", where)
        if text.count('"') % 2:
            yield hard("open_bracket", "G12", "A quotation mark is left open.", where)


_SUBJECT = re.compile(r"(?:^|(?P<before>[\w']+) )(?:you|I|we|they) (?P<verb>[a-z]+s)\b")


def agreement(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'You leads', 'I has': the verb of another person."""
    after = frozenset(load("check_form")["agreement_after"])
    for sentence in read_letter(wording.body).main:
        for match in _SUBJECT.finditer(straight(sentence.text)):
            kind, before = tag(match["verb"]), (match["before"] or "that").lower()
            if match["verb"].endswith(("ss", "us", "is", "ways")) or before in {"thank", "to", "for", "with"}:
                continue
            if (kind == "VBZ" and before in after) or (kind == "NNS" and before in after and match["before"]):
                at = (match.start() + sentence.start, match.end() + sentence.start)
                yield hard("grammar", "G12", f"'{match.group()}': the verb does not go with its subject.", "body", at)


def grammar(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Verb forms and word pairs that no sentence has."""
    for sentence in read_letter(wording.body).main:
        for match in found(compiled("check_form", "disagreements"), sentence.text):
            at = (match.start() + sentence.start, match.end() + sentence.start)
            yield hard("grammar", "G12", f"'{match.group().strip()}' is not a sentence's way.", "body", at)


_LAST_TWO = re.compile(r"(?P<lead>[\w'-]+) (?P<verb>[\w'-]+) (?P<last>[a-z]+)[.!?]$")


def cut_short(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """A sentence that breaks off at a preposition with nothing to lean on."""
    data = load("check_form")
    for sentence in read_letter(wording.body).main:
        end = _LAST_TWO.search(straight(sentence.text))
        if end is None or end["last"] not in data["stranded"]:
            continue
        leans = tag(end["verb"])[:2] in {"VB", "JJ"} or end["lead"].lower() in data["leaning_after"]
        if not leans:
            at = (end.start("verb") + sentence.start, sentence.end)
            yield hard("grammar", "G12", f"'{end['last']}' stands at the end with nothing behind it.", "body", at)


CHECKS = (language, leftovers, sentence_form, typing, grammar, cut_short, agreement)
