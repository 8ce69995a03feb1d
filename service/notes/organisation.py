"""Which company and which role the interview was for, each with the words it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.notes.english import first_names, is_word
from service.notes.people import looks_like_title
from service.notes.segment import Segment, SegmentKind
from service.phrases import load
from service.types import Fact, Span, Warning, is_honorific

_UP = r"[A-ZÀ-ÖØ-ÞĀ-Ž0-9]"
_ORG = rf"(?:St\. )?{_UP}[\w'’.&-]*(?<![.,])(?:[ \t]+(?:(?:of|and|the|for|&|\+)[ \t]+)?{_UP}[\w'’&-]*(?:\.\w+)?){{0,7}}"
_FORMER = re.compile(
    r"\b(?:compet\w+|rivals?|clients?|customers?|suppliers?|my (?:last|old|previous|former|current|first)|last (?:job|role|company)|previous(?:ly)?|used to|when i (?:was|worked)|time at|years at|worked|while at|i (?:built|led|ran|did|made|cut)|"
    r"intern(?:ed|ship)?|currently|degree|studied|graduated|also|another|other|offer|final round|back at|former|ex-|from when|was at|my team|ref(?:erence)?|boss)\b[^.\n;]*$",
    re.IGNORECASE,
)
_COMPANY_FIELDS = {
    "company",
    "employer",
    "organisation",
    "organization",
    "org",
    "firm",
    "school",
    "hospital",
    "practice",
    "client",
}
_ROLE_FIELDS = {
    "role",
    "position",
    "job",
    "job title",
    "vacancy",
    "post",
    "interviewing for",
    "applying for",
    "applied for",
}
_ROLE_WORDS = r"(?:role|position|job|post|opening|vacancy|gig|opportunity|spot|slot)"
_AMEND = re.compile(r"\b(?:no wait|wait no|wait|actually|correction|sorry|i mean|scratch that|not)\b", re.IGNORECASE)


_AMENDING = 12  # a statement that corrects an earlier one outweighs everything said before


@dataclass(frozen=True)
class Organisation:
    company: Fact | None
    role: Fact | None
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    value: str
    start: int
    weight: int


def read_organisation(
    notes: str,
    segments: tuple[Segment, ...],
    people_words: frozenset[str] = frozenset(),
    titles: frozenset[str] = frozenset(),
) -> Organisation:
    """Company and role. Of two that contradict each other the later, corrected one wins and a warning says so."""
    head_company, head_role = read_headline(notes, segments, titles)
    head_company = [c for c in head_company if not _names_people(c.value, people_words)]
    companies = [*head_company, *(c for s in segments for c in _companies(notes, s, people_words))]
    roles = [*head_role, *(c for s in segments for c in _roles(notes, s))]
    roles = [c for c in roles if not set(c.value.lower().split()) & people_words]
    roles = [c for c in roles if c.value.lower() not in titles]  # an interviewer's title is not the role
    company, warnings = _choose(companies, "company")
    role, more = _choose(roles, "role")
    return Organisation(company, role, (*warnings, *more))


_PART = re.compile(
    r"\s+[-–—/|·]\s+|\s*[,;:|()•]\s*|(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)\.\s+|\s+w/\s+|\s+(?i:with|today|this afternoon|this morning)\s+"
)
_LEAD_IN = re.compile(
    r"^(?:[#*•>\s-]+|(?i:(?:my |the |an? |today was |had an? |had my )?(?:interview(?:ed|ing)?|met|spoke (?:to|with)|saw|intvw|debrief|call|chat|screen|phone screen|notes)\b(?: notes)?(?: for| with| at| w/)?(?: the| a| an)?\s*)|(?i:right|ok|so|omg)\b\s*)+"
)
_NO_NAME_END = frozenset(
    [
        "with",
        "today",
        "for",
        "on",
        "this",
        "yesterday",
        "and",
        "about",
        "as",
        "in",
        "at",
        "w",
        "by",
        "was",
        "is",
        "they",
        "she",
        "he",
        "i",
        "last",
        "next",
        "after",
        "from",
        "role",
        "job",
        "position",
        "again",
        "tomorrow",
        "just",
        "so",
    ]
)
_NO_ORG = re.compile(
    r"\b(?:i|me|my|she|he|they|we|it|its|was|is|are|were|said|met|spoke|two|one|first|an?|this|that|their|office|room|site cabin|people|today|yesterday|round|mystery|agency|zoom|teams|interview|who|panel|notes|topic|title|name|trial|went|done|last|next|half|writing|sat|call|chat)\b",
    re.IGNORECASE,
)


def read_headline(
    notes: str, segments: tuple[Segment, ...], titles: frozenset[str] = frozenset()
) -> tuple[list[_Candidate], list[_Candidate]]:
    """Company and role where the notes open with them side by side: 'THE DIAL / data reporter / Thurs Nov 12'."""
    opening = [s for s in segments if s.kind in (SegmentKind.LINE, SegmentKind.HEADING) and not s.label][:4]
    lower = sum(c.isupper() for c in notes) < 0.012 * max(1, sum(c.isalpha() for c in notes)) + 1
    parts: list[tuple[str, int]] = []
    for s in opening:
        at = 0
        for cut in [*_PART.finditer(s.text), None]:
            piece = s.text[at : cut.start()] if cut else s.text[at:]
            lead = _LEAD_IN.match(piece)
            offset = lead.end() if lead else 0
            if piece[offset:].strip(" .*#"):
                parts.append(
                    (
                        piece[offset:].strip(" .*#"),
                        s.start + at + offset + len(piece[offset:]) - len(piece[offset:].lstrip()),
                    )
                )
            at = cut.end() if cut else at
    roles = [
        k
        for k, (text, _) in enumerate(parts[:8])
        if _trim_role(text, 0)[0]
        and len(text.split()) <= 7
        and not _called_like_a_person(text)
        and text.lower() not in titles
        and not re.match(r"(?i)(?:their|our|his|her)\b", text)
        and not (k + 1 < len(parts) and _called_like_a_person(parts[k + 1][0]) and k != 1)
        and not (k and _called_like_a_person(parts[k - 1][0]))
    ]
    if not roles:
        return [], []
    r = roles[0]
    role, skipped = _trim_role(parts[r][0], 0)
    found_role = [_Candidate(role, parts[r][1] + skipped, 3)]
    for k in (r - 1, r + 1):
        if 0 <= k < len(parts) and _may_be_org(parts[k][0], early=k <= 1 and lower):
            return [_Candidate(_trim_org(parts[k][0]), parts[k][1], 5)], found_role
    return [], found_role


def _called_like_a_person(text: str) -> bool:
    first = text.split()[0].strip(".")
    return is_honorific(first) or (first.lower() in first_names() and first[:1].isupper())


def _may_be_org(text: str, *, early: bool) -> bool:
    words = text.split()
    if (
        not words
        or len(words) > 5
        or _is_calendar(text)
        or re.search(r"\d", text)
        or looks_like_title(text)
        or _NO_ORG.search(text)
    ):
        return False
    if words[0].lower() in ("and", "or", "of", "for"):
        return False
    capital = all(w[:1].isupper() or w.lower() in ("of", "and", "the", "for", "&", "+") for w in words)
    return (capital or early) and not _called_like_a_person(text)


def _choose(found: list[_Candidate], what: str) -> tuple[Fact | None, tuple[Warning, ...]]:
    if not found:
        return None, ()
    merged: dict[str, _Candidate] = {}
    for candidate in found:
        key = next((k for k in merged if _alike(k, candidate.value.lower())), candidate.value.lower())
        known = merged.get(key)
        if known is None:
            merged[key] = candidate
        else:
            longer = candidate if len(candidate.value) > len(known.value) and candidate.weight >= 2 else known
            merged[key] = _Candidate(longer.value, longer.start, known.weight + candidate.weight)
    best = max(merged.values(), key=lambda c: (c.weight, -c.start))
    if best.weight < 2:
        return None, ()
    fact = Fact(best.value, Span(best.start, best.start + len(best.value)))
    rivals = any(c is not best and c.weight >= 9 and best.weight >= 9 for c in merged.values())
    rivals = rivals or any(c.value == best.value and c.weight >= _AMENDING for c in found)
    detail = f"The notes name more than one {what}; the later, corrected one is used: {best.value}."
    return fact, ((Warning("contradiction", detail),) if rivals else ())


def _alike(a: str, b: str) -> bool:
    return a == b or a.startswith(b + " ") or b.startswith(a + " ")


def _companies(notes: str, segment: Segment, people_words: frozenset[str]) -> list[_Candidate]:
    text, base = segment.text, segment.start
    out: list[_Candidate] = []

    def add(start: int, end: int, weight: int) -> None:
        value = _trim_org(text[start:end])
        of = re.match(r"(?P<who>[^\s]+(?: [^\s]+){0,2}) of (?=[A-Z])", value)
        if of and of["who"].split()[0].lower() in first_names():
            start, value = start + of.end(), value[of.end() :]
        if not value or len(value) > 60 or _is_calendar(value) or _names_people(value, people_words):
            return
        former = _FORMER.search(text[:start]) or (
            _OWN_DEED.search(text[:start]) and segment.kind is not SegmentKind.FIELD
        )
        amended = (
            _AMENDING
            if _AMEND.search(text[max(0, start - 40) : start])
            and not re.search(r"\bnot\s*$", text[:start], re.IGNORECASE)
            else 0
        )
        out.append(
            _Candidate(
                value,
                base + start,
                -9 if former and segment.kind is not SegmentKind.FIELD and not amended else weight + amended,
            )
        )

    if segment.label in _COMPANY_FIELDS:
        first = re.match(r"[^,(\n|–]+(?= - | – |,|\(|$)|[^,(\n|]+", text)
        if first:
            add(0, first.end(), 10)
    titles = "|".join(re.escape(t) for t in load("people")["title_heads"])
    for pattern, weight in (
        (
            rf"\b(?i:interview(?:ed|ing)?|call|chat|screen|loop|day|panel|onsite|visit|meeting|met|spoke|saw|talked)\b[^.\n;]{{0,90}}?(?:\bat|@)\s+(?:the\s+)?(?P<o>{_ORG})",
            5,
        ),
        (
            rf"\b(?i:interview(?:ed|ing)?|call|chat|screen|loop|onsite|meeting)\b (?:\w+ ){{0,2}}(?:with|for|w/)\s+(?:the\s+)?(?P<o>{_ORG})",
            2,
        ),
        (rf"\b(?i:{titles})\s*(?:\bat|@|\bwith)\s+(?P<o>{_ORG})", 4),
        (
            rf"\b(?i:interview|met|call|chat|chatted|spoke|screen|zoom|w/|with|panel)\b[^.\n;]{{0,60}}?\b(?i:from|of)\s+(?P<o>{_ORG})",
            4,
        ),
        (rf"(?<!\w)(?i:w/|with)\s+(?P<o>{_ORG})(?=\s+(?i:for|re|about|today|yesterday|\()|[.,;]|$)", 3),
        (rf"(?:\b{_ROLE_WORDS})\s+(?:at|with|@|in|for)\s+(?P<o>{_ORG})", 5),
        (
            rf"\b(?i:company|employer|firm|startup|agency|school|hospital|shop|charity) (?:is|called|was|name is|named)\s+(?P<o>{_ORG})",
            7,
        ),
        (rf"\b(?:it'?s|its|was|is)\s+(?:actually\s+)?(?:called\s+)?(?P<o>{_ORG})\s*,?\s+not\s+{_ORG}", 12),
        (rf"\bnot\s+{_ORG}\s*[,;-]?\s*(?:but\s+)?(?:it'?s\s+)?(?P<o>{_ORG})", 8),
        (rf"\b(?i:join(?:ing)?|working (?:for|at)|work (?:for|at))\s+(?P<o>{_ORG})", 2),
        (
            rf"\b(?i:no wait|wait|actually|correction|i mean|scratch that)[,:\s]+(?:it'?s\s+|the company is\s+|at\s+)?(?P<o>{_ORG})",
            4,
        ),
        (
            rf"(?P<o>{_ORG})\s+(?:is|are|has|have|was|were|does|makes|runs|wants|uses|sells|builds|plans|serves|moved|opened|started|grew|just)\b",
            1,
        ),
        (rf"(?<!\w)@\s*(?P<o>{_ORG})", 4),
        (rf"(?P<o>{_ORG})\s+is\s+(?:the|their)\s+(?:company|firm|employer|shop|school)\b", 8),
        (
            rf"(?P<o>{_ORG})\s+(?i:interview|debrief|call notes|onsite|panel|phone screen|first round|second round|final round)\b",
            5,
        ),
        (rf"^(?i:interview|debrief|notes|call|phone screen|onsite)\s*[-–—:,/|@]\s*(?P<o>{_ORG})", 4),
    ):
        for found in re.finditer(pattern, text):
            value = found["o"]
            if looks_like_title(value) or _starts_common(text, found.start("o"), value, weight):
                continue
            add(found.start("o"), found.end("o"), weight)
    for found in re.finditer(
        r"(?:(?<!\w)@\s?|\b(?i:interview(?:ed)?|role|position|job|chat|call|screen|onsite)\b[^.\n;]{0,90}?\bat\s+)(?P<o>[a-z][\w'&-]+(?:\s+[a-z][\w'&-]+)?)",
        text,
    ):
        words = found["o"].split()
        kept = words if len(words) == 2 and words[1] not in _NO_NAME_END else words[:1]
        if not is_word(kept[0]) and not re.match(r"\d", kept[0]):
            start = found.start("o")
            add(start, start + len(" ".join(kept)), 4)
    if segment.kind is not SegmentKind.LINE or segment.heading == "" or len(text.split()) <= 9:
        out.extend(_header(text, base, people_words))
    return out


def _header(text: str, base: int, people_words: frozenset[str]) -> list[_Candidate]:
    """'Meridian Freight - Ops Analyst', 'Ops Analyst, Meridian Freight': a header line of company and role."""
    parts = [
        (m.group(0), m.start())
        for m in re.finditer(r"[^|–—,/·:\n()]+?(?=\s+-\s+|\s*[|–—,/·:\n()]|$)", text.replace(" - ", " – "))
    ]
    parts = [(p.strip(), s + len(p) - len(p.lstrip())) for p, s in parts if p.strip()]
    if not 2 <= len(parts) <= 4 or len(text.split()) > 14 or re.search(r"(?<!St)(?<!Mt)(?<!Dr)[.!?]\s", text):
        return []
    titles = [p for p in parts if looks_like_title(p[0])]
    if not titles:
        return []
    out = []
    for value, start in parts:
        words = value.split()
        if (
            looks_like_title(value)
            or (len(words) == 1 and is_word(words[0]))
            or not re.fullmatch(_ORG, value)
            or _names_people(value, people_words)
            or _is_calendar(value)
        ):
            continue
        out.append(_Candidate(value, base + start, 4))
        break
    return out


def _starts_common(text: str, start: int, value: str, weight: int) -> bool:
    """A capital that the sentence's start explains is no company; nor is 'I', nor a bare ordinary word after 'at'."""
    first = value.split()[0]
    if first in (
        "I",
        "I'm",
        "I'd",
        "I've",
        "HM",
        "HR",
        "CEO",
        "CTO",
        "VP",
        "Zoom",
        "Teams",
        "The",
        "She",
        "He",
        "They",
        "It",
        "My",
        "Monday",
    ):
        return True
    if (
        len(value.split()) == 1
        and is_word(first)
        and re.match(
            r"\s+(?i:interview|debrief|call|onsite|panel|phone|first|second|final)\b", text[start + len(value) :]
        )
    ):
        return True
    return weight <= 2 and is_word(first) and (start == 0 or text[:start].rstrip()[-1:] in ".!?:;-")


def _names_people(value: str, people_words: frozenset[str]) -> bool:
    words = [w.lower().strip(".,") for w in value.split() if w[:1].isupper()]
    return value.lower() in people_words or (bool(words) and all(w in people_words for w in words))


_OWN_DEED = re.compile(
    r"\bI(?:'ve|'d)? (?!(?:had|just|have|interviewed|applied|met|spoke|talked|saw|am|went|was interviewed|came)\b)\w+[^.\n;]*$|\bwe (?:found|built|had|did)[^.\n;]*$",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b(?:\s+\d|$)|^\d[\d:./-]*\s*(?:am|pm|AM|PM)?$|^(?:today|tomorrow|yesterday|zoom|teams|google|hm|hr|eow|eod|q[1-4])$",
    re.IGNORECASE,
)


def _is_calendar(value: str) -> bool:
    return bool(_CALENDAR.match(value))


def _trim_org(value: str) -> str:
    value = re.sub(r"['’]s$", "", value.strip(" .,;:!?'’\"“”")).strip()
    value = re.sub(r"^(?:(?:Interview|Intvw|Debrief|Call|Panel|Notes|Role|Round|Screen)\s+)+(?=\S)", "", value)
    words = value.split()
    while len(words) > 1 and (
        (_is_calendar(words[-1]) and not re.fullmatch(r"\d{1,2}", words[-1]))
        or words[-1] in ("HM", "HR", "I", "The", "Interview", "Zoom", "Today")
    ):
        words.pop()
    return " ".join(words)


_ROLE_PATTERNS = (
    (r"\b(?:for|about)\s+(?:the|a|an|their)\s+(?P<r>[\w&/+#.' -]{3,60}?)\s+" + _ROLE_WORDS + r"\b", 5),
    (
        r"\b(?:interview(?:ed|ing)?|applied|applying|application|candidate|screen|chat|call|zoom|finished|round)\b[^.\n;]{0,50}?\b(?:for|as|re)\s+(?:the\s+|a\s+|an\s+|their\s+)?(?P<r>[\w&/+#.' -]{3,60}?)(?=\s+(?:at|with|@|on|in the|today|yesterday|this|role|position|job|and|w/|team)\b|[,.;:(\n]|\s[-–—]\s|$)",
        4,
    ),
    (
        r"\b(?:interview\w*|appl\w+|hir\w+|considered|job|role)\b[^.\n;]{0,30}\bas\s+(?:a|an|the|their)\s+(?P<r>[\w&/+#.' -]{3,50}?)(?=\s+(?:at|with|@|on|in)\b|[,.;:(\n]|$)",
        2,
    ),
    (
        r"\b(?:role|position|job|post) (?:is|was|of|as|called)\s+(?:actually\s+)?(?:a |an |the |for )?(?P<r>[\w&/+#.' -]{3,60}?)(?=\s+(?:at|with|@|on|not)\b|[,.;:(\n]|$)",
        5,
    ),
    (r"\b(?:the|a|an|their)\s+(?P<r>[\w&/+#.' -]{3,50}?)\s+" + _ROLE_WORDS + r"\b", 3),
    (r"(?:^|[,;:(–-]\s*)(?P<r>[\w&/+#.' -]{3,50}?)\s+" + _ROLE_WORDS + r"\b", 4),
    (
        r"(?P<r>(?:[A-Z][\w&/+#.'-]*|of|and|&)(?:\s+(?:[A-Z][\w&/+#.'-]*|of|and|&|II|III))*)\s+(?:role|position|job|interview)\b",
        4,
    ),
    (r"\binterview\s*[-–—:]\s*(?P<r>[\w&/+#.' -]{3,50}?)(?=\s+(?:at|with|@)\b|[,.;:(\n|]|\s[-–—]\s|$)", 4),
    (r"^(?P<r>[\w&/+#.' -]{3,50}?)\s*(?:\bat|@)\s+[\w]", 4),
    (r"(?:\bat|@)\s+(?:[A-Z][\w'&.-]*\s*){1,4}\((?P<r>[^()]{3,40})\)", 4),
)


def _roles(notes: str, segment: Segment) -> list[_Candidate]:
    text, base = segment.text, segment.start
    out: list[_Candidate] = []
    if segment.label in _ROLE_FIELDS and segment.heading == segment.label and segment.kind is SegmentKind.FIELD:
        return out  # a table's column of the interviewers' titles
    if segment.label in _ROLE_FIELDS:
        first = re.match(r"[^,\n|(]+?(?=\s+(?:at|@|with)\s|,|\(|\n|\||\s[-–—]\s|$)", text)
        if first:
            out.append(_Candidate(first.group(0).strip(), base, 10))
        return out
    for pattern, weight in _ROLE_PATTERNS:
        for found in re.finditer(pattern, text, re.IGNORECASE if not pattern.startswith("(?P<r>(?:[A-Z]") else 0):
            value, offset = _trim_role(found["r"], found.start("r"), named=weight == 5)
            if (
                value
                and not _FORMER.search(text[: found.start("r")])
                and not re.search(r"\bmy\b[^.\n;]{0,30}$", text[: found.start("r")], re.IGNORECASE)
            ):
                amended = _AMENDING if _AMEND.search(text[max(0, offset - 40) : offset]) else 0
                out.append(_Candidate(value, base + offset, weight + amended))
    if segment.kind is SegmentKind.MAIL and not segment.label:
        return out
    alone, _ = (
        ("", 0)
        if re.search(r"[,;|–—:]|\s-\s", text)
        else _trim_role(
            re.sub(r"\s*\b(?:interview|intvw|interviw|debrief|notes)\b.*$", "", text.strip(" ."), flags=re.IGNORECASE),
            0,
        )
    )
    if alone and len(alone.split()) >= 2 and len(text.split()) <= 6:
        out.append(_Candidate(alone, base + text.find(alone), 3))
    if len(text.split()) <= 14 and segment.kind is not SegmentKind.FIELD:
        for part in re.finditer(r"[^|–—,/·:\n()]+", text.replace(" - ", " – ")):
            value, offset = _trim_role(
                re.sub(r"\s+(?:interview|intvw|interviw)\b.*$", "", part.group(0), flags=re.IGNORECASE), part.start()
            )
            whole = len(value.split()) >= 2 or value[:1].isupper()
            if value and whole and _header(text, base, frozenset()) and part.group(0).strip().startswith(value):
                out.append(_Candidate(value, base + offset, 3))
    return out


def _trim_role(value: str, start: int, *, named: bool = False) -> tuple[str, int]:
    """The role's words and where they start; '' where they are none. ``named``: 'for the … post' says that it is a role."""
    lead = re.match(
        r"\s*(?:(?:my|the|a|an|their|this|that|for|as|first|second|final|third|1st|2nd|3rd|round|phone|interview|screen|got|out|of|today|just|had|with|in|at|about|to|is|was|were|new|open|\d+|am|pm)\s+)*",
        value,
        re.IGNORECASE,
    )
    skipped = lead.end() if lead else 0
    plain = re.sub(rf"\s+{_ROLE_WORDS}$", "", value[skipped:].strip(" .,-'"), flags=re.IGNORECASE)
    start += skipped + len(value[skipped:]) - len(value[skipped:].lstrip(" .,-'"))
    if " for " in plain and not looks_like_title(plain.split(" for ")[0]):
        start += plain.rindex(" for ") + 5
        plain = plain[plain.rindex(" for ") + 5 :]
    words = plain.split()
    if not words or len(words) > 7 or not (looks_like_title(plain) or (named and len(words) <= 4)):
        return "", start
    if any(
        w.lower()
        in (
            "i",
            "she",
            "he",
            "they",
            "who",
            "said",
            "asked",
            "with",
            "was",
            "is",
            "my",
            "me",
            "we",
            "you",
            "it",
            "not",
            "about",
            "told",
            "works",
            "would",
            "hiring",
            "coordinator",
        )
        for w in words
    ):
        return "", start
    if not (
        named
        or looks_like_title(words[-1])
        or re.search(
            r"\b(?:head|director|vp|lead|manager|chief|dean|teacher|nurse|engineer|officer|assistant|intern|analyst|apprentice|trainee|coordinator|chair) (?:of|for)\b",
            plain,
            re.IGNORECASE,
        )
        or re.search(r"\b(?:ii|iii|i|2|3|iv)$", plain, re.IGNORECASE)
        or looks_like_title(words[0])
    ):
        return "", start
    return plain, start
