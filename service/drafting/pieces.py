"""Checked sentences on their way to a body, and where each came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.types import Evidence, MessageKind


@dataclass(frozen=True)
class Piece:
    """One or more sentences that stand together, the items they rest on, and whether a model worded them."""

    text: str
    paragraph: int
    item_ids: tuple[str, ...] = ()
    by_model: bool = False


def separator(before: Piece | None, piece: Piece, kind: MessageKind) -> str:
    """What stands between two pieces: nothing at the start, a space inside a paragraph, a blank line between them."""
    if before is None:
        return ""
    if kind is MessageKind.LINKEDIN or before.paragraph == piece.paragraph:
        return " "
    return "\n\n"


def assemble(pieces: Sequence[Piece], kind: MessageKind) -> str:
    """The body: exactly what the stream's deltas add up to."""
    body = ""
    before: Piece | None = None
    for piece in pieces:
        body += separator(before, piece, kind) + piece.text
        before = piece
    return body


def evidence_of(pieces: Sequence[Piece], kind: MessageKind) -> tuple[Evidence, ...]:
    """For every piece that rests on note items, its characters in the body, once for each item."""
    found, at = [], 0
    before: Piece | None = None
    for piece in pieces:
        at += len(separator(before, piece, kind))
        found += [Evidence(at, at + len(piece.text), item_id) for item_id in piece.item_ids]
        at += len(piece.text)
        before = piece
    return tuple(found)
