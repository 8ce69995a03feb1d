"""Names and titles: every one from the notes, spelled as there, and the greeting's the reader's (G35)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from service.drafting.checks.finding import hard, places, soft
from service.phrases import load
from service.rubric.amounts import days
from service.rubric.context import CheckContext
from service.rubric.ground import called_with_title, company_words, people_names, read_ground
from service.rubric.letter import read_letter
from service.rubric.words import Word, name_parts, plain, sentences, words
from service.types import Person, PersonRole, Violation, Wording, is_honorific

_SURE_OF_PART = 0.9  # a part read with less is asked about, not held against the greeting
_NEAR = 80.0  # per cent of like letters between a name and its misspelling
_NOBODY = frozenset({"", "there", "all", "hiring team", "hiring manager", "sir or madam", "everyone", "team"})


def _capitals(text: str) -> Iterator[Word]:
    """Capitalised words that no sentence's beginning explains."""
    for sentence in sentences(text):
        for word in words(sentence.text):
            before = sentence.text[: word.start].rstrip()
            opens = not before or before[-1] in "\"'“‘(:;" or before.endswith((".", "!", "?"))
            if word.is_capitalised and not opens and word.low not in {"i", "i'm", "i've", "i'd", "i'll"}:
                yield Word(word.text, word.start + sentence.start, word.end + sentence.start)


def ungrounded_names(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Capitalised words that the notes do not have; a near miss of a known name is told apart."""
    ground = read_ground(context)
    parts = {p for names in people_names(context).values() for p in names} | company_words(context.facts)
    for where, text in places(wording):
        letter = read_letter(text) if where == "body" else None
        first = len(letter.greeting) if letter else 0
        body = text[: letter.closing[0].start] if letter and letter.closing else text
        # A subject may be set in capitals throughout: what the body says in small letters is no name.
        plain_words = ground.words if letter else ground.words | {w.low for w in words(wording.body)}
        plain_words |= frozenset(load("check_numbers")["feasts"])
        dated = [(d.start, d.end) for d in days(body)]
        for word in _capitals(body[first:]):
            start, end = word.start + first, word.end + first
            if (
                word.low in plain_words
                or len(word.text) == 1
                or is_honorific(word.text)
                or (word.text.isupper() and word.low in ground.initials)
                or any(s <= start < e for s, e in dated)
            ):
                continue
            if word.low in ground.private_names:
                yield hard("private_content", "G30", "This stands only in your private notes.", where, (start, end))
                continue
            near = next(
                (p for p in parts if len(p) > 3 and p[0] == word.low[0] and fuzz.ratio(p, word.low) >= _NEAR), None
            )
            if near:
                yield hard(
                    "misspelled_name",
                    "G35",
                    f"'{word.text}': the notes spell it '{near.title()}'.",
                    where,
                    (start, end),
                )
            else:
                yield hard("ungrounded_name", "G35", f"'{word.text}' is not in the notes.", where, (start, end))


def mixed_names(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The first name of one person beside the last name of another."""
    people = people_names(context)
    for where, text in places(wording):
        for first, last in itertools.pairwise(w for w in words(text) if w.is_capitalised):
            a = {n for n, parts in people.items() if first.low in parts}
            b = {n for n, parts in people.items() if last.low in parts}
            if text[first.end : last.start] == " " and a and b and not a & b:
                at = (first.start, last.end)
                yield hard(
                    "mixed_names", "G35", f"Nobody is called '{first.text} {last.text}' in the notes.", where, at
                )


def titles(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'Ms' or 'Dr' before a name needs the notes' word for that person: it states a sex or a degree."""
    ground, people = read_ground(context), people_names(context)
    for where, text in places(wording):
        for match in re.finditer(r"\b([A-Z][a-z]+)\.? (?=([^\W\d_]+))", text):
            if not match[2][0].isupper() or not is_honorific(match[1]):
                continue
            bearers = [name for name, parts in people.items() if plain(match[2]) in parts]
            if plain(match[1]) not in ground.words:
                yield hard("ungrounded_title", "G35", f"'{match[1]}' is not in the notes.", where, match.span(1))
            elif bearers and not any(_bears(name, match[1], context) for name in bearers):
                detail = f"The notes do not call {bearers[0]} '{match[1]}'."
                yield hard("ungrounded_title", "G35", detail, where, match.span(1))


def _bears(name: str, title: str, context: CheckContext) -> bool:
    """Whether the title stands before a name of this person in the notes, or was stated with them."""
    own, row = frozenset(name_parts(name)), [plain(w.text) for w in words(context.facts.notes)]
    for at, word in enumerate(row):
        after = next((w for w in row[at + 1 :] if not is_honorific(w)), "") if word == plain(title) else ""
        if after in own:
            return True
    known = [name, *context.given_words, *(p.title or "" for p in context.facts.people if p.name == name)]
    return any(plain(w.text) == plain(title) for stated in known for w in words(stated))


def greeting(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The greeting names the reader, as the notes spell it, and nobody else; without a known reader, nobody."""
    letter = read_letter(wording.body)
    if not letter.greeting:
        yield hard("no_greeting", "G12", "The message greets nobody.")
        return
    if context.recipient.name is None:
        if letter.addressed.strip().casefold() not in _NOBODY:
            yield hard("wrong_greeting", "G35", "The greeting names someone although the reader's name is not known.")
        return
    used = frozenset(w.text for w in words(letter.addressed) if not is_honorific(w.text))
    if not used or not used <= _spellings(context.recipient.name):
        yield hard("wrong_greeting", "G35", f"The greeting must name {context.recipient.name} and nobody else.")


def _spellings(name: str) -> frozenset[str]:
    """The words of ``name``; one that the notes have in small or in capital letters throughout may begin with a capital."""
    parts = [w.text for w in words(name)]
    return frozenset(parts) | {p.capitalize() for p in parts if p.islower() or p.isupper()}


def address(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """How the reader is addressed: with the title that the notes use, in capitals, and only who interviewed (G12)."""
    said = read_letter(wording.body).addressed.split()
    name = context.recipient.name
    if not said or name is None:
        return
    titled = called_with_title(name, context.facts.notes)
    if titled and not any(map(is_honorific, said)):
        yield soft("title_dropped", "G12", f"The notes say '{titled}': the greeting leaves the title out.")
    if any(w.islower() for w in said[:1]):
        yield soft("small_letters", "G12", f"The greeting writes '{said[0]}' in small letters.")
    if context.facts.interviewers and not any(_may_have_met(p, name) for p in context.facts.people):
        yield soft("not_an_interviewer", "G35", f"By the notes {name} did not interview you.")


def _may_have_met(person: Person, name: str) -> bool:
    """Whether it is this person who is called ``name``, and not read surely as somebody who did not interview."""
    same = set(name_parts(person.name)) & set(name_parts(name))
    return bool(same) and (person.role is PersonRole.INTERVIEWER or person.confidence < _SURE_OF_PART)


CHECKS = (ungrounded_names, mixed_names, titles, greeting, address)
