"""Items held to evidence: what a closed class bars, or what nothing speaks for, is private (G30, G35)."""

from __future__ import annotations

import re
from dataclasses import replace

from service.notes.evidence import is_own_matter, is_their_matter, is_told
from service.notes.kept_out import is_kept_back, kept_out
from service.notes.owners import ASKED, CORRECTED, GOES_ON, GOES_ON_WITH_OWN, UNPROVEN
from service.notes.word_classes import FIRST, adverbs, any_of, counts, has, pattern
from service.types import NoteItem, Owner

_USABLE = (Owner.THEIRS, Owner.MINE, Owner.CLARIFY)
_SPEAKS = (GOES_ON_WITH_OWN, ASKED, GOES_ON)  # reasons that are evidence
_JOIN = 8  # characters of a comma and 'because'


def held_to_evidence(
    items: tuple[NoteItem, ...], sure: frozenset[int], notes: str, names: frozenset[str]
) -> tuple[NoteItem, ...]:
    """The items, private where they must not be used; ``sure``: where those begin of which a label or heading says whose they are."""
    out: list[NoteItem] = []
    for item in _without_poor_answers(items, notes, names):
        why = _why_not(item, out[-1] if out else None, notes, names, labelled=item.start in sure)
        out.append(replace(item, owner=Owner.PRIVATE, speaker=None, heard_by=None, reason=why) if why else item)
    return tuple(out)


def _without_poor_answers(items: tuple[NoteItem, ...], notes: str, names: frozenset[str]) -> tuple[NoteItem, ...]:
    """'Bad: he asked for strengths, I gave a list. I should have …': of a regret only what should have been said is of use."""

    def leads_to_regret(k: int) -> bool:
        item, after = items[k], items[k + 1 : k + 2]
        if item.owner is not Owner.CLARIFY or item.reason == CORRECTED or has("regret", item.text):
            return False
        if is_told(item.text, names) and not pattern(rf"(?<![\w']){FIRST}(?![\w'])").search(item.text):
            return True  # the question alone
        return item.reason == GOES_ON and any(_is_regret(n) and "\n" not in notes[item.end : n.start] for n in after)

    return tuple(
        replace(item, owner=Owner.SMALL_TALK, reason="what a better answer is for") if leads_to_regret(k) else item
        for k, item in enumerate(items)
    )


def _is_regret(item: NoteItem) -> bool:
    return item.owner is Owner.CLARIFY and has("regret", item.text)


def _why_not(
    item: NoteItem, before: NoteItem | None, notes: str, names: frozenset[str], *, labelled: bool
) -> str | None:
    """Why ``item`` must not be used; None when it may, or is of no use anyway."""
    if item.owner not in _USABLE or item.reason == CORRECTED:
        return None
    text = item.text.replace("’", "'")
    barred = kept_out(text, names, theirs=labelled and item.owner is Owner.THEIRS)
    if barred is None and item.owner is Owner.CLARIFY and not labelled and is_kept_back(text):
        barred = "kept back"
    if barred is None and before is not None and _shares_a_sentence(item, before, notes, names):
        barred = "goes with something private"
    if barred or labelled or item.owner is Owner.CLARIFY or item.reason in _SPEAKS:
        return barred
    return None if _is_proven(item, before, notes, names) else UNPROVEN


def _is_proven(item: NoteItem, before: NoteItem | None, notes: str, names: frozenset[str]) -> bool:
    text = item.text.replace("’", "'")
    alone = is_their_matter(text, names) if item.owner is Owner.THEIRS else is_own_matter(text)
    return alone or (before is not None and _goes_on(item, before, text, notes))


def _shares_a_sentence(item: NoteItem, before: NoteItem, notes: str, names: frozenset[str]) -> bool:
    """'Left because Carol was a bully, | I said I wanted a change': one sentence with something private."""
    between = notes[before.end : item.start]
    if before.owner is not Owner.PRIVATE or len(between) > _JOIN:
        return False
    ended = re.search(r"[.!?]\W*$|[.!?;\n]", before.text[-1:] + between)
    text = item.text.replace("’", "'")
    speaks = is_their_matter(text, names) if before.reason == UNPROVEN else is_told(text, names)
    return not ended and not speaks


def _goes_on(item: NoteItem, before: NoteItem, text: str, notes: str) -> bool:
    """The rest of what was told, on the same line and without a subject of its own, or the candidate's next deed."""
    if before.owner not in _USABLE or "\n" in notes[before.end : item.start]:
        return False
    own = before.owner in (Owner.MINE, Owner.CLARIFY)
    if item.owner is Owner.MINE:
        inner = rf"(?<![\w'])(?:{FIRST}|i'm|im) {adverbs()}{any_of('inner')}|^(?:i'm|im|my)\b"
        return own and not pattern(inner).search(text)
    first = pattern(rf"(?<![\w'])(?:{FIRST}|i'm|im|my|me)(?![\w'])").search(text)
    part = pattern(r"(?:about |nearly )?(?:half|most|some|all|of which)\b").match(text)
    return not own and (text.endswith("?") or (not first and bool(counts(text) or part)))
