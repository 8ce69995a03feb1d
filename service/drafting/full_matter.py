"""A note item → the whole of it in words for this reader, where a rule can only say a part.

A rule needs a noun phrase or a clause: of '610 flats, arrears 7 pct, he calls every tenant himself' it says that the reader calls
every tenant. A model can make one sentence of all three, and is held to every word of what it was shown.
"""

from __future__ import annotations

import re

from service.drafting.lead_ins import matter_of, unwrapped, without_lead_in, without_speaker
from service.drafting.loose_ends import hangs
from service.drafting.second_person import Reader, is_unsayable, to_reader, to_you
from service.drafting.sentence_shapes import Topic
from service.drafting.spelling import lower_first, plain_text, with_names
from service.drafting.topics import is_fit
from service.notes.lexis import content_words
from service.types import Facts, NoteItem, Owner, Recipient

_WORDABLE = range(4, 25)  # words: fewer are no matter, more no sentence that a small model keeps together
_LEAD_INS = ("liked", "spoke_about", "described", "said", "shared")


def full_matter(item: NoteItem, topic: Topic | None, facts: Facts, recipient: Recipient) -> str:
    """The words of ``item`` for ``recipient``; empty where they hold no more than ``topic``, or cannot be said safely.

    A point to put better is never among them: what no rule can part from its confession stays untold (G31).
    """
    if item.owner is Owner.CLARIFY:
        return ""
    text = with_names(plain_text(item.text), facts)
    if (topic is not None and topic.asked) or item.text.rstrip().endswith(("?", ":")):
        return ""
    words = lower_first(_for_reader(_in_one_line(text), item, Reader.of(item, facts, recipient)))
    known = topic.text if topic is not None else ""
    return words if _is_safe(words, item, facts) and _says_more(words, known) else ""


def _for_reader(text: str, item: NoteItem, reader: Reader) -> str:
    if item.owner is Owner.THEIRS:
        said = unwrapped(matter_of(without_speaker(text, reader)), reader, _LEAD_INS)
        return to_reader(said, reader) or ""
    return to_you(_mine(text, reader), reader) or ""


def _is_safe(words: str, item: NoteItem, facts: Facts) -> bool:
    if len(words.split()) not in _WORDABLE or is_unsayable(words) or hangs(words) or ", you," in words:
        return False
    return is_fit(words, item, facts)


def _mine(text: str, reader: Reader) -> str:
    inner = without_lead_in("told", matter_of(text), reader)
    return matter_of(inner if inner is not None and len(inner.split()) >= 2 else text)


def _in_one_line(text: str) -> str:
    """Note marks between parts as commas."""
    return re.sub(r"\s*(?:;|:(?=\s)|\s[-–—](?=\s))\s*", ", ", text).strip(" ,.")


def _says_more(words: str, known: str) -> bool:
    said = {w.stem for w in content_words(known)}
    return any(w.stem not in said for w in content_words(words))
