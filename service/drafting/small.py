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

MOST_WORDS = 20  # of a sentence that names a matter
# Whose an item is and who said it decide the whole sentence: below these a small model does not get it (docs/letters.md has
# the figures). Who heard what the candidate has done is not asked: it is theirs to tell to anybody.
SURE = 0.9
SURE_WHO_SAID = 0.95
_PURPOSES = {Owner.THEIRS: "highlight", Owner.MINE: "contribution", Owner.CLARIFY: "clarification"}
_PARAGRAPHS = {Owner.THEIRS: 1, Owner.MINE: 2, Owner.CLARIFY: 2}
_END = re.compile(r"[.!?](?=\s+[\"'(]?[A-Z]|$)")


@dataclass(frozen=True)
class Candidate:
    """A sentence about ``item``, and what code and the judge hold against it."""

    item: NoteItem
    text: str
    against: tuple[Violation, ...]


@dataclass
class _Told:
    """What was written about the items of one group."""

    best: Candidate | None = None
    raw: list[str] = field(default_factory=list)
    against: list[Violation] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None


async def write_sentences(
    outline: Outline, context: CheckContext, prompt: PromptVersion, model: Model, judge: SentenceJudge, emit: Emit
) -> Written:
    """The frame with the best sentence of each kind that could be told well; without any, the frame alone.

    What stands before a sentence is given to ``emit`` as soon as nothing after it can change it.
    """
    out = Written(outline.frame.subject)
    asking = _Asking(outline, context, prompt, model, judge)
    groups = _groups(outline)
    ready = [await aside(asking.as_they_are, items) for items in groups]
    tasks = [
        asyncio.create_task(asking.told(items, ready=known, alone=not any(ready)))
        for items, known in zip(groups, ready, strict=True)
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
                item = found.best.item
                piece = Piece(found.best.text, _PARAGRAPHS[item.owner], (item.id,), by_model=True)
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


def _groups(outline: Outline) -> list[list[NoteItem]]:
    """The items to choose among, in the order of the message: theirs, one's own, the better answer (G2, G6).

    One sentence comes of each group: each more that a small model writes is one more that may be wrong. Items whose matter the
    reader cannot name are left out: what a small model makes of them is vague; so are those of which it is not sure whose
    they are or who said them.
    """
    if outline.occasion is not Occasion.TALK:
        return []
    sure = [p for p in outline.points if is_sure(p) and (p.matter or p.owner is Owner.CLARIFY)]
    theirs, mine, clarify = ([p for p in sure if p.owner is owner] for owner in _PURPOSES)
    if outline.length is Length.SHORT or outline.kind is not MessageKind.THANK_YOU:
        return [(theirs or mine)[:2]]
    return [group for group in (theirs[:3], mine[:2], clarify[:1]) if group]


def is_sure(item: NoteItem) -> bool:
    """Whether whose ``item`` is, and of theirs who said it, is read surely enough for a small model."""
    if item.owner is Owner.THEIRS:
        return min(item.confidence, item.partner_confidence) >= SURE_WHO_SAID
    return item.confidence >= SURE


def _faults(outline: Outline, context: CheckContext, pieces: tuple[Piece, ...]) -> tuple[Violation, ...]:
    """What the last of ``pieces`` adds against the message in its frame: a repeated sentence, words too many."""
    before = {v.check for v in hard_violations(_in_frame(outline, pieces[:-1]), context)}
    return tuple(v for v in hard_violations(_in_frame(outline, pieces), context) if v.check not in before)


@dataclass(frozen=True)
class _Asking:
    """Asks for the sentences of one message."""

    outline: Outline
    context: CheckContext
    prompt: PromptVersion
    model: Model
    judge: SentenceJudge

    async def told(self, items: list[NoteItem], *, ready: Candidate | None, alone: bool) -> _Told:
        """``ready``, what can be said as it is; else the model's best, where nothing else is told (``alone``) or an answer is
        to be bettered: beside a sentence that is surely English, one that is good twice in three does more harm than good."""
        if ready is not None:
            return _Told(ready)
        return await self.best_of(items) if alone or items[0].owner is Owner.CLARIFY else _Told()

    async def best_of(self, items: list[NoteItem]) -> _Told:
        """The model's first candidate that nothing speaks against.

        Every item gets one opening before any gets a second: another item is another chance, another opening half of one.
        """
        told = _Told()
        for opening, item in self._turns(items):
            try:
                said, usage = await ask(self.model, sentence_request(item, self.outline, self.prompt, opening))
            except ModelError as error:
                told.error = error
                break
            told.usage += usage
            text = tidy(f"{opening} {said.strip()}")
            told.raw.append(text)
            if item.owner is not Owner.CLARIFY:
                text = named_alone(text)
            found = await aside(self._weighed, text, opening, item)
            told.against += found.against
            if not found.against:
                told.best = found
                break
        return told

    def as_they_are(self, items: list[NoteItem]) -> Candidate | None:
        """The first item of which the notes' own words can be said, and neither code nor judge holds it for wrong."""
        for n, item in enumerate(items):
            text = said_as_it_is(item, self.outline.recipient, self._opening(item, n))
            if not text or _faults(self.outline, self.context, (Piece(text, 1, (item.id,), by_model=True),)):
                continue
            if self.judge.judge(item, self.outline.recipient.name, (text,))[0].wrong <= self.judge.most:
                return Candidate(item, text, ())
        return None

    def _opening(self, item: NoteItem, n: int) -> str:
        patterns: list[str] = load("openings")[item.owner.value]
        return patterns[(self.outline.turn + n) % len(patterns)]

    def _turns(self, items: list[NoteItem]) -> list[tuple[str, NoteItem]]:
        turns = [(self._opening(item, n + which), item) for which in range(2) for n, item in enumerate(items)]
        return turns[: self.prompt.parameters.candidates + 1]

    def _weighed(self, text: str, opening: str, item: NoteItem) -> Candidate:
        """The sentence held against code's checks in the frame, then against the judge."""
        if not text.endswith((".", "!", "?")):
            return Candidate(item, text, (Violation("unfinished", "G12", Severity.HARD, "A sentence has no end."),))
        if faults := _faults(self.outline, self.context, (Piece(text, 1, (item.id,), by_model=True),)):
            return Candidate(item, text, faults)
        if item.owner is not Owner.CLARIFY and len(text.split()) > MOST_WORDS:
            return Candidate(item, text, (Violation("runs_on", "G22", Severity.HARD, "It tells instead of naming."),))
        if added := _added(text.removeprefix(opening), item.text):
            detail = f"'{added[0]}' is not in the note that this was made from."
            return Candidate(item, text, (Violation("adds_words", "G35", Severity.HARD, detail),))
        verdict = self.judge.judge(item, self.outline.recipient.name, (text,))[0]
        if verdict.wrong <= self.judge.most and verdict.good >= self.judge.least:
            return Candidate(item, text, ())
        detail = (
            f"The judge of sentences holds it for {verdict.fault} (good {verdict.good:.2f}, wrong {verdict.wrong:.2f})."
        )
        return Candidate(item, text, (Violation(f"judged_{verdict.fault}", "G37", Severity.HARD, detail),))


def _added(said: str, note: str) -> list[str]:
    """The telling words that a sentence has and its note has not: a small model that copies is right, one that adds is not."""
    known = {w.stem for w in words(note)}
    return [w.text for w in content_words(said) if w.stem not in known]


def _in_frame(outline: Outline, told: tuple[Piece, ...]) -> Wording:
    return Wording(outline.frame.subject, assemble(frame_pieces(outline, told), outline.kind))


def sentence_request(item: NoteItem, outline: Outline, prompt: PromptVersion, opening: str) -> ModelRequest:
    """The call for one sentence; the static system text comes first, so that its evaluation is shared by all calls."""
    purpose = _PURPOSES[item.owner]
    values = {
        "kind": outline.kind.value,
        "purpose": purpose,
        "reader": outline.recipient.first_name or "",
        "note": spoken_to(item.text, outline.recipient, item.owner),
        "matter": spoken_to(item.matter or "", outline.recipient, item.owner),
        "opening": opening,
    }
    return request_of(prompt, values, tag=f"{prompt.id}:{purpose}")


def spoken_to(text: str, reader: Recipient, owner: Owner) -> str:
    """The item as said to ``reader``: without a label such as 'Dr Ines Duarte:', names and pronouns turned to 'you'.

    The prompt says that she, he and they mean the reader, but a small model that is given 'she' writes 'she' as often as
    not; given 'you has' it mends the verb. So the table says it before the model, not after.
    """
    table: dict[str, str] = load("second_person")
    pronouns = table if owner is Owner.THEIRS else {}  # in one's own story 'his grandmother' is somebody else's
    if reader.name is not None:
        parts = [re.escape(w) for w in reader.name.split() if not is_honorific(w)]
        names = "|".join(sorted({r"\s+".join(parts), *parts}, key=len, reverse=True)) or re.escape(reader.name)
        titles = "|".join(map(re.escape, HONORIFICS))
        text = re.sub(rf"(?:\b(?:{titles})\.? )?\b(?:{names})\b", "you", text, flags=re.IGNORECASE)
        unlabelled = re.sub(r"^\W*you(?: \([^)]*\))?\s*(?::|-|–|—)\s*", "", text)
        text = (unlabelled or text).replace("you's ", "your ")
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda w: pronouns.get(w[0].lower().replace("’", "'"), w[0]), text)


def said_as_it_is(item: NoteItem, reader: Recipient, opening: str) -> str:
    """The sentence that the words of ``item`` that name its matter make behind ``opening`` as they are: '… the cold store.', '…
    how I shape six at once.' Empty where the reader of notes knows no form for them, where it would be long, and where they
    begin a sentence of the notes: whether that capital is a name's, nothing here can tell."""
    if item.phrase is None:
        return ""
    words = spoken_to(item.phrase.words, reader, item.owner)
    if len(words.split()) + len(opening.split()) > MOST_WORDS - 2:
        return ""
    before = item.text.partition(item.phrase.words)[0].rstrip()
    if words[0].isupper() and not words[:2].isupper() and (not before or before[-1] in ".:-–—•*!?"):
        return ""
    form: str = load("as_they_are")[item.owner.value][item.phrase.form]
    return f"{opening} {form.format(words)}."


def named_alone(sentence: str) -> str:
    """The sentence up to its first comma: the matter is named, and what a small model goes on to tell of it is left out.

    Of 260 whole sentences blind readers would have sent 57; docs/letters.md says what this form gives.
    """
    name, comma, _ = sentence.partition(", ")
    return f"{name}." if comma else sentence


def tidy(text: str) -> str:
    """The first sentence of a continuation, in plain typography."""
    plain = text.translate({0x2019: "'", 0x201C: '"', 0x201D: '"'})
    one_line = " ".join(plain.split())
    end = _END.search(one_line)
    return one_line[: end.end()] if end else one_line
