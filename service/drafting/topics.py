"""A note item → what it is about, in words that can stand in a letter to this reader."""

from __future__ import annotations

import re

from service.drafting.own_topics import read_clarification, read_own
from service.drafting.second_person import Reader
from service.drafting.sentence_shapes import Topic
from service.drafting.spelling import plain_text, with_names
from service.drafting.their_topics import read_theirs
from service.notes.english import first_names
from service.notes.owners import ASKED, GOES_ON
from service.phrases import load
from service.types import Facts, NoteItem, Owner, PersonRole, Recipient

_HANGING = re.compile(
    r"\b(?:it|that|this|these|those|there|so)(?=\s*(?:$|[.,;]|before\b|after\b|now\b|too\b|again\b|first\b|instead\b|as well\b))"
    r"|\b(?:ran|had|did|made|built|wrote|have|own|run) one\b|^used to\b"
    r"|\b(?:it|that|this) (?:down|up|out|off|over|on)\s*$|^you (?:\w+ )?\w+ (?:me|us)\b|^(?:at|in|on|from|by|of|for|to|with|and|or) "
    r"|^you (?:told|asked|gave|showed|said|mentioned|wanted to know)\b"
    r"|^(?:you (?:said|think|want|like|do|did) )?(?:it|that|this|these|those)\b(?! (?:team|role|job|year|week|month|summer|spring|project|way))",
    re.IGNORECASE,
)


def read_topic(item: NoteItem, facts: Facts, recipient: Recipient) -> Topic | None:
    """What ``item`` is about, said to ``recipient``; None when it cannot be said safely by rule."""
    topic = _read(item, facts, recipient)
    if topic is None or _hangs(topic.text, goes_on=item.owner is Owner.CLARIFY):
        return None
    return None if _is_title(topic.text, facts) or _names_a_stranger(topic.text, facts) else topic


def may_be_said(item: NoteItem, facts: Facts) -> bool:
    """False for what no sentence may tell this reader, whoever words it: strangers, remarks on people, loose ends."""
    text = with_names(plain_text(item.text), facts)
    points_back = item.owner is Owner.CLARIFY and _POINTS_BACK.search(text)
    unsayable = re.search(load("topics")["unsayable"], text, re.IGNORECASE)
    return not (points_back or unsayable or _names_a_stranger(text, facts))


_POINTS_BACK = re.compile(r"\b(?:made|did|changed|fixed|moved|ran|do) it\b|\bthe real one\b", re.IGNORECASE)


def _read(item: NoteItem, facts: Facts, recipient: Recipient) -> Topic | None:
    reader = Reader.of(item, facts, recipient)
    text = with_names(plain_text(item.text), facts)
    if item.owner is Owner.CLARIFY:
        return read_own(text, reader) if item.reason == GOES_ON else read_clarification(text, reader)
    if item.owner is Owner.MINE:
        return read_own(text, reader)
    return read_theirs(text, reader, asked=item.reason == ASKED)


def _names_a_stranger(text: str, facts: Facts) -> bool:
    """Somebody who was absent, is a former boss or only took notes has no place in a letter to this reader."""
    strangers = [p for p in facts.people if p.role in (PersonRole.MENTIONED, PersonRole.RECRUITER)]
    sure = [p for p in strangers if len(p.name.split()) > 1 or p.name.lower() in first_names()]
    return any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text) for p in sure for w in p.name.split() if len(w) > 2)


def _is_title(text: str, facts: Facts) -> bool:
    """What is left of 'Philippa Grange, head of quality' says who somebody is, not what was talked about."""
    plain = re.sub(r"^(?:the|a|an|your|my)\s+", "", text.lower())
    return any(p.title is not None and p.title.lower() == plain for p in facts.people)


def _hangs(text: str, *, goes_on: bool) -> bool:
    """Points at something that the letter does not say: 'you want to fix that before', 'I made it fortnightly'."""
    return bool(_HANGING.search(text)) or (
        goes_on and bool(re.search(r"\b(?:it|that one|them|this)\b", text, re.IGNORECASE))
    )
