"""Which company the interview was with, and which firms are only spoken of: former employers, rivals, agencies."""

from __future__ import annotations

import re
from functools import cache

from service.notes.english import is_first_name, is_usual_name, is_word
from service.notes.guess import AMENDING, Guess
from service.notes.names import ends_a_firm, names_a_kind
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import looks_like_title
from service.phrases import load

_UP = r"[A-ZÀ-ÖØ-ÞĀ-Ž0-9]"
COMPANY = (
    rf"(?:St\. )?{_UP}[\w'’.&-]*(?<![.,])(?:[ \t]+(?:(?:of|and|the|for|&|\+)[ \t]+)?{_UP}[\w'’&-]*(?:\.\w+)?){{0,7}}"
)
_O = rf"(?P<o>{COMPANY})"
_AMEND = re.compile(
    r"\b(?:no wait|wait no|wait|actually|correction|sorry|i mean|scratch that|not)\b|^no\s*[-,:–—]", re.IGNORECASE
)
_OWN_DEED = re.compile(
    r"\bI(?:'ve|'d)? (?!(?:had|just|have|interviewed|applied|met|spoke|talked|saw|am|went|was (?:interviewed|at|by|in|with|seen|over)|came)\b)\w+[^.\n;]*$|\bwe (?:found|built|had|did)[^.\n;]*$",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:\s+\d|$)"
    r"|\d[\d:./-]*\s*(?:am|pm|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?:\s+\d{4})?)?$|(?:today|tomorrow|yesterday|zoom|teams|google|hm|hr|eow|eod|q[1-4])$)",
    re.IGNORECASE,
)
_FIELDS = re.compile(r"\w\s?[:=]\s|\s[/|]\s")  # 'Anvil / role: binder' is more than a name
_STARTS_A_TALK = re.compile(r"\s+(?i:interview|debrief|call|onsite|panel|phone|first|second|final)\b")


@cache
def _former() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load('organisation')['former'])})\b[^.\n;]*$", re.IGNORECASE)


def said_of_another(before: str) -> bool:
    """True when the words ``before`` a name make it another firm's: 'when I was at', 'my old boss at', 'a rival of'."""
    return bool(_former().search(before))


_SUBJECT_OF = re.compile(
    r"\b(?:teacher|professor|lecturer|tutor|curator|reader|instructor|doctor|head|director|dean|chair|school|institute|department|college|faculty) of\s+$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:Met|Saw|Spoke|With|Had|Interviewed|And|At|For|The)\s+")
_OPENING = 400  # characters of the notes in which a name with a word for a kind of firm is likely the company's
_WITH_NAME = 3
_TALK = re.compile(
    r"(?i:\b(?:interview|intvw|met|call|chat|spoke|talk|screen|zoom|panel|meeting|onsite|round)|^\W*(?:w/|with)?\s*$)"
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], int], ...]:
    titles = "|".join(re.escape(t) for t in load("people")["title_heads"])
    roles = "|".join(load("organisation")["role_words"])
    kinds = "|".join(sorted({*load("people")["organisation_words"], *load("people")["firm_words"]} - {"co"}, key=len, reverse=True))
    talk = r"(?i:interview(?:ed|ing)?|call|chat|screen|loop|day|panel|onsite|visit|meeting|met|spoke|saw|talked)"
    given = (
        (rf"\b{talk}\b[^.\n;]{{0,90}}?(?:\bat|@)\s+(?:the\s+)?{_O}", 5),
        (
            rf"\b(?i:interview(?:ed|ing)?|call|chat|screen|loop|onsite|meeting)\b (?:\w+ ){{0,2}}(?:with|for|w/)\s+(?:the\s+)?{_O}",
            2,
        ),
        (rf"\b(?i:{titles})\s*(?:\bat|@|\bwith|\bin)\s+(?:the\s+)?{_O}", 4),
        (rf"\b(?i:{titles})\s*,\s+(?:the\s+)?{_O}(?=[.,;]|$)", 3),
        (
            rf"\b(?i:interview|met|call|chat|chatted|spoke|screen|zoom|w/|with|panel)\b[^.\n;]{{0,60}}?\b(?i:from|of)\s+{_O}",
            4,
        ),
        (rf"^{_O} (?i:met|interviewed|called|rang|saw) me\b", -1),
        (rf"\b[A-Z][\w'’-]+ (?:[A-Z][\w'’-]+ )?of {_O}(?=\s+(?i:met|interviewed|called|rang|saw|spoke)\b)", 4),
        (rf"(?<!\w)(?i:w/|with)\s+{_O}(?=\s+(?i:for|re|about|today|yesterday|mon|tue|wed|thu|fri|sat|sun|\()|[.,;]|$)", _WITH_NAME),
        (rf"(?:\b(?:{roles}|one))\s+(?:at|with|@|for)\s+{_O}", 5),
        (rf"(?:\b(?:{roles}))\s+in\s+{_O}", 1),  # 'a job in Basel'
        (rf"\b(?i:went|been|was|going|just out|finished|come|back) (?i:(?:up|down|over|along|round|out|back) )?(?i:to|of|with|from)\s+(?:the\s+)?{_O}(?=[^.;\n]{{0,40}}\b(?i:for the|for a|job|role|interview|post)\b)", 4),
        (rf"\b(?i:{kinds})\s+(?:is\s+|was\s+)?(?i:called|named)\s+{_O}", 7),
        (rf"^(?i:no)\s*[:,–—-]+\s*(?P<o>{_UP}[\w'’.&-]*(?:[ \t]+(?:&[ \t]+)?{_UP}[\w'’&-]*){{1,5}})", 4),
        (rf"^{_O}\s*=\s*(?:also\s+)?an?\s+(?i:man|woman|person|lady|guy|bloke)\b", -9),
        (rf"^{_O}\s*=\s*(?:the\s+)?(?i:recruiters?|agency|agents)\b", -9),
        (rf"^(?i:[^,.;:\n]{{3,40}} (?:interview|assessment(?: day| centre)?|trial(?: shift| day)?|onsite|chat|screen)),\s+{_O}(?=\s*(?:[,.;(]|$))", 4),
        (rf"\b(?P<o>{COMPANY}[ \t]+(?:GmbH|AG|eG|KG|Oy|AB|BV|NV|SpA|Srl|Ltda|Pty|Pte|Pvt|LLP|LLC|plc|Plc|PLC|Ltd)\b)", 3),
        (
            rf"\b(?i:company|employer|firm|startup|agency|school|hospital|shop|charity) (?:is|called|was|name is|named)\s+{_O}",
            7,
        ),
        (rf"\b(?:it'?s|its|was|is)\s+(?:actually\s+)?(?:called\s+)?{_O}\s*,?\s+not\s+{COMPANY}", 12),
        (rf"\bnot\s+{COMPANY}\s*[,;-]?\s*(?:but\s+)?(?:it'?s\s+)?{_O}", 8),
        (rf"\b(?i:join(?:ing)?|working (?:for|at)|work (?:for|at))\s+{_O}", 2),
        (rf"\b(?i:who (?:owns|runs|founded|heads)|owner of|founder of)\s+{_O}", 4),
        (rf"\b(?i:run|owned) by\s+{_O}", 3),
        (
            rf"(?:\b(?i:no wait|wait|actually|correction|i mean|scratch that))[,:\s]+(?:it'?s\s+|the company is\s+|at\s+)?{_O}",
            4,
        ),
        (
            rf"{_O}\s+(?:is|are|has|have|was|were|does|makes|runs|wants|uses|sells|builds|plans|serves|moved|opened|started|grew|just)\b",
            1,
        ),
        (rf"(?<!\w)@\s*{_O}", 6),
        (
            rf"\b(?i:pâtisserie|patisserie|bakery|café|cafe|restaurant|hotel|school|clinic|bar|pub|salon|museum|brewery|gallery)\s+{_O}",
            3,
        ),
        (
            rf"(?i:\b(?:best|regards|wishes|thanks|sincerely|cheers)),?\s+[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){{1,3}},\s+(?:[A-Z][\w ]{{2,30}},\s+)?{_O}[\"”.\s]*$",
            4,
        ),
        (rf"{_O}\s+(?:is|=)\s+(?:the|their)\s+(?:company|firm|employer|shop|school)\b", 8),
        (
            rf"{_O}\s+(?i:interview|debrief|call notes|onsite|panel|phone screen|first round|second round|final round)\b",
            5,
        ),
        (rf"^(?i:interview|debrief|notes|call|phone screen|onsite)\s*[-–—:,/|@]\s*{_O}", 4),
        (
            r"^(?i:(?:so |ok |okay |right |today )*)(?P<o>(?:\w+ (?:and |& )?){1,3}(?i:ltd|limited|inc|llc|plc|gmbh))\b",
            5,
        ),
    )
    return tuple((re.compile(pattern), weight) for pattern, weight in given)


_SMALL = re.compile(
    r"(?:(?<!\w)@\s?|\b(?i:interview(?:ed)?|role|position|job|chat|call|screen|onsite)\b[^.\n;]{0,90}?\bat\s+)(?P<o>[a-z][\w'&-]+(?:\s+[A-Za-z][\w'&-]+)?)"
)
_SMALL_THING = re.compile(
    r"\b(?:out of|finished|done with|back from|had)\s+(?:the|my)\s+(?P<o>[a-z][\w'&-]+(?:\s+[a-z][\w'&-]+)?)\s+(?:thing|interview|chat|call)\b"
)


def companies_in(segment: Segment, people_words: frozenset[str]) -> list[Guess]:
    """Every company that this segment names, weighed by the words around it; ``people_words`` are names of people."""
    text = segment.text
    found: list[Guess] = []

    def add(start: int, end: int, weight: int) -> None:
        guess = _guess(segment, start, end, weight, people_words)
        if guess is not None:
            found.append(guess)

    if segment.label in load("organisation")["company_fields"]:
        first = re.match(r"[^,(\n|–]+(?= - | – |,|\(|$)|[^,(\n|]+", text)
        if first:
            add(0, first.end(), 10)
    if segment.label in load("organisation")["role_fields"]:
        last = re.search(rf",\s*{_O}$|\s(?:at|@|with)\s+{_O.replace('<o>', '<p>')}$", text)
        if last:
            add(last.start("o") if last["o"] else last.start("p"), last.end(), 4)
    for pattern, weight in _patterns():
        for m in pattern.finditer(text):
            name, _, role = m["o"].partition(" for ")
            name = name if looks_like_title(role) else m["o"]  # 'Broadmere Primary for TA'
            if not _is_only_a_title(name) and not _starts_common(text, m.start("o"), name, weight):
                if _SUBJECT_OF.search(text[: m.start("o")]):
                    continue  # 'Teacher of Chemistry'
                add(m.start("o"), m.start("o") + len(name), weight)
    if segment.start < _OPENING and not found:
        for m in re.finditer(COMPANY, text):
            verb = _OPENS.match(m[0])
            start = m.start() + (verb.end() if verb else 0)
            name = text[start : m.end()]
            if verb and is_first_name(name.split()[0]):
                continue  # 'Met Irma Press'
            if names_a_kind(name) and not looks_like_title(name):
                add(start, m.end(), 3)
    for m in (*_SMALL.finditer(text), *_SMALL_THING.finditer(text)):
        kept = _small_name(m["o"].split())
        if kept:
            add(m.start("o"), m.start("o") + len(kept), 4)
    for m in _small_firm().finditer(text):
        if m["who"].lower() in people_words and _is_small_firm(m["first"], m["kind"]):
            add(m.start("o"), m.end("o"), 4)
    return found


@cache
def _small_firm() -> re.Pattern[str]:
    """'met marcus from bluegate logistics': a firm written small, by whom one met and the trade that ends it."""
    kinds = {*load("people")["firm_words"], *load("organisation")["surely_firms"]} - {*load("organisation")["agencies"]}
    trades = "|".join(sorted((re.escape(kind) for kind in kinds), key=len, reverse=True))
    return re.compile(
        r"(?:^\W*|\b(?:with|w|met|saw|spoke to|talked to|call from|by|and)\s+|\bw/\s*)(?:[^\W\d_]+ )?(?P<who>[^\W\d_]+) from "
        rf"(?P<o>(?-i:(?P<first>[a-z][a-z'’-]+) (?:[a-z&]+ )?(?P<kind>{trades})))\b"
        r"(?! (?:team|teams|dept|department|side|office|desk|and|or)\b|[-'’&])",
        re.IGNORECASE,
    )


def _is_small_firm(first: str, kind: str) -> bool:
    """'bluegate logistics' is one; 'warehouse logistics' may be a department, 'the trust' is any."""
    sure: list[str] = load("organisation")["surely_firms"]
    return first not in load("organisation")["no_firm_start"].split() and (not is_word(first) or kind in sure)


def _small_name(words: list[str]) -> str:
    """A name written small: its first word is none of English, or its second a kind of firm."""
    ends = load("organisation")["no_name_end"].split()
    kinds: list[str] = load("people")["organisation_words"]
    kept = words if len(words) == 2 and words[1] not in ends else words[:1]
    if len(kept) == 2 and (kept[1] in kinds or (kept[1][0].isupper() and not is_word(kept[0]))):
        return " ".join(kept)
    return "" if is_word(kept[0]) or re.match(r"\d", kept[0]) else " ".join(kept)


def _is_only_a_title(name: str) -> bool:
    """'Head of Finance' is one; 'Rook & Daughters Funeral Directors' are a firm."""
    return looks_like_title(name) and not ("&" in name and ends_a_firm(name.split()[-1]))


def _guess(segment: Segment, start: int, end: int, weight: int, people_words: frozenset[str]) -> Guess | None:
    text = segment.text
    if re.match(r"[/.]\d", text[end:]):
        end -= len(re.search(r"\s*\d*$", text[start:end])[0])  # type: ignore[index]  # 'Corvo Mares 12/11'
    value = trim_company(text[start:end])
    of = re.match(r"(?P<who>[^\s]+(?: [^\s]+){0,2}) of (?=[A-Z])", value)
    if of and is_first_name(of["who"].split()[0]):
        start, value = start + of.end(), value[of.end() :]
    start += max(0, text[start:end].find(value))
    if not value or len(value) > 60 or is_calendar(value) or names_people(value, people_words) or _FIELDS.search(value):
        return None
    before = text[:start]
    if _is_somebody_met(value, before) or _is_department(value) or _is_address(value, before):
        return None
    if value.split()[-1].lower() in load("organisation")["agencies"] and _ARRANGED.search(before):
        return Guess(value, segment.start + start, -9)
    amended = bool(_AMEND.search(before[-40:])) and (len(value.split()) > 1 or not before.lower().startswith("no")) and not re.search(r"(?i)\bnot\s*$", before)
    other = segment.kind is not SegmentKind.FIELD and (said_of_another(before) or _OWN_DEED.search(before))
    if other and not amended:
        return Guess(value, segment.start + start, -9)
    return Guess(value, segment.start + start, weight + (AMENDING if amended and weight > 1 else 0))


_ARRANGED = re.compile(
    r"\b(?:arranged|organi[sz]ed|booked|scheduled|set up|coordinated|sent|put forward) (?:by|via|through|with)\b[^.\n;]*$",
    re.IGNORECASE,
)
_STREETS = ("street", "st", "road", "rd", "lane", "avenue", "square", "row", "terrace", "way")
_ON = re.compile(r"\b(?:on|in|off|near|along|down|of|from)\s+(?:the\s+)?$", re.IGNORECASE)


def _is_address(value: str, before: str) -> bool:
    """'the shop on Castle Street': where, not who."""
    return value.split()[-1].lower() in _STREETS and bool(_ON.search(before))


def _is_department(value: str) -> bool:
    """'School Office', 'HR', 'Regards': who signs a mail there, and how, but no firm's name."""
    words = value.lower().split()
    ends: list[str] = load("organisation")["departments"]
    return words[-1] in ends or is_valediction(value)


def is_valediction(text: str) -> bool:
    """'Kind regards', 'Yours': the words that close a letter."""
    return text.lower().strip(" ,.!") in load("organisation")["valedictions"]


_WITH = re.compile(r"(?:\b(?:met|saw|with|by|spoke to|talked to)|\bw/)\s*$", re.IGNORECASE)


def _is_somebody_met(value: str, before: str) -> bool:
    """'with NADIA BELL': after a word of meeting, a given name and one more are a person, unless a kind of firm ends them."""
    words = value.split()
    kinds: list[str] = load("people")["organisation_words"]
    given = is_usual_name(words[0]) and words[0].lower() not in load("people")["ambiguous_names"]
    return given and len(words) == 2 and words[1].lower() not in kinds and bool(_WITH.search(before))


def _starts_common(text: str, start: int, value: str, weight: int) -> bool:
    """A capital that the sentence's start explains is no company; nor is 'I', nor a bare ordinary word after 'at'."""
    words = value.split()
    first = words[0]
    if re.fullmatch(r"(?i)so+|ok(?:ay)?|hm+|oh+|ah+|um+|well|right|office|reception", first) and len(words) == 1:
        return True
    if first in load("organisation")["no_company_start"] or (first == "The" and (start == 0 or len(words) == 1)):
        return True
    if len(words) == 1 and is_word(first) and _STARTS_A_TALK.match(text[start + len(value) :]):
        return True
    if weight == _WITH_NAME and first.isupper() and len(words) == 1 and not _TALK.search(text[:start]):
        return True  # 'four children with EAL'
    return 0 <= weight <= 2 and is_word(first) and (start == 0 or text[:start].rstrip()[-1:] in ".!?:;-")


def _is_a_pair(words: list[str], people_words: frozenset[str]) -> bool:
    """'w/ Priti & Tom': two people; 'Tom & Sons' is a firm."""
    if len(words) != 3 or words[1] not in ("&", "and", "+"):
        return False
    pair = (words[0], words[2])
    return any(w.lower() in people_words and is_first_name(w) for w in pair) and not any(is_word(w) for w in pair)


def names_people(value: str, people_words: frozenset[str]) -> bool:
    """True when ``value`` is made of words that are people's names."""
    words = [w.lower().strip(".,") for w in value.split() if w[:1].isupper()]
    full = [w for w in people_words if " " in w]
    if _is_a_pair(value.split(), people_words):
        return True
    whole = value.lower() in people_words or any(re.search(rf"\b{re.escape(name)}\b", value.lower()) for name in full)
    return whole or (bool(words) and all(w in people_words for w in words))


def is_calendar(value: str) -> bool:
    """'Monday', 'Nov 17', '16 Nov 2026', '2 pm', 'today' and 'Zoom': when and where, never who."""
    return bool(_CALENDAR.match(value))


def _without_a_place(words: list[str]) -> list[str]:
    """'Ferrow Lifting yard' is Ferrow Lifting: after capitals a small ordinary word says which place of theirs."""
    places: list[str] = load("organisation")["places"]
    capitals = len(words) > 2 and all(w[:1].isupper() for w in words[:-1])
    return words[:-1] if capitals and words[-1] in places else words


def trim_company(value: str) -> str:
    """The name without what stands around it: "Interview Ferrow Tiles'" becomes 'Ferrow Tiles'."""
    saints = re.match(r"St\.?\s", value.lstrip())  # 'St Anne's' is called so
    value = value.strip(" .,;:!?") if saints else re.sub(r"['’]s$", "", value.strip(" .,;:!?'’\"“”")).strip()
    value = re.sub(r"^(?:(?:Interview|Intvw|Debrief|Call|Panel|Notes|Role|Round|Screen)\s+)+(?=\S)", "", value)
    value = re.sub(r"^(?:Had|Did|Saw|Got|Done|Visited|Finished) (?:(?:the|my|an?|at) )+(?=[A-Z])", "", value)
    value = re.sub(r"(?<=\w) in [A-Z][a-z]+$", "", value)  # 'Salt & Stone in Leith'
    value = re.sub(r"\s+(?:Mon|Tue|Tues|Wed|Weds|Thu|Thur|Thurs|Fri|Sat|Sun)(?:\w*day)?(?:\s+\d{1,2})?$", "", value)
    words = _without_a_place(value.split())
    while len(words) > 1 and (
        (is_calendar(words[-1]) and not re.fullmatch(r"\d{1,2}", words[-1]))
        or words[-1].lower() in ("and", "of", "for", "the", "&", "+")
        or words[-1] in ("HM", "HR", "I", "The", "Interview", "Zoom", "Today")
    ):
        words.pop()
    return " ".join(words)
