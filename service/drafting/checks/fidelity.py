"""A model's sentence held against the words it was given: same matter, same order, same time.

Small models keep the nouns and quietly change the rest: 'you lead' becomes 'you led', '40 reports to kill' becomes 'which
resulted in 40 reports'. A rule can word the same matter safely, so whatever departs from it is passed over (G35, G37).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from service.drafting.checks.finding import hard
from service.notes.lexis import Word, content_words, words
from service.phrases import load
from service.types import Violation


def keeps_matter(text: str, matter: str, opening: str) -> Iterator[Violation]:
    """What ``text`` leaves out of ``matter``, adds to it, puts in another order or in another time."""
    said = content_words(without_tail(text.strip().removeprefix(opening.strip())))
    given = content_words(matter)
    stems = [w.stem for w in given]
    opened = {w.stem for w in content_words(opening)}
    if any(s not in {w.stem for w in said} | opened for s in stems):
        yield hard("drops_part", "G35", "Part of the note is left out.")
    added = [w for w in said if w.stem not in stems and w.low not in _glue() and not w.low.isdigit()]
    if added:
        yield hard("adds_words", "G35", f"'{added[0].text}' adds something.")
    turned = [w for w in words(text) if w.low in _turning() and w.stem not in {m.stem for m in words(matter + opening)}]
    if turned:
        yield hard("adds_words", "G35", f"'{turned[0].text}' puts something at another time.")
    places = [stems.index(w.stem) for w in said if w.stem in stems]
    if places and _longest_rise(places) < 0.8 * len(places):
        yield hard("reordered", "G37", "The note's words stand in another order.")
    if _denies(text.removeprefix(opening)) != _denies(matter):
        yield hard("changed_denial", "G35", "A 'no' of the note is lost, or one is added.")
    if opening.rstrip().endswith("about") and _FINITE.match(without_tail(text.strip().removeprefix(opening).strip())):
        yield hard("clause_after_about", "G12", "After 'about' stands a thing, not a sentence of its own.")
    if _PARTICIPLE.search(text) or _JOINT.search(text):
        yield hard("bare_participle", "G12", "A verb stands in a form that it cannot have here.")
    if (made := _WHICH_IS.search(text)) and made.group().split()[1] not in matter.split():
        yield hard("adds_words", "G35", f"'{made.group().strip()}' says that one thing is the other.")
    if _WHICH_NOUN.search(text):
        yield hard("bare_participle", "G12", "After 'which' stands no verb.")
    if _SUBJECT_ONLY.match(opening) and without_tail(text) == text:
        yield hard("unfinished", "G12", "The sentence has a subject and never says what of it.")
    yield from _changed_time(said, given)


# These openings are the subject of their sentence: what follows the matter has to finish it.
_SUBJECT_ONLY = re.compile(r"(?:What you (?:said|told me) about|Your question about)\b", re.IGNORECASE)
# 'about reading at home has dropped': a main verb that no 'how', 'that' or 'who' introduces.
_FINITE = re.compile(
    r"(?!(?:how|why|what|where|when|which|whether)\b)(?:(?!(?:that|who|which|because|since|while|when|how)\b)[\w'-]+ ){1,6}?"
    r"(?:has|have|had|is|are|was|were|will|can)\b",
    re.IGNORECASE,
)
# 'about you are moving', 'how you moving': an opening and its continuation that do not fit together.
_JOINT = re.compile(
    r"\babout (?:you|I|we) (?!and\b)\w+|\b(?:you|I|we|they) (?!bring|sing|ring|swing|cling|string|spring)\w{2,}ing\b|\b(\w+) \1\b",
    re.IGNORECASE,
)
# 'month end 9 days, target 5' → '9 days, which was your target of 5'
_WHICH_IS = re.compile(r"\bwhich (?:is|was|are|were) (?:your|my|the|an?)\b", re.IGNORECASE)
_WHICH_NOUN = re.compile(
    r", which (?:things|people|customers|patients|children|kids|they|nobody|somebody)\b", re.IGNORECASE
)
_PARTICIPLE = re.compile(
    r"\b(?:I|you|we|they) (?:also |then )?(?:redrawn|drawn|done|gone|seen|been|grown|written|rewritten|taken|given|spoken|chosen|begun|driven|"
    r"known|shown|thrown|flown|eaten|fallen|broken|frozen|stolen|worn|torn|sung|swum|run into been)\b",
    re.IGNORECASE,
)


def _denies(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:no|not|never|none|nobody|nothing|without|neither|nor|cannot|hardly|zero)\b|n['’]t\b",
            text,
            re.IGNORECASE,
        )
    )


def without_tail(text: str) -> str:
    """Without the set close of an opened sentence: 'has stayed with me'."""
    for tail in load("check_fidelity")["tails"]:
        text = re.sub(tail, "", text, flags=re.IGNORECASE)
    return text


@cache
def _turning() -> frozenset[str]:
    """Small words that turn before and after round: 'the contract, originally 9 pages'."""
    return frozenset(load("check_fidelity")["turning"])


@cache
def _glue() -> frozenset[str]:
    return frozenset(load("check_fidelity")["glue"])


def _longest_rise(places: list[int]) -> int:
    best: list[int] = []
    for k, place in enumerate(places):
        best.append(1 + max((best[j] for j in range(k) if places[j] <= place), default=0))
    return max(best)


def _changed_time(said: tuple[Word, ...], given: tuple[Word, ...]) -> Iterator[Violation]:
    """A verb of the note in the past where the note has the present, or the other way round."""
    for word in said:
        sources = [g for g in given if g.stem == word.stem]
        if sources and all(_is_past(word.low) != _is_past(g.low) for g in sources):
            yield hard("changed_time", "G35", f"'{word.text}' changes when it happens.")


@cache
def _pasts() -> frozenset[str]:
    forms = load("check_irregular")["forms"].values()
    return frozenset(f for row in forms for f in row.split())


def _is_past(word: str) -> bool:
    return word in _pasts() or (word.endswith("ed") and len(word) > 4)
