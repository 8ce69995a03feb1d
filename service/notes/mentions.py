"""Each place where the notes name somebody: how surely it is a person, with the title and part told there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from rapidfuzz import fuzz

from service.notes.bystanders import follows_person_noun, is_of_the_writer, is_taken_back
from service.notes.encounters import acts, comes_with, speaks, was_had, was_met
from service.notes.english import is_first_name, is_surname, is_usual_name, is_word
from service.notes.name_spans import name_spans
from service.notes.names import (
    HONORIFIC,
    NAME,
    ambiguous_names,
    bare_name,
    is_acronym,
    is_name_label,
    is_organisation,
    label_name,
)
from service.notes.person_parts import arranged_it, is_candidate_cue, read_part, stands_in_list
from service.notes.segment import Segment, SegmentKind
from service.notes.titles import clean_title, looks_like_title, title_beside, title_heads
from service.phrases import load
from service.types import PersonRole, is_honorific

_ORG_BEFORE = re.compile(
    r"(?:\bat|@|\bjoin(?:ing)?|\bcompany:?|\bin|\bfrom|\bfor|\busing|\buse|\bon|\binto|\bto|\bvia|\bacross|\blearn(?:ing)?|\bspeak|\bnear|\baround)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_IN_A_PLACE = re.compile(r"\b(?:in|near|around|across|into|out of|based in)\s+(?:the\s+)?$", re.IGNORECASE)
_PRONOUNS = re.compile(r"^\s*\((?:she|he|they|xe|ze)(?:/\w+){1,2}\)", re.IGNORECASE)
_NOTHING_MORE = re.compile(r"\s*(?:[,(–-]\s*[\w &/-]{2,30}\)?)?[\s*#=:.)–-]*")
_CLOCK_END = re.compile(r"\d[:.h]\d{2}\s*(?:[ap]m)?[\s,:–-]*$", re.IGNORECASE)
_IN_TIME = re.compile(r"\b(?:by|in|since|until|till|from|of|before|after|for|this|last|next)\s*$")
_ASKED_BY = re.compile(r"\b(?:interview\w*|met|spoke|talked|chat\w*|panel)\b[^.\n]{0,25}$", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """A name at its place in the notes; ``weight`` counts the signs of a person, and two are enough."""

    name: str
    start: int
    end: int
    weight: int
    role: PersonRole | None
    title: str | None
    says: bool = False
    met: bool = False
    acts: bool = False  # is the subject of a verb of which a person is one
    thin: bool = False  # nothing but 'with' before it tells of a person, as it may of a firm


@dataclass(frozen=True)
class _Sight:
    """A run of capitals with what stands before and after it in its segment."""

    segment: Segment
    line: str  # the whole text of the segment
    name: str
    before: str
    after: str
    clocked: bool = False  # a time of day stands before the segment
    entry: bool = False  # it is one of a list of the people met
    first_line: bool = False  # nothing stands before the segment
    rest_of_line: str = ""  # what follows, beyond the segment's end

    @cached_property
    def words(self) -> list[str]:
        return bare_name(self.name).split()

    @property
    def first(self) -> str:
        return self.words[0].lower()

    @property
    def honored(self) -> bool:
        """A form of address stands before the name."""
        return bool(re.match(rf"{HONORIFIC}\s", self.name))

    @property
    def opens_sentence(self) -> bool:
        return not self.before.strip() or self.before.rstrip()[-1:] in ".!?:;"

    @property
    def is_known(self) -> bool:
        """It starts with a given name that is not used as an ordinary word here ('Kit is SO keen')."""
        if not is_usual_name(self.first) and not self.honored and _IN_A_PLACE.search(self.before):
            return False  # 'in Marina Bay'
        as_a_word = self.opens_sentence or (self.name.isupper() and len(self.name) > 1)
        return is_first_name(self.first) and (
            len(self.words) > 1 or self.first not in ambiguous_names() or not as_a_word or speaks(self.after)
        )


@dataclass(frozen=True)
class _Signs:
    """What speaks for a person at this place."""

    known: bool
    met: bool
    says: bool
    in_field: bool
    title: str | None

    @property
    def placed(self) -> bool:
        return self.says or self.title is not None or self.in_field


def read_mentions(cased: str, segment: Segment, orgs: frozenset[str], *, entry: bool = False) -> Iterator[Mention]:
    """Everybody named in ``segment`` of the notes, with capitals; ``orgs`` are the firms known by now, lower case.

    ``entry``: the segment stands in a list of the people met.
    """
    text = cased[segment.start : segment.end]
    label = label_name(segment.label)
    if segment.label and segment.kind is SegmentKind.LINE and is_name_label(label, orgs):
        known = is_first_name(label.split()[0]) or len(label.split()) > 1
        weight = 4 if known else 1  # a single unknown word before a colon may be a place, a firm, a topic
        title = clean_title(segment.title) if segment.title else None
        spoke = segment.heading not in _other_lists()
        role = PersonRole.INTERVIEWER if spoke else None
        yield Mention(label, segment.start, segment.start, weight, role, title, says=spoke)
    if segment.label in ("candidate", "my name", "to") and re.fullmatch(NAME, text.split("<")[0].strip()):
        name = text.split("<")[0].strip()
        yield Mention(name, segment.start, segment.start + len(name), 5, PersonRole.CANDIDATE, None)
        return
    for start, end in name_spans(text, orgs):
        if text[start:end].startswith("A. ") and cased[: segment.start + start].rstrip().endswith("?"):
            start += len("A. ")  # 'Q. Who was it? A. Lena Holt'
        mention = _weigh(cased, segment, start, end, orgs, entry=entry)
        if mention is not None and mention.weight >= 1:
            yield mention


def _weigh(cased: str, segment: Segment, start: int, end: int, orgs: frozenset[str], *, entry: bool) -> Mention | None:
    sight = replace(_look(cased, segment, start, end), entry=entry)
    if not _can_be_person(sight, orgs, shouted=cased.isupper()):
        return None
    signs = _signs(sight)
    if _is_mail_matter(segment) and not (signs.known or signs.met):
        return None
    role = read_part(
        segment, sight.before, sight.after, signs.title, met=signs.met, says=signs.says, in_field=signs.in_field
    )
    weight = _weight(sight, signs)
    met = signs.met or signs.in_field
    first, last = segment.start + start, segment.start + end
    thin = _is_thin(sight, signs)
    return Mention(sight.name, first, last, weight, role, signs.title, signs.says, met, _is_active(sight), thin)


_WITH = re.compile(r"(?:\b(?:with|by|from|w)|w/)\s*(?:the\s+)?$", re.IGNORECASE)
_SEEN_BY = re.compile(r"\b(?:(?:seen|interviewed|joined|met) by|met with|spoke with|talked with|sat (?:down )?with)\s*$", re.IGNORECASE)


_FOR_A_JOB = re.compile(r",?\s+(?:for|re|as|regarding)\b", re.IGNORECASE)


def _is_thin(sight: _Sight, signs: _Signs) -> bool:
    """'interview with Corvo Mares': no given name, no title, no verb; a firm is named like that as often."""
    usual = is_usual_name(sight.first) or not _FOR_A_JOB.match(sight.after)
    told = (signs.known and usual) or signs.placed or sight.honored or follows_person_noun(sight.before)
    return not told and bool(_WITH.search(sight.before)) and not _SEEN_BY.search(sight.before)


def _is_active(sight: _Sight) -> bool:
    """The name does something, or is introduced as somebody's; a rare one a thing may bear as well: 'Atlas is the new CRM'."""
    usual = len(sight.words) > 1 or sight.honored or is_usual_name(sight.first)
    whole = len(sight.words) > 1 and is_first_name(sight.first) and not is_word(sight.words[-1])
    return whole or (acts(sight.after) and usual) or follows_person_noun(sight.before)


def _look(cased: str, segment: Segment, start: int, end: int) -> _Sight:
    text = cased[segment.start : segment.end]
    after = _PRONOUNS.sub("", text[end:])
    if segment.kind is SegmentKind.FIELD and segment.label in load("owner_cues")["headings"]["name_columns"]:
        after += cased[segment.end :].split("\n", 1)[0]  # a table's row goes on with the title
    clocked = bool(_CLOCK_END.search(cased[max(0, segment.start - 20) : segment.start]))
    first_line = not cased[: segment.start].strip()
    rest = cased[segment.start + end :].split("\n", 1)[0]
    return _Sight(segment, text, text[start:end], text[:start], after, clocked, first_line=first_line, rest_of_line=rest)


def _can_be_person(sight: _Sight, orgs: frozenset[str], *, shouted: bool) -> bool:
    """False for firms, acronyms, months, job titles; ``shouted`` notes are all in capitals, so those tell nothing."""
    words, segment = sight.words, sight.segment
    if _is_no_name(sight) or is_taken_back(sight.name, sight.rest_of_line):
        return False
    if not words or bare_name(sight.name).lower() in orgs or sight.first in orgs:
        return False
    if _AT.search(sight.before) and not is_first_name(sight.first) and not sight.honored:
        return False  # 'the one at Dunmarrow Lifts'
    if len(words) > 1 and not is_first_name(sight.first) and not sight.honored and _ends_on_a_thing(words):
        return False  # 'Interview with Kestrelbank Reinsurance'
    if (len(words) == 1 and sight.first.strip(".") in ("sr", "jr", "snr", "jnr")) or (
        _FROM.search(sight.before) and not is_first_name(sight.first) and not sight.honored
    ):
        return False  # 'Sr. Manager', 'dialling in from Singhara'
    if len(words) == 1 and len(words[0].strip(".")) < 2 and words[0] == sight.name:
        return False  # a letter alone; 'Dr D.' is somebody
    if (any(is_acronym(w) for w in words) and not shouted) or is_organisation(words, sight.after):
        return False
    if len(words) == 1 and not is_first_name(sight.first) and re.search(r"[A-Z]\w*\s*&\s*$", sight.before):
        return False  # the second half of a firm: 'Rye & Co'
    if sight.first in _months() and _IN_TIME.search(sight.before):
        return False
    return not (segment.kind is SegmentKind.MAIL and not segment.label and looks_like_title(sight.line))


_CONTRACTED = re.compile(r"(?<=[^\W\d_])['’](?:ve|ll|d|re|t|m)\b", re.IGNORECASE)
_OF_A_PLACE = re.compile(r"['’]s?\s+(?P<kind>[A-ZÀ-Þ][^\W\d_]+)")
_ARTICLED = re.compile(r"\b(?:[Tt]he|[Aa]n?)\s+$")  # 'The Ivy, waiter trial', 'a Storytime session'


@cache
def _is_a_misspelt_title(word: str) -> bool:
    """'Managr said', 'Foremn asked': nearly a word for a job, and no name."""
    if len(word) < _SHORTEST_MISSPELT or is_first_name(word) or is_surname(word):
        return False
    return any(word[0] == head[0] and word != head and fuzz.ratio(word, head) >= _ALIKE for head in title_heads())


_ROADS = ("street", "road", "avenue", "terrace", "square")  # of words for streets those that are no surnames
_SHORTEST_MISSPELT = 6  # letters
_ALIKE = 85  # percent
_THE = re.compile(r"\b(?:the|this|that|another|a|an)\s+$", re.IGNORECASE)
_THING = re.compile(r"\s+(?:company|firm|group|agency|project|festival|contract|account|job|role|post|one|people|lot|team|interview|offer)\b")
_IS_A_FIRM = re.compile(r"\s*(?:=|\bis|\bare)\s*(?:the|a|an|their)\s+(?:company|firm|employer|shop|agency|recruiters|recruitment agency)\b")
_HELD_BY = re.compile(r"\s*\((?P<by>[A-ZÀ-Þ][^\W\d_]+)\)")
_DENIED = re.compile(r"\b(?:no|not a|never a)\s+$", re.IGNORECASE)


def _is_a_scrap(sight: _Sight) -> bool:
    """'Co', 'Ans' at the head of a table's row: too short for an unknown name that does nothing."""
    return len(sight.name) <= _SCRAP and not (is_first_name(sight.first) or sight.honored or speaks(sight.after))


_SCRAP = 3  # letters


def _is_no_name(sight: _Sight) -> bool:
    """'Should've', 'St Brannoc', 'Crannock Road', 'Mowbray's Hospital', 'there's no Mr Finch', the job in 'recep (Lena) said'."""
    place = _OF_A_PLACE.match(sight.after)
    kinds: list[str] = load("people")["organisation_words"]
    return bool(
        _CONTRACTED.search(sight.name)
        or sight.first.strip(".") in ("st", "ste", "saint")
        or (place and place["kind"].lower() in kinds)
        or _DENIED.search(sight.before)
        or (len(sight.words) > 1 and sight.words[-1].lower() in _ROADS)
        or _IS_A_FIRM.match(sight.after)
        or (len(sight.words) == 1 and not sight.honored and _ARTICLED.search(sight.before) and not speaks(sight.after))
        or (len(sight.words) == 1 and _is_a_misspelt_title(sight.first))
        or (len(sight.words) == 1 and _is_a_scrap(sight))
        or (_THE.search(sight.before) and _THING.match(sight.after) and not sight.honored)
        or all(is_honorific(w) for w in sight.name.split())
        or (len(sight.words) == 1 and (held := _HELD_BY.match(sight.after)) and is_first_name(held["by"]))
    )


_FROM = re.compile(r"\b(?:in|over|up|down|me|it) from\s+$", re.IGNORECASE)
_AT = re.compile(r"(?:\bat|@)\s+(?:the\s+)?$", re.IGNORECASE)


def _ends_on_a_thing(words: list[str]) -> bool:
    """The last word is an ordinary one and nobody's surname."""
    last = words[-1].strip(".")
    return is_word(last) and not is_surname(last) and "-" not in last and not is_first_name(last)


@cache
def _other_lists() -> frozenset[str]:
    """Headings over lists of other people than those met: what is to do, references."""
    owners = load("owner_cues")["headings"]["owners"]
    return frozenset((*owners["next_step"], *owners["private"], *load("people")["part_labels"]["referee"]))


_ARTICLE = re.compile(r"(?<=\s)an?\s+$")  # 'by a Mr H.'
_PANEL = re.compile(
    r"(?:the |my |today's )?(?:panel|interviewers|interviewed by|met|saw|seen by)\b(?: [\w ]{0,20})?", re.IGNORECASE
)


def _heads_entry_of_panel(sight: _Sight) -> bool:
    """'2 Noor Haddad - events - …' under 'The panel today': the name that opens an entry, not those told of in it."""
    under = sight.segment.heading if sight.segment.kind is SegmentKind.LINE else ""
    return (sight.entry or bool(_PANEL.fullmatch(under))) and not re.search(r"[^\W\d_]", sight.before)


def _under_a_title(sight: _Sight) -> bool:
    """'chef: Dario Belcastri': the label is what the one named after it is."""
    segment = sight.segment
    label = segment.label.lower()
    return bool(
        label
        and not sight.before.strip()
        and len(sight.line.split()) <= _LONGEST_ENTRY
        and looks_like_title(label)
        and label not in load("people")["part_labels"]["recruiter"]
        and label not in load("organisation")["role_fields"]
    )


_LONGEST_ENTRY = 8  # words


@cache
def _months() -> frozenset[str]:
    return frozenset(str(names[0]) for names in load("dates")["months"])


def _is_mail_matter(segment: Segment) -> bool:
    """A line of a pasted message about its matter, time or place, where capitals seldom mean people."""
    return segment.kind is SegmentKind.MAIL and segment.label in load("people")["mail_matter_labels"]


def _signs(sight: _Sight) -> _Signs:
    known = sight.is_known
    listed = (
        known
        and len(sight.words) > 1
        and stands_in_list(sight.before)
        and bool(_NOTHING_MORE.fullmatch(sight.after))
        and sight.segment.kind is not SegmentKind.MAIL
        and sight.segment.heading not in _other_lists()
    )
    listed = listed or _has_a_part_of_the_day(sight)
    fields = load("people")["interviewer_fields"]
    in_field = sight.segment.label.lower() in fields["labels"] or sight.segment.heading in fields["headings"] or listed
    in_field = in_field or _heads_entry_of_panel(sight) or _under_a_title(sight)
    alone = len(sight.words) == 1 and not known and not sight.honored
    title = None if alone and sight.after.startswith(":") else title_beside(sight.before, sight.after)
    met = was_met(_ARTICLE.sub("", sight.before)) or was_had(sight.before, sight.after)
    met = met and not re.match(r"['’]s\b", sight.after)  # 'met Lena's manager'
    if alone and title is None and not in_field:
        met = met and bool(_MET_SURELY.search(sight.before))
    return _Signs(known, met, speaks(sight.after), in_field, title)


# Of a single word that nothing else shows to be a name, 'with' alone tells little: 'shifts shared with Lisbon'.
_MET_SURELY = re.compile(
    r"\b(?:interview\w*|met|saw|seen|spoke|talk\w*|chat\w*|call|panel|zoom|screen|sat|joined)\b[^.,;:\n–—]{0,25}$|[A-Z]\w*(?:,|,? (?:and|&|\+|then))\s+(?:[\w&/-]+ ){0,3}$",
    re.IGNORECASE,
)


def _has_a_part_of_the_day(sight: _Sight) -> bool:
    """'10:15 Gwen Marsh-Hale, finance' as a heading: a time and a name of two words, one of them no word of the language."""
    return (
        sight.segment.kind is SegmentKind.HEADING
        and sight.clocked
        and not sight.before.strip()
        and len(sight.words) > 1
        and not all(is_word(w) for w in sight.words)
        and bool(_NOTHING_MORE.fullmatch(sight.after))
    )


def _weight(sight: _Sight, signs: _Signs) -> int:
    """The signs of a person, each by how far it can be trusted."""
    segment, words, after = sight.segment, sight.words, sight.after
    weight = 2 * signs.known + 2 * signs.met + 2 * signs.says + acts(after)
    weight += 3 * (signs.title is not None) + 3 * signs.in_field + comes_with(sight.before)
    weight += 2 * bool(signs.known and re.match(r"['’]s\b", after))
    weight += bool(re.match(r"\s*\([\w &/,-]{2,40}\)", after))
    weight += 3 * bool(re.match(rf"{HONORIFIC}\s", sight.name)) + 3 * bool(re.match(r"\s*<[^>]*@", after))
    weight += len(words) >= 2 and not any(is_word(w) for w in words)
    weight += 2 * (follows_person_noun(sight.before) and not is_of_the_writer(sight.before))
    weight += 2 * is_candidate_cue(sight.before) + 4 * arranged_it(sight.before, after)
    weight += 2 * (segment.kind is SegmentKind.MAIL)
    weight += 3 * (segment.label in load("people")["person_labels"])
    initial = len(words) == 1 and words[0] != sight.name and len(words[0].strip(".")) == 1  # 'Mr H.'
    return weight if signs.known or initial or sight.honored else weight - _doubt(sight, signs)


def _doubt(sight: _Sight, signs: _Signs) -> int:
    """What speaks against a person whose first name is not a known one: words of the language, 'at' and 'from'."""
    words = sight.words
    doubt = 2 * bool(_ORG_BEFORE.search(sight.before)) + 2 * all(is_word(w) for w in words)
    doubt += 2 * (
        not (signs.placed or _ASKED_BY.search(sight.before))
        and is_word(words[-1])
        and not (len(words) > 1 and is_surname(words[-1]))
    )
    plain = is_word(words[-1]) and not is_surname(words[-1])
    doubt += 2 * (plain and len(words) > 1 and not signs.placed)
    ordinary = plain or all(is_word(w) for w in words)
    unlikely = (ordinary and len(words) > 1) or (len(words) == 1 and not signs.says)
    return doubt + 3 * (unlikely and signs.title is not None and _opens_notes(sight))


def _opens_notes(sight: _Sight) -> bool:
    """'Ferrow Tiles, kiln lead' as the first line names the firm and the job, 'Tuinman / gardener' the job twice."""
    first = sight.first_line and not re.search(r"(?<![^\W\d_])[a-z]", sight.before)
    return first and bool(re.match(r",|\s+[-–—/|]\s", sight.after))
