"""A message of nothing but its frame: where no model writes, and what any message falls back on."""

from __future__ import annotations

from service.drafting.pieces import Piece
from service.drafting.plan import Outline
from service.types import MessageKind, Occasion, units


def frame_pieces(outline: Outline, told: tuple[Piece, ...] = ()) -> tuple[Piece, ...]:
    """The frame with the sentences of the talk, ``told``, in their place."""
    frame = outline.frame
    if outline.kind is MessageKind.LINKEDIN:
        return _linkedin(outline, told)
    head = (Piece(frame.greeting, 0), Piece(frame.thanks, 1))
    if outline.occasion is not Occasion.TALK:
        return (*head, Piece(frame.signature, 9))
    if outline.kind is MessageKind.CHECK_IN:
        told = tuple(Piece(p.text, 1, p.item_ids, p.by_model) for p in told)
        return (*head, *told, Piece(f"{frame.ask} {frame.interest}", 5), Piece(frame.signature, 9))
    return (*head, *told, Piece(frame.interest, 5), Piece(frame.signature, 9))


def _linkedin(outline: Outline, told: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The richest that fits: full thanks or short, a sentence of the talk, the wish, the name."""
    frame, limit = outline.frame, outline.char_limit or 200
    full, short = frame.thanks.split("\n")
    closes = [" ".join(filter(None, (frame.ask, frame.signature))), frame.ask, ""]
    options = [(thanks, told[:1], close) for thanks in (full, short) for close in closes if told]
    options += [(thanks, (), close) for thanks in (full, short) for close in closes]
    for thanks, middle, close in options:
        if middle and not close:
            continue
        pieces = (Piece(f"{frame.greeting} {thanks}", 0), *middle, *((Piece(close, 0),) if close else ()))
        if units(" ".join(p.text for p in pieces)) <= limit:
            return pieces
    return (Piece("Hello, thank you for our conversation.", 0),)
