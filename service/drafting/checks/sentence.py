"""One candidate sentence held against the one note item that it was written from."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from service.drafting.checks import form, grounding, marks, names, privacy
from service.drafting.checks.finding import compiled, found, hard, straight
from service.drafting.checks.fluency import FLUENCY
from service.drafting.checks.grounding import unknown_words
from service.notes.amounts import amounts, values_in
from service.notes.lexis import content_words, ground_stems, letter_stems, sentences, words
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import Ground, read_ground
from service.types import NoteItem, Owner, Violation, Wording

SentenceCheck = Callable[[str, NoteItem, CheckContext, str], Iterable[Violation]]


def one_sentence(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """Exactly one sentence, neither a scrap nor an essay, with a full stop."""
    limits, count = load("check_sentence"), len(words(text))
    if len(sentences(text.strip())) != 1:
        yield hard("not_one_sentence", "G12", "There must be exactly one sentence.")
    if not limits["least_words"] <= count <= limits["most_words"]:
        yield hard("sentence_length", "G12", f"{count} words.")
    if text.strip()[-1:] != ".":
        yield hard("unfinished", "G12", "The sentence has no full stop.")


_FRACTION = re.compile(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])(?= [^\W\d_])")


def _fractions(text: str) -> set[Decimal]:
    return {Decimal(n).normalize() for m in _FRACTION.finditer(text) for n in m.groups()}


def keeps_numbers(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """Every number of the item's claims is there, and none that the item does not have."""
    here, there = values_in(text), values_in(item.text)
    # '3/11 services' reads like a day, and is one only in notes of when and where.
    dated = item.owner in {Owner.LOGISTICS, Owner.NEXT_STEP}
    claimed = {a.value for a in amounts(item.text)} | (set() if dated else _fractions(item.text))
    stated = values_in(opening) | {v for word in context.given_words for v in values_in(word)}
    if lost := claimed - here:
        yield hard("lost_number", "G35", f"{len(lost)} number(s) of the note are missing.")
    if {a.value for a in amounts(text)} - there - stated:
        yield hard("ungrounded_number", "G35", "A number that the note does not have.")


def _own_ground(item: NoteItem, context: CheckContext, opening: str) -> frozenset[str]:
    facts = context.facts
    named = [f.value for f in (facts.company, facts.role) if f is not None]
    return ground_stems("\n".join((item.text, opening, *named, *context.given_words)))


def no_new_words(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """No content word that is neither in the item, nor in the opening, nor in any plain letter."""
    own = _own_ground(item, context, opening)
    ground = read_ground(context)
    narrow = Ground(
        item.text,
        (),
        (),
        own,
        frozenset(w.low for w in words(f"{item.text} {opening}")),
        ground.values,
        ground.percents,
        ground.days,
    )
    for word in unknown_words(text, narrow):
        yield hard("new_word", "G35", f"'{word.text}' is not in this note.", "body", (word.start, word.end))


def covers_item(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """The sentence says what the note says, not only something near it."""
    limits, common = load("check_sentence"), letter_stems()
    telling = [w.stem for w in content_words(item.text) if w.stem not in common]
    telling = list(dict.fromkeys(telling)) or list(dict.fromkeys(w.stem for w in content_words(item.text)))
    if not telling:
        return
    here = ground_stems(text)
    share = sum(s in here for s in telling) / len(telling)
    long = len(words(item.text)) > limits["long_item"]
    if share < limits["least_share_long" if long else "least_share"]:
        yield hard("misses_the_point", "G3", "Too little of the note is left.")


def right_person(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """No 'she' for the reader, no deed of theirs as mine beyond the opening, no 'your' for what is mine."""
    continuation = straight(text.strip().removeprefix(opening.strip()))
    row = words(continuation)
    third = frozenset(load("check_sentence")["third_person"])
    if third & {w.text.lower() for w in row} and item.owner is not Owner.SMALL_TALK:
        yield hard("third_person", "G37", "The reader is spoken of as somebody else.")
    spoken = {w.low for w in words(item.text)}
    theirs = item.owner is Owner.THEIRS and not spoken & {"i", "my", "me"}
    mine = item.owner in {Owner.MINE, Owner.CLARIFY} and not spoken & {"you", "they", "she", "he"}
    if theirs and _takes(continuation, item, {"i", "i've", "we"}, {"my", "our"}):
        yield hard("yours_as_mine", "G37", "What the reader said or did is given to you.")
    if mine and _takes(continuation, item, {"you", "you've"}, {"your", "yours"}):
        yield hard("mine_as_yours", "G37", "What you said or did is given to the reader.")


def _takes(text: str, item: NoteItem, subjects: set[str], owners: set[str]) -> bool:
    """Whether one of ``subjects`` does what the item tells, or one of ``owners`` has what it names."""
    stems = {w.stem for w in content_words(item.text)}
    pairs = list(itertools.pairwise(words(text)))
    deed = any(a.text.lower() in subjects and b.stem in stems for a, b in pairs)
    return deed or any(a.text.lower() in owners and b.stem in stems for a, b in pairs)


def no_confession(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """A clarification is the better answer, put positively (G31)."""
    if item.owner is Owner.CLARIFY and any(found(compiled("check_sentence", "confession"), text)):
        yield hard("confession", "G31", "It tells what went wrong instead of the better answer.")


def no_reaction(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    reactions = frozenset(load("check_sentence")["reactions"])
    for word in words(text):
        if word.low in reactions:
            yield hard("reaction", "G30", "A private reaction.", "body", (word.start, word.end))


def sound_as_text(text: str, item: NoteItem, context: CheckContext, opening: str) -> Iterator[Violation]:
    """The message checks that make sense for one sentence."""
    wording = Wording(None, text)
    for check in (*_OF_MESSAGES, *privacy.CHECKS, *marks.CHECKS):
        yield from check(wording, context)


_OF_MESSAGES = (
    names.ungrounded_names,
    names.misspelled_in_lower_case,
    names.mixed_names,
    names.titles,
    names.wrong_company,
    grounding.ungrounded_days,
    grounding.ungrounded_times,
    grounding.reversed_numbers,
    form.leftovers,
    form.sentence_form,
    form.typing,
    form.grammar,
    form.cut_short,
    form.agreement,
)

SENTENCE_CHECKS: tuple[SentenceCheck, ...] = (
    one_sentence,
    keeps_numbers,
    no_new_words,
    covers_item,
    right_person,
    no_confession,
    no_reaction,
    sound_as_text,
    *FLUENCY,
)


def check_sentence(text: str, item: NoteItem, context: CheckContext, opening: str = "") -> tuple[Violation, ...]:
    """What speaks against using ``text`` for ``item``; empty when it can stand in the message as it is.

    ``text`` is the whole sentence, opening included; ``opening`` are the first words that the plan chose, which
    need no ground in the item.
    """
    return tuple(v for check in SENTENCE_CHECKS for v in check(text, item, context, opening))
