"""Where the names stand in the notes: names typed small get their capitals, runs of capitals lose what is no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.notes.bystanders import follows_person_noun
from service.notes.encounters import acts, speaks, was_met
from service.notes.english import is_first_name, is_surname, is_usual_name, is_word
from service.notes.names import HONORIFIC, NAME_IN_TEXT, PARTICLE, ambiguous_names, ends_a_firm
from service.notes.titles import title_heads

_SMALL_HONORIFIC = ("dr", "prof", "mr", "mrs", "ms", "mw", "dhr", "mevrouw")
_HONORS = re.compile(r"\.?\s+[^\W\d_]")
_HONORED = re.compile(r"(?<!\w)(?:dr|prof|mr|mrs|ms|sister)\.?\s+$")
_CUE_LOWER = re.compile(
    r"(?:\b(?:interviewed (?:with|by)|interview w(?:ith|/)|met(?: with)?|spoke (?:to|with)|talked (?:to|with)|(?:call|chat|screen) w(?:ith|/)|panel was|it was with|was just|panel:|interviewers?:?|name(?:'s| is)|hiring manager|hm))\s*[,:]?\s+$",
    re.IGNORECASE,
)


def with_capitals(notes: str) -> str:
    """The notes with likely names capitalised, same length: people who type in lower case, or shout, mean names as well."""
    if notes.isupper():
        notes = "".join(low if len(low := c.lower()) == 1 else c for c in notes)
    out = list(notes)
    called = _called_elsewhere(notes)
    for found in re.finditer(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", notes):
        if not found.group(0)[0].islower():
            continue
        base = re.sub(r"['’]s$", "", found.group(0))
        before = notes[max(0, found.start() - 40) : found.start()]
        if base in _SMALL_HONORIFIC and _HONORS.match(notes, found.end()) and not re.search(r"\d\s*$", before):
            _capitalise(out, found.start())  # not '900 ms to 210'
        elif _is_small_name(base, before, notes[found.start() + len(base) : found.end() + 60]):
            _capitalise(out, found.start())
            _capitalise_surname(out, notes, found)
        elif base in called and speaks(notes[found.end() : found.end() + 60]):
            _capitalise(out, found.start())
    return "".join(out)


_NAME_FOLLOWS = re.compile(r"\s+[A-ZÀ-Þ][^\W\d_]+")  # 'met rektor Anders': a word for what Anders is


def _called_elsewhere(notes: str) -> frozenset[str]:
    """Words, in lower case, that stand with a capital inside a sentence and are none of the language: 'a guy Teo' … 'teo asked'."""
    inside = re.findall(r"(?<=[a-z,&+] )[A-ZÀ-Þ][^\W\d_]{2,}(?!\w)", notes)
    return frozenset(w.lower() for w in inside if not is_word(w))


def _is_small_name(word: str, before: str, after: str) -> bool:
    """A first name that is no ordinary word, or a word that stands where notes name people.

    Of all the world's given names many are words of a trade or a place as well: a rare one, typed small, must do something.
    """
    if is_first_name(word) and word not in ambiguous_names() and not is_word(word):
        does = was_met(before) or follows_person_noun(before) or acts(after)
        if is_usual_name(word) or does:
            return True
    ordinary = not is_first_name(word) and (is_word(word) or _NAME_FOLLOWS.match(after))
    return bool(_HONORED.search(before)) or (not ordinary and bool(_CUE_LOWER.search(before)))


def _capitalise_surname(out: list[str], notes: str, first: re.Match[str]) -> None:
    """Capitals for the word after a first name, unless it is an ordinary one."""
    if first.group(0).endswith(("'s", "’s")):
        return
    surname = re.match(rf"\s+((?:{PARTICLE}\s+)?)([^\W\d_]+(?:['’-][^\W\d_]+)*)", notes[first.end() :])
    if surname and (not is_word(surname[2]) or _surname_like(notes, first.end() + surname.end())):
        _capitalise(out, first.end() + surname.start(2))


def _surname_like(notes: str, end: int) -> bool:
    """'will stone (cto)': an ordinary word right before a bracketed or dashed title is a surname."""
    return bool(re.match(r"\s*(?:\(|,\s*(?:the )?(?:head|director|hiring|ward|lead|senior|vp|cto|ceo)\b)", notes[end:]))


def _capitalise(out: list[str], position: int) -> None:
    upper = out[position].upper()
    if len(upper) == 1:
        out[position] = upper


def name_spans(text: str, orgs: frozenset[str]) -> Iterator[tuple[int, int]]:
    """(start, end) of each run of capitalised words that can be a name: 'Met Priya Raman' → 'Priya Raman', 'HM Tom' → 'Tom'."""
    for run in NAME_IN_TEXT.finditer(text):
        words = [(m.start() + run.start(), m.end() + run.start()) for m in re.finditer(r"\S+", run.group(0))]
        if len(words) > 1 and ends_a_firm(text[words[-1][0] : words[-1][1]]):
            continue  # 'Ivy Florists'
        words = _after_a_title(text, words)
        while words and not _opens_name(text, words):
            words.pop(0)
        while words and not _honored(text, words) and _closes_no_name(text, *words[-1], orgs):
            words.pop()
        words = _without_next_sentence(text, words)
        if words and words[-1][1] > words[0][0]:
            yield words[0][0], words[-1][1] + _stop_of_initial(text, words)


def _after_a_title(text: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """'Team Lead Johan' is called Johan: a given name after a word for a job opens the name."""
    for k in range(len(words) - 1, 1, -1):
        title, name = (text[slice(*word)].lower() for word in words[k - 1 : k + 1])
        if title in title_heads() and not is_first_name(title) and is_first_name(name):
            return words[k:]
    return words


def _honored(text: str, words: list[tuple[int, int]]) -> bool:
    """'Mr Dev Raman': a form of address makes the next word a name, whatever else it means."""
    return len(words) == 2 and text[slice(*words[1])] != "I" and bool(re.fullmatch(HONORIFIC, text[slice(*words[0])]))


def _without_next_sentence(text: str, words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """'Mr H. They asked' is of Mr H., 'Mr H. Patel asked' of Mr Patel."""
    if len(words) < 3:
        return words
    honorific, initial, third = (text[slice(*word)] for word in words[:3])
    apart = re.fullmatch(HONORIFIC, honorific) and len(initial) == 2 and is_word(third) and not is_surname(third)
    return words[:2] if apart else words


def _stop_of_initial(text: str, words: list[tuple[int, int]]) -> int:
    """1 where the name goes on with a stop: 'Dr D.'."""
    start, end = words[-1]
    honored = len(words) == 2 and re.fullmatch(HONORIFIC, text[slice(*words[0])])
    return int(bool(honored and end - start == 1 and text[end : end + 1] == "."))


_NICKNAMES = ("big", "old", "young", "little", "uncle", "aunt", "auntie")  # 'Big Sean Hale'


def _opens_name(text: str, words: list[tuple[int, int]]) -> bool:
    """The first of ``words`` can be the first word of a name."""
    start, end = words[0]
    first = text[start:end].strip(".")
    if text[:start].endswith(("<", "</")) or _is_calendar_day(text, start, end):
        return False  # '<li>', 'by Jan 20', '6 May', 'by Wed Irma'
    nexts = text[words[1][0] : words[1][1]] if len(words) > 1 else ""
    if first in ("Sr", "Sra", "Snr", "Jr") and nexts:
        return False  # 'Sr Bernadette Holt' is greeted as Bernadette
    if re.fullmatch(HONORIFIC, first) or re.fullmatch(HONORIFIC, text[start:end]) or (len(first) == 1 and first.isupper() and first != "I" and nexts):
        return True
    opens_sentence = start == 0 or text[:start].rstrip()[-1:] in ".!?:;\n-•(>"
    is_title = first.lower() in title_heads() or (first.lower() in _NICKNAMES and len(words) > 1)
    common = is_word(first) or is_title or first.isupper()
    doing = not nexts and bool(speaks(text[end:]) or re.match(r"\s*(?:\(|:)", text[end:]))
    ambiguous = first.lower() in ambiguous_names() and opens_sentence and not nexts and common
    if is_first_name(first) and (doing or not ambiguous):
        return True
    return not (common and (opens_sentence or first.isupper() or is_title or not nexts))


_WEEKDAY = re.compile(r"(?:mon|tues?|weds?|wednes|thurs|fri|satur|sun)(?:day)?(?<!sun)", re.IGNORECASE)
_NAME_TOO = re.compile(r"(?:jan|feb|mar|april?|may|june?|july?|aug|sept?|oct|nov|dec|sat|sun|thu)", re.IGNORECASE)
_BEFORE_DAY = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:by|on|in|until|till|since|before|after|of|end|early|mid|late|next|this|last)|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)[\s–-]+(?:of\s+|to\s+)?$",
    re.IGNORECASE,
)
_AFTER_DAY = re.compile(r"[\s.]*\d|-\d")


def _is_calendar_day(text: str, start: int, end: int) -> bool:
    """'Tues', 'by Jan', 'Jan 20': a weekday, or a month that could be a name but for the number or the word beside it."""
    word = text[start:end].strip(".")
    if _WEEKDAY.fullmatch(word):
        return True
    beside = _BEFORE_DAY.search(text[max(0, start - 20) : start]) or _AFTER_DAY.match(text, end)
    return bool(_NAME_TOO.fullmatch(word) and beside)


def _closes_no_name(text: str, start: int, end: int, orgs: frozenset[str]) -> bool:
    word = text[start:end].lower()
    pronoun = re.fullmatch(r"i(?:['’]\w+)?", word)  # 'told Lena I cut …'
    return bool(pronoun) or word.strip(".") in title_heads() or word in orgs or _is_calendar_day(text, start, end)
