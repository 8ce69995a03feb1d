"""Which company and which role the interview was for, each with the words it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.notes.companies import COMPANY, companies_in, names_people
from service.notes.field_values import fields_apart
from service.notes.guess import Guess, choose
from service.notes.headline import read_headline
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
_LEAST_SMALL_NAME = 4  # letters


def _may_be_a_firm(guess: Guess, notes: str) -> bool:
    """Neither 'L.S.', which signs for a person, nor shorthand as 'dep', nor who wrote the notes."""
    short = guess.value.islower() and len(guess.value) < _LEAST_SMALL_NAME
    line = notes[: guess.start].rpartition("\n")[2]
    return not (_INITIALS.fullmatch(guess.value) or short or is_candidate_cue(line))


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
