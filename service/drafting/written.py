"""What a writer hands back, and what is done with a sentence that cannot stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from service.drafting.checks import hard_violations
from service.drafting.pieces import Piece, assemble
from service.errors import ModelError
from service.rubric.context import CheckContext
from service.types import Usage, Violation, Wording

Emit = Callable[[Piece], None]  # takes a piece that will not be taken back


@dataclass
class Written:
    """One message's text with its history. ``raw`` is what the model wrote, before checks and repair."""

    subject: str | None
    pieces: tuple[Piece, ...] = ()
    raw: tuple[str, ...] = ()
    against: tuple[Violation, ...] = ()  # the hard violations that repair met
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None
    unverified: bool = False  # the second reading was asked for and failed


def kept(pieces: Sequence[Piece], subject: str | None, context: CheckContext) -> tuple[Piece, ...]:
    """``pieces`` without those that break a hard rule by themselves; each is asked only for what it adds to the rest."""
    standing = list(pieces)
    for piece in pieces:
        faults = hard_violations(Wording(subject, assemble(standing, context.kind)), context)
        if not faults:
            break
        rest = [p for p in standing if p is not piece]
        if not rest:
            continue
        left = hard_violations(Wording(subject, assemble(rest, context.kind)), context)
        # Counted and not compared: of two sentences with the same fault each is one too many.
        if piece.by_model and len(left) < len(faults):
            standing = rest
    return tuple(standing)
