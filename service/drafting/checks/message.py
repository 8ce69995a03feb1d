"""Every check, run over one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from service.drafting.checks import address, form, grounding, limits, marks, names, privacy, sameness, style, swaps
from service.rubric.context import CheckContext
from service.types import Violation, Wording

Check = Callable[[Wording, CheckContext], Iterable[Violation]]

CHECKS: tuple[Check, ...] = (
    *limits.CHECKS,
    *names.CHECKS,
    *grounding.CHECKS,
    *swaps.CHECKS,
    *address.CHECKS,
    *privacy.CHECKS,
    *marks.CHECKS,
    *sameness.CHECKS,
    *form.CHECKS,
    *style.CHECKS,
)


def check_message(wording: Wording, context: CheckContext) -> tuple[Violation, ...]:
    """All broken rules of one message, hard ones first. Pure and deterministic."""
    found = [v for check in CHECKS for v in check(wording, context)]
    return tuple(sorted(found, key=lambda v: v.severity.value))
