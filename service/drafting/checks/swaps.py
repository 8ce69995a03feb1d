"""Who said, did and has what (G37)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.drafting.checks.finding import compiled, hard, straight
from service.notes.lexis import Sentence, Word, function_words, ground_stems, letter_stems, name_parts, stem, words
from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import Match, matches, usable_items
from service.rubric.letter import read_letter
from service.types import NoteItem, Owner, Violation, Wording

_MINE = frozenset({Owner.MINE, Owner.CLARIFY})
_ABOUT_THEM = re.compile(r"\b(?:she|he|they|her|him|his|their|them|you|your|hers|theirs)\b", re.IGNORECASE)
# 'Told her about my audit' is about the audit, not about her.
_TOLD = re.compile(
    r"\b(?:told|tell|telling|showed|gave|explained|mentioned|said|described|walked|talked|shared|pitched|took)"
    r"(?: it| this| that)?(?: to| with)? (?:her|him|them|you|the panel)\b",
    re.IGNORECASE,
)
_ABOUT_ME = re.compile(r"\b(?:i|i'm|i've|my|me|mine|we|our|us)\b", re.IGNORECASE)


def _claims(sentence: Sentence, side: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What the sentence says to be the reader's (or mine), and where: from the turn to the end of the clause."""
    text = straight(sentence.text)
    stop = re.compile(load("check_swaps")["stop"], re.IGNORECASE)
    for turn in compiled("check_swaps", side):
        for cue in turn.finditer(text):
            end = stop.search(text, cue.end())
            last = end.start() if end else len(text)
            yield text[cue.end() : last], (cue.start() + sentence.start, last + sentence.start)


def _deeds(sentence: Sentence) -> Iterator[tuple[str, tuple[int, int]]]:
    """What follows 'I' and a verb that is neither a reaction nor a wish, to the end of the clause."""
    data = load("check_swaps")
    passed, neutral = frozenset(data["auxiliaries"]), frozenset(data["neutral"].split())
    text = straight(sentence.text)
    stop = re.compile(data["stop"], re.IGNORECASE)
    for me in re.finditer(r"\bI(?:'ve|'d)?\b(?!')", text):
        rest = [w for w in words(text[me.end() :]) if not _passed_over(w.low, passed, neutral)][:1]
        if not rest or rest[0].low in neutral or text[me.end() :].lstrip()[:1] in {",", "."}:
            continue
        end = stop.search(text, me.end() + 1)
        last = end.start() if end else len(text)
        yield text[me.end() : last], (me.start() + sentence.start, last + sentence.start)


def _passed_over(word: str, passed: frozenset[str], neutral: frozenset[str]) -> bool:
    """Whether ``word`` stands between 'I' and its verb: 'have', 'still', 'quickly'."""
    return word in passed or word.endswith("ly") or (word in function_words() and word not in neutral)


_OBJECT = r"\b(?:the|a|an|this|that|these|those|about|of) (?P<thing>(?:[\w'-]+ ){1,5}?)(?:(?:that|which) )?"
_DONE_BY_READER = re.compile(
    rf"{_OBJECT}you(?:'ve| have)?(?: \w+ly| also| all| now)? "
    r"(?:run|ran|lead|led|built|build|started|set up|manage|managed|own|introduced|described|mentioned|told|explained|"
    r"shared|raised|showed|spoke|talked|outlined|brought)\b"
)


def _reader_claims(sentence: Sentence) -> Iterator[tuple[str, tuple[int, int]]]:
    yield from _claims(sentence, "reader")
    for match in _DONE_BY_READER.finditer(straight(sentence.text)):
        yield match["thing"], (match.start() + sentence.start, match.end() + sentence.start)


def _clear(wrong: Match | None, right: Match | None) -> bool:
    """Whether the words rest on the wrong side's item and not on the right side's."""
    if wrong is None or wrong.telling == 0:
        return False
    held = right.weight if right else 0.0
    return wrong.weight >= (2 if wrong.telling > 1 else 4) * held


def _is_mine(item: NoteItem) -> bool:
    """An item of mine that does not speak of the reader as well."""
    return item.owner in _MINE and not _ABOUT_THEM.search(_TOLD.sub("", item.text))


def _is_theirs(item: NoteItem) -> bool:
    return item.owner is Owner.THEIRS and not _ABOUT_ME.search(item.text)


def mine_as_yours(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The reader is said to have done, said or owned what is the candidate's."""
    for sentence in read_letter(wording.body).main:
        for claim, at in _reader_claims(sentence):
            close = matches(claim, context.facts)
            wrong = next((m for m in close if _is_mine(m.item)), None)
            right = next((m for m in close if not _is_mine(m.item)), None)
            if _clear(wrong, right):
                yield hard("mine_as_yours", "G37", "This is given to the reader, and it is yours.", "body", at)
        for noun, at in _owned(sentence, "your"):
            if _rests_only_on(noun, context, mine=True):
                yield hard("mine_as_yours", "G37", "'Your' stands before something of your own.", "body", at)


def yours_as_mine(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The candidate is said to have done, said or owned what is the reader's."""
    for sentence in read_letter(wording.body).main:
        for claim, at in (*_claims(sentence, "me"), *_deeds(sentence)):
            close = matches(claim, context.facts)
            wrong = next((m for m in close if _is_theirs(m.item)), None)
            right = next((m for m in close if not _is_theirs(m.item)), None)
            if _clear(wrong, right):
                yield hard("yours_as_mine", "G37", "This is given to you, and it is the reader's.", "body", at)
        for noun, at in _owned(sentence, "my"):
            if _rests_only_on(noun, context, mine=False):
                yield hard("yours_as_mine", "G37", "'My' stands before something of the reader's.", "body", at)


def _owned(sentence: Sentence, whose: str) -> Iterator[tuple[tuple[Word, ...], tuple[int, int]]]:
    """The words right after 'my' or 'your', up to three, as far as they can belong to one noun phrase."""
    row = words(sentence.text)
    for i, word in enumerate(row):
        if word.text.lower() != whose:
            continue
        phrase: list[Word] = []
        for follower, before in zip(row[i + 1 : i + 4], row[i : i + 3], strict=False):
            if follower.low in function_words() or sentence.text[before.end : follower.start].strip(" -"):
                break
            phrase.append(follower)
            if follower.text.endswith(("'s", "’s")):
                break
        if phrase:
            yield tuple(phrase), (word.start + sentence.start, phrase[-1].end + sentence.start)


def _rests_only_on(phrase: tuple[Word, ...], context: CheckContext, *, mine: bool) -> bool:
    """Whether every item with these words is the other side's."""
    possessions = {stem(p) for p in load("check_swaps")["possessions"]}
    common = letter_stems()
    telling = {w.stem for w in phrase if w.stem not in common or (not mine and w.stem in possessions)}
    holders = [i for i in usable_items(context.facts) if telling & ground_stems(i.text)]
    holders = [i for i in holders if i.owner not in {Owner.LOGISTICS, Owner.NEXT_STEP, Owner.SMALL_TALK}] or holders
    role = ground_stems(context.facts.role.value) if context.facts.role else frozenset()
    if not holders or telling & role:
        return False
    return all(_is_mine(i) if mine else _is_theirs(i) for i in holders)


def wrong_speaker(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """One panel member is credited with what another one said."""
    for sentence in read_letter(wording.body).main:
        claims = [(c, at, context.recipient.name) for c, at in _reader_claims(sentence)]
        for claim, at, teller in (*claims, *_named_claims(sentence, context)):
            close = [m for m in matches(claim, context.facts) if m.item.owner is Owner.THEIRS]
            wrong = next((m for m in close if not _said_by(m.item, teller)), None)
            right = next((m for m in close if _said_by(m.item, teller)), None)
            if _clear(wrong, right):
                yield hard("wrong_speaker", "G37", "Somebody else of the panel said this.", "body", at)


def _named_claims(sentence: Sentence, context: CheckContext) -> Iterator[tuple[str, tuple[int, int], str]]:
    """What a panel member other than the reader is said to have said, done or own."""
    text = straight(sentence.text)
    for person in context.facts.interviewers:
        parts = "|".join(p for p in map(re.escape, name_parts(person.name)) if len(p) > 2)
        if not parts or person.name == context.recipient.name:
            continue
        for cue in re.finditer(rf"\b(?:{parts})\b(?:'s)? (?=[a-z])", text, re.IGNORECASE):
            yield text[cue.end() :], (cue.start() + sentence.start, sentence.end), person.name
        for done in re.finditer(rf"{_OBJECT}(?:{parts}) [a-z]+", text, re.IGNORECASE):
            yield done["thing"], (done.start() + sentence.start, done.end() + sentence.start), person.name


def _said_by(item: NoteItem, name: str | None) -> bool:
    """Whether ``name`` may be credited with the item: the notes name nobody, or that very person."""
    if item.speaker is None or name is None:
        return True
    return bool(frozenset(name_parts(item.speaker)) & frozenset(name_parts(name)))


CHECKS = (mine_as_yours, yours_as_mine, wrong_speaker)
