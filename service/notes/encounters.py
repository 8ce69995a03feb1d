"""What the words around a name tell of a meeting: that somebody was met, spoke or did something there."""

from __future__ import annotations

import re

from service.notes.names import NAME

_SAYS = (
    r"(?:also |then |really |just |again |later |kindly |who |briefly |even |actually |mostly |both )*"
    r"(?:said|says|say|asked|asks|ask|told|tells|mentioned|mentions|explained|explains|talked|talks|described|describes|walked|walks|wanted"
    r"|wants|showed|shows|pointed|stressed|liked|likes|loves|loved|laughed|added|adds|noted|promised|promises|emphasi[sz]ed|was (?:interested|keen|curious|impressed"
    r"|very|really|warm|kind|great|lovely|nice|friendly|super|focused|quiet)|seemed|interviewed|grilled|quizzed|led|leads|runs|ran|manages|managed|heads|owns|built|joined|started|works|is|has|had|does|did|will|thinks|thought|sees|"
    r"brought|spoke|gave|offered|opened|closed|covered|introduced|raised|smiled|nodded|agreed|shared|took|came|went|used|moved|hopes|plans|teaches|taught|hired|wrote|drew|made|looks|keeps|kept|felt|feels|set|sent|scheduled|arranged|emailed|called|rang|confirmed)\b"
)
_STRONG_SAYS = re.compile(
    r"^\s*(?:,[^,]{2,40},\s*)?(?:\([^)]*\)\s*)?(?:also |then |really |just |again |later |kindly |briefly |both )*"
    r"(?:said|says|say|asked|asks|ask|told|tells|tell|mentioned|mentions|explained|explains|explain|talked|talks|described|describes|walked|showed|shows|show|pointed|stressed|"
    r"in the chair|chaired|laughed|added|adds|noted|emphasi[sz]ed|grilled|quizzed|interviewed|liked|loved|smiled|nodded|agreed|wanted to know|was (?:interested|keen|curious|impressed|focused)|opened|shared|raised|brought up|spoke|introduced|wants|wanted|thinks|thought|covered)\b"
)
_DOES = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:,\s+(?:he|she)\s+)?" + _SAYS)
_MET = re.compile(
    r"(?:\b(?:interview(?:ed)?|interviewing|call|chat|chatted|screen|screening|conversation|meeting|session|round|coffee|zoom|loop|hour|mins?|minutes|talk|visit|tour|debrief)"
    r"(?: \w+){0,4} (?:with|w/|by|from)|\b(?:got |had )?a call from|\bmet(?: up)?(?: with| w/)?|\bspoke(?: again)? (?:with|to|w/)|\btalked (?:with|to|w/)|\bspeaking (?:with|to)|\bsat (?:down )?with|\bsaw|\bseen by|"
    r"\binterviewed by|\binterviewers?(?: (?:was|were|are|is)|:)|\bpanel(?: (?:was|were|of|with))?:?|\bpanel:|\bwith|\bw/|\bw|\bby|\bhiring manager,?|\bhm,?|\b1:1|\bjoined by|\b(?:came|popped|dropped|wandered) in(?: later| too| then)?|\b(?:will|'ll) (?:meet|see|speak (?:to|with))(?: with)?|\b(?:two|three|four|[2-4]) of (?:them|us)\b,?(?: was| were)?|\bmet both|(?:^|[.;:]\s)me\s*(?:\+|&)|\bthanks? to|\bthank)\s*[:,-]?\s*$",
    re.IGNORECASE,
)
_AND_NAME = re.compile(
    rf"(?:\b(?:interview(?:ed)?|met|spoke|talked|call|chat|panel)\b[^.\n]{{0,20}}(?:with|w/|by|to|was|were|of|:)|\bmet|\bsaw|\bseen by|\bpanel:?|\bw/|\bwith)\s+(?:an? )?(?:{NAME}\.?(?:\s*\([^)]*\)|\s*,\s*[a-zA-Z ]{{2,40}})?(?:\s*,\s*(?:and\s+|&\s+|then\s+)?|\s+(?:and|&|\+|then|n)(?: then| later| also)?\s+))+(?:(?:the |their )?(?:[\w&/-]+ ){{0,3}})?$"
)
_MEETING = re.compile(
    r"\b(?:interview\w*|intvw|met|meet\w*|spoke|talk\w*|chat\w*|call|screen\w*|panel|zoom|teams|session|round|conversation|coffee|visit|tour|walked|hrs?|hours?|mins?|minutes|today|yesterday|am|pm|\d{1,2}[:.]\d\d|role|position|job|post|@|at)\b|@",
    re.IGNORECASE,
)


def speaks(after: str) -> bool:
    """What follows the name is a verb of speaking, asking or listening: 'said', 'asked', 'seemed keen'."""
    return bool(_STRONG_SAYS.match(after))


def acts(after: str) -> bool:
    """What follows the name is any verb of which a person in the notes is the subject."""
    return bool(_DOES.match(after))


def was_met(before: str) -> bool:
    """Somebody was met, alone or in a list of names: 'interviewed by', 'met Tom Reed and'."""
    return bool((_MET.search(before) and _is_meeting(before)) or _AND_NAME.search(before))


_HAD_FOR = re.compile(
    rf"(?:\s*(?:,|and|&|\+)\s*(?:{NAME}))*\s+(?:for\s+(?:an?|half|one|two|\d+)\b|today\b|this (?:morning|afternoon)\b|in the room\b|on the (?:call|panel|line)\b)"
)


_LISTED = rf"(?:{NAME}(?:\s*,\s*|\s+(?:and|&|\+)\s+))*"
_HAD = re.compile(rf"\b[Hh]ad\s+{_LISTED}$")
_IT_WAS = re.compile(rf"\b[Ii]t was(?: just| only)?\s+(?P<others>{_LISTED})$")
_AND_ANOTHER = re.compile(rf"(?:,| and| &| \+) {NAME}")


def was_had(before: str, after: str) -> bool:
    """'had Omar and Lena for an hour', 'it was Omar and Lena': the interview was with them."""
    near = before[-80:]  # as far as a list of names reaches
    both = _IT_WAS.search(near)
    if both is not None:
        return bool(both["others"] or _AND_ANOTHER.match(after))
    return bool(_HAD.search(near) and _HAD_FOR.match(after))


def _is_meeting(before: str) -> bool:
    """A bare 'with' or 'by' counts near the start of a line or after a word for a meeting: not in 'paired with Sister Okoro'."""
    bare = re.search(r"(?:\bwith|\bw/|\bw|\bby)\s*[:,-]?\s*$", before, re.IGNORECASE)
    return not bare or len(before.split()) <= 4 or bool(_MEETING.search(before))


_KIN = r"(?:business |co-)?(?:son|daughter|wife|husband|sister|brother|mother|father|cousin|mum|mom|dad|partner|colleague|deputy|number two)"
_AND_THEIR_KIN = re.compile(rf"(?:\band|&|\+|\bplus|\bn)\s+(?:her|his|their)\s+{_KIN}\s+$", re.IGNORECASE)


def is_kin(title: str) -> bool:
    """'son', 'business partner': who somebody is to the one named before."""
    return bool(re.fullmatch(_KIN, title.strip(), re.IGNORECASE))


def comes_with(before: str) -> bool:
    """'Ada & her son': whoever is named next was there with her, where she was."""
    return bool(_AND_THEIR_KIN.search(before))
