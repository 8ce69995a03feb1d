"""A note item → what it is about, in words that can stand in a letter to this reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from service.drafting.grammar import tags_of
from service.drafting.loose_ends import hangs
from service.drafting.own_topics import read_clarification, read_own
from service.drafting.second_person import Reader
from service.drafting.sentence_shapes import Shape, Topic
from service.drafting.spelling import plain_text, with_names
from service.drafting.their_topics import read_theirs
from service.drafting.wellformed import telling_words, whole_topics
from service.notes.english import is_first_name
from service.notes.owners import ASKED, GOES_ON, SILENT
from service.notes.titles import looks_like_title, title_heads
from service.phrases import load
from service.types import Facts, NoteItem, Owner, PersonRole, Recipient


def read_topic(item: NoteItem, facts: Facts, recipient: Recipient) -> Topic | None:
    """What ``item`` is about, said to ``recipient``; None when it cannot be said safely by rule."""
    topics = (whole for t in _read(item, facts, recipient) for whole in whole_topics(t, item.owner))
    topic = next((t for t in topics if _stands_alone(t, item, facts)), None)
    if topic is not None and (_is_guessed(item) or _was_not_told(topic, item)):
        return None
    if topic is None or item.owner is not Owner.THEIRS:
        return topic
    if re.search(load("topics")["too_sore"], topic.text, re.IGNORECASE) and not topic.asked:
        return None
    return replace(topic, sore=bool(re.search(load("topics")["unkind"], topic.text, re.IGNORECASE)))


def _is_guessed(item: NoteItem) -> bool:
    """Nothing tells who said it, and no figure that it was told: 'the cataract is to be done in May' may be anybody's."""
    silent = item.owner is Owner.THEIRS and item.speaker is None and item.reason == SILENT
    dropped_subject = tags_of(item.text)[0][1] == "VBZ"  # 'wants photos by phone'
    return (
        silent
        and not dropped_subject
        and not (_FIGURE.search(item.text) or _TOLD.match(item.text) or item.text.lower().startswith("says "))
    )


_FIGURE = re.compile(
    r"(?<!\d)(?!(?:19|20)\d\d\b)\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|half|thousand|dozen)\b",
    re.IGNORECASE,
)


_DEED = re.compile(
    r"(?:I|we) (?:(?:also|then|once|even) )?(?!was\b|were\b|had\b|am\b|got\b|went\b|felt\b|came\b|left\b|found\b|thought\b|met\b|saw\b)(?P<verb>\w+)"
)
_LEAST_DEED = 3


def _was_not_told(topic: Topic, item: NoteItem) -> bool:
    """'I have finished there this afternoon': an 'I' without a word of telling is the candidate's own thought, unless a plain deed."""
    if (
        item.owner is not Owner.MINE
        or topic.shape is Shape.NOUN
        or re.search(load("topics")["told_of"], item.text, re.IGNORECASE)
    ):
        return False
    if not re.match(r"says '(?:and |so |but )*(?:i|we)\b", item.reason):
        return False
    deed = _DEED.match(topic.text)
    past = deed is not None and any(w == deed["verb"] and kind in ("VBD", "VBN") for w, kind in tags_of(topic.text)[:3])
    return not past or telling_words(topic.text) < _LEAST_DEED


def _stands_alone(topic: Topic, item: NoteItem, facts: Facts) -> bool:
    if hangs(topic.text, goes_on=item.owner is Owner.CLARIFY, asked=topic.asked):
        return False
    if item.owner is Owner.THEIRS and _is_unlike_them(topic, facts):
        return False
    return not (_is_title(topic.text, facts) or _names_a_stranger(topic.text, facts))


def is_fit(words: str, item: NoteItem, facts: Facts) -> bool:
    """Whether ``words`` of ``item``, whatever their grammar, may be told to an interviewer as what was talked about."""
    topic = Topic(Shape.CLAUSE, words)
    theirs = item.owner is Owner.THEIRS
    sore = theirs and re.search(load("topics")["too_sore"], words, re.IGNORECASE)
    unlike = theirs and _is_unlike_them(topic, facts)
    unsaid = _is_guessed(item) or _was_not_told(topic, item)
    return not (sore or unlike or unsaid or _is_title(words, facts) or _names_a_stranger(words, facts))


_REGRETS = re.compile(r"\b(?:should|shud|shd|shld|ought to|could)(?: also)?(?: have|'ve|a)\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|I'[a-z]+|me|my|mine)\b")
_OF_THE_PROCESS = re.compile(
    r"\b(?:candidates|yes/no|name badge|the mail says|to answer (?:that|the same) day|(?:hope|want|plan|aim|expect) to (?:choose|decide|tell|let))\b",
    re.IGNORECASE,
)
# 'you are the type who blames', 'you have cold eyes': what somebody is, or looks like, is no matter of the talk.
_WHAT_YOU_ARE = re.compile(
    r"you (?:also |really |just )?(?:are|were|seem|seemed|look|looked|sound|sounded) (?!(?:also |now |still |just |currently |already )?\w+ing\b)"
    r"|you (?:have|had|have got) (?:[\w-]+ ){0,2}(?:eyes?|hands?|teeth|hair|voice|laugh|smile|handshake|face|accent|beard|manner|manners|temper)\b"
)


def _is_unlike_them(topic: Topic, facts: Facts) -> bool:
    """Words that cannot be what the reader told: a regret, something of the candidate's, the procedure, the reader's looks."""
    text = topic.text
    own = not topic.asked and not topic.shared and _FIRST_PERSON.search(text)
    company = facts.company.value.lower() if facts.company else ""
    firm = bool(company) and bool(
        re.match(rf"(?:the )?(?:company|firm|place|school) is (?:the )?{re.escape(company)}", text.lower())
    )
    seeks = bool(company) and bool(
        re.match(rf"(?:the )?{re.escape(company)}\W.*\b(?:wants?|needs?|seeks?|looking)\b", text.lower())
    )
    bare_deed = topic.shape is Shape.NOUN and tags_of(text)[0][1] in ("VBD", "VBN") and "-" not in text.split()[0]
    return bool(
        own
        or firm
        or seeks
        or bare_deed
        or _REGRETS.search(text)
        or _OF_THE_PROCESS.search(text)
        or _WHAT_YOU_ARE.match(text)
    )


def may_be_said(item: NoteItem, facts: Facts) -> bool:
    """False for what no sentence may tell this reader, whoever words it: strangers, remarks on people, slips, loose ends."""
    text = with_names(plain_text(item.text), facts)
    if item.owner is Owner.CLARIFY:
        barred = bool(_POINTS_BACK.search(text))
    else:
        confession = load("private")["patterns"]["confession"]
        barred = bool(re.search(confession, text, re.IGNORECASE)) or _is_unclaimed(item, text)
    unsayable = re.search(load("topics")["unsayable"], text, re.IGNORECASE)
    return not (barred or unsayable or _names_a_stranger(text, facts))


_POINTS_BACK = re.compile(r"\b(?:made|did|changed|fixed|moved|ran|do) it\b|\bthe real one\b", re.IGNORECASE)


_TOLD = re.compile(
    r"(?:said|showed|told|asked|explained|mentioned|described|gave|took|walked|met|saw|toured|heard|learn\w+|talked|spoke|lik\w+|lov\w+|enjoyed)\b",
    re.IGNORECASE,
)


def _is_unclaimed(item: NoteItem, text: str) -> bool:
    """'ruined the first scroll': a deed without a doer, where nothing tells whether it was the reader's or one's own."""
    if item.owner is not Owner.THEIRS or item.speaker is not None or item.reason != SILENT:
        return False
    tags = tags_of(text)
    return tags[0][1] == "VBD" and not _TOLD.match(text)


def _read(item: NoteItem, facts: Facts, recipient: Recipient) -> Iterator[Topic]:
    reader = Reader.of(item, facts, recipient)
    text = with_names(plain_text(item.text), facts)
    if item.owner is Owner.THEIRS:
        yield from read_theirs(text, reader, asked=item.reason == ASKED)
        return
    is_own = item.owner is Owner.MINE or item.reason == GOES_ON
    topic = read_own(text, reader) if is_own else read_clarification(text, reader)
    if topic is not None:
        yield topic


def _names_a_stranger(text: str, facts: Facts) -> bool:
    """Somebody who was absent, is a former boss or only took notes has no place in a letter to this reader."""
    strangers = [p for p in facts.people if p.role in (PersonRole.MENTIONED, PersonRole.RECRUITER)]
    sure = [
        p
        for p in strangers
        if len(p.name.split()) > 1 or p.title or p.role is PersonRole.RECRUITER or is_first_name(p.name)
    ]
    present = {w for p in facts.interviewers for w in p.name.split()}
    absent = {w for p in sure for w in p.name.split() if len(w) > 2} - present
    return any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text) for w in absent)


_LONGEST_TITLE = 3  # words: 'the lab manager'


def _is_title(text: str, facts: Facts) -> bool:
    """What is left of 'Philippa Grange, head of quality' says who somebody is, not what was talked about."""
    plain = re.sub(r"^(?:the|a|an|your|my)\s+", "", text.lower())
    role = set(re.findall(r"\w{3,}", plain_text(facts.role.value).lower())) if facts.role else set()
    if role and set(re.findall(r"\w{3,}", plain)) <= role:
        return True
    if len(plain.split()) <= _LONGEST_TITLE and looks_like_title(plain) and plain.split()[-1] in title_heads():
        return True
    return any(p.title is not None and p.title.lower() == plain for p in facts.people)
