"""What the reader tells apart, in the order of its outputs: shared by training and serving."""

from __future__ import annotations

from service.types import ApplicationState, Owner, PersonRole

OWNERS = tuple(Owner)
OUTSIDE = len(OWNERS)  # one more of a token: a bullet, a label, a time stamp; of no item
PRIVACY = (
    "pay", "health", "family", "offers", "opinion", "regret", "excuse", "confidence", "protected", "order", "self", "other",
)  # fmt: skip
WORTHS = 4
PARTS = (
    PersonRole.INTERVIEWER,
    PersonRole.ARRANGED,
    PersonRole.ABSENT,
    PersonRole.MENTIONED,
    PersonRole.CANDIDATE,
    PersonRole.REFEREE,
)
STATES = tuple(ApplicationState)
EVENTS = ("rejected", "offer", "withdrawn", "answered", "noshow", "cancelled")
KINDS = (
    "person", "title", "firm", "job", "day-interview", "day-decision", "day-other", *(f"event-{e}" for e in EVENTS),
)  # fmt: skip
TAGS = ("O", *(f"{bio}-{kind}" for kind in KINDS for bio in "BI"))
JUDGED = ("good", "swapped", "unsupported", "private", "nonsense")
# How words that name a matter can stand behind 'I enjoyed hearing about' (theirs) or 'I was glad to tell you about' (mine) as they are.
PHRASES = (
    ("theirs", "the"), ("theirs", "plain"), ("theirs", "how"),
    ("mine", "my"), ("mine", "the"), ("mine", "plain"), ("mine", "how"),
)  # fmt: skip
LINK = 64  # width of the vectors that join an item with the person who said it
TITLE_LINK = 32  # and a title with its bearer

# The columns of the file's one output, token by token.
WIDTHS = {
    "tags": len(TAGS),
    "owner": len(OWNERS) + 1,
    "worth": WORTHS,
    "privacy": len(PRIVACY),
    "part": len(PARTS),
    "begins": 1,
    "said_item": LINK,
    "said_person": LINK,
    "title_title": TITLE_LINK,
    "title_person": TITLE_LINK,
    "state": len(STATES),  # of the whole window, told at its first token
    "held": 2,
    "judge": len(JUDGED),  # of a pair of item and sentence, told at its first token
    "matter": 1,  # inside the words that name an item's matter
    "phrase": 3
    * len(PHRASES),  # how these can stand behind an opening: told at their first piece, over all, at their last
}


def columns() -> dict[str, slice]:
    """Where each head's columns stand in the output."""
    out, at = {}, 0
    for name, width in WIDTHS.items():
        out[name] = slice(at, at + width)
        at += width
    return out
