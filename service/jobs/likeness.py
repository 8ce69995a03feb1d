"""Messages of a cohort that are nearly the same, to one reader or company (G38): found by MinHash, then compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rensa import RMinHash, RMinHashLSH

from service.rubric.letter import read_letter
from service.storage.batch_values import FinishedItem

CEILING = 88.0  # per cent of like characters, as between the messages of one draft
MOST_PAIRS = 1000  # that are named
_NEAREST = 50  # others that one message is compared with
_WORDS = 3  # in a row, of which a message is the set
_PERMUTATIONS, _BANDS = 128, 32  # of a hundred pairs that share half of their rows of words about 13 are missed


@dataclass(frozen=True)
class CohortMessage:
    n: int  # the item
    message: int  # its place in the item's draft
    ref: str | None
    company: str
    recipient: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alike:
    first: CohortMessage
    second: CohortMessage
    per_cent: float


@dataclass(frozen=True)
class Likeness:
    compared: int  # messages
    found: int  # pairs, those that are not named too
    pairs: list[Alike]  # the most alike first
    truncated: bool  # whether pairs were found and not named, or perhaps not found: so many were near one another


def messages_of(item: FinishedItem) -> list[CohortMessage]:
    """Those of a done item."""
    ref, company = item.body.get("ref"), item.result["facts"]["company"] or ""
    return [
        CohortMessage(item.n, k, ref, company, message["recipient"]["name"] or "", message["body"])
        for k, message in enumerate(item.result["messages"])
    ]


def alike(messages: Sequence[CohortMessage], ceiling: float = CEILING) -> Likeness:
    """Pairs above ``ceiling`` that somebody could lay side by side: of two items, to one reader or one company. Each
    once, the later message second; at most MOST_PAIRS of them by name."""
    texts = [read_letter(m.body).main_text.casefold() for m in messages]
    index = RMinHashLSH(threshold=0.5, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    pairs: list[Alike] = []
    crowded = False
    for k, message in enumerate(messages):
        near: set[int] = set()
        for at, sketch in _sketches(message, texts[k]):
            found = index.query(sketch)
            near.update(each // 2 for each in found)
            if len(found) < _NEAREST:  # or its place is taken by others like it, and all would be near to all
                index.insert(2 * k + at, sketch)
            else:
                crowded = True
        for other in sorted(near)[:_NEAREST]:
            per_cent = fuzz.ratio(texts[other], texts[k], score_cutoff=ceiling)
            if per_cent and messages[other].n != message.n:
                pairs.append(Alike(messages[other], message, round(per_cent, 1)))
    named = sorted(pairs, key=lambda pair: -pair.per_cent)[:MOST_PAIRS]
    return Likeness(len(messages), len(pairs), named, crowded or len(named) < len(pairs))


def _sketches(message: CohortMessage, text: str) -> Iterator[tuple[int, RMinHash]]:
    """Of its rows of words, once as said to the company and once as said to the reader: with the name in each row, what
    was said to others is never near."""
    words = text.split()
    rows = [" ".join(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)]
    for at, name in enumerate((message.company, message.recipient)):
        if name and rows:
            sketch = RMinHash(num_perm=_PERMUTATIONS, seed=38)
            sketch.update([f"{at}\n{name.casefold()}\n{row}" for row in rows])
            yield at, sketch
