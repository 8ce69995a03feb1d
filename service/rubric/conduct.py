"""What the checks found, as criteria: grounding, the greeting, the signature and professionalism (G12, G33-G37)."""

from __future__ import annotations

from collections import Counter

from service.rubric.context import CheckContext
from service.rubric.letter import read_letter
from service.types import MessageKind, Score, Severity, Violation, Wording

_GROUNDING = frozenset({"G30", "G35", "G37"})
_PROFESSIONAL = frozenset({"G12", "G24", "G33", "G34", "G36", "G38"})
_ADDRESS = frozenset({"no_greeting", "wrong_greeting", "title_dropped", "small_letters", "not_an_interviewer"})


def greeting(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score:
    """Full when the reader is addressed rightly; anything else is what readers see first, and fails it."""
    mine = [v for v in violations if v.check in _ADDRESS]
    if not mine:
        return Score("greeting", 1.0, True, "G12", "The reader is addressed as the notes do.")
    return Score("greeting", 0.0, False, mine[0].rule, mine[0].detail)


def signature(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """Asked of a mail where nobody said the candidate's name: such a letter ends in 'Kind regards'."""
    if context.kind is MessageKind.LINKEDIN or context.candidate_name:
        return None
    if read_letter(wording.body).is_signed:
        return Score("signature", 1.0, True, "G12", "A name stands under it.")
    return Score("signature", 0.0, False, "G12", "Your name is missing under it.")


def grounding(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score:
    """Full when everything said rests on the notes and on the right person; any hard violation fails it."""
    mine = [v for v in violations if v.rule in _GROUNDING and v.check not in _ADDRESS]
    if not mine:
        return Score("grounding", 1.0, True, "G35", "Everything said is in the notes, and everyone gets their own.")
    return _judged("grounding", "G35", mine, hard=0.4, soft=0.1)


def professionalism(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score:
    """Full without stock phrases, a machine's tells, gaps and slips of form; every one found costs."""
    mine = [v for v in violations if v.rule in _PROFESSIONAL and v.check not in _ADDRESS]
    if not mine:
        return Score("professionalism", 1.0, True, "G12", "No stock phrases, no gaps, no slips of form.")
    return _judged("professionalism", "G12", mine, hard=0.5, soft=0.2)


def _judged(name: str, rule: str, found: list[Violation], *, hard: float, soft: float) -> Score:
    cost = sum(hard if v.severity is Severity.HARD else soft for v in found)
    value = round(max(0.0, 1.0 - cost), 4)
    clean = all(v.severity is Severity.SOFT for v in found)
    first = min(found, key=lambda v: v.severity is Severity.SOFT)
    counts = Counter(v.check.replace("_", " ") for v in found)
    listed = ", ".join(f"{n} × {check}" if n > 1 else check for check, n in counts.most_common(4))
    return Score(name, value, clean and value >= 0.6, first.rule or rule, f"{first.detail} ({listed})")
