"""Sentence-sized writing: a small model goes on from opening words about one item, code checks, a judge chooses."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from service.drafting.aside import aside
from service.drafting.asking import ask, request_of
from service.drafting.checks import hard_violations
from service.drafting.frame_writer import frame_pieces
from service.drafting.judging import SentenceJudge
from service.drafting.pieces import Piece, assemble
from service.drafting.plan import Outline
from service.drafting.written import Emit, Written
from service.errors import ModelError
from service.models.port import Model, ModelRequest
from service.phrases import load
from service.prompting.library import PromptVersion
from service.rubric.context import CheckContext
from service.rubric.words import content_words, words
from service.types import (
    HONORIFICS,
    Length,
    MessageKind,
    NoteItem,
    Occasion,
    Owner,
    Recipient,
    Severity,
    Usage,
    Violation,
    Wording,
    is_honorific,
)

MOST_ADDED = 1  # words of its own that a sentence may have beyond its note
SURE = 0.97  # so good that no other candidate is asked for
# Whose an item is decides the whole sentence: below this a small model does not get it.
SURE_OF_OWNER = 0.7
_PURPOSES = {Owner.THEIRS: "highlight", Owner.MINE: "contribution", Owner.CLARIFY: "clarification"}
_PARAGRAPHS = {Owner.THEIRS: 1, Owner.MINE: 2, Owner.CLARIFY: 2}
_END = re.compile(r"[.!?](?=\s+[\"'(]?[A-Z]|$)")


@dataclass(frozen=True)
class Candidate:
    """A sentence, what code held against it, and how good the judge thinks it."""

    text: str
    good: float
    against: tuple[Violation, ...]


@dataclass
class _Told:
    """What was written about one item."""

    item: NoteItem
    best: Candidate | None = None
    raw: list[str] = field(default_factory=list)
    against: list[Violation] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None


async def write_sentences(
    outline: Outline, context: CheckContext, prompt: PromptVersion, model: Model, judge: SentenceJudge, emit: Emit
) -> Written:
    """The frame with one sentence for each item that could be told well; without any, the frame alone.

    What stands before a sentence is given to ``emit`` as soon as nothing after it can change it.
    """
    out = Written(outline.frame.subject)
    tasks = [
        asyncio.create_task(_tell(item, turn, outline, context, prompt, model, judge))
        for turn, item in enumerate(_chosen(outline))
    ]
    told: list[Piece] = []
    emitted = 0
    try:
        for task in tasks:
            if outline.kind is not MessageKind.LINKEDIN:  # there the frame depends on the sentence
                emitted = _emit(frame_pieces(outline, tuple(told))[: 2 + len(told)], emitted, emit)
            found = await task
            out.raw, out.against = (*out.raw, *found.raw), (*out.against, *found.against)
            out.usage += found.usage
            out.error = out.error or found.error
            if found.best is not None:
                piece = Piece(found.best.text, _PARAGRAPHS[found.item.owner], (found.item.id,), by_model=True)
                if not await aside(_faults, outline, context, (*told, piece)):
                    told.append(piece)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    out.pieces = frame_pieces(outline, tuple(told))
    _emit(out.pieces, emitted, emit)
    return out


def _emit(pieces: tuple[Piece, ...], emitted: int, emit: Emit) -> int:
    for piece in pieces[emitted:]:
        emit(piece)
    return len(pieces)


def _chosen(outline: Outline) -> list[NoteItem]:
    """Which items to tell, in the order of the message: theirs, one's own, the better answer (G2, G6)."""
    if outline.occasion is not Occasion.TALK:
        return []
    short = outline.length is Length.SHORT or outline.kind is not MessageKind.THANK_YOU
    sure = [p for p in outline.points if p.confidence >= SURE_OF_OWNER]
    theirs = [p for p in sure if p.owner is Owner.THEIRS]
    mine = [p for p in sure if p.owner is Owner.MINE]
    if short:
        return (theirs or mine)[:1]
    clarify = [p for p in sure if p.owner is Owner.CLARIFY]
    return [*theirs[: 2 if mine else 3], *mine[: 1 if theirs else 2], *clarify[:1]]


def _faults(outline: Outline, context: CheckContext, pieces: tuple[Piece, ...]) -> tuple[Violation, ...]:
    """What the last of ``pieces`` adds against the message in its frame: a repeated sentence, words too many."""
    before = {v.check for v in hard_violations(_in_frame(outline, pieces[:-1]), context)}
    return tuple(v for v in hard_violations(_in_frame(outline, pieces), context) if v.check not in before)


async def _tell(
    item: NoteItem,
    turn: int,
    outline: Outline,
    context: CheckContext,
    prompt: PromptVersion,
    model: Model,
    judge: SentenceJudge,
) -> _Told:
    """Candidates one after the other until one is surely good; else the best that is good enough."""
    told = _Told(item)
    patterns: list[str] = load("openings")[item.owner.value]
    shift = (outline.turn + turn) % len(patterns)
    for opening in (patterns[shift:] + patterns[:shift])[: prompt.parameters.candidates]:
        try:
            said, usage = await ask(model, sentence_request(item, outline, prompt, opening))
        except ModelError as error:
            told.error = error
            break
        told.usage += usage
        text = tidy(f"{opening} {said.strip()}")
        told.raw.append(text)
        found = await aside(_weighed, text, opening, item, outline, context, judge)
        told.against += found.against
        if not found.against and (told.best is None or found.good > told.best.good):
            told.best = found
        if told.best is not None and told.best.good >= SURE:
            break
    return told


def _added(said: str, note: str) -> list[str]:
    """The telling words that a sentence has and its note has not: a small model that copies is right, one that adds is not."""
    known = {w.stem for w in words(note)}
    return [w.text for w in content_words(said) if w.stem not in known]


def _weighed(
    text: str, opening: str, item: NoteItem, outline: Outline, context: CheckContext, judge: SentenceJudge
) -> Candidate:
    """The sentence held against code's checks in the frame, then against the judge."""
    if not text.endswith((".", "!", "?")):
        return Candidate(text, 0.0, (Violation("unfinished", "G12", Severity.HARD, "A sentence has no end."),))
    if faults := _faults(outline, context, (Piece(text, 1, (item.id,), by_model=True),)):
        return Candidate(text, 0.0, faults)
    added = _added(text.removeprefix(opening), item.text)
    if len(added) > MOST_ADDED:
        detail = f"'{added[0]}' and '{added[1]}' are not in the note that this was made from."
        return Candidate(text, 0.0, (Violation("adds_words", "G35", Severity.HARD, detail),))
    verdict = judge.judge(item, outline.recipient.name, (text,))[0]
    if verdict.good >= judge.least:
        return Candidate(text, verdict.good, ())
    detail = f"The judge of sentences holds it for {verdict.fault} ({verdict.good:.2f})."
    return Candidate(text, verdict.good, (Violation(f"judged_{verdict.fault}", "G37", Severity.HARD, detail),))


def _in_frame(outline: Outline, told: tuple[Piece, ...]) -> Wording:
    return Wording(outline.frame.subject, assemble(frame_pieces(outline, told), outline.kind))


def sentence_request(item: NoteItem, outline: Outline, prompt: PromptVersion, opening: str) -> ModelRequest:
    """The call for one sentence; the static system text comes first, so that its evaluation is shared by all calls."""
    purpose = _PURPOSES[item.owner]
    values = {
        "kind": outline.kind.value,
        "purpose": purpose,
        "reader": outline.recipient.first_name or "",
        "note": spoken_of(item.text, outline.recipient),
        "opening": opening,
    }
    return request_of(prompt, values, tag=f"{prompt.id}:{purpose}")


def spoken_of(text: str, reader: Recipient) -> str:
    """The item with every naming of the reader as the first name alone, and without a label such as 'Dr Ines Duarte:'.

    The prompt turns the first name to 'she': a small model then speaks to the reader, as it is told to.
    """
    if reader.name is None or reader.first_name is None:
        return text
    parts = [w for w in reader.name.split() if not is_honorific(w)]
    names = sorted({" ".join(parts), *parts}, key=len, reverse=True)
    called = rf"(?:\b(?:{'|'.join(map(re.escape, HONORIFICS))})\.? )?\b(?:{'|'.join(map(re.escape, names))})\b"
    first = parts[0] if parts else reader.name
    plain = re.sub(called, first, text, flags=re.IGNORECASE)
    return re.sub(rf"^\W*{re.escape(first)}(?: \([^)]*\))?\s*(?::|-|–|—)\s*", "", plain)


def tidy(text: str) -> str:
    """The first sentence of a continuation, in plain typography."""
    plain = text.translate({0x2019: "'", 0x201C: '"', 0x201D: '"'})
    one_line = " ".join(plain.split())
    end = _END.search(one_line)
    return one_line[: end.end()] if end else one_line
