"""How good a follow-up is: the same code for the service, the form and the evals."""

from service.rubric.context import CheckContext
from service.rubric.gratitude import has_thanks
from service.rubric.scorecard import score_message

__all__ = ["CheckContext", "has_thanks", "score_message"]
