"""Which company and which role the interview was for, each with the words it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.notes.companies import COMPANY, companies_in, names_people
from service.notes.english import is_word
from service.notes.field_values import fields_apart
from service.notes.guess import Guess, choose
from service.notes.headline import read_headline
from service.notes.names import ends_a_firm
from service.notes.person_parts import is_candidate_cue
from service.notes.roles import roles_in
from service.notes.segment import Segment, SegmentKind
from service.phrases import load
from service.types import Fact, Warning


@dataclass(frozen=True)
class Organisation:
    company: Fact | None
    role: Fact | None
    warnings: tuple[Warning, ...] = ()


def read_organisation(
    notes: str,
    segments: tuple[Segment, ...],
    people_words: frozenset[str] = frozenset(),
    titles: frozenset[str] = frozenset(),
) -> Organisation:
    """Company and role. Of two that contradict each other the later, corrected one wins and a warning says so."""
    segments = tuple(part for s in segments for part in fields_apart(s))
    companies, roles = read_headline(segments, titles, people_words)
    companies = [g for g in companies if not names_people(g.value, people_words)]
    companies += [g for s in segments for g in companies_in(s, people_words)]
    companies += _senders(notes, segments)
    companies = [g for g in companies if _may_be_a_firm(g, notes)]
    beside_company = roles if companies else []
    found = roles + [g for s in segments for g in roles_in(s)]
    found = [g for g in found if not set(g.value.lower().split()) & people_words]
    # An interviewer's title is not the role, unless the headline names it beside the company.
    roles = [g for g in found if g.value.lower() not in titles or g in beside_company]
    company, warnings = choose(companies, "company")
    role, more = choose(roles, "role")
    return Organisation(company, role, (*warnings, *more))


_INITIALS = re.compile(r"(?:[A-Z]\.){1,2}[A-Z]?\.?")
_LOOSE_END = re.compile(r"\b(?:by|of|with|for|at|to|and|out|branch)$", re.IGNORECASE)
_LEAST_NAME = 2  # letters
_COUNTED = re.compile(r"\bof \d+$")
_LEAST_SMALL_NAME = 4  # letters


def _may_be_a_firm(guess: Guess, notes: str) -> bool:
    """Neither 'L.S.', which signs for a person, nor shorthand as 'dep', 'Group of 8', 'school project Leith', or a name alone on its line.

    Two words of no language that stand alone may be the firm as well as whoever wrote the notes; so nothing is said of them.
    """
    value = guess.value
    short = value.islower() and len(value) < _LEAST_SMALL_NAME
    small = [w for w in value.split() if w.islower()]
    part = value[0].islower() and not value.islower() and len(small) > 1 and all(is_word(w) for w in small)
    line = notes[: guess.start].rpartition("\n")[2]
    whole = line + notes[guess.start :].partition("\n")[0]
    words = value.split()
    name_alone = whole.strip() == value and len(words) > 1 and not any(is_word(w) or ends_a_firm(w) for w in words)
    no_firm = short or part or name_alone or is_candidate_cue(line) or len(value) < _LEAST_NAME
    return not (_LOOSE_END.search(value) or no_firm or _INITIALS.fullmatch(value) or _COUNTED.search(value))


def _senders(notes: str, segments: tuple[Segment, ...]) -> list[Guess]:
    """The company that an e-mail in the notes came from: its name, run together, is the sender's domain."""
    agencies: list[str] = load("organisation")["agencies"]
    domains = {
        m[1].lower()
        for s in segments
        if s.kind is SegmentKind.MAIL
        for m in re.finditer(r"@(?:[\w-]+\.)*?([\w-]+)\.(?:[a-z]{2,3}\.)?[a-z]{2,}\b", s.text)
    }
    if not domains:
        return []
    named = [(m.group(), m.start()) for m in re.finditer(COMPANY, notes)]
    return [
        Guess(value, start, 4)
        for value, start in named
        if len(value.split()) > 1
        and any(re.sub(r"[^a-z0-9]", "", value.lower()).startswith(d.replace("-", "")) for d in domains)
        and value.split()[-1].lower() not in agencies
    ][:1]
