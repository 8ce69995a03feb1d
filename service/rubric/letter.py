"""A body taken apart: greeting, sentences, closing words and signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from service.phrases import load
from service.rubric.words import Sentence, sentences
from service.types import HONORIFICS

_TITLES = "|".join(map(re.escape, sorted(HONORIFICS)))
_GREETING = re.compile(
    r"^(?P<word>hi|hello|hey|dear|kia ora|bonjour|ciao|good (?:morning|afternoon|evening|day)|greetings)\b"
    # A full stop may belong to a title or an initial, a hyphen to the name.
    rf"(?P<name>(?:\b(?:{_TITLES}|st|en|ing|hon|fr|sr|[a-z])\.|(?<=\w)-(?=\w)|[^,!:;.\n—–-]){{0,80}}?)"
    r"(?P<end>\s*(?:[,!:;—–]|-(?!\w))|\.(?=\s)|\n|$)",
    re.IGNORECASE,
)
# A LinkedIn note may open with the name alone: 'Priya, thank you for …'.
_NAME_ALONE = re.compile(r"^(?P<name>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2}),(?=\s)")


@dataclass(frozen=True)
class Letter:
    greeting: str  # the words of address with the name, '' when there is none
    addressed: str  # the name in it, '' when it names nobody
    main: tuple[Sentence, ...]  # sentences between greeting and closing, with their places in the body
    closing: tuple[Sentence, ...]  # 'Best regards,' and the signature

    @property
    def is_signed(self) -> bool:
        """Whether anything stands under it but words of closing."""
        return any(not _closers().match(s.text) for s in self.closing)

    @property
    def main_text(self) -> str:
        return " ".join(s.text for s in self.main)


@lru_cache(maxsize=256)
def read_letter(body: str) -> Letter:
    """The parts of ``body``; every place counts from the start of ``body``."""
    lead = len(body) - len(body.lstrip())
    found = _GREETING.match(body[lead:])
    alone = None if found else _NAME_ALONE.match(body[lead:])
    greeting = found or (alone if alone and _is_name_alone(alone["name"]) else None)
    start = lead + greeting.end() if greeting else lead
    rest = [Sentence(s.text, s.start + start, s.end + start) for s in sentences(body[start:])]
    cut = _closing_at(rest)
    text = greeting.group().strip() if greeting else ""
    name = greeting["name"].strip(" ,") if greeting else ""
    return Letter(text, name, tuple(rest[:cut]), tuple(rest[cut:]))


def _is_name_alone(text: str) -> bool:
    """Every word capitalised and none of them an ordinary opening such as 'However' or 'Thank you'."""
    openings = set(load("check_form")["sentence_openings"])
    parts = text.split()
    return all(p[0].isupper() for p in parts) and not any(p.lower() in openings for p in parts)


@cache
def _closers() -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(load('check_form')['closings'])})\b[\s\w]{{0,20}}[,.!]?$", re.IGNORECASE)


def _closing_at(rest: list[Sentence]) -> int:
    cut = len(rest)
    while cut and _may_close(rest[cut - 1].text):
        cut -= 1
    for at in range(cut, len(rest)):
        if _closers().match(rest[at].text) or at == len(rest) - 1 or not _is_sentence(rest[at].text):
            return at
    return cut


def _may_close(text: str) -> bool:
    return len(text.split()) <= 6 and not _is_sentence(text)


def _is_sentence(text: str) -> bool:
    return text[-1] in ".!?" and len(text.split()) > 3
