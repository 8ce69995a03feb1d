"""What each date in the notes is about: the cue words of its sentence, or its place in a heading, say so."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from service.notes.date_phrases import DatePhrase, any_of, find_phrases, lower, sentence_bounds, words
from service.types import Span

_REACH = 70  # characters between a cue and its date
_REACH_OTHER = 25
_BACKWARD = 30  # a cue after the date counts as that much further away


@dataclass(frozen=True)
class Said:
    """One statement of a date: the phrase that counts, and with ``until`` the other end of 'Thursday or Friday'."""

    phrase: DatePhrase
    span: Span  # includes what was taken back: 'Thursday no wait Friday'
    until: DatePhrase | None = None
    cue: str = ""  # decision, interview, next_round, earlier, deadline, other, heading, or '' where nothing says
    cue_text: str = ""
    forward: bool = True  # the cue stands before the date
    gap: int = 0
    amends: bool = False  # words such as 'update' or 'moved to' make it the newer one


@dataclass(frozen=True)
class _Cue:
    kind: str
    start: int
    end: int
    text: str


_ORDER = ("decision", "earlier", "next_round", "interview", "deadline", "other")


@cache
def _cue_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    cues = words()["cues"]
    return tuple((kind, re.compile(rf"(?:(?<![\w-])|(?='))(?:{any_of(cues[kind])})(?![\w-])")) for kind in _ORDER)


@cache
def _joins() -> tuple[re.Pattern[str], re.Pattern[str]]:
    edge = r"[ \t,.:…(–—-]*"
    word, either = any_of(words()["corrections"]), any_of(words()["alternatives"])
    taken_back = rf"{edge}(?:{word})(?:{edge}(?:{word}))*{edge}(?:it\s+was\s+|it's\s+|on\s+|by\s+)*"
    other_end = rf"[ \t,]*(?:{either})\s*(?:on\s+|by\s+)?"
    return re.compile(taken_back, re.IGNORECASE), re.compile(other_end, re.IGNORECASE)


def read_statements(notes: str) -> tuple[Said, ...]:
    """Every statement of a date with the cue that binds it; wordings that nothing shows to be a date are left out."""
    statements = list(_joined(notes, find_phrases(notes)))
    if not statements:
        return ()
    bounds = list(sentence_bounds(notes))
    bound = _bind(statements, _cues(notes, statements), bounds)
    labelled = (_with_heading(said, notes, bounds) for said in _amended(bound, notes))
    return tuple(said for said in labelled if not said.phrase.bare or _confirmed(said, notes))


def _joined(notes: str, phrases: Sequence[DatePhrase]) -> Iterator[Said]:
    """'Thursday no wait Friday' is Friday, 'Thursday or Friday' both."""
    taken_back, other_end = _joins()
    current: Said | None = None
    for phrase in phrases:
        gap = notes[current.span.end : phrase.span.start] if current else ""
        span = Span(current.span.start, phrase.span.end) if current else phrase.span
        if current and len(gap) < 40 and (taken_back.fullmatch(gap) or _settled(gap, notes, phrase.span.end)):
            current = Said(phrase, span)
        elif current and len(gap) < 20 and other_end.fullmatch(gap) and current.until is None:
            current = Said(current.phrase, span, until=phrase)
        else:
            if current:
                yield current
            current = Said(phrase, phrase.span)
    if current:
        yield current


_IN_THE_END = re.compile(r"[ \t]*(?:(?:he|she|they) (?:said|says) )?(?:in the end|after all|finally)\b", re.IGNORECASE)


def _settled(gap: str, notes: str, end: int) -> bool:
    """'Sunday ... Monday she said in the end' is Monday."""
    return bool(re.fullmatch(r"[\s.,…–—-]{1,6}", gap) and _IN_THE_END.match(notes, end))


_AMENDING_REACH = 60  # characters between a date and the newer word on it
_NOW = re.compile(r"[ \t]*,?[ \t]*(?:now|instead|rather)\b", re.IGNORECASE)


def _amended(statements: Sequence[Said], notes: str) -> Iterator[Said]:
    """'decision Fri. update: it's Tuesday now': a date without a cue that amends the one before is about the same."""
    earlier: Said | None = None
    for said in statements:
        gap = notes[earlier.span.end : said.span.start] if earlier else ""
        if earlier and earlier.cue in ("decision", "interview"):
            now = bool(_NOW.match(notes, said.span.end, said.span.end + _AMENDING_REACH))
            free = not said.cue or said.cue_text in words()["amending"]
            free = free and not _stamps(gap, notes[said.span.end : said.span.end + 4])
            if free and len(gap) <= _AMENDING_REACH and _is_told_anew(gap, now=now):
                newer = now or "~~" in gap or _amends(gap, "amending")
                said = replace(said, cue=earlier.cue, cue_text=earlier.cue_text, gap=len(gap), amends=newer)
            elif said.cue == earlier.cue:
                said = replace(said, amends=_amends(gap[-_AMENDING_REACH:], "amending_anywhere"))
        yield said
        if earlier and earlier.cue and not said.cue and _stamps(gap, notes[said.span.end : said.span.end + 4]):
            earlier = replace(earlier, span=said.span)
        else:
            earlier = said


def _stamps(gap: str, after: str) -> bool:
    """The day of an update itself: 'EDIT 6 May: …', 'Update (6 May) …'."""
    return _amends(gap, "amending") and bool(re.match(r"[ \t]*:", after) or (gap.endswith("(") and after[:1] == ")"))


def _words_of(gap: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", gap.replace("’", "'"))


def _amends(gap: str, kind: str) -> bool:
    return any(word.lower() in words()[kind] for word in _words_of(gap))


def _is_told_anew(gap: str, *, now: bool) -> bool:
    """Little but words that amend or tell stands between two dates, one name at most: 'Lotte mailed: moved to'."""
    found = [word.lower() if word.lower() in _retelling() else word for word in _words_of(gap)]
    others = [word for word in found if word not in _retelling()]
    told = now or "~~" in gap or any(word in _retelling() and word not in words()["small"] for word in found)
    return told and len(others) <= 1 and all(word[0].isupper() for word in others)


@cache
def _retelling() -> frozenset[str]:
    return frozenset((*words()["amending"], *words()["telling"], *words()["small"]))


def _cues(notes: str, statements: Sequence[Said]) -> list[_Cue]:
    """The cues within reach of a date, in order; one within a longer one says nothing ('call' in 'next call')."""
    text = lower(notes)
    found = [
        _Cue(kind, *match.span(), match[0])
        for start, end in _around(text, statements)
        for kind, pattern in _cue_patterns()
        for match in pattern.finditer(text, start, end)
    ]
    found.sort(key=lambda cue: (cue.start, -cue.end))
    kept: list[_Cue] = []
    for cue in found:
        if not kept or cue.start >= kept[-1].end:
            kept.append(cue)
    return kept


def _around(text: str, statements: Sequence[Said]) -> list[tuple[int, int]]:
    """The stretches within reach of a date, widened to whole words."""
    found: list[tuple[int, int]] = []
    for said in statements:
        start = text.rfind(" ", 0, max(0, said.span.start - _REACH - 20)) + 1
        end = text.find(" ", said.span.end + _REACH + 20)
        end = len(text) if end < 0 else end
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _bind(statements: Sequence[Said], cues: Sequence[_Cue], bounds: Sequence[int]) -> list[Said]:
    """Each cue binds the date after it in its sentence, unless another cue stands between; else the date before."""
    best: dict[int, tuple[int, Said]] = {}
    starts = [said.span.start for said in statements]
    for position, cue in enumerate(cues):
        following = bisect_right(starts, cue.start)
        if following and statements[following - 1].span.end >= cue.end:
            continue  # inside the wording itself
        target, forward = _target(position, cues, statements, following, bounds)
        if target is None:
            continue
        said = statements[target]
        gap = max(0, said.span.start - cue.end) if forward else cue.start - said.span.end
        cost = gap if forward else gap + _BACKWARD
        if target not in best or cost < best[target][0]:
            phrase, until = said.phrase, said.until
            best[target] = cost, Said(phrase, said.span, until, cue.kind, cue.text, forward, gap)
    return [best[index][1] if index in best else said for index, said in enumerate(statements)]


def _target(
    position: int, cues: Sequence[_Cue], statements: Sequence[Said], following: int, bounds: Sequence[int]
) -> tuple[int | None, bool]:
    cue = cues[position]
    reach = _REACH_OTHER if cue.kind == "other" else _REACH
    sentence = bisect_right(bounds, cue.start)
    if following < len(statements):
        start = statements[following].span.start
        if start - cue.end <= reach and bisect_right(bounds, start) == sentence and not _blocked(position, cues, start):
            return following, True
    if following:
        said = statements[following - 1]
        if cue.start - said.span.end <= reach and bisect_right(bounds, said.span.start) == sentence:
            return following - 1, False
    return None, False


def _blocked(position: int, cues: Sequence[_Cue], start: int) -> bool:
    between = (cue for cue in cues[position + 1 : position + 8] if cue.end <= start)
    mine = cues[position].kind
    return any(cue.kind != mine and (cue.kind != "other" or start - cue.end <= _REACH_OTHER) for cue in between)


_LABEL = re.compile(
    r"\W*(?:interview\s+)?(?:date(?:\s*(?:/|and|&)\s*time)?|when|sent|day)\W*[:|\t]\W*(?:on\s+)?", re.IGNORECASE
)

_MAIL_HEADER = re.compile(r"^(?:from|subject|to)[ \t]*:", re.IGNORECASE | re.MULTILINE)  # its date is when it was sent


def _with_heading(said: Said, notes: str, bounds: Sequence[int]) -> Said:
    """A 'Date:' line, the first line and a line with nothing but a date say when the interview was."""
    start, end = said.span.start, said.span.end
    line_start = notes.rfind("\n", 0, start) + 1
    line_end = end + (notes + "\n")[end:].index("\n")
    before, after = notes[line_start:start], notes[end:line_end]
    if _LABEL.fullmatch(before):
        if _MAIL_HEADER.search(notes, max(0, line_start - 200), line_end + 200):
            return Said(said.phrase, said.span, said.until, "heading")
        return Said(said.phrase, said.span, said.until, "interview", "date")
    if said.cue:
        return said
    alone = not re.search(r"\w", before + after)
    first_line = not notes[:line_start].strip()
    first_sentence = bisect_right(bounds, start) == bisect_right(bounds, len(notes) - len(notes.lstrip()))
    if said.phrase.form == "just_now" or alone or (first_line and first_sentence) or _in_headline(said, notes):
        return Said(said.phrase, said.span, said.until, "heading")
    return said


_HEADLINE = 300  # characters of the opening
_APART = re.compile(r"(?:^|[.,;:/|·()*#–—-])[ \t]*\*{0,2}(?:on[ \t]+)?$", re.MULTILINE)
_APART_AFTER = re.compile(r"[ \t]*(?:$|[.,;:/|·()*–—-]|w/|with\b|at \d|\d{1,2}[:.]\d\d)", re.MULTILINE)


def _in_headline(said: Said, notes: str) -> bool:
    """'Bexwell Build, site mgr, Mon Nov 10, site cabin': early in the notes, the date is a part of its own."""
    start, end = said.span.start, said.span.end
    line_start = notes.rfind("\n", 0, start) + 1
    line = notes[line_start : end + (notes + "\n")[end:].index("\n")]
    brief = len(line.split()) <= 14 and not re.search(r"[.!?]\s+\S", line)
    early = start < _HEADLINE or (brief and notes.count("\n", 0, start) < 12)
    return early and bool(_APART.search(notes[line_start:start])) and bool(_APART_AFTER.match(notes, end))


# 'from 26 to 12 days', 'for a week': how long something took.
_LASTED = re.compile(r"\b(?:from|for|of|every|per|took|takes|lasted|about every)\s+$", re.IGNORECASE)


def _confirmed(said: Said, notes: str) -> bool:
    """A count of weeks needs a promise before it, '11/17' a cue or a heading; '9/10' is a mark, not a day."""
    if said.phrase.form == "count":
        if _LASTED.search(notes[max(0, said.span.start - 20) : said.span.start]):
            return False
        return said.cue == "decision" and not said.cue_text.startswith(("decid", "choos"))
    if said.phrase.groups.get("second") in ("5", "10", "100") or said.phrase.groups.get("mark") != "/":
        return False
    if said.cue == "heading":
        return not re.match(r"[ \t]*\w", notes[said.span.end : said.span.end + 8])
    before = notes[max(0, said.span.start - 30) : said.span.start].rstrip()
    last_word = re.search(r"[\w'-]+$", before)
    named = last_word is None or last_word[0][0].isupper() or before.lower().endswith(said.cue_text)
    return said.cue in ("interview", "decision", "earlier") and said.gap <= 30 and named
