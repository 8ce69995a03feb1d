"""A model's sentence made of more than a rule can say: it has to be whole English, and none of it what a letter never holds.

What a rule says was held against a small grammar before (``wellformed``); where the model joins the parts of a telegram itself,
its own words are, after the opening that the plan chose (G12, G30).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.drafting.checks.fidelity import without_tail
from service.drafting.checks.finding import hard
from service.drafting.sentence_shapes import Shape, Topic
from service.drafting.wellformed import is_sendable
from service.types import Owner, Violation

_AFTER_A_THING = ("about", "is", "mention", "on")


def reads_whole(text: str, opening: str, owner: Owner) -> Iterator[Violation]:
    """Whether what follows ``opening`` is one phrase of the kind that it asks for, to the last word."""
    said = without_tail(text.strip().removeprefix(opening.strip()).strip()).strip(" ,.")
    asks = (opening.split() or [""])[-1].lower()
    shape = Shape.NOUN if asks in _AFTER_A_THING else Shape.CLAUSE
    if asks in ("you", "i"):
        said = f"{opening.split()[-1]} {said}"
    if not re.search(r"\w", said) or not is_sendable(Topic(shape, said), owner):
        yield hard("not_whole", "G12", "It is no whole phrase of plain English, or tells what no letter should.")
