"""Which check or criterion is there to see which fault of the guide."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from evals.verdicts.data import HARD, Fault

# What is there to see each fault: checks that found something, criteria that were not passed.
# fmt: off
SEERS: dict[Fault, frozenset[str]] = {
    Fault.FALSE: frozenset({
        "ungrounded_name", "misspelled_name", "mixed_names", "ungrounded_title", "ungrounded_number",
        "reversed_number", "ungrounded_date", "ungrounded_time", "address", "other_day",
    }),
    Fault.SWAPPED: frozenset(),  # none of code's: what grounding fails for is something else
    Fault.PRIVATE: frozenset({"private_content", "private_matter"}),
    Fault.NONSENSE: frozenset({"language", "note_taking", "repeated_sentence"}),
    Fault.GENERIC: frozenset({"specificity", "stock_phrase"}),
    Fault.PADDING: frozenset({"repeated_sentence", "stock_phrase"}),
    Fault.GREETING: frozenset({"greeting", "misspelled_name"}),
    Fault.PUSHY: frozenset({"persistence"}),
    Fault.FLATTERY: frozenset({"machine_tell"}),
    Fault.FORM: frozenset({"professionalism"}),
    Fault.MISSING: frozenset({"gratitude", "no_thanks", "enthusiasm", "clarification", "persistence", "reminder"}),
}
# fmt: on


def objections(
    criteria: Mapping[str, tuple[float | None, bool, str, str]], broken: Collection[str]
) -> Iterator[tuple[Fault, str]]:
    """What a reader would hold against a message: the fault, the gravest first, and the reason.

    ``criteria``: name → score, passed, rule, reason; ``broken``: the hard checks that found something, which say more
    nearly what a criterion over all of them has met.
    """
    told = [_CASES_OWN[name] for name in broken if name in _CASES_OWN]
    for name, (_, passed, _, reason) in criteria.items():
        if not passed:
            met = (_fault(broken, HARD) or Fault.FALSE) if name == "grounding" else _fault({name}) or Fault.FORM
            told.append((met, reason))
    yield from sorted(told, key=lambda t: list(Fault).index(t[0]))


# What only a case's author can tell (evals/cases/README.md).
_CASES_OWN = {
    "must_not_appear": (Fault.PRIVATE, "It tells what the case says must not appear."),
    "wrong_recipient": (Fault.GREETING, "It goes to somebody who must not be written to."),
    "refused": (Fault.MISSING, "No message was written."),
}


def _fault(names: Collection[str], among: Collection[Fault] = tuple(Fault)) -> Fault | None:
    if "worth_mentioning" in names:
        return Fault.GENERIC
    return next((fault for fault in among if SEERS[fault] & set(names)), None)
