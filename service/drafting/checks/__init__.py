"""The rules of docs/rules.md that code can decide, each a named check."""

from service.drafting.checks.message import check_message, hard_violations
from service.rubric.context import CheckContext

__all__ = ["CheckContext", "check_message", "hard_violations"]
