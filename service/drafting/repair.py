"""Of several wordings for one place, the first that keeps the whole message free of hard violations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.drafting.checks import check_message
from service.drafting.pieces import Piece, assemble
from service.rubric.context import CheckContext
from service.types import Severity, Violation, Wording

Check = Callable[[Wording, CheckContext], tuple[Violation, ...]]


@dataclass(frozen=True)
class Mended:
    """The piece that may stay (None: nothing that was offered may), and what spoke against those passed over."""

    piece: Piece | None
    against: tuple[Violation, ...] = ()


def hard_violations(wording: Wording, context: CheckContext) -> tuple[Violation, ...]:
    return tuple(v for v in check_message(wording, context) if v.severity is Severity.HARD)


def choose(
    options: Sequence[Piece],
    before: Sequence[Piece],
    after: Sequence[Piece],
    subject: str | None,
    context: CheckContext,
) -> Mended:
    """The first of ``options`` that can stand between ``before`` and ``after``.

    A violation that the message has without the piece is not the piece's; so each is asked only for what it adds.
    """
    standing = {_key(v) for v in hard_violations(Wording(subject, assemble([*before, *after], context.kind)), context)}
    against: list[Violation] = []
    for option in options:
        body = assemble([*before, option, *after], context.kind)
        added = [v for v in hard_violations(Wording(subject, body), context) if _key(v) not in standing]
        if not added:
            return Mended(option, tuple(against))
        against.extend(added)
    return Mended(None, tuple(against))


def _key(violation: Violation) -> tuple[str, str]:
    return violation.check, violation.detail
