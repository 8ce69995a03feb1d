"""The rules of docs/rules.md that code can decide, each a named check."""

from service.drafting.checks.fidelity import keeps_matter
from service.drafting.checks.message import check_message
from service.drafting.checks.sentence import check_sentence
from service.rubric.context import CheckContext

__all__ = ["CheckContext", "check_message", "check_sentence", "keeps_matter"]
