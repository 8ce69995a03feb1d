"""How a model joins the parts of a telegram: English joins clauses with a word, not with a comma alone (G12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.drafting.checks.fidelity import without_tail
from service.drafting.checks.finding import hard
from service.drafting.phrase_grammar import is_clause
from service.notes.wordclass import tag
from service.types import Violation

_DEEDS = ("VBD", "VBN", "VBZ")
_SUBORDINATE = re.compile(
    r"(?:^|[,;] |\b(?:and|but) )(?:when|if|as|since|because|after|before|while|although|though|once|unless|until|where)\b[^,]*$",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(r", (?:you|I|we|they|he|she|it|nobody|everyone|everybody)(?:'\w+)? (?!and\b|or\b)\w")
# 'the waste is 11 percent, weighing the bins': nobody is there who weighs them.
_NOBODY_DOES = re.compile(r"\b(?:is|are|was|were|takes?|stands?|costs?) [^,]*, (?!including\b|during\b)[a-z]{2,}ing\b")
# 'fractions, which class costed a stall': which of them does what?
_WHICH_OTHER = re.compile(
    r"\bwhich (?!(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|must|may|might|should|also|then|now|still|never|always|only|really|means?|makes?|lets?|gives?|takes?|saves?|"
    r"costs?|keeps?|brings?|leaves?|needs?|runs?|goes|came|went|took|gave|made|cut|let|meant|saved|kept|brought)\b)"
    r"[a-z]+ (?:\w+ed|\w+s|made|built|ran|took|got|went|came|had|has|was|is)\b"
)
# 'about the 212 turbines, bought 3 of the sites': a deed that nobody does. 'redrawn as bars' tells what was done to a thing.
_BARE_DEED = re.compile(r", (\w+) (?:\d|the\b|a\b|an\b|my\b|your\b|their\b|all\b|every\b|up\b|it\b)")


_BEING_DOING = re.compile(r"\bbeing (?!king\b|spring\b)\w+ing\b")  # 'about everyone being rewriting pipelines'
_AND_THAT = re.compile(r"\band that (?=\w+ \w+)")
_AND = re.compile(r",? and ")


def _goes_on_as_a_sentence(said: str) -> bool:
    """'about the trucks, and the council changed 2 routes': after 'about' stand things, and no clause is joined to them."""
    rests = (said[m.end() :] for m in _AND.finditer(said))
    return bool(_AND_THAT.search(said)) or any(is_clause(rest.strip(" ,.")) for rest in rests)


def joints(text: str, opening: str) -> Iterator[Violation]:
    """Clauses that only a comma joins, and verbs whose doer got lost between them."""
    said = text.strip().removeprefix(opening.strip())
    for match in _NEW_CLAUSE.finditer(said):
        if not _SUBORDINATE.search(said[: match.start()].strip()):
            yield hard("comma_splice", "G12", "Two sentences stand side by side with a comma between them.")
            break
    deeds = [m[1] for m in _BARE_DEED.finditer(said) if tag(m[1]) in _DEEDS]
    about = opening.rstrip().endswith("about")
    thing = without_tail(said.strip())
    loose = about and (deeds or _goes_on_as_a_sentence(thing))
    if _NOBODY_DOES.search(said) or _WHICH_OTHER.search(said) or _BEING_DOING.search(said) or loose:
        yield hard("lost_doer", "G12", "Who does what got lost where the parts are joined.")
