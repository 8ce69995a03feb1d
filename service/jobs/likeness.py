"""Messages of a cohort that are nearly the same, to one reader or company (G38): found by MinHash, then compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rensa import RMinHash, RMinHashLSH

from service.rubric.letter import read_letter

CEILING = 88.0  # per cent of like characters, as between the messages of one draft
MOST_PAIRS = 1000
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


@dataclass(frozen=True)
class Alike:
    first: CohortMessage
    second: CohortMessage
    per_cent: float


def alike(messages: Sequence[CohortMessage], ceiling: float = CEILING) -> Iterator[Alike]:
    """Pairs above ``ceiling``, each once, the later message second; at most MOST_PAIRS."""
    texts = [read_letter(m.body).main_text.casefold() for m in messages]
    index = RMinHashLSH(threshold=0.5, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    found = 0
    for k, message in enumerate(messages):
        words = texts[k].split()
        if len(words) < _WORDS:
            continue
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=38)
        sketch.update([" ".join(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)])
        near = (other for other in index.query(sketch) if _may_meet(messages[other], message))
        for _, other in zip(range(_NEAREST), near, strict=False):
            per_cent = fuzz.ratio(texts[other], texts[k])
            if per_cent >= ceiling:
                yield Alike(messages[other], message, round(per_cent, 1))
                found += 1
                if found == MOST_PAIRS:
                    return
        index.insert(k, sketch)


def _may_meet(one: CohortMessage, other: CohortMessage) -> bool:
    """Whether somebody could lay the two side by side: of two items, to one reader or one company."""
    if one.n == other.n:
        return False
    pairs = ((one.company, other.company), (one.recipient, other.recipient))
    return any(a and a.casefold() == b.casefold() for a, b in pairs)
