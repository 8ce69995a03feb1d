"""Numbers, days and words that the notes do not have (G35)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from service.drafting.checks.finding import compiled, found, hard, places, soft
from service.notes.amounts import Amount, amounts, days, times
from service.notes.lexis import Sentence, Word, content_words, letter_stems, sentences, stem
from service.notes.wordclass import is_noun
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import Ground, Match, matches, read_ground, values_said
from service.rubric.letter import read_letter
from service.types import Owner, Violation, Wording


def ungrounded_numbers(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    ground = read_ground(context)
    for where, text in places(wording):
        for amount in amounts(text):
            at = (amount.start, amount.end)
            if amount.value not in ground.values and not _is_rest(amount, text, ground):
                yield hard("ungrounded_number", "G35", f"'{amount.text.strip()}' is not in the notes.", where, at)
            elif amount.is_percent and not ground.percents:
                yield hard(
                    "ungrounded_number", "G35", f"'{amount.text.strip()}': the notes have no per cent.", where, at
                )


_NEAR = 25  # characters between the two numbers of one step
_REST = re.compile(r"\b(?:remaining|other|last)(?: of the| few)? $")


def _is_rest(amount: Amount, text: str, ground: Ground) -> bool:
    """'The remaining eight' of notes that have '3 of 11'."""
    if not _REST.search(text[: amount.start]):
        return False
    told = amounts(ground.usable, in_days=True)
    steps = ((a, b) for a, b in itertools.pairwise(told) if b.start - a.end < _NEAR)
    return any(abs(a.value - b.value) == amount.value for a, b in steps)


def moved_numbers(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """A number of the notes, put to another matter than the one it belongs to."""
    ground = read_ground(context)
    for sentence in read_letter(wording.body).main:
        close = matches(sentence.text, context.facts)
        if not close or close[0].telling < 2:
            continue
        fitting = frozenset().union(*(values_said(m.item.text) for m in close if _counts(m)))
        for amount in amounts(sentence.text):
            if amount.value in ground.values and amount.value not in fitting:
                yield hard(
                    "moved_number",
                    "G35",
                    f"'{amount.text.strip()}' belongs to something else in the notes.",
                    "body",
                    _at(amount, sentence),
                )


def _counts(match: Match) -> bool:
    """Whether the sentence may be about the item: a telling word is shared, or two plain ones, or it is of dates."""
    return match.telling > 0 or match.weight >= 0.3 or match.item.owner in {Owner.LOGISTICS, Owner.NEXT_STEP}


def _at(amount: Amount, sentence: Sentence) -> tuple[int, int]:
    return amount.start + sentence.start, amount.end + sentence.start


_OF = re.compile(r"^ (?:out )?of (?:the |your |our |my )?$")
_TO = re.compile(r"^(?: (?!to\b)[a-z]+){0,3}\s?(?:to|->|→|–|-)\s?(?:about |around |just |under )?$")  # 'two a week to'


def reversed_numbers(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'11 of 3', or 'from 22 to 40' where the notes go the other way."""
    usable = read_ground(context).usable
    told = amounts(usable, in_days=True)
    steps = {(a.value, b.value) for a, b in itertools.pairwise(told) if b.start - a.end < _NEAR}
    for where, text in places(wording):
        row = amounts(text)
        for a, b in itertools.pairwise(row):
            between = text[a.end - (a.text[-1] == " ") : b.start]
            part = _OF.match(between) and a.value > b.value
            turned = _TO.match(between) and (a.value, b.value) not in steps and (b.value, a.value) in steps
            if part or turned:
                yield hard("reversed_number", "G35", "Two numbers stand the wrong way round.", where, (a.start, b.end))


def ungrounded_days(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    known = read_ground(context).days
    for where, text in places(wording):
        spoken: dict[tuple[int, int], bool] = {}
        for day in days(text):
            spoken[day.start, day.end] = spoken.get((day.start, day.end), False) or known.cover(day)
        for at, is_known in spoken.items():
            if not is_known:
                yield hard("ungrounded_date", "G35", f"'{text[slice(*at)]}' is not a day of the notes.", where, at)


def ungrounded_times(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    known = {(t.hour, t.minute) for t in times(read_ground(context).usable)}
    for where, text in places(wording):
        for time in times(text):
            if (time.hour, time.minute) not in known:
                yield hard(
                    "ungrounded_time", "G35", f"'{time.text}' is not in the notes.", where, (time.start, time.end)
                )


_RELATIVE = re.compile(
    r"\b(?:tomorrow|tonight|(?:next|last) (?:week|month|year|spring|summer|autumn|fall|winter)|this weekend)\b",
    re.IGNORECASE,
)


def relative_days(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'Next week' read on another day is another week, unless the notes said it so."""
    usable = read_ground(context).usable.casefold()
    for where, text in places(wording):
        for match in _RELATIVE.finditer(text):
            if match.group().casefold() not in usable:
                yield soft(
                    "relative_day", "G35", f"'{match.group()}' depends on the day it is read.", where, match.span()
                )


def unknown_words(text: str, ground: Ground) -> list[Word]:
    """Content words of ``text`` that neither the notes nor an ordinary letter have; capitals are the names' matter."""
    common = letter_stems()
    dated = [(d.start, d.end) for d in days(text)] + [(t.start, t.end) for t in times(text)]
    dated += [(a.start, a.end) for a in amounts(text)]
    return [
        w
        for w in content_words(text)
        if w.stem not in common
        and not ground.has(w.stem)
        and w.low not in ground.words
        and not any(s <= w.start < e for s, e in dated)
        and not _joined(w, text, ground)
        and not _derived(w, ground)
    ]


_ENDINGS = ("er", "est", "r", "st", "ly", "ness", "ful", "less", "able", "ment", "ity", "y", "al", "like", "wide")
_BEGINNINGS = ("un", "re", "non", "pre", "over", "co")


def _derived(word: Word, ground: Ground) -> bool:
    """Whether the word is made from a known one: 'calmer', 'unclear', 'bakery' where the notes have a baker."""
    low, common = word.low, letter_stems()
    roots = [low[: -len(e)] for e in _ENDINGS if low.endswith(e) and len(low) - len(e) > 3]
    roots += [low[len(b) :] for b in _BEGINNINGS if low.startswith(b) and len(low) - len(b) > 3]
    if any(stem(r) in common or ground.has(stem(r)) for r in roots):
        return True
    return any(len(s) > 4 and low.startswith(s) and len(low) - len(s) < 4 for s in ground.stems)


def _joined(word: Word, text: str, ground: Ground) -> bool:
    """'handover' where the notes say 'hand over', and 'on-call' for 'oncall'."""
    before = re.search(r"([^\W_]+)[-\s]$", text[: word.start])
    after = re.match(r"[-\s]([^\W_]+)", text[word.end :])
    spelled = {f"{before[1]}{word.text}".lower()} if before else set()
    spelled |= {f"{word.text}{after[1]}".lower()} if after else set()
    if spelled & ground.words:
        return True
    return any(word.low[:cut] in ground.words and word.low[cut:] in ground.words for cut in range(3, len(word.low) - 2))


def ungrounded_words(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """A thing that the notes do not speak of. Two in one sentence, or one that is a noun, make an invented claim."""
    ground = read_ground(context)
    for where, text in places(wording):
        for sentence in sentences(text) if where == "subject" else read_letter(text).main:
            strange = [w for w in unknown_words(sentence.text, ground) if not w.is_capitalised or w.start == 0]
            for word in strange:
                at = (word.start + sentence.start, word.end + sentence.start)
                say = hard if len(strange) > 1 or is_noun(word.low) else soft
                yield say("ungrounded_word", "G35", f"'{word.text}' has no ground in the notes.", where, at)


def unfounded_claims(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """A document that is not there, or a job that is not given yet."""
    ground = read_ground(context)
    data = load("check_claims")
    for name, said in (
        ("attachment", "Nothing is attached, and the notes speak of nothing to send."),
        ("hire", "The job is not yours yet: this takes the decision for granted."),
    ):
        if ground.words & frozenset(data[f"{name}_ground"]):
            continue
        for where, text in places(wording):
            for match in found(compiled("check_claims", name), text):
                yield hard("unfounded_claim", "G35", said, where, match.span())


CHECKS = (
    unfounded_claims,
    ungrounded_numbers,
    moved_numbers,
    reversed_numbers,
    ungrounded_days,
    ungrounded_times,
    relative_days,
    ungrounded_words,
)
