"""Every check, run over one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from service.drafting.checks import limits, marks, names, numbers, payloads, privacy, sameness, style
from service.rubric.context import CheckContext
from service.types import Severity, Violation, Wording

Check = Callable[[Wording, CheckContext], Iterable[Violation]]

CHECKS: tuple[Check, ...] = (
    *limits.CHECKS,
    *names.CHECKS,
    *numbers.CHECKS,
    *privacy.CHECKS,
    *marks.CHECKS,
    *payloads.CHECKS,
    *sameness.CHECKS,
    *style.CHECKS,
)


def check_message(wording: Wording, context: CheckContext) -> tuple[Violation, ...]:
    """All broken rules of one message, hard ones first. Pure and deterministic."""
    found = [v for check in CHECKS for v in check(wording, context)]
    return tuple(sorted(found, key=lambda v: v.severity.value))


def hard_violations(wording: Wording, context: CheckContext) -> tuple[Violation, ...]:
    return tuple(v for v in check_message(wording, context) if v.severity is Severity.HARD)
