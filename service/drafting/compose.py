"""Outline and model → one message's checked pieces, in the order they are shown."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from service.drafting.aside import aside
from service.drafting.outline import Outline, SlotPurpose
from service.drafting.pieces import Piece, assemble
from service.drafting.repair import choose, hard_violations
from service.drafting.slots import SlotWriter
from service.drafting.whole import WholeText, write_whole
from service.errors import ModelError
from service.models.port import Model
from service.prompting.library import PromptVersion
from service.rubric.context import CheckContext
from service.types import MessageKind, Usage, Violation, Wording


@dataclass
class Composition:
    """One message in the making. ``pieces`` only grows: what is in it has passed its checks and is not taken back."""

    outline: Outline
    context: CheckContext
    subject: str | None
    pieces: list[Piece] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    against: list[Violation] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    errors: list[ModelError] = field(default_factory=list)
    asked_model: bool = False

    @property
    def body(self) -> str:
        return assemble(self.pieces, self.outline.kind)

    @property
    def wording(self) -> Wording:
        return Wording(self.subject, self.body)

    def keep(self, options: Sequence[Piece], after: Sequence[Piece]) -> Piece | None:
        """Adds the first option that may stand between what is there and ``after``."""
        begun = {_beginning(p.text) for p in self.pieces}
        fresh = [o for o in options if o.text and _beginning(o.text) not in begun]
        mended = choose(fresh or [o for o in options if o.text], self.pieces, after, self.subject, self.context)
        self.against.extend(mended.against)
        if mended.piece is not None:
            self.pieces.append(mended.piece)
        return mended.piece


def _beginning(text: str) -> str:
    """The first three words: two sentences of one message do not begin alike."""
    return " ".join(text.lower().split()[:3])


def fixed_pieces(outline: Outline) -> list[Piece]:
    return [Piece(s.fixed, s.paragraph) for s in outline.slots if s.fixed]


async def compose(
    made: Composition, prompt: PromptVersion | None, model: Model | None, writer: SlotWriter | None
) -> AsyncGenerator[Piece, None]:
    """Yields the pieces as they are settled. A model that fails leaves its error in ``made.errors`` and the outline writes."""
    if model is None or prompt is None or writer is None:
        pieces = _by_slots(made, None, None)
    elif prompt.style == "slots":
        made.asked_model = True
        pieces = _by_slots(made, prompt, writer)
    else:
        made.asked_model = True
        pieces = _by_whole(made, prompt, model)
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            yield piece


async def _by_slots(
    made: Composition, prompt: PromptVersion | None, writer: SlotWriter | None
) -> AsyncGenerator[Piece, None]:
    outline = made.outline
    pending = {
        n: writer.start(slot, outline, prompt, made.context)
        for n, slot in enumerate(outline.slots)
        if prompt is not None and writer is not None and slot.item is not None and slot.openings
    }
    for n, slot in enumerate(outline.slots):
        after = [Piece(s.fixed, s.paragraph) for s in outline.slots[n + 1 :] if s.fixed]
        if slot.item is None:
            options = [Piece(slot.fixed, slot.paragraph), Piece(slot.fallback, slot.paragraph)]
        else:
            options = [Piece(slot.fallback, slot.paragraph, slot.item.id)]
            if n in pending:
                sentence = await pending[n]()
                made.raw.extend(sentence.raw)
                made.against.extend(sentence.against)
                made.usage += sentence.usage
                made.errors.extend([sentence.error] if sentence.error else [])
                options = [Piece(t, slot.paragraph, slot.item.id, by_model=True) for t in sentence.good] + options
        piece = await aside(made.keep, options, after)
        if piece is not None:
            yield piece


async def _by_whole(made: Composition, prompt: PromptVersion, model: Model) -> AsyncGenerator[Piece, None]:
    """The model's sentences between the fixed greeting and signature; asked again once when some cannot stay."""
    text = await _ask_whole(made, prompt, model)
    if text is None:
        async with contextlib.aclosing(_by_slots(made, None, None)) as pieces:
            async for piece in pieces:
                yield piece
        return
    made.subject = await aside(_subject, made, text)
    for piece in await aside(_settle, made, text):
        yield piece


async def _ask_whole(made: Composition, prompt: PromptVersion, model: Model) -> WholeText | None:
    best: WholeText | None = None
    faults: tuple[Violation, ...] = ()
    for _ in range(max(1, prompt.parameters.candidates)):
        try:
            text = await write_whole(made.outline, made.context.facts, prompt, model, faults, best.raw if best else "")
        except ModelError as error:
            made.errors.append(error)
            break
        made.usage += text.usage
        made.raw.append(text.raw)
        found = await aside(_faults, made, text)
        if best is None or len(found) < len(faults):
            best, faults = text, found
        if not found:
            break
    made.against.extend(faults)
    return best


def _frame(made: Composition) -> tuple[list[Piece], list[Piece]]:
    """What the plan words itself around a whole message: greeting before, signature after."""
    slots = made.outline.slots
    if made.outline.kind is MessageKind.LINKEDIN:
        return [], []
    head = [Piece(s.fixed, 0) for s in slots if s.purpose is SlotPurpose.GREETING]
    tail = [Piece(s.fixed, 99) for s in slots if s.purpose is SlotPurpose.SIGNATURE]
    return head, tail


def _faults(made: Composition, text: WholeText) -> tuple[Violation, ...]:
    return hard_violations(Wording(_subject(made, text), _whole_body(made, text)), made.context)


def _whole_body(made: Composition, text: WholeText) -> str:
    head, tail = _frame(made)
    return assemble([*head, *_addressed(made, text), *tail], made.outline.kind)


def _addressed(made: Composition, text: WholeText) -> tuple[Piece, ...]:
    return (_greeted(made, text.pieces[0]), *text.pieces[1:])


def _greeted(made: Composition, first: Piece) -> Piece:
    """The sentence that opens the message; LinkedIn notes carry their greeting inside it."""
    name = made.outline.recipient.first_name or ""
    greeted = first.text.lower().startswith(("hi ", "hello", "dear ", *([name.lower()] if name else [])))
    if made.outline.kind is not MessageKind.LINKEDIN or greeted:
        return first
    opens_with_i = first.text.startswith(("I ", "I'"))
    opening = first.text if opens_with_i else first.text[0].lower() + first.text[1:]
    hello = f"Hi {name}, " if name else "Hello, "
    return replace(first, text=hello + opening, by_model=True)


def _settle(made: Composition, text: WholeText) -> list[Piece]:
    """Every sentence that may stay, then what the plan must still say: thanks, a topic, the close."""
    head, tail = _frame(made)
    out = [p for h in head if (p := made.keep([h], tail)) is not None]
    for sentence in text.pieces:
        # Whichever sentence comes to stand first carries the greeting, also when the model's own first one cannot stay.
        kept = made.keep([sentence if out else _greeted(made, sentence)], tail)
        out.extend([kept] if kept else [])
    if not any(p.by_model for p in out):
        return out + _outline_rest(made, tail)
    used = {p.item_id for p in out}
    topics = [s for s in made.outline.slots if s.item is not None and s.fallback]
    if not used - {None} and topics:
        slot = topics[0]
        assert slot.item is not None
        kept = made.keep([Piece(slot.fallback, out[-1].paragraph, slot.item.id)], tail)
        out.extend([kept] if kept else [])
    for piece in tail:
        kept = made.keep([piece], [])
        out.extend([kept] if kept else [])
    return out


def _outline_rest(made: Composition, tail: Sequence[Piece]) -> list[Piece]:
    """Nothing of the model's text could stay: the outline's own sentences after the greeting."""
    out = []
    slots = [s for s in made.outline.slots if s.purpose is not SlotPurpose.GREETING]
    for n, slot in enumerate(slots):
        after = [Piece(s.fixed, s.paragraph) for s in slots[n + 1 :] if s.fixed]
        kept = made.keep(
            [Piece(slot.fixed or slot.fallback, slot.paragraph, slot.item.id if slot.item else None)], after
        )
        out.extend([kept] if kept else [])
    return out


def _subject(made: Composition, text: WholeText) -> str | None:
    """The model's subject if it may stand, else the plan's."""
    if made.outline.kind is MessageKind.LINKEDIN or not text.subject:
        return made.outline.subject
    head, tail = _frame(made)
    frame = assemble([*head, *tail], made.outline.kind)
    standing = {(v.check, v.detail) for v in hard_violations(Wording(made.outline.subject, frame), made.context)}
    added = [
        v for v in hard_violations(Wording(text.subject, frame), made.context) if (v.check, v.detail) not in standing
    ]
    return made.outline.subject if added else text.subject
