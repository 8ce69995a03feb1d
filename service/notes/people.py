"""Who is in the notes, in which part: interviewers, a recruiter, the candidate, somebody merely mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from service.notes.encounters import is_kin, speaks
from service.notes.english import is_first_name
from service.notes.mentions import Mention, read_mentions
from service.notes.name_spans import with_capitals
from service.notes.names import NAME, bare_name, is_initials_of, same_person
from service.notes.panel_lists import with_entries
from service.notes.segment import Segment
from service.notes.titles import is_recruiter_title, looks_like_title
from service.phrases import load
from service.types import Person, PersonRole, Span, is_honorific

_SURE = 2  # the weight from which a mention is taken for a person
_LINK = re.compile(
    r"^\.?(?:\s+(?:herself|himself|too|as well|again))?(?:\s*\([^()]*\))?(?:\s*,\s*[a-zA-Z &/-]{2,40}?)?\s*(?:,\s*(?:and\b|&|then\b)?|;|/|\band\b|&|\+|\bthen\b|\bplus\b|\bn\b)\s*(?:(?:the|her|his|their|our|my)\s+)?(?P<title>(?:[\w&/-]+\s+){0,4}|(?:[\w&/-]+\s+){0,3}[\w&/-]+,\s+)$",
    re.IGNORECASE,
)


def read_people(notes: str, segments: tuple[Segment, ...], orgs: frozenset[str]) -> tuple[Person, ...]:
    """Everybody named, interviewers first in order of appearance; one person is one entry, under the fullest name."""
    cased = with_capitals(notes)
    mentions = [m for s, entry in with_entries(notes, segments) for m in read_mentions(cased, s, orgs, entry=entry)]
    linked = [m for m in _in_company(mentions, cased) if m.weight >= _SURE]
    sure = [m for m in linked if not m.thin or _does_something_elsewhere(m, mentions)]
    greeted = _greeted(segments)
    called = _nicknames(cased)
    sure = [replace(m, name=called.get(m.name.lower(), m.name)) for m in sure]
    own = _own_field(segments)
    sure = [replace(m, role=PersonRole.CANDIDATE) if _signs_off(m, sure, cased) or m.start in own else m for m in sure]
    sure = [replace(m, role=PersonRole.CANDIDATE) if m.name.split()[0].lower() == greeted else m for m in sure]
    return _merge([*sure, *_by_initials(sure, segments)])


def _does_something_elsewhere(mention: Mention, mentions: list[Mention]) -> bool:
    """'with Corvo Mares' may be a firm: somebody of that name has to do something in another place of the notes."""
    others = (m for m in mentions if m.start != mention.start and (m.says or m.acts) and not m.thin)
    return any(same_person(mention.name, m.name) for m in others)


def _own_field(segments: tuple[Segment, ...]) -> range:
    """Where a form that lists its panel under another label has 'Name:': there the writer fills in the writer's own."""
    labels = {*load("people")["interviewer_fields"]["labels"]} - {"name", "person", "with", "who"}
    if not any(s.label.lower() in labels for s in segments if s.label):
        return range(0)
    return next((range(s.start, s.end) for s in segments if s.label and s.label.lower() == "name"), range(0))


_NICKNAMED = re.compile(rf"[\"“](?P<nick>[^\W\d_]+)[\"”][ \t]+(?P<full>{NAME})")


def _nicknames(cased: str) -> dict[str, str]:
    """Full names by what somebody is called, lower case: '"Pim" Willem Drost'."""
    found = _NICKNAMED.finditer(cased)
    return {m["nick"].lower(): m["full"] for m in found if len(m["full"].split()) > 1}


_SIGNING = re.compile(r"\W*(?P<mark>[^\W\d_]{2,9})\.?\s*[:,]\s*|[-–—]+\s*")


def _signs_off(mention: Mention, mentions: list[Mention], cased: str) -> bool:
    """The notes end on a name that stands nowhere else, as a letter does on its writer's: 'signed: Irma Holt', '- Irma'."""
    line_start = cased.rfind("\n", 0, mention.start) + 1
    signing = _SIGNING.fullmatch(cased[line_start : mention.start])
    if signing is None or cased[mention.end :].strip(" .*_\n"):
        return False
    if (signing["mark"] or "").lower() in load("people")["interviewer_fields"]["labels"]:
        return False
    above = cased[:line_start].rstrip().rsplit("\n", 1)[-1].lstrip()
    listed = above.endswith(":") or (signing["mark"] is None and above[:1] in "-–—*•")
    return not listed and not any(m is not mention and same_person(mention.name, m.name) for m in mentions)


def _greeted(segments: tuple[Segment, ...]) -> str:
    """Who is greeted in a chat by another speaker, lower case: 'Tove: Hi Marek, room is Birch' was written to the candidate."""
    labels = {s.label.lower() for s in segments if s.label}
    for s in segments:
        found = _GREETING.match(s.text) if s.label else None
        if found and found["name"].lower() in labels and found["name"].lower() != s.label.lower():
            return found["name"].lower()
    return ""


_GREETING = re.compile(r"(?:hi|hello|hey|dear|morning|good morning)\s+(?P<name>[^\W\d_]+)\b", re.IGNORECASE)


_INITIALS = re.compile(r"(?P<letters>[A-Z]{1,3})\b")


_DASH = re.compile(r"\s+[-–]\s")


def _by_initials(named: list[Mention], segments: tuple[Segment, ...]) -> Iterator[Mention]:
    """'PA: …' and 'PA asked …' where one person of the notes has these initials."""
    names = {m.name for m in named}
    for s in segments:
        opening = _INITIALS.match(s.text)
        letters = s.label if _INITIALS.fullmatch(s.label) else ""
        if not letters and opening and (speaks(s.text[opening.end() :]) or _DASH.match(s.text, opening.end())):
            letters = opening["letters"]
        fitting = [n for n in names if letters and is_initials_of(letters, n)]
        if len(fitting) == 1:
            yield Mention(fitting[0], s.start, s.start, _SURE, PersonRole.INTERVIEWER, None, says=True)


def _in_company(mentions: list[Mention], cased: str) -> list[Mention]:
    """Who is named in one breath with an interviewer is one: 'met Gwen and her manager Tom', 'Amara and Bridget interviewed me'."""
    out = sorted(mentions, key=lambda m: m.start)
    interviewing = {m.name for m in mentions if m.role is PersonRole.INTERVIEWER}
    for _ in range(2):
        for k in range(1, len(out)):
            one, two = (
                replace(m, role=PersonRole.INTERVIEWER) if m.role is None and _is_any_of(m.name, interviewing) else m
                for m in (out[k - 1], out[k])
            )
            if not _linked(one, two, cased):
                continue
            if one.role is PersonRole.INTERVIEWER and out[k].role is None:
                out[k] = replace(two, role=PersonRole.INTERVIEWER, met=one.met, weight=two.weight + 2)
            elif two.role is PersonRole.INTERVIEWER and out[k - 1].role is None and (two.says or one.weight >= _SURE):
                out[k - 1] = replace(one, role=PersonRole.INTERVIEWER, says=True, weight=one.weight + 2)
    return out


def _is_any_of(name: str, others: set[str]) -> bool:
    return any(same_person(name, other) for other in others)


def _linked(one: Mention, two: Mention, cased: str) -> bool:
    """Nothing but 'and', a comma or a title stands between two names of one line."""
    between = cased[one.end : two.start]
    link = _LINK.match(between) if one.end < two.start and "\n" not in between else None
    return link is not None and (
        not link["title"].strip() or looks_like_title(link["title"].strip(" ,")) or is_kin(link["title"])
    )


def _merge(mentions: list[Mention]) -> tuple[Person, ...]:
    groups: list[list[Mention]] = []
    for mention in sorted(mentions, key=lambda m: (-len(bare_name(m.name).split()), m.start)):
        fitting = [g for g in groups if same_person(g[0].name, mention.name)]
        if len(fitting) == 1 or (fitting and len(mention.name.split()) > 1):
            fitting[0].append(mention)
        elif not fitting:
            groups.append([mention])
    people = [_person(g) for g in groups]
    if not any(p.role is PersonRole.INTERVIEWER for p in people):
        people = _promote(people, groups)
    order = list(PersonRole)
    return tuple(sorted(people, key=lambda p: (order.index(p.role), p.span.start if p.span else 0)))


def _person(group: list[Mention]) -> Person:
    by_place = sorted(group, key=lambda m: m.start)
    fullest = max(group, key=lambda m: (len(bare_name(m.name).split()), len(m.name.split()), -m.start))
    roles = [m.role for m in by_place if m.role is not None]
    title = next((m.title for m in by_place if m.title), None)
    role = PersonRole.MENTIONED
    if PersonRole.CANDIDATE in roles:
        role = PersonRole.CANDIDATE
    elif PersonRole.RECRUITER in roles and not _interviewed(by_place):
        role = PersonRole.RECRUITER
    elif PersonRole.MENTIONED in roles and not any(m.met for m in by_place):
        role = PersonRole.MENTIONED
    elif PersonRole.INTERVIEWER in roles:
        role = PersonRole.INTERVIEWER
        if title and is_recruiter_title(title) and not any(m.met or m.says for m in by_place):
            role = PersonRole.RECRUITER
    return Person(_as_addressed(fullest.name, by_place), role, title, Span(by_place[0].start, by_place[0].end))


def _as_addressed(name: str, mentions: list[Mention]) -> str:
    """'Ms. Arisugi' of 'Ms. Arisugi Mei' where the notes call her so: the form of address takes the word that they put after it.

    Not everybody's family name stands last, and a greeting by the wrong one of two names is a wrong name (G35).
    """
    words = bare_name(name).split()
    if not is_honorific(name.split()[0]) or len(words) < _TWO_NAMES or is_first_name(words[0]):
        return name
    short = (m.name for m in mentions if is_honorific(m.name.split()[0]) and bare_name(m.name) == words[0])
    return next(short, name)


_TWO_NAMES = 2


def _interviewed(mentions: list[Mention]) -> bool:
    """Somebody who scheduled and also conducted a conversation is an interviewer."""
    return (
        any(m.met and m.role is PersonRole.INTERVIEWER for m in mentions)
        or sum(m.says and m.role is PersonRole.INTERVIEWER for m in mentions) > 1
    )


def _takes_part(mention: Mention) -> bool:
    return bool(mention.says or mention.acts or mention.met or mention.title) or is_honorific(mention.name.split()[0])


def _promote(people: list[Person], groups: list[list[Mention]]) -> list[Person]:
    """With nobody marked as interviewer, those who say, lead or own something in the notes are taken for them.

    A name that does nothing there may be a place, a thing or a word: 'for the county atlas'.
    """
    out = []
    for person, group in zip(people, groups, strict=True):
        active = any(m.role is None and _takes_part(m) for m in group)
        out.append(
            replace(person, role=PersonRole.INTERVIEWER) if person.role is PersonRole.MENTIONED and active else person
        )
    return out
