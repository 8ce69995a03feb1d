"""Who said, did and has what (G37)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.drafting.checks.claims import Claim, claims
from service.drafting.checks.finding import hard, straight
from service.notes.lexis import Sentence, name_parts, words
from service.rubric.context import CheckContext
from service.rubric.ground import Match, matches
from service.rubric.letter import read_letter
from service.rubric.told import Hold, Side, holds
from service.types import NoteItem, Owner, Violation, Wording


def mine_as_yours(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The reader is said to have done, said or owned what is the candidate's."""
    for claim in _swapped(wording, context, is_mine=False):
        detail = f"'{claim.cue}' gives to the reader what is yours."
        yield hard("mine_as_yours", "G37", detail, "body", (claim.start, claim.end))


def yours_as_mine(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The candidate is said to have done, said or owned what is the reader's."""
    for claim in _swapped(wording, context, is_mine=True):
        detail = f"'{claim.cue}' gives to you what is the reader's."
        yield hard("yours_as_mine", "G37", detail, "body", (claim.start, claim.end))


def _swapped(wording: Wording, context: CheckContext, *, is_mine: bool) -> Iterator[Claim]:
    """The claims that rest on the other side's clauses of the notes and not on the own side's."""
    other = Side.THEIRS if is_mine else Side.MINE
    role = {w.stem for w in words(context.facts.role.value)} if context.facts.role else set()
    for sentence in read_letter(wording.body).main:
        for claim in claims(sentence):
            if claim.is_mine is not is_mine:
                continue
            text = " ".join(w.text for w in words(claim.text) if w.stem not in role)
            core = _ADJUNCT.split(text)[0]
            if _rests_on(other, text, claim, context, least=1) or _rests_on(other, core, claim, context, least=2):
                yield claim


_ADJUNCT = re.compile(
    r"(?<=\w) (?:for|with|without|among|alongside) "
)  # 'a fault board, for your apprentices' is a board


def _rests_on(other: Side, text: str, claim: Claim, context: CheckContext, *, least: int) -> bool:
    """Whether ``text`` is clearly the other side's, by ``least`` telling words."""
    firm = holds(text, context.facts)
    wrong = next((h for h in firm if h.told.side is other and _tells(claim, h)), None)
    right = next((h for h in firm if h.told.side is not other and not _is_beside(h, wrong)), None)
    return wrong is not None and wrong.telling >= least and _is_clear(wrong, right)


def _tells(claim: Claim, hold: Hold) -> bool:
    """A verb of wishing or hearing is a deed only where the clause tells the same of the other side."""
    return not claim.verb or claim.verb in {w.stem for w in words(hold.told.text)}


def _is_beside(hold: Hold, wrong: Hold | None) -> bool:
    """An open clause of the very item that the other side tells: it speaks for neither."""
    return wrong is not None and hold.told.side is Side.OPEN and hold.told.item.id == wrong.told.item.id


def _is_clear(wrong: Hold, right: Hold | None) -> bool:
    return wrong.weight >= (2 if wrong.telling > 1 else 4) * (right.weight if right else 0.0)


_OBJECT = r"\b(?:the|a|an|this|that|these|those|about|of) (?P<thing>(?:[\w'-]+ ){1,5}?)(?:(?:that|which) )?"


_PLAIN_WORDS = 0.7  # three plain words that one item alone has


def _clear(wrong: Match | None, right: Match | None) -> bool:
    """Whether the words rest on the wrong person's item and not on the right person's."""
    if wrong is None:
        return False
    held = right.weight if right else 0.0
    if wrong.telling == 0:
        return not held and wrong.weight >= _PLAIN_WORDS
    return wrong.weight >= (2 if wrong.telling > 1 else 4) * held


def wrong_speaker(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """One panel member is credited with what another one said."""
    for sentence in read_letter(wording.body).main:
        readers = [(c.text, (c.start, c.end), context.recipient.name) for c in claims(sentence) if not c.is_mine]
        for claim, at, teller in (*readers, *_named_claims(sentence, context)):
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
