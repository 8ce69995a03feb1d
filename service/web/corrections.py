"""Who said what, as the page offers it beside each item and as it comes back when the candidate chose otherwise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.errors import RequestError
from service.types import CORRECTED, ItemCorrection, NoteItem, Owner, first_name

LABELS = (
    (Owner.THEIRS, "They said"),
    (Owner.MINE, "I said"),
    (Owner.CLARIFY, "Say better"),
    (Owner.NEXT_STEP, "Next step"),
    (Owner.LOGISTICS, "Who and when"),
    (Owner.SMALL_TALK, "Small talk"),
    (Owner.PRIVATE, "Keep out"),
)
_BY = "|"  # between an owner and the name of who said it; the owners' own words hold none


@dataclass(frozen=True)
class OwnerChoice:
    value: str
    words: str
    chosen: bool


def owner_choices(item: NoteItem, people: Sequence[str]) -> tuple[OwnerChoice, ...]:
    """The labels for ``item``: each person's 'Priya said' first, then the rest."""
    speaker = item.speaker if item.owner is Owner.THEIRS else None
    names = dict.fromkeys((*people, speaker) if speaker else people)
    now = _value(item.owner, speaker)
    said = [(_value(Owner.THEIRS, name), f"{short} said") for name, short in _short(names).items()]
    # Who said it cannot be taken back to 'somebody' once it is known.
    rest = [(owner.value, words) for owner, words in LABELS if owner is not Owner.THEIRS or not speaker]
    return tuple(OwnerChoice(value, words, value == now) for value, words in said + rest)


def item_mark(item: NoteItem, notes: str) -> str:
    """``item`` as one form value, to be posted beside its owner as that then stands.

    Its words are taken from ``notes``: an item over two lines is shown in one, and would not be found again.
    """
    fixed = item.reason == CORRECTED
    return json.dumps(
        [item.start, notes[item.start : item.end], item.owner.value, fixed, item.speaker or ""], ensure_ascii=False
    )


def read_corrections(
    marks: Iterable[str], owners: Iterable[str], notes: str, renamed: Mapping[str, str]
) -> tuple[ItemCorrection, ...]:
    """Owners set by hand, moved to where their text now stands; a correction whose text is gone is dropped.

    ``renamed`` maps the names as they were read to those in the people list: whoever was renamed keeps what they said.

    Raises:
        RequestError: a mark is damaged, or an owner is none.
    """
    found = []
    for mark, value in zip(marks, owners, strict=False):
        read = _ReadItem.from_mark(mark)
        owner, _, named = value.partition(_BY)
        speaker = named or read.speaker
        if owner == read.owner and speaker == read.speaker and not read.fixed and speaker not in renamed:
            continue
        at = _place(read.text, read.start, notes)
        if at >= 0:
            said_by = renamed.get(speaker, speaker) or None
            found.append(ItemCorrection(at, at + len(read.text), _owner(owner), said_by))
    return tuple(found)


def _value(owner: Owner, speaker: str | None) -> str:
    return f"{owner.value}{_BY}{speaker}" if speaker else owner.value


def _short(names: Iterable[str]) -> dict[str, str]:
    """Each name as short as it can be without being taken for another."""
    short = {name: first_name(name) for name in names}
    shared = Counter(short.values())
    return {name: first if shared[first] == 1 else name for name, first in short.items()}


def _owner(value: str) -> Owner:
    try:
        return Owner(value)
    except ValueError as error:
        raise RequestError(f"'{value[:40]}' is not one of {', '.join(Owner)}.") from error


@dataclass(frozen=True)
class _ReadItem:
    """An item as the page showed it. One value in the form: long notes have more items than a form may have fields."""

    start: int
    text: str
    owner: str
    fixed: bool = False
    speaker: str = ""

    @classmethod
    def from_mark(cls, mark: str) -> _ReadItem:
        try:
            start, text, owner, fixed, speaker = json.loads(mark)
            return cls(int(start), str(text), str(owner), bool(fixed), str(speaker))
        except (ValueError, TypeError) as error:
            raise RequestError("The page's form is damaged. Reload the page; your notes are kept.") from error


def _place(text: str, start: int, notes: str) -> int:
    """Where ``text`` stands now, -1 where it is gone."""
    if not text:
        return -1
    return start if notes[start : start + len(text)] == text else notes.find(text)
