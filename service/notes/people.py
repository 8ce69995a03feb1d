"""Who is in the notes, in which part: interviewers, a recruiter, the candidate, somebody merely mentioned."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from service.notes.english import first_names, is_surname, is_word
from service.notes.segment import Segment, SegmentKind
from service.phrases import load
from service.types import Person, PersonRole, Span, is_honorific

_UP = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_TOKEN = rf"(?:{_UP}[^\W\d_]*(?:['’-][^\W\d_]+)*(?<!['’]s))"
_PARTICLE = (
    r"(?:van der|van den|van de|van|de la|de los|de|der|den|von|zu|bin|ibn|al|el|da|dos|di|del|le|la|ter|ten|af|y)"
)
_INITIAL = rf"{_UP}\."
_HONORIFIC = r"(?:Dr|Prof|Professor|Mr|Mrs|Ms|Mx|Miss|Sir|Dame|Sister|Chef|Judge|Reverend|Rev|Cllr|Councillor|Doctor|Capt|Sgt|Col)\.?"
_NAME = rf"(?:{_HONORIFIC}[ \t]+)?(?:{_UP}\.[ \t]?)*{_TOKEN}(?:[ \t]+(?:{_PARTICLE}[ \t]+)?(?:{_TOKEN}|{_INITIAL}))*"
_NAME_RE = re.compile(rf"(?<![\w@.#/-]){_NAME}")
_SAYS = (
    r"(?:also |then |really |just |again |later |kindly |who |briefly |even |actually |mostly |both )*"
    r"(?:said|says|say|asked|asks|ask|told|tells|mentioned|mentions|explained|explains|talked|talks|described|describes|walked|walks|wanted"
    r"|wants|showed|shows|pointed|stressed|liked|likes|loves|loved|laughed|added|adds|noted|promised|promises|emphasi[sz]ed|was (?:interested|keen|curious|impressed"
    r"|very|really|warm|kind|great|lovely|nice|friendly|super|focused|quiet)|seemed|interviewed|grilled|quizzed|led|leads|runs|ran|manages|managed|heads|owns|built|joined|started|works|is|has|had|does|did|will|thinks|thought|sees|"
    r"brought|spoke|gave|offered|opened|closed|covered|introduced|raised|smiled|nodded|agreed|shared|took|came|went|used|moved|hopes|plans|teaches|taught|hired|wrote|drew|made|looks|keeps|kept|felt|feels|set|sent|scheduled|arranged|emailed|called|rang|confirmed)\b"
)
_STRONG_SAYS = re.compile(
    r"^\s*(?:,[^,]{2,40},\s*)?(?:\([^)]*\)\s*)?(?:also |then |really |just |again |later |kindly |briefly |both )*"
    r"(?:said|says|asked|asks|told|tells|mentioned|mentions|explained|explains|talked|talks|described|describes|walked|showed|shows|pointed|stressed|"
    r"laughed|added|adds|noted|emphasi[sz]ed|grilled|quizzed|interviewed|liked|loved|smiled|nodded|agreed|wanted to know|was (?:interested|keen|curious|impressed|focused)|opened|shared|raised|brought up|spoke|introduced|wants|wanted|thinks|thought|covered)\b"
)
_DOES = re.compile(r"^\s*(?:\([^)]*\)\s*)?" + _SAYS)
_MET = re.compile(
    r"(?:\b(?:interview(?:ed)?|interviewing|call|chat|chatted|screen|screening|conversation|meeting|session|round|coffee|zoom|loop|hour|mins?|minutes|talk|visit|tour|debrief)"
    r"(?: \w+){0,4} (?:with|w/|by|from)|\b(?:got |had )?a call from|\bmet(?: up)?(?: with| w/)?|\bspoke(?: again)? (?:with|to|w/)|\btalked (?:with|to|w/)|\bspeaking (?:with|to)|\bsat (?:down )?with|\bsaw|\bseen by|"
    r"\binterviewed by|\binterviewers?(?: (?:was|were|are|is)|:)|\bpanel(?: (?:was|were|of|with))?:?|\bpanel:|\bwith|\bw/|\bw|\bby|\bhiring manager,?|\bhm,?|\b1:1|\bjoined by|\bmet both|\bthanks? to|\bthank)\s*[:,-]?\s*$",
    re.IGNORECASE,
)
_MENTION_BEFORE = re.compile(
    r"(?:\bnext (?:round|call|chat|interview|stage|step)(?: is| will be| would be)? with|\bmy (?:\w+ ){0,3}(?:boss|manager|colleague|friend|mentor|teacher|professor|tutor|supervisor|coach|partner|wife|husband|sister|brother|mum|mom|dad|cousin|lead|neighbou?r|client|referee|flatmate|ex)"
    r"|\breferences?(?: from| is| are)?|\brefer(?:red|ral)(?: \w+)? (?:by|from)|\breports? (?:in)?to|\breplac(?:es|ing|ed)|\btook over from|\bknows?|\bsay hi to|\binstead of|\bold (?:boss|manager|colleague)|\bformer (?:boss|manager|colleague|head))\s*[,:(-]?\s*$",
    re.IGNORECASE,
)
_MENTION_AFTER = re.compile(
    r"^['’]s reference\b|^[^.\n;]{0,60}?\b(?:couldn'?t (?:make|join|attend|be)|could not (?:make|join|attend)|wasn'?t (?:there|able|in|around)|was (?:absent|away|out|off sick|on leave|ill|travell?ing)|is (?:away|out|on leave|off)|"
    r"didn'?t (?:join|show|attend|make)|did not (?:join|attend)|no.show|absent|apologies|(?:may|might) not (?:attend|make|join|be)|(?:\s*[,(-]\s*)(?:on leave|away|off sick|on holiday)|sent apologies|had to drop|will not|who left|left (?:last|the|in)|retired|on (?:maternity|paternity|parental|annual) leave)\b",
    re.IGNORECASE,
)
_SCHEDULES = re.compile(
    r"(?:^[^.\n;]{0,50}?\b(?:scheduled|arranged|set (?:it|this|that|everything|the (?:call|interview)|things|up)|coordinat|organi[sz]ed|booked|sent (?:me )?(?:the )?(?:invite|link|calendar|zoom|details|agenda)|will (?:call|email|be in touch|get back|let me know|send|follow|confirm|ring)|from (?:hr|talent|recruiting|recruitment|people)))"
    r"|(?:^\s*(?:\(|,|-|–)\s*(?:the )?(?:\w+ ){0,2}(?:recruiter|talent|hr|scheduler|recruiting|recruitment))",
    re.IGNORECASE,
)
_SCHEDULES_BEFORE = re.compile(
    r"\b(?:scheduled by|arranged by|set up (?:by|via|through|with)|booked by|via|through|recruiter,?|the recruiter|recruiter:|recruiter is|recruiter was|coordinator|from hr|hr:|contact:|talent:|organi[sz]ed by|coordinated by|email from|invite from|"
    r"hear (?:back )?from|follow up with|email|call from|heard from|get back to|reply to|scheduling)\s*[:,(-]?\s*$",
    re.IGNORECASE,
)
_CANDIDATE_BEFORE = re.compile(
    r"(?:\bI'?m|\bI am|\bmy name(?:'s| is)|\bsigned,?|\bcandidate:?|\bme:)\s*$", re.IGNORECASE
)
_ORG_BEFORE = re.compile(
    r"(?:\bat|@|\bjoin(?:ing)?|\bcompany:?|\bin|\bfrom|\bfor|\busing|\buse|\bon|\binto|\bto|\bvia|\bacross|\blearn(?:ing)?|\bspeak|\bnear|\baround)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Mention:
    name: str
    start: int
    end: int
    weight: int
    role: PersonRole | None
    title: str | None
    says: bool = False
    met: bool = False


@cache
def _titles() -> frozenset[str]:
    return frozenset(load("people")["title_heads"])


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(load("people")["ambiguous_names"])


def looks_like_title(text: str) -> bool:
    """'Head of Data', 'ward manager', 'HM', 'VP Eng': a job title by its words."""
    words = [w.strip(".,") for w in re.split(r"[\s/&-]+", text.lower()) if w.strip(".,")]
    if not words or len(words) > 9:
        return False
    if text.lower().strip(".") in load("people")["abbreviated_titles"]:
        return True
    singular = [w.removesuffix("s") if w.endswith("ers") else w for w in words]
    return bool(_titles() & (set(words) | set(singular) | {" ".join(words)}))


def read_people(notes: str, segments: tuple[Segment, ...], orgs: frozenset[str]) -> tuple[Person, ...]:
    """Everybody named, interviewers first in order of appearance; one person is one entry, under the fullest name."""
    cased = _with_capitals(notes)
    mentions = [m for s in segments for m in _mentions(cased, s, orgs)]
    return _merge([m for m in _in_company(mentions, cased) if m.weight >= 2])


_LINK = re.compile(
    r"^(?:\s*\([^()]*\))?(?:\s*,\s*[a-zA-Z &/-]{2,40}?)?\s*(?:,\s*(?:and\b|&|then\b)?|;|/|\band\b|&|\+|\bthen\b|\bplus\b)\s*(?:(?:the|her|his|their|our|my)\s+)?(?P<title>(?:[\w&/-]+\s+){0,4})$",
    re.IGNORECASE,
)


def _in_company(mentions: list[_Mention], cased: str) -> list[_Mention]:
    """Who is named in one breath with an interviewer is one: 'met Gwen and her manager Tom', 'Amara and Bridget interviewed me'."""
    out = sorted(mentions, key=lambda m: m.start)
    interviewing = {n for m in mentions if m.role is PersonRole.INTERVIEWER for n in (m.name, m.name.split()[0])}
    for _ in range(2):
        for k in range(1, len(out)):
            one, two = (
                replace(m, role=PersonRole.INTERVIEWER) if m.role is None and m.name.split()[0] in interviewing else m
                for m in (out[k - 1], out[k])
            )
            link = (
                _LINK.match(cased[one.end : two.start])
                if one.end < two.start and "\n" not in cased[one.end : two.start]
                else None
            )
            if link is None or (link["title"].strip() and not looks_like_title(link["title"])):
                continue
            if one.role is PersonRole.INTERVIEWER and two.role is None:
                out[k] = replace(two, role=PersonRole.INTERVIEWER, met=one.met, weight=two.weight + 2)
            elif two.role is PersonRole.INTERVIEWER and one.role is None and (two.says or one.weight >= 2):
                out[k - 1] = replace(one, role=PersonRole.INTERVIEWER, says=True, weight=one.weight + 2)
    return out


def _with_capitals(notes: str) -> str:
    """The notes with likely names capitalised, same length: people who type in lower case mean names as well."""
    letters = [c for c in notes if c.isalpha()]
    all_lower = not letters or sum(c.isupper() for c in letters) < 0.012 * len(letters) + 1
    out = list(notes)
    for found in re.finditer(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", notes):
        word = found.group(0)
        if not word[0].islower():
            continue
        base = re.sub(r"['’]s$", "", word)
        before = notes[max(0, found.start() - 40) : found.start()]
        known = base in first_names() and (base not in _ambiguous() and not is_word(base))
        cued = bool(_HONORED.search(before)) or bool(
            (base in first_names() or not is_word(base)) and _CUE_LOWER.search(before)
        )
        if base in ("dr", "prof", "mr", "mrs", "ms") and re.match(r"\.?\s+[a-z]", notes[found.end() :]):
            _capitalise(out, found.start())
            continue
        if (known and (all_lower or _MET.search(before) or not is_word(base))) or cued:
            _capitalise(out, found.start())
            surname = re.match(rf"\s+((?:{_PARTICLE}\s+)?)([^\W\d_]+(?:['’-][^\W\d_]+)*)", notes[found.end() :])
            if (
                surname
                and not word.endswith(("'s", "’s"))
                and (not is_word(surname[2]) or _surname_like(notes, found.end() + surname.end()))
            ):
                _capitalise(out, found.end() + surname.start(2))
    return "".join(out)


_HONORED = re.compile(r"(?<!\w)(?:dr|prof|mr|mrs|ms|sister)\.?\s+$")
_CUE_LOWER = re.compile(
    r"(?:\b(?:interviewed (?:with|by)|interview w(?:ith|/)|met(?: with)?|spoke (?:to|with)|talked (?:to|with)|(?:call|chat|screen) w(?:ith|/)|panel was|panel:|interviewers?:?|name(?:'s| is)|hiring manager|hm))\s*[,:]?\s+$",
    re.IGNORECASE,
)


def _surname_like(notes: str, end: int) -> bool:
    """'will stone (cto)': an ordinary word right before a bracketed or dashed title is a surname."""
    return bool(re.match(r"\s*(?:\(|,\s*(?:the )?(?:head|director|hiring|ward|lead|senior|vp|cto|ceo)\b)", notes[end:]))


def _capitalise(out: list[str], position: int) -> None:
    upper = out[position].upper()
    if len(upper) == 1:
        out[position] = upper


def _mentions(cased: str, segment: Segment, orgs: frozenset[str]) -> Iterator[_Mention]:
    text = cased[segment.start : segment.end]
    label = _label_name(segment.label)
    if segment.label and segment.kind is SegmentKind.LINE and _is_name(label, orgs):
        known = label.split()[0].lower() in first_names() or len(label.split()) > 1
        weight = 4 if known else 1  # a single unknown word before a colon may be a place, a firm, a topic
        title = _clean_title(segment.title) if segment.title else None
        yield _Mention(label, segment.start, segment.start, weight, PersonRole.INTERVIEWER, title, says=True)
    if segment.label in ("candidate", "my name", "to") and re.fullmatch(_NAME, text.split("<")[0].strip()):
        name = text.split("<")[0].strip()
        yield _Mention(name, segment.start, segment.start + len(name), 5, PersonRole.CANDIDATE, None)
        return
    for found in _NAME_RE.finditer(text):
        for start, end in _trim_words(text, found.start(), found.end(), orgs):
            mention = _weigh(cased, segment, start, end, orgs)
            if mention is not None and mention.weight >= 1:
                yield mention


def _label_name(label: str) -> str:
    """A speaker's label as a name: 'siobhan kelleher' and 'dr adeyemi' are written small as often as not."""
    first = label.split(" ")[0].strip(".")
    named = (first in first_names() and first not in _ambiguous()) or (first and is_honorific(first))
    return " ".join(w.capitalize() for w in label.split()) if label.islower() and named else label


def _is_name(label: str, orgs: frozenset[str]) -> bool:
    words = label.split()
    return (
        bool(_NAME_RE.fullmatch(label))
        and label.lower() not in orgs
        and (words[0].lower() in first_names() or not is_word(words[0]))
        and words[0].lower() not in load("owner_cues")["headings"]["fields"]
    )


def _trim_words(text: str, start: int, end: int, orgs: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The part of a run of capitalised words that can be a name: 'Met Priya Raman' → 'Priya Raman', 'HM Tom' → 'Tom'."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
    while words:
        first = text[words[0][0] : words[0][1]].strip(".")
        nexts = text[words[1][0] : words[1][1]] if len(words) > 1 else ""
        if re.fullmatch(_HONORIFIC, first) or (len(first) == 1 and first.isupper() and first != "I" and nexts):
            break
        sentence_start = words[0][0] == 0 or text[: words[0][0]].rstrip()[-1:] in ".!?:;\n-•("
        common = is_word(first) or first.lower() in _titles() or first.isupper()
        acts = not nexts and bool(
            _STRONG_SAYS.match(text[words[0][1] :]) or re.match(r"\s*(?:\(|:)", text[words[0][1] :])
        )
        if first.lower() in first_names() and (
            acts or not (first.lower() in _ambiguous() and sentence_start and not nexts and common)
        ):
            break
        if common and (sentence_start or first.isupper() or first.lower() in _titles() or not nexts):
            words.pop(0)
            continue
        break
    while words and (
        text[words[-1][0] : words[-1][1]].lower().strip(".") in _titles()
        or text[words[-1][0] : words[-1][1]].lower() in orgs
    ):
        words.pop()
    if words and words[-1][1] > words[0][0]:
        yield words[0][0], words[-1][1]


def _weigh(cased: str, segment: Segment, start: int, end: int, orgs: frozenset[str]) -> _Mention | None:
    text = cased[segment.start : segment.end]
    name, before, after = text[start:end], text[:start], _PRONOUNS.sub("", text[end:])
    if segment.kind is SegmentKind.FIELD and segment.label in load("owner_cues")["headings"]["name_columns"]:
        after += cased[segment.end :].split("\n", 1)[0]  # a table's row goes on with the title
    bare = re.sub(rf"^{_HONORIFIC}\s+", "", name)
    words = bare.split()
    if (
        not words
        or bare.lower() in orgs
        or words[0].lower() in orgs
        or (len(words) == 1 and len(words[0].strip(".")) < 2)
    ):
        return None
    if any(_is_acronym(w) for w in words) and not cased.isupper():
        return None
    if re.match(
        r"\s*(?:Inc|Ltd|LLC|GmbH|Corp|Group|Labs?|Health|University|School|Hospital|Logistics|Systems|Partners|Bank|Studio|Technologies|Analytics|Freight|Foods?)\b",
        after,
    ):
        return None
    if _is_organisation(words):
        return None
    if len(words) == 1 and words[0].lower() not in first_names() and re.search(r"[A-Z]\w*\s*&\s*$", before):
        return None  # the second half of a firm: 'Rye & Co'
    opens = not before.strip() or before.rstrip()[-1:] in ".!?:;"
    if words[0].lower() in _MONTHS and re.search(
        r"\b(?:by|in|since|until|till|from|of|before|after|for|this|last|next)\s*$", before
    ):
        return None
    if segment.kind is SegmentKind.MAIL and not segment.label and looks_like_title(text):
        return None
    known = words[0].lower() in first_names() and (
        len(words) > 1 or words[0].lower() not in _ambiguous() or not opens or bool(_STRONG_SAYS.match(after))
    )
    in_field = segment.label in (
        "interviewer",
        "interviewers",
        "interviewed by",
        "panel",
        "with",
        "who",
        "met",
        "met with",
        "spoke with",
        "spoke to",
        "hm",
        "hiring manager",
        "attendees",
        "participants",
        "on the call",
        "people",
        "person",
        "name",
        "lead interviewer",
        "interview with",
        "call with",
        "present",
        "in the room",
    ) or segment.heading in (
        "panel",
        "interviewers",
        "people",
        "attendees",
        "participants",
        "interviewer",
        "who",
        "with",
        "who i met",
        "present",
        "in the room",
        "on the call",
        "met with",
        "met",
        "the panel",
    )
    title, title_is_near = _title(before, after)
    met, says, does = (
        bool((_MET.search(before) and _is_meeting(before)) or _AND_NAME.search(before)),
        bool(_STRONG_SAYS.match(after)),
        bool(_DOES.match(after)),
    )
    possessive = bool(re.match(r"['’]s\b", after))
    listed = known and len(words) > 1 and _stands_in_list(before) and bool(_NOTHING_MORE.fullmatch(after))
    in_field = in_field or (listed and segment.kind is not SegmentKind.MAIL)
    weight = (
        2 * known
        + 2 * met
        + 2 * says
        + (1 if does else 0)
        + 3 * title_is_near
        + 3 * in_field
        + (2 if possessive and known else 0)
    )
    weight += bool(re.match(r"\s*\([\w &/,-]{2,40}\)", after))
    weight += 3 * bool(re.match(rf"{_HONORIFIC}\s", name)) + 3 * bool(re.match(r"\s*<[^>]*@", after))
    weight += (1 if len(words) >= 2 and not any(is_word(w) for w in words) else 0) + (
        2 if _CANDIDATE_BEFORE.search(before) else 0
    )
    weight += 2 * bool(segment.kind is SegmentKind.MAIL)
    weight += 3 * bool(segment.label in ("candidate", "my name", "to", "recruiter", "from"))
    if not known:
        weight -= 2 * bool(_ORG_BEFORE.search(before)) + 2 * all(is_word(w) for w in words)
        asked_by = re.search(r"\b(?:interview\w*|met|spoke|talked|chat\w*|panel)\b[^.\n]{0,25}$", before, re.IGNORECASE)
        weight -= 2 * bool(not (says or title_is_near or in_field or asked_by) and is_word(words[-1]))
        plain = is_word(words[-1]) and not is_surname(words[-1])
        weight -= 2 * bool(plain and len(words) > 1 and not (says or title_is_near or in_field))
    role = _role(segment, before, after, title, met=met, says=says, in_field=in_field)
    if (
        segment.kind is SegmentKind.MAIL
        and segment.label in ("subject", "location", "where", "date", "when", "sent", "re")
        and not (known or met)
    ):
        return None
    return _Mention(name, segment.start + start, segment.start + end, weight, role, title, says, met or in_field)


_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)


_PRONOUNS = re.compile(r"^\s*\((?:she|he|they|xe|ze)(?:/\w+){1,2}\)", re.IGNORECASE)
_NOTHING_MORE = re.compile(r"\s*(?:[,(–-]\s*[\w &/-]{2,30}\)?)?[\s*#=:.)–-]*")


def _is_acronym(word: str) -> bool:
    """'EHCPs', 'SQL', 'HubSpot': capitals inside a word that no name has ('McKay', 'O'Brien', 'DeShawn' have)."""
    plain = re.sub(r"^(?:Mc|Mac|O['’]|De|Di|La|Le|Van|Fitz)(?=[A-Z])", "", word.strip("."))
    return sum(c.isupper() for c in re.split(r"[-'’]", plain)[0]) > 1 and len(plain) > 2


def _is_meeting(before: str) -> bool:
    """A bare 'with' or 'by' counts near the start of a line or after a word for a meeting: not in 'paired with Sister Okoro'."""
    bare = re.search(r"(?:\bwith|\bw/|\bw|\bby)\s*[:,-]?\s*$", before, re.IGNORECASE)
    return not bare or len(before.split()) <= 4 or bool(_MEETING.search(before))


_MEETING = re.compile(
    r"\b(?:interview\w*|intvw|met|meet\w*|spoke|talk\w*|chat\w*|call|screen\w*|panel|zoom|teams|session|round|conversation|coffee|visit|tour|walked|hrs?|hours?|mins?|minutes|today|yesterday|am|pm|\d{1,2}[:.]\d\d|role|position|job|post|@|at)\b|@",
    re.IGNORECASE,
)


def _is_organisation(words: list[str]) -> bool:
    """A run of capitals that ends on a word for a kind of organisation: 'Northlight Energy', 'Ashdown Primary'."""
    kinds: list[str] = load("people")["organisation_words"]
    given = words[0].lower() in first_names() and words[0].lower() not in _ambiguous()
    return len(words) > 1 and words[-1].lower().strip(".") in kinds and not given


_AND_NAME = re.compile(
    rf"(?:\b(?:interview(?:ed)?|met|spoke|talked|call|chat|panel)\b[^.\n]{{0,20}}(?:with|w/|by|to|was|were|of|:)|\bmet|\bpanel:?|\bw/|\bwith)\s+(?:{_NAME}(?:\s*\([^)]*\)|\s*,\s*[a-zA-Z ]{{2,40}})?(?:\s*,\s*(?:and\s+|&\s+|then\s+)?|\s+(?:and|&|\+|then)(?: then| later| also)?\s+))+(?:(?:the |their )?(?:[\w&/-]+ ){{0,3}})?$"
)


def _title(before: str, after: str) -> tuple[str | None, bool]:
    """A title standing right beside the name, and whether one does."""
    patterns = (
        r"^\s*\(([^()\n]{2,60})\)",
        r"^\s*,\s*(?:who(?: i|')s |who is |the |their |our )?([^,;.\n()]{2,60}?)(?=\s*(?:,|;|\.|$|\n|\(| and (?=[A-Z])| from | at | for | who ))",
        r"^\s*(?:[-–—|/:=]|\t)\s*([^,;.\n()|]{2,60}?)(?=\s*(?:,|;|\.|$|\n|\||\t|\(| - | – ))",
        r"^(?:['’]s|\s+is|\s+was|['’]re)\s+(?:also\s+)?(?:the|their|a|an|my|our)\s+([^,;.\n()]{2,50}?)(?=\s*(?:,|;|\.|$|\n|\(| and | at | for | there| who | she | he | they | but ))",
        r"^\s+(?:<[^>]*>)\s*,?\s*([^,;.\n()]{2,60})$",
        r"^\s+(?:[Tt]he|as)\s+([^,;.\n()]{2,50}?)(?=\s*(?:,|;|\.|$|\n|\())",
    )
    for pattern in patterns:
        found = re.match(pattern, after)
        if found:
            title = _clean_title(found[1])
            if title is not None:
                return title, True
    lead = re.search(
        r"(?:\b(?:the|their|our|with|met|by|a|an|was|is)\s+|^|[,:(]\s*)((?:[a-zA-Z][\w&/-]*\s+){1,5})\(?,?\s*$", before
    )
    if lead:
        words = lead[1].split()
        for n in range(min(len(words), 5), 0, -1):
            title = _clean_title(" ".join(words[-n:]))
            if (
                title is not None
                and looks_like_title(words[-1])
                and not any(
                    w.lower()
                    in (
                        "with",
                        "met",
                        "by",
                        "and",
                        "the",
                        "my",
                        "was",
                        "today",
                        "interview",
                        "interviewed",
                        "spoke",
                        "to",
                    )
                    for w in words[-n:]
                )
            ):
                return title, True
    return None, False


def _clean_title(text: str) -> str | None:
    plain = re.sub(r"^(?:w/|with)\s+|[\s*_|:.-]+$", "", text.strip().strip("\"'“”").strip())
    plain = re.sub(r"^(?:the|their|a|an|our)\s+", "", plain, flags=re.IGNORECASE)
    plain = re.split(r"\s+(?:at|from|@|who|since|for the last|\d)\s*", plain)[0].strip()
    if not plain or not looks_like_title(plain):
        return None
    if re.search(
        r"\b(?:said|says|told|asked|is|was|i|she|he|they|will|has|we|about|loved|likes|would)\b", plain, re.IGNORECASE
    ):
        return None
    expanded: str = load("people")["abbreviated_titles"].get(plain.lower(), plain)
    return expanded


def _role(
    segment: Segment, before: str, after: str, title: str | None, *, met: bool, says: bool, in_field: bool
) -> PersonRole | None:
    if _CANDIDATE_BEFORE.search(before) or segment.label in ("candidate", "my name", "me"):
        return PersonRole.CANDIDATE
    if segment.kind is SegmentKind.MAIL:
        if segment.label == "to" or (not segment.label and re.match(r"(?i)\s*(?:hi|hello|hey|dear)\s*$", before)):
            return PersonRole.CANDIDATE
        if segment.label in ("from", "organizer", "") and not in_field:
            return PersonRole.RECRUITER
    if _MENTION_AFTER.match(after) or _MENTION_BEFORE.search(before):
        return PersonRole.MENTIONED
    if segment.label in ("agency", "recruiter", "coordinator", "scheduled by", "talent", "hr", "contact"):
        return PersonRole.RECRUITER
    if segment.label in ("reference", "references", "referee"):
        return PersonRole.MENTIONED
    scheduling = (
        (_SCHEDULES.match(after) and not says)
        or _SCHEDULES_BEFORE.search(before)
        or (title is not None and _is_recruiter_title(title))
    )
    conversed = _CONVERSED.search(before) and not _ARRANGED.search(before)
    if scheduling and not conversed:
        return PersonRole.RECRUITER
    if segment.label in ("absent", "apologies"):
        return PersonRole.MENTIONED
    if met or says or in_field or (title is not None and _stands_in_list(before)):
        return PersonRole.INTERVIEWER
    return None


_ARRANGED = re.compile(
    r"\b(?:scheduled|arranged|booked|set up|organi[sz]ed|coordinated) (?:by|via|through|with)\s*$", re.IGNORECASE
)
_CONVERSED = re.compile(
    r"\b(?:interview\w*|screen\w*|call|chat\w*|spoke|talked|met)\b[^.\n;]{0,30}\b(?:with|w/|to|by)\s+(?:(?!via |through |from |and )(?-i:[a-z-]+) ){0,4}$|\bmet\s*$",
    re.IGNORECASE,
)


def _stands_in_list(before: str) -> bool:
    """The name opens its line, or follows a time or another entry of a list: 'Jamal Carter, Lead Designer'."""
    return not re.search(r"[A-Za-z]", re.sub(r"\([^)]*\)|\b(?:am|pm)\b", "", re.split(r"[;:,]", before)[-1]))


def _is_recruiter_title(title: str) -> bool:
    low = title.lower()
    if re.match(r"(?:chief|vp|head|director)\b", low):
        return False  # they decide
    return any(re.search(rf"\b{re.escape(word)}\b", low) for word in load("people")["recruiter_titles"])


def _merge(mentions: list[_Mention]) -> tuple[Person, ...]:
    groups: list[list[_Mention]] = []
    for mention in sorted(mentions, key=lambda m: (-len(m.name.split()), m.start)):
        fitting = [g for g in groups if same_person(g[0].name, mention.name)]
        if len(fitting) == 1 or (fitting and len(mention.name.split()) > 1):
            fitting[0].append(mention)
        elif not fitting:
            groups.append([mention])
    people = [_person(g) for g in groups]
    if not any(p.role is PersonRole.INTERVIEWER for p in people):
        people = _promote(people, groups)
    order = list(PersonRole)
    return tuple(sorted(people, key=lambda p: (order.index(p.role), p.span.start if p.span else 0)))


def same_person(full: str, other: str) -> bool:
    """True when ``other`` may be short for ``full``: 'Zoe' for 'Zoë Lindqvist', 'sam o' for 'Sam Ortega'."""
    a, b = (_plain_name(n) for n in (full, other))
    if not a or not b:
        return False
    if a == b:
        return True
    if len(b) == 1:
        return b[0] in (a[0], a[-1])
    return (
        len(a) >= len(b) > 1
        and a[0] == b[0]
        and (a[-1] == b[-1] or (a[-1].startswith(b[-1].strip(".")) and len(b[-1].strip(".")) == 1))
    )


def _plain_name(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", re.sub(rf"^{_HONORIFIC}\s+", "", name)).encode("ascii", "ignore").decode()
    return folded.lower().replace(".", "").split() or name.lower().split()


def _person(group: list[_Mention]) -> Person:
    by_place = sorted(group, key=lambda m: m.start)
    fullest = max(group, key=lambda m: (len(m.name.split()), -m.start))
    roles = [m.role for m in by_place if m.role is not None]
    title = next((m.title for m in by_place if m.title), None)
    role = PersonRole.MENTIONED
    if PersonRole.CANDIDATE in roles:
        role = PersonRole.CANDIDATE
    elif PersonRole.RECRUITER in roles and not _interviewed(by_place):
        role = PersonRole.RECRUITER
    elif PersonRole.MENTIONED in roles and not any(m.met for m in by_place):
        role = PersonRole.MENTIONED
    elif PersonRole.INTERVIEWER in roles:
        role = PersonRole.INTERVIEWER
        if title and _is_recruiter_title(title) and not any(m.met or m.says for m in by_place):
            role = PersonRole.RECRUITER
    return Person(fullest.name, role, title, Span(by_place[0].start, by_place[0].end))


def _interviewed(mentions: list[_Mention]) -> bool:
    """Somebody who scheduled and also conducted a conversation is an interviewer."""
    return (
        any(m.met and m.role is PersonRole.INTERVIEWER for m in mentions)
        or sum(m.says and m.role is PersonRole.INTERVIEWER for m in mentions) > 1
    )


def _promote(people: list[Person], groups: list[list[_Mention]]) -> list[Person]:
    """With nobody marked as interviewer, those who say, lead or own something in the notes are taken for them."""
    out = []
    for person, group in zip(people, groups, strict=True):
        active = any(m.role is None for m in group)
        out.append(
            replace(person, role=PersonRole.INTERVIEWER) if person.role is PersonRole.MENTIONED and active else person
        )
    return out
