"""Which lines are headings, whom they name, and which ones say that what stands below was not talked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from service.notes.english import fold
from service.phrases import load
from service.types import Person, PersonRole, is_honorific

_MARKED = re.compile(r"^(?:#{1,6}\s+|\*\*|__|=+\s*)(?P<title>[^#*_=]+?)(?:\*\*|__|\s*=+)?\s*:?\s*$")
_FRAMES = "-*=~_#+"
_BRACKETED = re.compile(r"\[\s*(?P<title>[^\W\d_][^\[\]]{2,40}?)\s*\]:?")
_BEFORE_COLON = re.compile(r"^(?P<title>[^.!?:]{2,48}?)\s*:$")
_CLOCK = re.compile(
    r"(?:\d{1,2}[:.h]\d{2}(?:\s*[-–]\s*\d{1,2}[:.h]\d{2})?|\d{1,2})\s*(?:[ap]m)?\b[\s,:–-]*", re.IGNORECASE
)
_LONGEST_FRAMED = 14  # words
_LONGEST_LINE = 200  # characters


def heading_title(line: str, *, bulleted: bool) -> str | None:
    """The words of a heading in lower case, or None: a short line that ends in a colon, or is marked as a heading."""
    if len(line) > _LONGEST_LINE:
        return None
    marked = _MARKED.match(re.sub(r"\s+", " ", line))
    if marked and len(marked["title"].split()) <= 8 and not re.search(r"[.!]$", marked["title"].strip()):
        return _without_clock(marked["title"])
    framed = _inside_frame(line)
    if framed and _is_title(framed):
        return _without_clock(framed)
    plain = _BEFORE_COLON.match(line)
    if plain and len(plain["title"].split()) <= 7:
        return plain["title"].strip().lower()
    bare = line.lower().strip(" :.-–—?!")
    return bare if not bulleted and (bare in known_headings() or bare in _outside_words()) else None


def _inside_frame(line: str) -> str:
    """What stands between two runs of the same mark, or in square brackets; '' where nothing does."""
    core, mark = line.rstrip(" :"), line[:1]
    if mark == "[":
        bracketed = _BRACKETED.fullmatch(line)
        return bracketed["title"] if bracketed else ""
    inside = core.strip(mark)
    framed = mark in _FRAMES and core.startswith(mark * 2) and core.endswith(mark * 2)
    return inside.strip() if framed and any(c.isalnum() for c in inside) else ""


def _is_title(words: str) -> bool:
    """'**they fire 900 tiles a week.**' is a sentence in bold, no heading."""
    return len(words.split()) <= _LONGEST_FRAMED and not re.search(r"[.!]$|\*\*|__|==", words)


def _without_clock(title: str) -> str:
    """'10:15 Gwen, finance' is about Gwen; a heading that is nothing but a time keeps it."""
    clock = re.match(r"\d{1,2}[:.h]\d{2}", title.strip()) and _CLOCK.match(title.strip())
    rest = title.strip()[clock.end() :] if clock else title.strip()
    return (rest or title.strip()).lower()


@cache
def known_headings() -> frozenset[str]:
    """Headings that may stand without any mark."""
    headings = load("owner_cues")["headings"]
    return (
        frozenset(headings["all"])
        | frozenset(headings["asked"])
        | {w for words in headings["owners"].values() for w in words}
    )


@cache
def _outside_words() -> frozenset[str]:
    return frozenset(load("owner_cues")["headings"]["outside_words"])


@cache
def _outside() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.IGNORECASE) for p in load("owner_cues")["headings"]["outside"])


def is_outside(heading: str) -> bool:
    """What stands below was read or mailed before the talk, and nobody said it there: 'what I read', 'their invitation'."""
    plain = heading.lower().strip(" :.-–—?!")
    return plain in _outside_words() or any(p.search(plain) for p in _outside())


_NOT_BY = re.compile(r"\b(?:for|to|about|ask|re|not|before|after)\s+(?:\w+\s+){0,2}$")
_JOINED = re.compile(r"\+|&|\band\b")


def person_in_heading(heading: str, people: Sequence[Person]) -> str | None:
    """The one person whose part of the day the heading opens: '10:15 Gwen Hale, finance', 'tour w/ Benny'."""
    low = fold(heading).lower()
    found = [(p, at) for p in people if p.role is not PersonRole.CANDIDATE and (at := _place(p, low)) is not None]
    if len(found) != 1 or _JOINED.search(low) or _NOT_BY.search(low[: found[0][1]]):
        return None
    return found[0][0].name


def _place(person: Person, low: str) -> int | None:
    words = person.name.split()
    called = {person.first_name, person.name} | ({words[-1]} if is_honorific(words[0]) else set())
    at = [m.start() for n in called for m in re.finditer(rf"(?<!\w){re.escape(fold(n).lower())}(?!\w)", low)]
    return min(at, default=None)
