"""How much of a text could only have been written after this conversation (G2, G3, G32)."""

from __future__ import annotations

from dataclasses import dataclass

from service.rubric.amounts import amounts
from service.rubric.context import CheckContext
from service.rubric.ground import item_stems, matches, usable_items
from service.rubric.letter import read_letter
from service.rubric.words import letter_stems, name_parts, words
from service.types import TOPICS, NoteItem, Owner, Score, Violation, Wording

_RECOGNISED = 2.0  # telling words by which the reader knows the matter again
_IN_PASSING = 0.5  # of a line that nobody would build a letter on
_PASS = 0.5
_SMALL = 12  # numbers up to here stand in any notes
_TOPICAL = frozenset({Owner.THEIRS, Owner.MINE, Owner.CLARIFY, Owner.SMALL_TALK, Owner.NEXT_STEP})


@dataclass(frozen=True)
class Mention:
    """A note item that a message takes up, and how much of what is telling in it."""

    item: NoteItem
    share: float
    weight: float
    words: str  # the message's own, for the reason


def mentions(wording: Wording, context: CheckContext) -> tuple[Mention, ...]:
    """The items of the notes that the message takes up, the most fully taken first."""
    found: dict[str, Mention] = {}
    for sentence in read_letter(wording.body).main:
        for match in matches(sentence.text, context.facts)[:3]:
            mention = _mention(sentence.text, match.item, context)
            if mention and (match.item.id not in found or mention.weight > found[match.item.id].weight):
                found[match.item.id] = mention
    return tuple(sorted(found.values(), key=lambda m: -m.weight))


def _mention(text: str, item: NoteItem, context: CheckContext) -> Mention | None:
    telling = _telling(item, context)
    shared = {w.stem for w in words(text)} & telling
    numbers = {a.value for a in amounts(item.text)}
    told = [a for a in amounts(text) if a.value in numbers]
    # '14,000 objects' tells as much as a rare word; '3' alone may be anything.
    if item.owner not in _TOPICAL or not (shared or any(a.value > _SMALL for a in told)):
        return None
    weight = len(shared) + 1.5 * len({a.value for a in told})
    share = min(1.0, weight / (len(telling) + 1.5 * len(numbers)))
    places = [(w.start, w.end) for w in words(text) if w.stem in shared] + [(a.start, a.end) for a in told]
    return Mention(item, share, weight, _densest(text, sorted(places)))


def _densest(text: str, places: list[tuple[int, int]]) -> str:
    """The stretch of ``text`` with most of ``places`` close together."""
    groups: list[list[tuple[int, int]]] = []
    for place in places:
        if groups and len(text[groups[-1][-1][1] : place[0]].split()) <= 3:
            groups[-1].append(place)
        else:
            groups.append([place])
    best = max(groups, key=len)
    return text[best[0][0] : best[-1][1]].strip()


def _telling(item: NoteItem, context: CheckContext) -> frozenset[str]:
    known = _known_anyway(context)
    if item.owner is Owner.NEXT_STEP:
        known |= _days_agreed(context)  # 'Friday' is no point of the talk there; 'Friday family meetings' is one
    return item_stems(item.text) - letter_stems() - known


def _days_agreed(context: CheckContext) -> frozenset[str]:
    agreed = (context.facts.interview_at, context.facts.decision_date)
    return frozenset(w.stem for d in agreed if d is not None for w in words(f"{d.day:%A %B}"))


def _known_anyway(context: CheckContext) -> frozenset[str]:
    """What could have been written before the interview: role, company, the people's names."""
    facts = context.facts
    names = [f.value for f in (facts.company, facts.role) if f is not None] + [p.name for p in facts.people]
    names += [n for n in (context.recipient.name, context.recipient.title, context.candidate_name) if n]
    return frozenset(w.stem for n in names for w in words(n)) | {p for n in names for p in name_parts(n)}


def specificity(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """Full for one thing worth telling that the reader will know again; more is no better. Not asked of thin notes, nor
    where no talk was held.

    Blind readers call a message generic or not; they do not count what it names (docs/evals.md).
    """
    worth_telling = any(i.owner in TOPICS and i.worth for i in usable_items(context.facts))
    if not worth_telling or not context.facts.application.took_place:
        return None
    taken = mentions(wording, context)
    value = round(min(1.0, sum(_recognised(m) for m in taken)), 4)
    return Score("specificity", value, value >= _PASS, "G3", _reason(taken))


def _recognised(mention: Mention) -> float:
    return min(1.0, mention.weight / _RECOGNISED) * (1.0 if mention.item.worth else _IN_PASSING)


def _reason(taken: tuple[Mention, ...]) -> str:
    if not taken:
        return "Nothing from the conversation is mentioned: it could have been written before the interview."
    named = "; ".join(f"'{m.words}'" for m in taken[:3])
    count = "One thing" if len(taken) == 1 else f"{len(taken)} things"
    return f"{count} from the conversation {'is' if len(taken) == 1 else 'are'} mentioned: {named}."
