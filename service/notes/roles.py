"""Which role the interview was for: 'for the ward manager job at Alder House', 'Role: night porter'."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from service.notes.companies import said_of_another
from service.notes.english import is_first_name, is_word
from service.notes.guess import AMENDING, Guess
from service.notes.names import ends_a_firm
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import looks_like_title, title_heads
from service.phrases import load

_R = r"(?P<r>[\w&/+#.' -]{3,60}?)"
_ROLE = (
    rf"(?:{'|'.join(('role', 'position', 'job', 'post', 'opening', 'vacancy', 'gig', 'opportunity', 'spot', 'slot'))})"
)
_ENDS = r"(?=\s+(?:at|with|@|on|in the|in (?=[A-Z])|today|yesterday|this|role|position|job|and|w/|team|from)\b|[,.;:(\n]|\s[-–—]\s|$)"
_NAMED = 5  # 'for the … post' says that it is a role, whatever its words
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (rf"\b(?:for|about)\s+(?:the|a|an|their)\s+{_R}\s+{_ROLE}\b", _NAMED),
        (
            r"\b(?:interview(?:ed|ing)?|applied|applying|application|candidate|screen|chat|call|zoom|finished|round|visit|trial day)\b[^.\n;]{0,90}?"
            rf"\b(?:for|as|re:?)\s+(?:the\s+|a\s+|an\s+|their\s+)?{_R}{_ENDS}",
            4,
        ),
        (
            rf"\b(?:interview\w*|appl\w+|hir\w+|considered|job|role)\b[^.\n;]{{0,30}}\bas\s+(?:a|an|the|their)\s+{_R}(?=\s+(?:at|with|@|on|in)\b|[,.;:(\n]|$)",
            2,
        ),
        (
            rf"\b(?:role|position|job|post) (?:is|was|of|as|called)\s+(?:actually\s+)?(?:a |an |the |for )?{_R}(?=\s+(?:at|with|@|on|not)\b|[,.;:(\n]|$)",
            _NAMED,
        ),
        (
            rf"\b(?:actually|i mean|correction|no)[,:]?\s+(?:it'?s\s+|for\s+)?(?:the\s+|a\s+|an\s+)?{_R}(?=[,.;:(\n]|$)",
            0,
        ),
        (rf"\b(?:the|a|an|their)\s+{_R}\s+{_ROLE}\b", 3),
        (rf"^\W*(?:(?:so+|ok|okay|right|well)\b)?\W*{_R}\s+(?:interview|iv|intvw|chat|thing|trial|screen)\b", 4),
        (rf"\bfor (?:the|a|an)\s+{_R}(?=[,.;]|$)", 2),
        (rf"\bre:\s+{_R}{_ENDS}", 3),
        (rf"\b(?:company|firm|employer) (?:is|was) (?-i:[A-Z])[^,.;\n]{{2,40}}, {_R}(?=[,.;]|$)", 5),
        (rf"(?:^|[,;:(–-]\s*){_R}\s+{_ROLE}\b", 4),
        (
            r"(?-i:(?P<r>(?:[A-Z][\w&/+#.'-]*|of|and|&)(?:\s+(?:[A-Z][\w&/+#.'-]*|of|and|&|II|III)){0,7}))\s+(?:role|position|job|interview)\b",
            4,
        ),
        (rf"\binterview\s*[-–—:]\s*{_R}(?=\s+(?:at|with|@)\b|[,.;:(\n|]|\s[-–—]\s|$)", 4),
        (rf"^{_R}\s*(?:\bat|@)\s+[\w]", 4),
        (r"(?:\bat|@)\s+(?-i:[A-Z][\w'&.-]*\s*){1,4}\((?P<r>[^()]{3,40})\)", 4),
    )
)
_AMEND = re.compile(r"\b(?:no wait|wait no|wait|actually|correction|sorry|i mean|scratch that|not)\b", re.IGNORECASE)
# 'told him about the dairy job', 'holding out for the port job'
_ELSEWHERE = re.compile(
    r"\b(?:told|tell|mention(?:ed)?|hold(?:ing)? out|waiting|rather|prefer|instead|back (?:up|to))\b[^.\n]{0,25}$|\b(?:an?|per|each|every) (?:hour|hr|day|week|month|year) (?:for|to) (?:the|an?) $",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\s*(?:(?:(?:post|role|position|job|place) (?:of|as(?: an?)?)|yes|yep|yeah|ok|okay|so|well|(?:the )?position(?= [a-z])|A\.(?= )|my|the|a|an|their|this|that|for|as|first|second|final|third|1st|2nd|3rd|round|phone|interview|interviewed|panel|screen|call|chat|got|out|of|today"
    r"|just|had|with|in|at|about|to|is|was|were|new|open|\d+|am|pm)\s+)*",
    re.IGNORECASE,
)
_INNER_TITLE = re.compile(
    r"\b(?:head|director|vp|lead|manager|chief|dean|teacher|nurse|engineer|officer|assistant|intern|analyst|apprentice|trainee|coordinator|chair) (?:of|for)\b",
    re.IGNORECASE,
)


@cache
def _never() -> frozenset[str]:
    return frozenset(load("organisation")["no_role"].split())


def roles_in(segment: Segment) -> list[Guess]:
    """Every role that this segment names as the one applied for."""
    text, base = segment.text, segment.start
    fields: list[str] = load("organisation")["role_fields"]
    if segment.kind is SegmentKind.FIELD and segment.label in load("owner_cues")["headings"]["name_columns"]:
        return []  # 'Priti S., AP lead' under 'who'
    if segment.label in fields:
        if segment.heading == segment.label and segment.kind is SegmentKind.FIELD:
            return []  # a table's column of the interviewers' titles
        first = re.match(r"[^,\n|(]+?(?=\s+(?:at|@|with)\s|,|\(|\n|\||\s[-–—]\s|(?<=[a-z]{3})\.\s+[A-Z]|$)", text)
        return [Guess(first.group(0).strip(" ;,."), base, 10)] if first else []
    if segment.kind is SegmentKind.MAIL and segment.label in ("subject", "re"):
        return _alone(text, base)
    found = [guess for pattern, weight in _PATTERNS for guess in _matches(pattern, weight, text, base)]
    return found if segment.kind is SegmentKind.MAIL else [*found, *_alone(text, base)]


def _matches(pattern: re.Pattern[str], weight: int, text: str, base: int) -> list[Guess]:
    found = []
    for m in pattern.finditer(text):
        value, start = trim_role(m["r"], m.start("r"), named=weight == _NAMED)
        before = text[: m.start("r")]
        if (
            not value
            or _ELSEWHERE.search(before)
            or said_of_another(before)
            or re.search(r"(?i)\bmy\b[^.\n;]{0,30}$", before)
        ):
            continue
        amended = AMENDING if _AMEND.search(text[max(0, start - 40) : start]) else 0
        if weight or (amended and re.search(rf"(?i)\b{_ROLE}\b|\bfor the\b", text[:start])):
            found.append(Guess(value, base + start, weight + amended))
    return found


def _alone(text: str, base: int) -> list[Guess]:
    """A short line that is the role and nothing else: 'Front Office Manager', 'sous chef interview'."""
    if (
        re.search(r"[|–—:~*>]|\s-\s|--|\s[^\w\s\x00-\x7f]\s", text)
        or "=" in text
        or len(text.split()) > 6
        or _MET.match(text)
    ):
        return []
    for part in text.strip(" .").split(","):
        plain = re.sub(r"^\s*(?i:your interview|interview invitation|invitation)\b", "", part)
        plain = re.sub(r"\s*\b(?:interview|intvw|interviw|debrief|notes)\b.*$", "", plain, flags=re.IGNORECASE)
        value, _ = trim_role(plain, 0)
        if value and len(value.split()) >= 2:
            return [Guess(value, base + text.find(value), 3)]
    return []


def trim_role(value: str, start: int, *, named: bool = False, longest: int = 7) -> tuple[str, int]:
    """The role's words and where they start; '' where they are none. ``named``: the words around say that it is a role."""
    lead = _LEAD.match(value)
    skipped = lead.end() if lead else 0
    post = re.match(r"(?i)[\w -]{2,30} post (?:on|in) the [\w -]+$", value[skipped:])
    plain = value[skipped:].strip(" .,-'")
    start += skipped + len(value[skipped:]) - len(value[skipped:].lstrip(" .,-'"))
    if post and len(plain.split()) <= longest:
        return plain, start
    plain = re.sub(
        rf"\s+(?:{_ROLE}|interview|intvw|iv|onsite|assessment(?: day| centre)?|trial(?: shift| day)?|thing|chat|call|in the \\w+)$", "", plain, flags=re.IGNORECASE
    )
    if _PACE.search(plain):
        return "", start
    plain = re.sub(r"\s+for (?:the )?(?:spring|summer|autumn|winter|holidays|season|twins|kids|children)$", "", plain, flags=re.IGNORECASE)
    if " for " in plain and not looks_like_title(plain.split(" for ")[0]):
        last = plain.rindex(" for ") + 5
        article = re.match(r"(?i)(?:the|their)\s+(?:(?:role|post|position|job|place)\s+(?:of\s+)?)?", plain[last:])
        last += article.end() if article else 0
        start, plain = start + last, plain[last:]
    return (plain, start) if _is_role(plain, named=named) else ("", start)


_NO_ROLE = re.compile(
    r"\s(?:-|[/|~*>]+)\s|--|—|\w:\s|=|\bre\b|[^\w\s\x00-\x7f–—’]|\b(?:by|every|each|per|they|she|he|we)\b|^(?-i:hrs?)\b|\b(?:recruiting|recruitment|hiring|interview|scheduling|talent) coordinator\b|\ban? hrs?\b",
    re.IGNORECASE,
)
_MET = re.compile(r"\W*(?:i )?(?:met|saw|spoke (?:to|with)|sat (?:down )?with)\b", re.IGNORECASE)
_PACE = re.compile(
    r"\b(?:an?|per|each|every) (?:hour|shift|day|week|month|year)\b", re.IGNORECASE
)  # 'forty a day for …'
_COUNTED = re.compile(r"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|some)\s", re.IGNORECASE)


_TRADE = re.compile(r"(?:ologist|ographer|ician|ist|keeper|maker|smith|dresser|stress|monger|wright|tendant|eer)$", re.IGNORECASE)


def is_trade(word: str) -> bool:
    """'geologist', 'zookeeper', 'kraanmachinist': by its ending what somebody does."""
    return bool(_TRADE.search(word)) or (bool(re.search(r"(?:er|or|ian)$", word)) and not is_word(word))


def _is_called(words: list[str]) -> bool:
    """'Ilse Obertaler' is a person, whatever the name ends on."""
    capitals = len(words) > 1 and all(w[:1].isupper() for w in words)
    return capitals and (is_first_name(words[0]) or not any(is_word(w) for w in words))


def _is_role(plain: str, *, named: bool) -> bool:
    words = plain.split()
    if not words or _NO_ROLE.search(plain) or _COUNTED.match(plain):
        return False
    if len(words) > 7 or re.search(r"[£$€%]|\d{3}", plain) or any(w.lower() in _never() for w in words):
        return False
    if len(words) == 2 and all(w[:1].isupper() for w in words) and not is_word(words[1]) and not is_trade(words[1]):
        return looks_like_title(words[1])  # 'Dev Shah' is somebody
    if is_first_name(words[0]) and ends_a_firm(words[-1]) and words[0].lower() not in title_heads():
        return False  # 'Rosie Bakers'
    if named:
        return looks_like_title(plain) or len(words) <= 4
    if len(words) <= 3 and not _is_called(words) and is_trade(words[-1]):
        return True  # a trade that no list holds
    return looks_like_title(plain) and bool(
        looks_like_title(words[-1])
        or _INNER_TITLE.search(plain)
        or any(a.lower() in title_heads() and b.lower() in ("of", "de", "du") for a, b in pairwise(words))
        or re.search(r"\bin charge$", plain)
        or re.search(r"\b(?:ii|iii|i|2|3|iv)$", plain, re.IGNORECASE)
        or looks_like_title(words[0])
    )
