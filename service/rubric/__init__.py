"""How good a follow-up is: the same code for the service, the form and the evals."""

from service.rubric.context import CheckContext
from service.rubric.scorecard import score_message

__all__ = ["CheckContext", "score_message"]
