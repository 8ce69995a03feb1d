"""Whose each item is, told from headings and cues; what is silent is the conversation's, never the candidate's secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from service.notes.headings import is_outside
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import looks_like_title
from service.phrases import load
from service.types import Owner

GOES_ON = "goes on from the regret before it"  # the reason of a sentence that gives the better answer
GOES_ON_WITH_OWN = "goes on with yours"  # the reason of 'and the maps' after the candidate's own
SILENT = "from the conversation"  # the reason of an item whose words tell no owner
CORRECTED = "your correction"  # the reason of what a person has set right
UNPROVEN = "nothing tells that it was said"  # the reason of what is left out for want of evidence
UNCLEAR = "unclear whose"  # the reason of 'they weren't hurt' after a story: people of the story, not of the firm
OUTSIDE = "no part of the conversation"  # the reason of what was read or mailed before it
ASKED = "a question that was asked"  # the reason of an item that the interviewer asked


@dataclass(frozen=True)
class Ownership:
    owner: Owner
    reason: str


@cache
def _patterns(cues: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.IGNORECASE) for p in load("owner_cues")[cues])


@cache
def _heading_owners() -> dict[str, Owner]:
    owners = load("owner_cues")["headings"]["owners"]
    return {word: Owner(owner) for owner, words in owners.items() for word in words}


def heading_owner(heading: str) -> Owner | None:
    """The owner that a heading gives to what stands under it, or None."""
    plain = plain_heading(heading)
    known = _heading_owners()
    if plain in known:
        return known[plain]
    if re.search(r"\b(?:private|do not send|don't send|not for|keep out|off the record)\b", plain):
        return Owner.PRIVATE
    return None


def tells_owner(segment: Segment) -> bool:
    """A label or heading says whose ``segment`` is: 'Me: …', 'What they said', the answer of a list."""
    owners = (_label_owner(segment.label) if segment.label else None, heading_owner(segment.heading))
    return any(owner in (Owner.THEIRS, Owner.MINE) for owner in owners)


def _label_owner(label: str) -> Owner | None:
    """As a label on its line, 'said:' is the candidate's; as a table's heading it is whoever's the row is."""
    return Owner.MINE if label == "said" else heading_owner(label)


def plain_heading(heading: str) -> str:
    """Lower case, letters only: how headings are listed."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", heading.lower())).strip()


@cache
def _asked_headings() -> frozenset[str]:
    return frozenset(load("owner_cues")["headings"]["asked"])


_INLINE_ANSWER = re.compile(r"\W*(?:A|me|my answer)\s*[:→]", re.NOFLAG)  # 'Q2 Colm: caseload? A: 19 now'
_OWN_ANSWER = re.compile(r"(?:i|i'm|i've|told|said|my)\b(?!'d)", re.IGNORECASE)


def _cue(cues: str, text: str) -> str | None:
    """The words by which ``text`` matches one of the named cues, lower case."""
    for pattern in _patterns(cues):
        found = pattern.search(text)
        if found:
            return found.group(0).strip().lower()
    return None


_APOSTROPHE_LOST = re.compile(r"\b(they|you)(ll|re|ve)\b", re.IGNORECASE)


def read_owner(segment: Segment, *, names: frozenset[str], speaker_is_person: bool) -> Ownership:
    """Whose ``segment`` is. Privacy is asked first: a false 'private' costs charm, a missed one may cost the job (G30)."""
    text = _APOSTROPHE_LOST.sub(r"\1'\2", segment.text.replace("’", "'"))
    under = heading_owner(segment.heading) if segment.heading else None
    labelled = _label_owner(segment.label) if segment.label else None
    if Owner.PRIVATE in (labelled, under if labelled is None else None):
        return Ownership(Owner.PRIVATE, "stands under a private heading")
    if segment.kind in (SegmentKind.MAIL, SegmentKind.FIELD, SegmentKind.HEADING):
        return _field_owner(segment, text)
    private = _cue(Owner.PRIVATE, text)
    if private and not _harmless(private, text):
        return Ownership(Owner.PRIVATE, f"says '{private}'")
    if is_outside(segment.heading) and not labelled:
        return Ownership(Owner.LOGISTICS, OUTSIDE)
    clarify = _cue(Owner.CLARIFY, text)
    if clarify or Owner.CLARIFY in (under, labelled):
        return Ownership(Owner.CLARIFY, f"says '{clarify}'" if clarify else "stands under a heading")
    for owner in (labelled, under):
        if owner is not None and owner not in (Owner.LOGISTICS, Owner.THEIRS, Owner.MINE):
            return Ownership(owner, "stands under a heading")
    if segment.kind is SegmentKind.ANSWER and under is None:
        return Ownership(Owner.MINE, "an answer")
    if under is None and _INLINE_ANSWER.match(text):
        return Ownership(Owner.MINE, "an answer")
    if segment.kind is SegmentKind.QUESTION:
        return Ownership(Owner.THEIRS, ASKED)
    if plain_heading(segment.label) in _asked_headings() or plain_heading(segment.heading) in _asked_headings():
        return Ownership(Owner.MINE if _OWN_ANSWER.match(text) else Owner.THEIRS, ASKED)
    return _by_cue(text, under or labelled, names, speaker_is_person)


def _field_owner(segment: Segment, text: str) -> Ownership:
    if _cue(Owner.PRIVATE, text) and segment.kind is not SegmentKind.HEADING:
        return Ownership(Owner.PRIVATE, "a private matter")
    if heading_owner(segment.label or segment.heading) is Owner.NEXT_STEP:
        return Ownership(Owner.NEXT_STEP, "a next step")
    return Ownership(Owner.LOGISTICS, segment.kind.value)


def _harmless(cue: str, text: str) -> bool:
    """A private cue inside a professional matter: 'late payers', 'pay equity tool', 'no excuses' stay what they are."""
    low = text.lower()
    return any(re.search(p, low) for p in load("private_exceptions").get(cue.split()[0], ()))


def _by_cue(text: str, under: Owner | None, names: frozenset[str], speaker_is_person: bool) -> Ownership:
    small = _cue(Owner.SMALL_TALK, text)
    if small and len(text.split()) <= 22 and (under is not Owner.MINE or len(text.split()) <= 6):
        return Ownership(Owner.SMALL_TALK, f"says '{small}'")
    step = _cue(Owner.NEXT_STEP, text)
    if step:
        return Ownership(Owner.NEXT_STEP, f"says '{step}'")
    if _cue("meeting", text) and len(text.split()) <= _LONGEST_MEETING:
        return Ownership(Owner.LOGISTICS, "who did what in the room")
    if _cue("boilerplate", text):
        return Ownership(Owner.LOGISTICS, "written to you, not said")
    if _cue("perks", text) and len(text.split()) <= _SHORT:
        return Ownership(Owner.SMALL_TALK, "what comes with the job")
    logistics = _cue(Owner.LOGISTICS, text)
    if logistics and not _says_more(text):
        return Ownership(Owner.LOGISTICS, f"says '{logistics}'")
    if speaker_is_person:
        return Ownership(Owner.THEIRS, "said by an interviewer")
    if _remarks_on_person(text, names):
        return Ownership(Owner.PRIVATE, "a remark on a person")
    if _starts_with_name(text, names):
        return Ownership(Owner.THEIRS, "an interviewer's")
    mine, theirs = _cue(Owner.MINE, text), _cue(Owner.THEIRS, text)
    if under in (Owner.MINE, Owner.THEIRS):
        other = mine if under is Owner.THEIRS else None
        if (
            other
            and re.match(r"(?:i|i'm|i've|i'd|told|my)\b", text, re.IGNORECASE)
            and not re.match(r"i (?:liked|loved|learned|heard|enjoyed)", text, re.IGNORECASE)
        ):
            return Ownership(Owner.MINE, f"says '{other}'")
        return Ownership(under, "stands under a heading")
    if mine and _LIKED_THEIRS.match(text):
        return Ownership(Owner.THEIRS, "liked or learned there")
    if mine and not (
        theirs
        and re.match(
            r"(?:and |so |then )*i (?:really |especially |quite |also )*(?:liked|loved|enjoyed|learned|learnt|heard|asked)\b",
            text,
            re.IGNORECASE,
        )
    ):
        return Ownership(Owner.MINE, f"says '{mine}'")
    if _remarks_on_person(text, names):
        return Ownership(Owner.PRIVATE, "a remark on a person")
    if theirs is None and _FIRST_PERSON.search(text):
        return Ownership(Owner.MINE, "in the first person")
    if theirs is None and _KIN.search(text):
        return Ownership(Owner.PRIVATE, "speaks of family")
    return Ownership(Owner.THEIRS, f"says '{theirs}'" if theirs else SILENT)


_KIN = re.compile(
    r"\b(?:mum|mums|mom|moms|dad|dads|nan|gran|grandad|wife|husband|my kids?|my son|my daughter|my sister|my brother)\b",
    re.IGNORECASE,
)
# 'Vogt seemed insecure', 'she's a snob but fair', 'Dario drinks on shift': what somebody is like, and nothing of the work.
_SUBJECT = r"(?:(?:and|but|also|so|though)\s+)*(?:(?P<pronoun>she|he)|(?:the )?(?:(?:dr|mr|mrs|ms|prof|herr|frau|sister|lady|sir|madame)\.? )?(?P<name>[^\W\d_][\w'’-]*?))"
_SEEMS = re.compile(
    rf"{_SUBJECT}(?: (?:seem(?:ed|s)|look(?:ed|s)|came across|comes across|sounded|sounds)\b(?! (?:at|after|for|into|forward|over|like (?:it|they|we)))| (?:reeks?|smells?|smelled|stinks?|drinks?|drank|wears?|wore|interrupts?|interrupted|yawn\w*|flirt\w*|swears?|swore|mumbles?|mumbled|shouts?|shouted|sulk\w*|glar\w+|burnt|burned|flubbed|botched)\b)",
    re.IGNORECASE,
)
_IS_LIKE = re.compile(
    rf"{_SUBJECT}(?:['’]s| is| was)(?: (?:really|very|so|such|quite|pretty|rather|kind of|a bit|a bit of|honestly|not|too))*(?: (?P<noun>an? (?:\w+ )?\w+)| (?P<quality>\w+))(?: but \w+)?(?:,? (?:lord|lol|tbh|honestly|though|haha|ha ha))?[.! ]*$",
    re.IGNORECASE,
)


def _remarks_on_person(text: str, names: frozenset[str]) -> bool:
    """True for what somebody seemed or is like: no topic whoever it flatters."""
    for pattern in (_SEEMS, _IS_LIKE):
        found = pattern.match(text)
        name = found["name"] or "" if found else ""
        if found is None or not (
            found["pronoun"] or name.lower() in names or (pattern is _SEEMS and name[:1].isupper())
        ):
            continue
        if pattern is _SEEMS:
            return True
        said = found["noun"] or found["quality"] or ""
        return not looks_like_title(said) and not re.search(r"\d|ing$", said)
    return False


_LIKED_THEIRS = re.compile(
    r"(?:(?:and|but|so|also)\s+)*i (?:really |especially |quite |also )*(?:liked|loved|enjoyed|learned|learnt|heard) (?:that|how|hearing|the fact|the idea|about|their|her|his)\b(?! (?:i|we|my)\b)",
    re.IGNORECASE,
)
_LONGEST_MEETING = 20  # words
_SHORT = 12  # words; a longer line tells more than what comes with the job
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|my|we|we've|our)\b", re.IGNORECASE)


def _starts_with_name(text: str, names: frozenset[str]) -> bool:
    first = re.match(r"(?:(?:and|so|then|but|also)\s+)*([^\W\d_][\w'’-]*)", text, re.IGNORECASE)
    return bool(first) and first is not None and first[1].lower().removesuffix("'s") in names


_MORE = re.compile(
    r"\b(?:said|told|asked|explained|mentioned|described|because|about (?!an hour)|loved|liked|leads?|(?<!\bis )runs?|built|moving|using|wants?)\b",
    re.IGNORECASE,
)


def _says_more(text: str) -> bool:
    """A line that names the meeting and then tells something of it is not mere logistics."""
    return len(text.split()) > 14 and bool(_MORE.search(text))
