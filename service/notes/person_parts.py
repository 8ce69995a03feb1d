"""Which part somebody has in the interview, by the words around the name: interviewer, recruiter, candidate, mentioned."""

from __future__ import annotations

import re

from service.notes.bystanders import is_denied, is_of_the_writer, only_helped, was_absent
from service.notes.english import is_first_name
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import decides, is_recruiter_title
from service.phrases import load
from service.types import PersonRole

_MENTION_BEFORE = re.compile(
    r"(?:\bnext (?:round|call|chat|interview|stage|step)(?: is| will be| would be)? with|\bmy (?:\w+ ){0,3}(?:boss|manager|colleague|friend|mentor|teacher|professor|tutor|supervisor|coach|partner|wife|husband|sister|brother|mum|mom|dad|cousin|lead|neighbou?r|client|referee|flatmate|ex)"
    r"|\breferences?(?: from| is| are)?|\brefer(?:red|ral)(?: \w+)? (?:by|from)|\breports? (?:in)?to|\breplac(?:es|ing|ed)|\btook over from|\bknows?|\bsay hi to|\binstead of|\(absent|\babsent|\bold (?:boss|manager|colleague)|\bformer (?:boss|manager|colleague|head))\s*[,:(-]?\s*$",
    re.IGNORECASE,
)
_MENTION_AFTER = re.compile(
    r"^['’]s reference\b|^\s*[,(–—-]\s*(?:my |an? )?(?:old|former|ex|last|previous)[ -](?:boss|manager|colleague|head|tutor|supervisor|mentor|teacher)\b|^[^.\n;]{0,60}?\b(?:couldn'?t (?:make|join|attend|be)|could not (?:make|join|attend)|wasn'?t (?:there|able|in|around)|was (?:absent|away|out|off sick|on leave|ill|travell?ing)|is (?:away|out|on leave|off)|"
    r"didn'?t (?:join|show|attend|make)|did not (?:join|attend)|no.show|absent|apologies(?! from)|(?:may|might) not (?:attend|make|join|be)|(?:\s*[,(-]\s*)(?:on leave|away|off sick|on holiday)|sent apologies|had to drop|will not|who left|left (?:last|the|in)|retired|on (?:maternity|paternity|parental|annual) leave)\b",
    re.IGNORECASE,
)
_SCHEDULES = re.compile(
    r"(?:^[^.\n;]{0,50}?\b(?:scheduled|arranged|set (?:it|this|that|everything|the (?:call|interview)|things|up)|coordinat(?:ed|es|ing)|organi[sz]ed|booked|sent (?:me )?(?:the )?(?:invite|link|calendar|zoom|details|agenda)|will (?:call|email|be in touch|get back|let me know|send|follow|confirm|ring)|(?:from|in|at) (?:hr|talent|recruiting|recruitment|people)\b|for (?:booking|arranging|scheduling|organi[sz]ing|setting)))"
    r"|(?:^\s*(?:\(|,|-|–)\s*(?:the )?(?:\w+ ){0,2}(?:recruiter|talent|hr|scheduler|recruiting|recruitment))",
    re.IGNORECASE,
)
# 'Irma (arranged through Lotte)': who is named after it arranged it.
_OTHERS_ARRANGED = re.compile(
    r"(?:[,(–—-]|\bbut|\band)[^.\n;,]{0,30}\b(?:scheduled|arranged|set (?:it |this |that )?up|organi[sz]ed|booked|coordinated) (?:by|via|through|with) .*$",
    re.DOTALL | re.IGNORECASE,
)
_SCHEDULES_BEFORE = re.compile(
    r"\b(?:scheduled by|arranged by|set up (?:by|via|through|with)|booked by|via|through|recruiter,?|the recruiter|recruiter:|recruiter is|recruiter was|coordinator|from hr|hr:|contact:|talent:|organi[sz]ed by|coordinated by|email from|invite from|"
    r"hear (?:back )?from|follow up with|email|call from|heard from|get back to|reply to|scheduling)\s*[:,(-]?\s*$",
    re.IGNORECASE,
)
_CANDIDATE_BEFORE = re.compile(
    r"(?:\bI'?m|\bI am|\bmy name(?:'s| is)|\bmy name\b[^.;:\n]{0,40},|\bsigned[,:]?|\bcandidate:?|(?<!with )\bme:|\b(?:notes|written|typed|kept|prepared|submitted) (?:up )?by:?|\bfor practice,)\s*$",
    re.IGNORECASE,
)
_ARRANGED = re.compile(
    r"\b(?:scheduled|arranged|booked|set up|organi[sz]ed|coordinated) (?:by|via|through|with)\s*$", re.IGNORECASE
)
_CONVERSED = re.compile(
    r"\b(?:interview\w*|screen\w*|call|chat\w*|spoke|talked|met)\b[^.\n;]{0,30}\b(?:with|w/|to|by)\s+(?:(?!via |through |from |and )(?-i:[a-z-]+) ){0,4}$|\bmet\s*$",
    re.IGNORECASE,
)

# 'Kind regards, Jan Tipton, School Office': who wrote the message that is pasted.
_SIGNED = re.compile(
    r"\W*(?:(?:kind|best|warm|many) (?:regards|wishes|thanks)|regards|yours sincerely|sincerely|cheers)\s*,\s*$",
    re.IGNORECASE,
)
_LISTED_AS = re.compile(r"\b(?:interviewers?|panel)\b[^.\n;]{0,90}$", re.IGNORECASE)
_DESK = re.compile(
    r"\s*(?:,\s*)?(?:(?:at|from|in|on) )?(?:the |their )?(?:front )?(?:desk|reception|hr|office|agency|recruiter|people team|talent)\b",
    re.IGNORECASE,
)


def arranged_it(before: str, after: str) -> bool:
    """'booked via Lotte at the desk', 'set up by Lotte from HR': a person for sure, no calendar or portal."""
    return bool(_ARRANGED.search(before)) and bool(_DESK.match(after))


def is_candidate_cue(before: str) -> bool:
    """The writer names himself or herself: "I'm", 'my name is'."""
    return bool(_CANDIDATE_BEFORE.search(before))


def read_part(
    segment: Segment, before: str, after: str, title: str | None, *, met: bool, says: bool, in_field: bool
) -> PersonRole | None:
    """The part of one mention, or None when its place tells nothing."""
    if is_candidate_cue(before) or segment.label in _labels("candidate") or _is_spoken_to(segment, before, after):
        return PersonRole.CANDIDATE
    if segment.kind is SegmentKind.MAIL:
        if segment.label == "to" or (not segment.label and re.match(r"(?i)\s*(?:hi|hello|hey|dear)\s*$", before)):
            return PersonRole.CANDIDATE
        if segment.label in ("from", "organizer", "") and not in_field:
            return PersonRole.RECRUITER
    if _SIGNED.match(before):
        return PersonRole.RECRUITER
    told = _until_another(after)
    if is_denied(told) or is_of_the_writer(before) or only_helped(before, told, met=met or in_field):
        return PersonRole.MENTIONED
    if was_absent(before, told) or segment.label.lower() in _labels("absent"):
        return PersonRole.MENTIONED
    if _MENTION_AFTER.match(told) or _MENTION_BEFORE.search(before):
        return PersonRole.MENTIONED
    if segment.label.lower() in _labels("recruiter") and not (title is not None and decides(title)):
        return PersonRole.RECRUITER
    if segment.label in _labels("referee") or segment.heading in _labels("referee"):
        return PersonRole.MENTIONED
    if _schedules(before, after, title, says=says) and not (in_field and segment.label in _PANEL_LABELS):
        return PersonRole.RECRUITER
    if met or says or in_field or (title is not None and stands_in_list(before)):
        return PersonRole.INTERVIEWER
    return None


_ADDRESSED = re.compile(
    r"\s*,\s+(?:(?:so|and|now|please) )?(?:tell|why|what|how|when|where|which|can|could|would|do|did|are|have|describe|give|walk|talk|you)\b",
    re.IGNORECASE,
)


def _is_spoken_to(segment: Segment, before: str, after: str) -> bool:
    """'Mrs Holt: Tilda, tell us why': whom a labelled speaker calls by name and asks is the candidate."""
    return bool(segment.label) and not before.strip() and bool(_ADDRESSED.match(after))


_ANOTHER = re.compile(r",\s+(?P<first>[A-ZÀ-ÖØ-Þ][\w'’-]*)\s")


def _until_another(after: str) -> str:
    """What is told of this one: in 'Omar - sales, Tom Reed left' it is Tom who left, in 'Omar + his partner (absent)' the partner."""
    other = next((m for m in _ANOTHER.finditer(after[:100]) if is_first_name(m["first"])), None)
    told = after[: other.start()] if other else after
    return _AND_OTHERS.split(told, maxsplit=1)[0]


_AND_OTHERS = re.compile(r"\s(?:\+|&|and|plus)\s+(?:his|her|their|another|the|someone|somebody|a|an)\s|\bI\b")


_PANEL_LABELS = ("panel", "interviewers", "interviewed by", "interviewer", "in the room", "on the call")


def _labels(part: str) -> list[str]:
    labels: list[str] = load("people")["part_labels"][part]
    return labels


def _schedules(before: str, after: str, title: str | None, *, says: bool) -> bool:
    """Arranged the interview and held no conversation in it."""
    scheduling = (
        (_SCHEDULES.match(_OTHERS_ARRANGED.sub("", _until_another(after))) and not says)
        or _SCHEDULES_BEFORE.search(before)
        or (title is not None and is_recruiter_title(title))
    )
    unbroken = re.sub(r"\b(Mr|Mrs|Ms|Dr|Prof)\.", r"\1", before)
    conversed = (_CONVERSED.search(before) or _LISTED_AS.search(unbroken)) and not _ARRANGED.search(before)
    return bool(scheduling) and not conversed


def stands_in_list(before: str) -> bool:
    """The name opens its line, or follows a time or another entry of a list: 'Jamal Carter, Lead Designer'."""
    return not re.search(r"[A-Za-z]", re.sub(r"\([^)]*\)|\b(?:am|pm)\b", "", re.split(r"[;:,]", before)[-1]))
