"""A message's scorecard: one score per criterion, with its reason and the rule it serves."""

from __future__ import annotations

from collections.abc import Callable

from service.rubric.brevity import brevity
from service.rubric.conduct import greeting, grounding, professionalism, signature
from service.rubric.context import CheckContext
from service.rubric.enthusiasm import enthusiasm
from service.rubric.gratitude import gratitude
from service.rubric.purpose import clarification, persistence, reminder
from service.rubric.specificity import specificity
from service.types import Score, Scorecard, Violation, Wording

Criterion = Callable[[Wording, CheckContext, tuple[Violation, ...]], Score | None]

CRITERIA: tuple[Criterion, ...] = (
    signature,
    specificity,
    gratitude,
    brevity,
    enthusiasm,
    professionalism,
    clarification,
    persistence,
    reminder,
    greeting,
    grounding,
)


def score_message(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Scorecard:
    """The scorecard of any text, whoever wrote it. ``violations`` are what ``check_message`` found.

    A criterion that does not apply to this kind of message or these notes is left out; one that could not be
    judged is there without a score and does not count in ``overall``.
    """
    scores = tuple(s for c in CRITERIA if (s := c(wording, context, violations)) is not None)
    judged = [s.score for s in scores if s.score is not None]
    overall = sum(judged) / len(judged) if judged else 0.0
    return Scorecard(overall, scores, violations)
