"""Pasted text → segments: one thing the notes say, with its span and the heading or speaker label it stands under."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from service.notes.english import is_first_name
from service.notes.headings import heading_title, known_headings
from service.phrases import load
from service.types import is_honorific


class SegmentKind(StrEnum):
    LINE = "line"  # a bullet, a sentence, a clause
    HEADING = "heading"
    FIELD = "field"  # "Company: Meridian"
    MAIL = "mail"  # an e-mail header, greeting or signature line
    QUESTION = "question"  # "Q: …" of a question and answer list
    ANSWER = "answer"


@dataclass(frozen=True)
class Segment:
    start: int
    end: int
    text: str
    kind: SegmentKind = SegmentKind.LINE
    heading: str = ""  # the nearest heading above, lower case
    label: str = ""  # what stood before a colon on this line: a field name or a speaker
    title: str = ""  # what stood beside the speaker's name: 'Priya (director): …'


_LINE = re.compile(r"[^\r\n]+")
_BULLET = re.compile(
    r"[\s>]*(?:-(?=[^\W\d_]{2}))?(?:(?:[-*•◦▪‣·–—+]|\d{1,2}[.)]|\d(?=\s+[A-ZÀ-Þ][\w'’-]+ [A-ZÀ-Þ][\w'’-]+ [-–—] )|[a-z]\)|\[[ xX]?\]|[☐☑✓✔→➜])(?=\s|$)\s*)*"
)
_EMOJI_LEAD = re.compile(r"^[^\w\s\"'(\[<{@#$€£~+*_=-]+\s*")
_LABEL = re.compile(
    r"^(?P<label>[^\W\d_][\w .'’/&-]{0,28}?)(?P<title>\s*\([^()]{1,40}\)|,\s[\w &/-]{2,40})?\s*(?P<mark>(?<!:):(?!//|:)|\s[-–—=](?=\s)|\s?\.{4,}(?=\s))\s*(?P<rest>.*)$"
)
_TIMESTAMP = re.compile(
    r"^(?:\[?\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]m)?\]?|\[\d{1,2}/\d{1,2}[^\]]*\])\s*[-–:]?\s*(?=\S)", re.IGNORECASE
)
_RULE = re.compile(r"^[\s|:+=_*~-]{3,}$")
_MAIL_HEADER = re.compile(
    r"^(from|to|cc|bcc|subject|date|sent|when|where|location|reply-to|organizer|invitees|dial-in|join)\s*:",
    re.IGNORECASE,
)
_CHAT_STAMP = re.compile(r"^[^\W\d_][\w .]{0,24}?,?\s+\[?\d{1,2}:\d{2}(?::\d{2})?\]?(?:\s*[ap]m)?\]?$", re.IGNORECASE)
_GREETING = re.compile(r"^(hi|hello|hey|dear)\s+[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*)?\s*[,!.]?\s*$", re.IGNORECASE)
_VALEDICTION = re.compile(
    r"^(best|best regards|kind regards|warm regards|regards|many thanks|thanks|thank you|cheers|sincerely|yours sincerely"
    r"|best wishes|all the best|talk soon|looking forward)\s*[,!.]?\s*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ@$€£]|i\b|[a-zà-ÿ])|\s*;\s+|(?<!\d)(?<!\d[a-z])(?<!\d%)\s+(?:->|=>|//|\|\|)\s+(?!~?[$€£]?\d)"
)
_ABBREVIATION_END = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|mw|dhr|sig|eng|ing|st|vs|etc|e\.g|i\.e|approx|incl|dept|no|inc|ltd|co|corp|sr|jr|jan|feb|mar|apr|jun|jul|aug"
    r"|sept?|oct|nov|dec|mon|tues?|wed|thurs?|thu|fri|sat|sun|a\.m|p\.m|min|max|yrs?|mgr|univ|uni|inst|assoc|tel|ext|fig|hosp|sch|coll)|\b[A-Z])\.$",
    re.IGNORECASE,
)


def segment(notes: str) -> tuple[Segment, ...]:
    """Every non-blank stretch of the notes, in order; spans never overlap and every word is inside one."""
    out: list[Segment] = []
    heading = ""
    after_valediction = 0
    table: tuple[str, ...] = ()
    read_to = 0
    for line_start, line_end in _lines(notes):
        start, end = _trim(notes, line_start, line_end)
        if notes.count("\n", read_to, start) > 1:
            table = ()  # a blank line ends a table
        read_to = end
        if start == end or _RULE.match(notes[start:end]):
            continue
        raw = notes[start:end]
        cells = _cells(raw)
        if len(cells) > 1:
            if not table:
                table = tuple(c.strip().lower() for c, _ in cells) if _is_table_header(cells) else ("",) * len(cells)
                if any(table):
                    continue
            out.extend(_row(notes, start, cells, table, heading))
            continue
        table = ()
        if _MAIL_HEADER.match(raw):
            out.append(_label_segment(notes, start, end, SegmentKind.MAIL, heading))
            continue
        if _CHAT_STAMP.match(raw):
            out.append(Segment(start, end, raw, SegmentKind.MAIL, heading))
            continue
        if _GREETING.match(raw) or _VALEDICTION.match(raw):
            after_valediction = 6 if _VALEDICTION.match(raw) else 0
            out.append(Segment(start, end, raw, SegmentKind.MAIL, heading))
            continue
        if after_valediction:
            after_valediction -= 1
            if len(raw.split()) <= 8 and not re.search(r"[.!?:]$", raw) and not _BULLET.match(raw)[0]:  # type: ignore[index]
                out.append(Segment(start, end, raw, SegmentKind.MAIL, heading))
                continue
            after_valediction = 0
        start = _skip_bullet(notes, start, end)
        if start == end:
            continue
        found = heading_title(notes[start:end], bulleted=start != line_start)
        if found is not None:
            heading = found
            start, end = _title_span(notes, start, end, heading)
            out.append(Segment(start, end, notes[start:end], SegmentKind.HEADING, heading))
            continue
        found_here = tuple(s for a, b in _fields_apart(notes, start, end) for s in _line(notes, a, b, heading))
        heading = next((s.heading for s in found_here if s.kind is SegmentKind.HEADING), heading)
        out.extend(found_here)
    return tuple(part for s in out if s.text.strip() for part in _parts(notes, s))


_LONGEST_LINE = 1_500  # what somebody dictates in one breath; a longer line is read in several
_LONGEST = 400  # characters of one segment: patterns look back and ahead inside it, so its length bounds their work


_MOST_SLASHES = 4  # on a line: a headline has few, as in 'Ferrow Tiles / glazer / Thu'
_SLASH = re.compile(r"[ \t]+/[ \t]+")


def _lines(notes: str) -> Iterator[tuple[int, int]]:
    """The lines, and the parts of one that holds a whole list: 'met Ada / she has 3 kilns / I said … / …'."""
    for line in _LINE.finditer(notes):
        cuts = [m.span() for m in _SLASH.finditer(notes, *line.span())]
        if len(cuts) <= _MOST_SLASHES:
            cuts = []
        starts = [line.start(), *(end for _, end in cuts)]
        for start, end in zip(starts, [*(start for start, _ in cuts), line.end()], strict=True):
            yield from _cut(notes, start, end, _LONGEST_LINE)


def _parts(notes: str, whole: Segment) -> Iterator[Segment]:
    if whole.end - whole.start <= _LONGEST:
        yield whole
        return
    for start, end in _cut(notes, whole.start, whole.end, _LONGEST):
        if notes[start:end].strip():
            yield replace(whole, start=start, end=end, text=notes[start:end])


def _cut(notes: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """The stretch in pieces of at most ``limit`` characters, cut after a sentence where one ends, else between words."""
    while end - start > limit:
        near = notes[start : start + limit]
        stop = max(near.rfind(mark) for mark in (". ", "? ", "! ", "; ")) + 1
        if stop < limit // 2:
            stop = near.rfind(" ")
        stop = stop if stop > 0 else limit
        yield start, start + stop
        start += stop
    yield start, end


def _trim(notes: str, start: int, end: int) -> tuple[int, int]:
    while start < end and notes[start].isspace():
        start += 1
    while end > start and notes[end - 1].isspace():
        end -= 1
    return start, end


def _skip_bullet(notes: str, start: int, end: int) -> int:
    text = notes[start:end]
    skipped = _BULLET.match(text)
    offset = skipped.end() if skipped else 0
    stamp = _TIMESTAMP.match(text[offset:])
    if stamp and len(text[offset + stamp.end() :].split()) > 2:
        offset += stamp.end()
    emoji = _EMOJI_LEAD.match(text[offset:])
    if emoji and emoji.end() <= 4:
        offset += emoji.end()
    return min(start + offset, end)


def _title_span(notes: str, start: int, end: int, title: str) -> tuple[int, int]:
    """Where the heading's words stand without their frame: names are read from them as from any line."""
    at = notes[start:end].lower().find(title)
    return (start + at, start + at + len(title)) if at >= 0 else (start, end)


def _cells(raw: str) -> list[tuple[str, int]]:
    """A table row's cells with their offsets; one cell when the line is no table row."""
    if raw.count("|") >= 2 or ("|" in raw and re.search(r"\s\|\s", raw)):
        separator = "|"
    elif "\t" in raw.strip():
        separator = "\t"
    else:
        return [(raw, 0)]
    cells, offset = [], 0
    for cell in raw.split(separator):
        if cell.strip():
            cells.append((cell, offset))
        offset += len(cell) + 1
    return cells


def _is_table_header(cells: list[tuple[str, int]]) -> bool:
    known: list[str] = load("owner_cues")["headings"]["columns"]
    return sum(c.strip(" *").lower() in known for c, _ in cells) * 2 >= len(cells)


def _row(
    notes: str, start: int, cells: list[tuple[str, int]], header: tuple[str, ...], heading: str
) -> Iterator[Segment]:
    name_columns: list[str] = load("owner_cues")["headings"]["name_columns"]
    first_cell = cells[0][0].strip(" *:").lower()
    if (not any(header) or len(cells) == 2) and first_cell in load("owner_cues")["headings"]["fields"]:
        first, last = _trim(notes, start + cells[1][1], start + cells[-1][1] + len(cells[-1][0]))
        yield Segment(first, last, notes[first:last], SegmentKind.FIELD, heading, first_cell)
        return
    if not any(header) and len(cells) == 2 and first_cell in known_headings():
        first, last = _trim(notes, start + cells[1][1], start + cells[1][1] + len(cells[1][0]))
        for piece in _sentences(notes, first, last):
            yield Segment(*piece, notes[piece[0] : piece[1]], SegmentKind.LINE, heading, first_cell)
        return
    speaker = ""
    for position, (cell, offset) in enumerate(cells):
        column = header[position] if position < len(header) else ""
        first, last = _trim(notes, start + offset, start + offset + len(cell))
        if column in name_columns and not speaker:
            speaker = notes[first:last]
        whole = Segment(first, last, notes[first:last], SegmentKind.FIELD, column or heading, speaker)
        if column in name_columns or len(whole.text.split()) <= 3:
            yield replace(whole, label=column)
        else:
            for piece in _sentences(notes, first, last):
                yield Segment(*piece, notes[piece[0] : piece[1]], SegmentKind.LINE, column or heading, speaker)


def _label_segment(notes: str, start: int, end: int, kind: SegmentKind, heading: str) -> Segment:
    label, _, rest = notes[start:end].partition(":")
    offset = end - len(rest.lstrip())
    return Segment(min(offset, end), end, notes[offset:end], kind, heading, label.strip().lower())


def _line(notes: str, start: int, end: int, heading: str) -> Iterator[Segment]:
    label, title, kind = "", "", SegmentKind.LINE
    match = _LABEL.match(notes[start:end])
    if match and match["mark"].strip() == "-" and _names_a_title(match["rest"]):
        match = None  # 'Omar Aziz - workshop manager' says who, not who said what
    if match and _is_label(match["label"], match["mark"].strip(), titled=bool(match["title"])):
        label, title = match["label"].strip(), (match["title"] or "").strip(" ,()")
        if title and f"{label} {title}".lower() in known_headings():
            label, title = f"{label} {title}", ""  # 'Me, to fix: …'
        start += match.start("rest")
        kind = _label_kind(label)
        label = label.lower() if kind is not SegmentKind.LINE else label
        if start >= end:
            return
    if kind is SegmentKind.FIELD:
        yield Segment(start, end, notes[start:end], kind, heading, label)
        return
    if kind is SegmentKind.QUESTION and notes[start:end].lower().strip(" ?.:") in known_headings():
        yield Segment(start, end, notes[start:end], SegmentKind.HEADING, notes[start:end].lower().strip(" ?.:"))
        return
    for first, last in _sentences(notes, start, end):
        yield Segment(first, last, notes[first:last], kind, heading, label, title)


def _fields_apart(notes: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """'Company: Vale. Position: fitter' on one line, as two lines; a field ends with its sentence."""
    cuts = [start, *(start + m.end() for m in _field_start().finditer(notes[start:end])), end]
    for a, b in itertools.pairwise(cuts):
        first, last = _trim(notes, a, b)
        if notes[first:last].endswith((" /", " |")):
            last -= 2
        match = _LABEL.match(notes[first:last])
        if match and _label_kind(match["label"].strip()) is SegmentKind.FIELD:
            stop = next(
                (
                    m
                    for m in _SENTENCE_END.finditer(notes[first:last], match.start("rest"))
                    if not _ABBREVIATION_END.search(notes[first : first + m.start()])
                ),
                None,
            )
            if stop is not None:
                yield first, first + stop.start()
                first = first + stop.end()
        yield first, last


@cache
def _field_start() -> re.Pattern[str]:
    fields = "|".join(re.escape(f) for f in load("owner_cues")["headings"]["fields"])
    return re.compile(rf"(?:(?<=[.;,])\s+|\s+[/|]\s+)(?=(?:{fields})\s*:)", re.IGNORECASE)


def _label_kind(label: str) -> SegmentKind:
    fields: list[str] = load("owner_cues")["headings"]["fields"]
    low = re.sub(r"\s\d{1,2}$", "", label.lower())  # 'Person 2'
    if low in ("q", "question", "they asked", "asked") or re.fullmatch(r"q\d{1,2}", low):
        return SegmentKind.QUESTION
    if low in ("a", "ans", "answer", "my answer") or re.fullmatch(r"a\d{1,2}", low):
        return SegmentKind.ANSWER
    return SegmentKind.FIELD if low in fields else SegmentKind.LINE


def _names_a_title(rest: str) -> bool:
    words = rest.lower().strip(" .,;").split()
    return 0 < len(words) <= 5 and words[-1] in load("people")["title_heads"]


def _is_label(label: str, mark: str, *, titled: bool) -> bool:
    """A label is known, or a name ('Priya: …'), or the speaker 'me'/'them'; ordinary words before a colon are not."""
    cues = load("owner_cues")["headings"]
    low = label.lower().strip()
    words = label.split()
    given = is_first_name(words[0].strip(".")) or is_honorific(words[0])
    if titled:
        return len(words) <= 4 and (given or (mark == ":" and all(w[:1].isupper() for w in words)))
    if _label_kind(label) is not SegmentKind.LINE or low in cues["all"] or (mark == ":" and low in known_headings()):
        return True
    named = all(w[:1].isupper() for w in words) or given
    return len(words) <= 4 and ((mark == ":" and named) or (mark == "-" and given and len(words) <= 2))


def _sentences(notes: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of sentences and, where a sentence changes hands between 'I' and the others, of its clauses."""
    text = notes[start:end]
    pieces, last = [], 0
    for found in _SENTENCE_END.finditer(text):
        before = text[last : found.start()]
        if _ABBREVIATION_END.search(before) or not _balanced(before) or _from_to(before, found.group()):
            continue
        pieces.append((last, found.start()))
        last = found.end()
    pieces.append((last, len(text)))
    for first, stop in pieces:
        for inner_first, inner_stop in _clauses(text[first:stop]):
            a, b = _trim(notes, start + first + inner_first, start + first + inner_stop)
            while b > a and notes[b - 1] in ",;":
                b -= 1
            if a < b:
                yield a, b


def _from_to(before: str, mark: str) -> bool:
    """'moved from php -> go': the arrow stands for 'to'."""
    return mark.strip() in ("->", "=>") and bool(re.search(r"(?i)\bfrom(?:\s+\S+){1,3}$", before))


def _balanced(text: str) -> bool:
    return text.count("(") <= text.count(")")


_SUBJECT = r"(?:i|i'm|i'd|i've|i'll|she|he|they|we|she's|he's|they're|they've|they'll|she'll|he'll|she'd|he'd)"
_JOIN = r"(?:(?:and|but|so|then|also|anyway|plus|because|oh|um|uh|ok|okay|well|and then|and so|but then|and also)\s+)*"
_VERBISH = (
    r"(?:also |then |really |actually |just |did |do |'s |kind of |sort of |only |still |never |always )*"
    r"(?:said|says|told|tell|asked|asks|mentioned|mention|explained|talked|thought|think|was|were|am|are|is|have|has|had"
    r"|want|wants|wanted|need|needs|use|uses|used|like|liked|loved|love|feel|felt|should|would|will|can|could|might|run|runs"
    r"|ran|lead|leads|led|built|build|builds|work|works|worked|get|gets|got|go|goes|went|know|knew|did|do|does|don't|didn't"
    r"|moved|move|started|start|hope|hoped|forgot|rambled|promised|seemed|looked|looks|plan|plans|wish|gave|made|joined"
    r"|described|showed|agreed|laughed|liked|wasn't|isn't|aren't|weren't|won't|can't|couldn't|wouldn't|shouldn't)\b"
)
_DICTATED = re.compile(
    rf"\s+(?={_JOIN}(?:{_SUBJECT}\s+{_VERBISH}|(?!(?:have|had|has|should|would|could|i|to|and|be|been|was|is|really|also|just|not|never|that|who)\b)[^\W\d_]{{2,}} (?:asked|said|told me|mentioned|explained)\b|(?:oh|anyway)\s|the (?:money|salary|pay|commute)\s(?:is|was)\b))",
    re.IGNORECASE,
)
_HANDOVER = re.compile(
    rf"(?:,\s*|\s+[-–—]+\s+|\s+)(?:and|but|so|while)\s+(?={_SUBJECT}\s)|,\s+(?={_SUBJECT}\s+{_VERBISH})|\s+[-–—]{{1,2}}\s+(?={_SUBJECT}\s+{_VERBISH})",
    re.IGNORECASE,
)


def _clauses(sentence: str) -> list[tuple[int, int]]:
    """Where one sentence holds things of different owners, its parts; long unpunctuated speech is cut at each subject."""
    words = len(sentence.split())
    dictated = words > 20 and sentence.count(",") + sentence.count(";") < words / 25
    pattern = _DICTATED if dictated else _HANDOVER
    parts, start = [], 0
    for found in pattern.finditer(sentence):
        before, after = sentence[start : found.start()], sentence[found.end() :]
        if len(before.split()) < 3 or len(after.split()) < 3 or _subordinate(before, after) or _regrets(after):
            continue
        if dictated or (_hands_over(before, after) and not _regrets(before)):
            parts.append((start, found.start()))
            start = found.end()
    return [*parts, (start, len(sentence))]


_SAYING_END = re.compile(
    r"\b(?:that|which|who|what|how|why|when|where|if|whether|because|said|says|told|tell|me|them|her|him|think|thought|mentioned|hope"
    r"|know|knew|feel|felt|asked|the|a|to|of|and|as|than|like|guess|what|everything|something|thing|way|mean|wish|since|until|before|after|once|unless|though|although|whether|while"
    r"|explained|promised|agreed|showed|noted|added|suggested)$",
    re.IGNORECASE,
)


def _regrets(text: str) -> bool:
    """'asked about conflict - I rambled': the regret stays with the question it belongs to."""
    return any(re.search(cue, text[:32], re.IGNORECASE) for cue in load("owner_cues")["to_clarify"])


def _subordinate(before: str, after: str) -> bool:
    """The next clause belongs to this one: 'she said | they are moving'; 'I told her' always begins anew."""
    if re.search(r"(?i)\bwhich \w+ (?:me|us)$", before.strip()):
        return False
    if re.match(rf"\s*{_JOIN}i\s+(?:told|said|mentioned|showed|talked|explained|asked|gave)\b", after, re.IGNORECASE):
        return bool(
            re.search(r"\b(?:that|what|how|when|where|because|if|like|said|says|wish)$", before.strip(), re.IGNORECASE)
        )
    return bool(_SAYING_END.search(before.strip()))


def _hands_over(before: str, after: str) -> bool:
    mine = re.compile(r"(?:i|i'm|i'd|i've|i'll)\b", re.IGNORECASE)
    first = re.match(rf"\s*{_JOIN}({_SUBJECT})\b", after, re.IGNORECASE)
    if first is None:
        return False
    after_is_mine = bool(mine.match(first[1]))
    before_is_mine = bool(re.match(rf"\s*{_JOIN}(?:i|i'm|i'd|i've|i'll)\b", before, re.IGNORECASE))
    return after_is_mine != before_is_mine
