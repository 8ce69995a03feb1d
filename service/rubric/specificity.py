"""How much of a text could only have been written after this conversation (G2, G3, G32)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from service.rubric.amounts import amounts, days
from service.rubric.context import CheckContext
from service.rubric.ground import item_stems, matches, usable_items
from service.rubric.letter import read_letter
from service.rubric.words import Word, content_words, letter_stems, name_parts, words
from service.types import MessageKind, NoteItem, Owner, Score, Violation, Wording

# So many telling things make a message as specific as it needs to be; LinkedIn leaves room for one or two.
_ENOUGH = {MessageKind.THANK_YOU: 7.0, MessageKind.CHECK_IN: 3.5, MessageKind.LINKEDIN: 3.0}
_PER_ITEM = 4.0  # one thing told at length is still one thing
_PASS = 0.5
_SMALL = 12  # numbers up to here stand in any notes
_ABSTRACT = re.compile(r"(?:tion|sion|ment|ness|ity|ance|ence|ism|ship|ive|ful|ous|able|ible|ally|wise)s?$")
_TOPICAL = frozenset({Owner.THEIRS, Owner.MINE, Owner.CLARIFY, Owner.SMALL_TALK, Owner.NEXT_STEP})


def specificity_of_text(text: str) -> float:
    """How specific ``text`` is with no notes to hold it against, 0 to 1.

    Numbers, names and words that no plain letter has count for it; plain and abstract words count against it, so
    that length alone raises nothing.
    """
    row = content_words(text)
    if not row:
        return 0.0
    dated = len({(d.start, d.end) for d in days(text)})
    concrete = sum(_concreteness(w, text) for w in row) + 1.5 * len(amounts(text)) + 0.8 * dated
    density = concrete / (len(row) + len(amounts(text)))
    amount = 1 - math.exp(-concrete / 6)
    return round(max(0.0, min(1.0, 0.55 * amount + 0.45 * min(1.0, density * 1.4))), 4)


def _concreteness(word: Word, text: str) -> float:
    if _is_name(word, text):
        return 1.2
    if word.stem in letter_stems():
        return 0.0
    return 0.3 if _ABSTRACT.search(word.low) else 0.7 + min(0.3, 0.05 * max(0, len(word.low) - 4))


def _is_name(word: Word, text: str) -> bool:
    before = text[: word.start].rstrip()
    return word.is_capitalised and bool(before) and before[-1] not in ".!?:\n" and word.stem not in letter_stems()


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


def _available(context: CheckContext) -> float:
    """The weight of everything that the notes offer to mention."""
    topics = [i for i in usable_items(context.facts) if i.owner in _TOPICAL]
    weights = (len(_telling(i, context)) + 1.5 * len(amounts(i.text)) for i in topics)
    return sum(min(_PER_ITEM, w) for w in weights)


def _known_anyway(context: CheckContext) -> frozenset[str]:
    """What could have been written before the interview: role, company, the people's names."""
    facts = context.facts
    names = [f.value for f in (facts.company, facts.role) if f is not None] + [p.name for p in facts.people]
    names += [n for n in (context.recipient.name, context.recipient.title, context.candidate_name) if n]
    return frozenset(w.stem for n in names for w in words(n)) | {p for n in names for p in name_parts(n)}


def specificity(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score:
    """Weight of what is taken up from the notes, against what a message of this kind has room for."""
    if not any(i.owner in _TOPICAL for i in usable_items(context.facts)):
        value = specificity_of_text(read_letter(wording.body).main_text)
        reason = "The notes hold no topic; judged by the words alone."
        return Score("specificity", value, value >= _PASS, "G3", reason)
    taken = mentions(wording, context)
    # Thin notes ask for no more than they hold.
    enough = min(_ENOUGH[context.kind], max(1.5, 0.8 * _available(context)))
    amount = min(1.0, sum(min(_PER_ITEM, m.weight) for m in taken) / enough)
    value = round(amount * (0.7 + 0.3 * _density(wording, taken)), 4)
    return Score("specificity", value, value >= _PASS, "G3", _reason(taken))


def _density(wording: Wording, taken: tuple[Mention, ...]) -> float:
    """The share of sentences that take something up; half of them is as good as all."""
    main = [s for s in read_letter(wording.body).main if len(s.text.split()) > 3]
    stems = frozenset(s for m in taken for s in item_stems(m.item.text)) - letter_stems()
    held = sum(any(w.stem in stems for w in words(s.text)) for s in main)
    return min(1.0, 2 * held / len(main)) if main else 0.0


def _reason(taken: tuple[Mention, ...]) -> str:
    if not taken:
        return "Nothing from the conversation is mentioned: it could have been written before the interview."
    named = "; ".join(f"'{m.words}'" for m in taken[:3])
    count = "One thing" if len(taken) == 1 else f"{len(taken)} things"
    return f"{count} from the conversation {'is' if len(taken) == 1 else 'are'} mentioned: {named}."
