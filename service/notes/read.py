"""Notes → Facts: what the pasted text says, whose each thing is, and where it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from functools import cache

from service.errors import NotesError, NotesTooLong, UnsupportedLanguage
from service.notes.dates import DatesRead, read_dates
from service.notes.english import fold, is_word, tag
from service.notes.headings import is_outside, person_in_heading
from service.notes.held import held_to_evidence
from service.notes.introductions import introduced_title, says_who_somebody_is
from service.notes.language import read_language
from service.notes.markup import without_markup
from service.notes.names import in_full, is_initials_of, is_name_label, same_person
from service.notes.next_steps import with_next_steps
from service.notes.organisation import Organisation, read_organisation
from service.notes.owners import CORRECTED, UNPROVEN, heading_owner, read_owner, tells_owner
from service.notes.passages import read_in_passage, same_line, takes_back, with_private_neighbours
from service.notes.people import read_people
from service.notes.sections import within_sections, without_letters
from service.notes.segment import Segment, SegmentKind, segment
from service.notes.titles import looks_like_title
from service.phrases import languages, load
from service.types import DateFact, Fact, Facts, Given, NoteItem, Owner, Person, PersonRole, Span, Warning, is_honorific

MAX_CHARACTERS = 20_000
INTRODUCES = "says who somebody is"
_USABLE = (Owner.THEIRS, Owner.MINE, Owner.CLARIFY)


def read_notes(notes: str, *, now: datetime, given: Given = Given()) -> Facts:  # noqa: B008 (frozen value)
    """Everything the notes tell, each fact with the span it came from; what ``given`` states wins over reading.

    Raises NotesError (empty, binary), NotesTooLong, UnsupportedLanguage, DatesContradict.
    """
    _refuse_unreadable(notes)
    language = given.language or read_language(notes)
    if language not in languages():
        raise UnsupportedLanguage(
            f"Messages can be written in {_names(languages())} so far, and these notes or the request ask for "
            f"'{language}'. Send notes in English, or set language to 'en' to have an English message from them."
        )
    plain = without_markup(notes)
    segments = within_sections(segment(plain), plain)
    people = read_people(plain, segments, frozenset())
    words = frozenset(w.lower() for p in people for w in (p.name, *p.name.split()))
    titles = frozenset(p.title.lower() for p in people if p.title)
    organisation = read_organisation(plain, segments, words, titles)
    org_words = _org_words(organisation, people)
    if org_words & words:
        people = read_people(plain, segments, org_words)
    people = _with_given(people, given)
    dates = read_dates(plain, now, given.interview)
    items = _without_headline(_items(segments, people, given, plain), organisation, dates)
    public = _without_private_people(people, items, given)
    if public != people:
        people = public
        items = _without_headline(_items(segments, people, given, plain), organisation, dates)
    items = without_letters(with_next_steps(items, dates), plain)
    items = held_to_evidence(items, _sure_of(segments, people), plain, _called(people))
    items = with_private_neighbours(items, plain)
    people = _without_private_people(people, _as_open(items, people), given)
    people = _with_introduced_title(people, items)
    dates = _without_private_dates(dates, items)
    facts = Facts(
        notes=notes,
        language=language,
        items=items,
        people=people,
        company=Fact(given.interview.company) if given.interview.company else organisation.company,
        role=Fact(given.interview.role) if given.interview.role else organisation.role,
        interview_at=dates.interview_at,
        decision_date=dates.decision_date,
        warnings=(*organisation.warnings, *dates.warnings, *_order_warning(items)),
    )
    facts = replace(facts, items=_with_grounds_open(facts))
    facts = replace(facts, missing=_missing(facts, dates))
    return facts if plain == notes else _closed_up(facts)


def _as_open(items: tuple[NoteItem, ...], people: tuple[Person, ...]) -> tuple[NoteItem, ...]:
    """What nobody is said to have told, or what names two of the panel, may still say who was there: 'Ada, and Lee, whose mum …'."""
    met = [p for p in people if p.role is PersonRole.INTERVIEWER]

    def introduces(item: NoteItem) -> bool:
        return sum(p.first_name in item.text or p.name in item.text for p in met) > 1

    return tuple(
        replace(i, owner=Owner.LOGISTICS) if i.reason == UNPROVEN or (i.owner is Owner.PRIVATE and introduces(i)) else i
        for i in items
    )


def _with_grounds_open(facts: Facts) -> tuple[NoteItem, ...]:
    """A line that nobody is said to have told and that a fact was read from is no secret, or the fact would have no ground."""
    read_from = (facts.company, facts.role, facts.interview_at, facts.decision_date, *facts.interviewers)
    starts = [fact.span.start for fact in read_from if fact is not None and fact.span is not None]
    return tuple(
        replace(i, owner=Owner.LOGISTICS)
        if i.reason == UNPROVEN and any(i.start <= start < i.end for start in starts)
        else i
        for i in facts.items
    )


def _closed_up(facts: Facts) -> Facts:
    """Without the blanks that tags left inside what was read."""

    def one_line(text: str) -> str:
        return " ".join(text.split())

    def closed(fact: Fact | None) -> Fact | None:
        return None if fact is None else replace(fact, value=one_line(fact.value))

    return replace(
        facts,
        items=tuple(
            replace(
                i,
                text=one_line(i.text),
                speaker=one_line(i.speaker) if i.speaker else None,
                heard_by=one_line(i.heard_by) if i.heard_by else None,
            )
            for i in facts.items
        ),
        people=tuple(
            replace(p, name=one_line(p.name), title=one_line(p.title) if p.title else None) for p in facts.people
        ),
        company=closed(facts.company),
        role=closed(facts.role),
    )


def _without_headline(
    items: tuple[NoteItem, ...], organisation: Organisation, dates: DatesRead
) -> tuple[NoteItem, ...]:
    """The line that names company, role or the day is where they were read from, no topic of the conversation."""
    facts = (organisation.company, organisation.role)
    spans = [f.span for f in facts if f is not None and f.span is not None]
    spans += [m.span for m in dates.mentions if m.kind in ("interview", "decision")]
    names = [f.value.lower() for f in facts if f is not None]

    def is_headline(item: NoteItem) -> bool:
        if item.speaker is not None:
            return False  # said by somebody: 'Will Tran: 3 designers'
        held = sum(item.start <= s.start < item.end for s in spans)
        if held >= 2 and len(item.text.split()) <= 30:
            return True
        named = held or (len(names) == 2 and all(n in item.text.lower() for n in names))
        return (
            bool(named) and item.owner is Owner.THEIRS and len(item.text.split()) <= 10 and not _TELLS.search(item.text)
        )

    return tuple(
        replace(i, owner=Owner.LOGISTICS, speaker=None, reason="names the company or the role")
        if (i.owner in (Owner.THEIRS, Owner.MINE) and not _opens_mine(i.text) and is_headline(i))
        or (k == 0 and _is_bare_title(i))
        else i
        for k, i in enumerate(items)
    )


def _is_bare_title(item: NoteItem) -> bool:
    """The first line without a verb and without a speaker is the notes' title."""
    return (
        item.owner is Owner.THEIRS
        and item.speaker is None
        and len(item.text.split()) <= 8
        and not _TELLS.search(item.text)
        and not any(kind in ("VBZ", "VBP", "VBD", "MD") for _, kind in tag(item.text))
    )


def _without_private_dates(dates: DatesRead, items: tuple[NoteItem, ...]) -> DatesRead:
    """Another firm's interview day, told in private, is not this one's."""

    def public(fact: DateFact | None, kind: str) -> DateFact | None:
        if fact is None or fact.span is None or not _is_private(fact.span, items):
            return fact
        others = [m for m in dates.mentions if m.kind == kind and not _is_private(m.span, items)]
        return DateFact(others[-1].value, others[-1].span) if others else None

    return replace(
        dates,
        interview_at=public(dates.interview_at, "interview"),
        decision_date=public(dates.decision_date, "decision"),
    )


def _is_private(span: Span, items: tuple[NoteItem, ...]) -> bool:
    return any(i.owner is Owner.PRIVATE and i.reason != UNPROVEN and i.start <= span.start < i.end for i in items)


def _without_private_people(
    people: tuple[Person, ...], items: tuple[NoteItem, ...], given: Given
) -> tuple[Person, ...]:
    """Somebody named in private items only did not interview: 'Lena doesn't want to move, don't mention'."""
    stated = {r.name for r in given.recipients}
    open_text = " ".join(i.text for i in items if i.owner is not Owner.PRIVATE)
    private = " ".join(i.text for i in items if i.owner is Owner.PRIVATE)
    return tuple(
        replace(p, role=PersonRole.MENTIONED)
        if p.role is PersonRole.INTERVIEWER
        and p.name not in stated
        and all(i.speaker != p.name for i in items)
        and _last_mention(p, private) >= 0
        and _last_mention(p, open_text) < 0
        and p.first_name.lower() not in open_text.lower()
        and not any(
            p.span and i.start - len(p.name) - 3 <= p.span.start <= i.end and i.owner is not Owner.PRIVATE
            for i in items
        )
        else p
        for p in people
    )


def _with_introduced_title(people: tuple[Person, ...], items: tuple[NoteItem, ...]) -> tuple[Person, ...]:
    """'She is the head of labs' gives the only interviewer a title that does not stand beside the name."""
    untitled = [p for p in people if p.role is PersonRole.INTERVIEWER]
    title = next((t for i in items if i.reason == INTRODUCES and (t := introduced_title(i.text))), None)
    if len(untitled) != 1 or untitled[0].title is not None or title is None:
        return people
    return tuple(replace(p, title=title) if p is untitled[0] else p for p in people)


_TELLS = re.compile(
    r"\b(?:said|told|asked|explained|described|lead(?:s|ing)?|runs?|showed|mentioned|liked|loved|is|are|they|she|he|was|were|has|have|wants?|use[sd]?|moving|grow\w*|open\w*|plan\w*)\b",
    re.IGNORECASE,
)


def _names(codes: tuple[str, ...]) -> str:
    names: dict[str, str] = load("languages")
    return " and ".join(names.get(code, code) for code in codes)


def _refuse_unreadable(notes: str) -> None:
    if len(notes) > MAX_CHARACTERS:
        raise NotesTooLong(
            f"The notes have {len(notes):,} characters; at most {MAX_CHARACTERS:,} can be read. Keep the part about this interview."
        )
    if not any(c.isalnum() for c in notes):
        raise NotesError("The notes are empty. Paste what you wrote down after the interview, in any form.")
    odd = sum(
        1 for c in notes if unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\n\r\t\x0b\x0c\x85"
    ) + notes.count("\ufffd")
    if "\x00" in notes or odd > max(3, len(notes) // 50):
        raise NotesError(
            "The notes look like a file's raw bytes, not text. Paste the text itself, or save the file as plain text first."
        )


def _org_words(organisation: Organisation, people: tuple[Person, ...]) -> frozenset[str]:
    """The company's name and its first word, unless a person of the notes is called so ('Gwen Rowan' of 'Rowan & Daughters')."""
    if organisation.company is None:
        return frozenset()
    value = organisation.company.value.lower()
    surnames = {p.name.lower().split()[-1] for p in people if p.name.lower() != value and len(p.name.split()) > 1}
    return frozenset({value, value.split()[0]} - surnames)


def _with_given(people: tuple[Person, ...], given: Given) -> tuple[Person, ...]:
    """Stated people replace read ones: the candidate's name, and the recipients as the interviewers."""
    out = list(people)
    if given.candidate:
        out = [p for p in out if p.role is not PersonRole.CANDIDATE and p.name.lower() != given.candidate.lower()]
        out.append(Person(given.candidate, PersonRole.CANDIDATE))
    named = [r for r in given.recipients if r.name]
    if named:
        stated = {r.name.lower() for r in named if r.name}
        first = {n.split()[0] for n in stated}
        read = {p.name.lower(): p for p in out}
        out = [p for p in out if p.name.lower() not in stated and p.first_name.lower() not in first]
        for r in named:
            assert r.name is not None
            known = read.get(r.name.lower()) or read.get(r.name.lower().split()[0])
            out.insert(
                0,
                Person(
                    r.name,
                    PersonRole.INTERVIEWER,
                    r.title or (known.title if known else None),
                    known.span if known else None,
                ),
            )
    order = list(PersonRole)
    return tuple(sorted(out, key=lambda p: order.index(p.role)))


@cache
def _orders() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.IGNORECASE) for p in load("orders")["orders"])


def is_order(text: str) -> bool:
    """True for text that instructs a model or carries markup: data to keep out, never to follow."""
    return any(p.search(text) for p in _orders())


def _items(segments: tuple[Segment, ...], people: tuple[Person, ...], given: Given, notes: str) -> tuple[NoteItem, ...]:
    interviewers = [p for p in people if p.role in (PersonRole.INTERVIEWER, PersonRole.RECRUITER)]
    names = _called(people)
    segments = tuple(_with_short_label(s, interviewers) for s in segments)
    out: list[NoteItem] = []
    last_speaker: str | None = None
    line_heading = ""
    for s in segments:
        if s.kind is SegmentKind.HEADING:
            last_speaker = _head_of(s, people)
            line_heading = s.heading
            continue
        head = _head_of(s, people)
        if s.heading != line_heading:
            line_heading, last_speaker = s.heading, None
        speaker = _speaker(s, interviewers, last_speaker, head)
        if speaker is None and out and _GOES_ON_TO_SAY.match(s.text) and same_line(s, out[-1], notes):
            speaker = last_speaker
        if speaker is not None:
            last_speaker = speaker
        said_by_heading = head is not None or _person_called(s.label, interviewers) is not None
        alone = read_owner(s, names=names, speaker_is_person=said_by_heading and not _opens_mine(s.text))
        ownership = read_in_passage(s, alone, out, notes)
        owner, reason = ownership.owner, ownership.reason
        if is_order(s.text):
            owner, reason = Owner.PRIVATE, "an instruction, not a note"
        elif owner is Owner.THEIRS and _introduces(s, people):
            owner, reason = Owner.LOGISTICS, "says who, where or for what"
        elif owner is Owner.THEIRS and says_who_somebody_is(s.text):
            owner, reason = Owner.LOGISTICS, INTRODUCES
        correction = next((c for c in given.corrections if c.start < s.end and s.start < c.end), None)
        if correction is not None:
            owner, reason = correction.owner, CORRECTED
            speaker = correction.speaker or speaker
        if owner is Owner.CLARIFY and speaker is None and out and out[-1].owner in (Owner.CLARIFY, Owner.THEIRS):
            speaker = out[-1].speaker  # the regret belongs to the question before it
        if takes_back(s.text) and correction is None:
            owner, reason = Owner.PRIVATE, "takes something back"
            if out and out[-1].owner is Owner.MINE and same_line(s, out[-1], notes):
                out[-1] = replace(out[-1], owner=Owner.PRIVATE, heard_by=None, reason="taken back")
        heard_by = speaker if owner is Owner.MINE else None
        if owner in (Owner.MINE, Owner.LOGISTICS, Owner.PRIVATE):
            speaker = None
        out.append(NoteItem(f"i{len(out) + 1}", s.text, s.start, s.end, owner, speaker, reason, heard_by))
    return tuple(out)


def _called(people: tuple[Person, ...]) -> frozenset[str]:
    """First and last names of those who interviewed, lower case."""
    interviewers = (p for p in people if p.role in (PersonRole.INTERVIEWER, PersonRole.RECRUITER))
    return frozenset(w.lower() for p in interviewers for w in (p.first_name, p.name.split()[-1]))


def _sure_of(segments: tuple[Segment, ...], people: tuple[Person, ...]) -> frozenset[int]:
    """Where the segments begin of which a label, a heading or a list of questions and answers says whose they are."""
    interviewers = [p for p in people if p.role in (PersonRole.INTERVIEWER, PersonRole.RECRUITER)]
    return frozenset(
        s.start
        for s in (_with_short_label(s, interviewers) for s in segments)
        if tells_owner(s)
        or s.kind in (SegmentKind.QUESTION, SegmentKind.ANSWER)
        or _head_of(s, people) is not None
        or _person_called(s.label, interviewers) is not None
    )


# 'Ada runs nights. Says the ovens are old': the subject is the sentence's before.
_GOES_ON_TO_SAY = re.compile(
    r"(?:also |and |then )*(?:says?|said|wants?|needs|thinks|asked|asks|told me|showed me|mentioned|explained|likes|loves|runs|leads|has|does|hopes|plans)\b",
    re.IGNORECASE,
)
_SHORT_LABEL = re.compile(r"(?P<short>[^\W\d_]{3,}|[A-Z]{1,3})\s+[-–:]\s+(?=\S)")


def _with_short_label(s: Segment, people: list[Person]) -> Segment:
    """'bram - ash dieback' where Bramwell interviewed: a name cut short before a dash says who spoke."""
    found = _SHORT_LABEL.match(s.text)
    if found is None or s.label or s.kind is not SegmentKind.LINE:
        return s
    short = found["short"]
    cut = len(short) > 1 and not is_word(short)
    fitting = [
        p for p in people if is_initials_of(short, p.name) or (cut and p.first_name.lower().startswith(short.lower()))
    ]
    if len(fitting) != 1:
        return s
    return replace(s, start=s.start + found.end(), text=s.text[found.end() :], label=fitting[0].name)


_WHO_DOES = re.compile(
    r",? who(?:'s| is| was| runs| leads| heads| manages| owns| looks after| does)\b[^,.;]{0,60}", re.IGNORECASE
)


def _introduces(s: Segment, people: tuple[Person, ...]) -> bool:
    """A short line that first names people or the job and tells nothing of the conversation."""
    said_by_label = s.label and s.kind is SegmentKind.LINE
    told = _WHO_DOES.sub("", s.text)
    if (
        said_by_label
        or len(s.text.split()) > 22
        or re.search(
            r"\b(?:says?|said|tells?|told|asks?|asked|explain(?:s|ed)|describe[sd]|leads|runs|shows?|showed|mention(?:s|ed)|wants|liked|loved|is|are|they|she|he|was|were)\b",
            told,
            re.IGNORECASE,
        )
    ):
        return False
    first_named = any(p.span is not None and s.start <= p.span.start < s.end for p in people)
    return (first_named and bool(re.search(r"\bw/|\bwith\b|\bmet\b|\(|,|:|@|\bat\b", s.text, re.IGNORECASE))) or bool(
        (equal := re.match(r"([\w .]{1,24}) = (.+)", s.text)) and any(_is_who(side) for side in equal.groups())
    )


def _is_who(text: str) -> bool:
    """A name or a title: 'head = Mrs Whitlow' says who somebody is, 'soft meals = biggest complaint' what was said."""
    return looks_like_title(text) or is_name_label(re.split(r"[,(]", text)[0].strip(), frozenset())


def _opens_mine(text: str) -> bool:
    return bool(
        re.match(
            r"(?:[^\w\s]+\s+)*(?:(?:and|so|then|but)\s+)*(?:i|i'm|i've|my|told|me)\b",
            text.replace("’", "'"),
            re.IGNORECASE,
        )
    )


def _person_called(words: str, people: list[Person]) -> str | None:
    low = re.sub(r"['’]s$", "", words.strip().lower())
    low = re.sub(r"\s*\(.*$", "", low)
    low = " ".join(w for w in low.split() if not is_honorific(w)) or low  # 'dr adeyemi' is Dr Adeyemi
    fitting = [p.name for p in people if low and (same_person(p.name, low) or is_initials_of(words, p.name))]
    return fitting[0] if len(fitting) == 1 else None


def _head_of(s: Segment, people: tuple[Person, ...]) -> str | None:
    """Whose part of the talk the heading opens; of somebody met on the way too, so that no interviewer gets their words."""
    interviewers = [p for p in people if p.role in (PersonRole.INTERVIEWER, PersonRole.RECRUITER)]
    called = _person_called(s.heading, interviewers)
    if called is not None or heading_owner(s.heading) is not None or is_outside(s.heading):
        return called
    return person_in_heading(s.heading, people)


def _speaker(s: Segment, people: list[Person], last: str | None, head: str | None) -> str | None:
    """Who said it: a label, a heading, a name that acts in the text; a pronoun goes on with the last one named."""
    labelled = _person_called(s.label, people) or head
    if labelled:
        return labelled
    text = in_full(s.text, [p.name for p in people])
    whole = {p.name for p in people if p.name.lower() in text.lower()}
    named = whole or {p.name for p in people if _last_mention(p, text) >= 0}
    if len(named) == 1:
        return next(iter(named))
    if named:
        return _last_subject(people, text)
    if last and re.search(r"\b(?:she|he|her|his|him)\b", s.text, re.IGNORECASE):
        return last
    return None


def _last_mention(person: Person, text: str) -> int:
    last = person.name.split()[-1]
    called = {fold(person.first_name)} | ({fold(last)} if is_honorific(person.name.split()[0]) else set())
    names = "|".join(re.escape(n) for n in called)
    found = list(re.finditer(rf"(?<!\w)(?:{names})(?:['’]s)?(?!\w)", fold(text), re.IGNORECASE))
    return found[-1].start() if found else -1


def _last_subject(people: list[Person], text: str) -> str | None:
    """Of several named in one sentence, the one it ends on as its subject: 'met Tom and Amara, Tom is the director'."""
    last = max(people, key=lambda p: _last_mention(p, text))
    after = text[_last_mention(last, text) + len(last.first_name) :]
    return (
        last.name
        if re.match(
            r"\s+(?:is|was|said|asked|told|leads|runs|mentioned|explained|owns|has|had|wants|talked)\b",
            after,
            re.IGNORECASE,
        )
        else None
    )


def _order_warning(items: tuple[NoteItem, ...]) -> tuple[Warning, ...]:
    if any(i.reason == "an instruction, not a note" for i in items):
        return (
            Warning(
                "instruction_in_notes",
                "Part of the notes reads like an instruction or markup; it was left out of the messages.",
            ),
        )
    return ()


def _missing(facts: Facts, dates: DatesRead) -> tuple[str, ...]:
    checks = (
        ("candidate", facts.candidate is None),
        ("company", facts.company is None),
        ("role", facts.role is None),
        ("interviewer", not facts.interviewers),
        ("interview_at", dates.interview_at is None),
        ("decision_date", dates.decision_date is None),
        ("topic", not any(i.owner in _USABLE for i in facts.items)),
    )
    return tuple(name for name, absent in checks if absent)
