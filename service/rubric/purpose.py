"""What this kind of message is for: clarification, persistence, a reminder of the conversation (G6, G8, G13, G31)."""

from __future__ import annotations

import re
from functools import cache

from service.phrases import load
from service.rubric.amounts import days
from service.rubric.context import CheckContext
from service.rubric.ground import item_stems, usable_items
from service.rubric.letter import read_letter
from service.rubric.specificity import mentions
from service.rubric.words import letter_stems, words
from service.types import MessageKind, NoteItem, Owner, Score, Violation, Wording


@cache
def _compiled(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in load("enthusiasm")[key]), re.IGNORECASE)


def clarification(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """Whether the point that the notes wish to put better is put: briefly, and without the confession."""
    wanted = _to_clarify(context)
    if context.kind is not MessageKind.THANK_YOU or not wanted:
        return None
    if any(v.check == "private_matter" and "confession" in v.detail for v in violations):
        return Score("clarification", 0.3, False, "G31", "It tells what went wrong instead of the better answer.")
    most = load("limits")["clarification_sentences"]["most"]
    lengths = {i.id: _sentences_on(i, wording) for i in wanted}
    put = {k: n for k, n in lengths.items() if n}
    if not put and _is_anothers(wanted, context):
        return None
    if not put:
        return Score("clarification", 0.0, False, "G6", "The point you wished to put better is not there.")
    if max(put.values()) > most:
        return Score(
            "clarification", 0.6, True, "G31", f"The point takes {max(put.values())} sentences; one or two do."
        )
    return Score("clarification", 1.0, True, "G6", "The point you wished to put better is put, briefly.")


def clarifies(wording: Wording, context: CheckContext) -> bool:
    """Whether the message puts one of the points that this reader may be told better."""
    return any(_sentences_on(i, wording) for i in _to_clarify(context))


def _to_clarify(context: CheckContext) -> list[NoteItem]:
    """What the notes wish to put better; what another panel member asked is that member's to read."""
    points = [i for i in usable_items(context.facts) if i.owner is Owner.CLARIFY]
    return [i for i in points if i.speaker in (None, context.recipient.name) or len(context.facts.interviewers) < 2]


def _is_anothers(wanted: list[NoteItem], context: CheckContext) -> bool:
    """Whether another panel member's message carries it: as the set says, else where nobody is known to have asked."""
    if context.clarified_elsewhere is not None:
        return context.clarified_elsewhere
    return len(context.facts.interviewers) > 1 and all(i.speaker is None for i in wanted)


def _sentences_on(item: NoteItem, wording: Wording) -> int:
    """How many sentences take up what is telling in the item."""
    telling = item_stems(item.text) - letter_stems() or item_stems(item.text)
    needed = max(1, round(len(telling) * 0.3))
    return sum(len({w.stem for w in words(s.text)} & telling) >= needed for s in read_letter(wording.body).main)


def persistence(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """A check-in asks once, and does not press."""
    if context.kind is not MessageKind.CHECK_IN:
        return None
    text = wording.body.replace("’", "'")
    if pressed := _compiled("pressure").search(text):
        return Score("persistence", 0.2, False, "G8", f"'{pressed.group().strip()}' presses the reader.")
    most = load("enthusiasm")["questions_most"]
    if text.count("?") > most:
        return Score("persistence", 0.5, False, "G8", f"{text.count('?')} questions are too many for a check-in.")
    asks = "?" in text or re.search(
        r"\b(?:hear|news|update|timing|timeline|decision|let me know|next step)\b", text, re.IGNORECASE
    )
    if not asks:
        return Score("persistence", 0.5, False, "G7", "It does not ask how things stand.")
    return Score("persistence", 1.0, True, "G8", "It asks how things stand and leaves it at that.")


def reminder(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """Whether the reader is told which conversation this was: by what was said in it, its day or the role."""
    if context.kind is MessageKind.THANK_YOU or not context.facts.application.took_place:
        return None
    role = context.facts.role
    named = role is not None and bool({w.stem for w in words(role.value)} & {w.stem for w in words(wording.body)})
    if named or mentions(wording, context) or any(d.start >= 0 for d in days(wording.body)):
        return Score("reminder", 1.0, True, "G13", "It says which conversation this was.")
    return Score("reminder", 0.0, False, "G13", "The reader is not told which conversation this was.")
