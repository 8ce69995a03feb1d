"""The nouns of Afterword: plain frozen values that every step takes and returns.

Spans are half-open ``[start, end)`` character offsets into the notes exactly as the caller sent them
(``Facts.notes``), counted in Python code points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class MessageKind(StrEnum):
    THANK_YOU = "thank_you"
    CHECK_IN = "check_in"
    LINKEDIN = "linkedin"


class Owner(StrEnum):
    """Whose a note item is: decides where, if anywhere, it may appear."""

    THEIRS = "theirs"  # what the interviewer said, does, or what is true of the company
    MINE = "mine"  # what the candidate said, did or has
    CLARIFY = "to_clarify"  # an answer the candidate would like to give better (G6)
    NEXT_STEP = "next_step"  # what happens after the interview, or what was promised
    LOGISTICS = "logistics"  # who, where, when: never a topic of its own
    SMALL_TALK = "small_talk"
    PRIVATE = "private"  # never leaves the service (G30)


TOPICS = (Owner.THEIRS, Owner.MINE, Owner.CLARIFY)  # what a message can be about


class PersonRole(StrEnum):
    """The part that a named person plays in the interview."""

    INTERVIEWER = "interviewer"
    RECRUITER = "recruiter"
    ARRANGED = "arranged"  # booked it, hosted, sent the invitation: written to only when asked for
    ABSENT = "absent"  # was to be there and was not
    REFEREE = "referee"
    CANDIDATE = "candidate"
    MENTIONED = "mentioned"


class Occasion(StrEnum):
    """What a message is for, once it is known what became of the application."""

    TALK = "talk"  # an interview took place, and no answer is in: the three kinds as they are asked for
    REBOOK = "rebook"  # it did not take place: another time is asked for
    AFTER_REJECTION = "after_rejection"
    AFTER_OFFER = "after_offer"
    AFTER_WITHDRAWAL = "after_withdrawal"
    AFTER_ANSWER = "after_answer"  # they came back with a next step


class Tone(StrEnum):
    WARM = "warm"
    NEUTRAL = "neutral"
    FORMAL = "formal"


class Length(StrEnum):
    SHORT = "short"
    STANDARD = "standard"


HONORIFICS = frozenset((
    "dr", "prof", "professor", "mr", "mrs", "ms", "mx", "miss", "sir", "dame", "judge", "rev", "reverend", "cllr",
    "councillor", "doctor", "capt", "sgt", "col", "chef", "sister", "madame", "mme", "monsieur", "herr", "frau",
    "dra", "señor", "señora", "lady", "lord", "imam", "canon", "rabbi", "pastor", "madam", "ma'am", "ma’am",
    "signor", "signora", "sig", "sig.ra", "mevrouw", "meneer", "mw", "dhr", "doña", "engr", "daktari", "ustaz",
    "father", "pharm", "mam", "maam", "hajia", "alhaji", "cdr", "cmdr", "lt", "maj", "insp",
))  # fmt: skip


def is_honorific(word: str) -> bool:
    """'Dr', 'Prof.': stands before a name and is no part of it."""
    low = word.lower()
    return low.strip(".") in HONORIFICS or low in ("eng.", "ing.", "en.")  # with its stop: 'Eng Manager' is a title


def first_name(name: str) -> str:
    """What the person is called: 'Priya' of 'Priya Raman', 'Dr Okafor' of 'Dr Okafor', 'Amara' of 'Dr Amara Okafor'."""
    words = name.split()
    plain = [w for w in words if not is_honorific(w)]
    if plain and len(plain) < len(words) and len(plain) == 1:
        return name
    if plain and len(plain[0].strip(".")) == 1:
        return name  # "J. Patel": an initial alone greets nobody
    return plain[0] if plain else name


@dataclass(frozen=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True)
class Fact:
    """One text value read from the notes; ``span`` is None only when the caller gave the value."""

    value: str
    span: Span | None = None
    confidence: float = 1.0  # calibrated: of facts read with 0.9, nine in ten are right


@dataclass(frozen=True)
class DateFact:
    """A date (``datetime`` when the notes give a time) and the words it was read from."""

    value: date | datetime
    span: Span | None = None
    confidence: float = 1.0
    others: tuple[date, ...] = ()  # further days the words can mean: asked about, never guessed early

    @property
    def day(self) -> date:
        return self.value.date() if isinstance(self.value, datetime) else self.value


@dataclass(frozen=True)
class Person:
    name: str  # spelled as in the notes
    role: PersonRole
    title: str | None = None
    span: Span | None = None  # first mention
    confidence: float = 1.0  # that the part is right

    @property
    def first_name(self) -> str:
        return first_name(self.name)


CORRECTED = "your correction"  # the reason of an item that the candidate labelled
UNSURE = 0.75  # what is read with less confidence is marked, so that the candidate looks at it


@dataclass(frozen=True)
class Phrase:
    """Words of an item as they can stand behind 'I enjoyed hearing about' or 'I was glad to tell you about'."""

    words: str
    form: str  # with "the", "how" (you or I) or "my" in front, or "plain"


@dataclass(frozen=True)
class NoteItem:
    """One thing the notes say. ``speaker`` is the full name of the person who said it, ``heard_by`` of the one whom the
    candidate told it, when the notes tell."""

    id: str  # "i1", "i2", … in order of appearance
    text: str  # exactly notes[start:end]
    start: int
    end: int
    owner: Owner
    speaker: str | None = None
    reason: str = ""  # the cue that decided the owner, for the page
    heard_by: str | None = None  # of what is the candidate's own
    worth: int = 2  # telling: 3 a letter would be built on it, 0 not for a letter
    privacy: str | None = None  # the kind of private: pay, health, family, … (training/reader/GUIDE.md)
    confidence: float = 1.0  # that the owner is right
    partner_confidence: float = 1.0  # that speaker or heard_by is right, nobody where they are None
    matter: str | None = None  # the words of it that name what it is about, where it is one to tell and has such words
    phrase: Phrase | None = None  # these, or most of them, where they can be said as they are


@dataclass(frozen=True)
class Warning:
    """Something the reader should know; ``type`` is a stable snake_case word."""

    type: str
    detail: str


class ApplicationState(StrEnum):
    """What became of the application, as far as the notes tell."""

    WAITING = "waiting"
    REJECTED = "rejected"
    OFFER = "offer"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"  # they came back with something else: a second round, a new date, a question


@dataclass(frozen=True)
class Application:
    """``span`` holds the words that tell it; None where nothing does and the usual is taken: held, and waiting."""

    took_place: bool = True
    state: ApplicationState = ApplicationState.WAITING
    span: Span | None = None
    confidence: float = 1.0


@dataclass(frozen=True)
class Facts:
    notes: str
    language: str  # ISO 639-1
    items: tuple[NoteItem, ...]
    people: tuple[Person, ...] = ()
    company: Fact | None = None
    role: Fact | None = None
    interview_at: DateFact | None = None
    decision_date: DateFact | None = None
    application: Application = Application()
    warnings: tuple[Warning, ...] = ()

    @property
    def candidate(self) -> Person | None:
        return next((p for p in self.people if p.role is PersonRole.CANDIDATE), None)

    @property
    def interviewers(self) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.role is PersonRole.INTERVIEWER)

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of candidate, company, role, interviewer, interview_at, decision_date and topic nothing tells."""
        found: dict[str, object] = {
            "candidate": self.candidate,
            "company": self.company,
            "role": self.role,
            "interviewer": self.interviewers,
            "interview_at": self.interview_at,
            "decision_date": self.decision_date,
            "topic": any(i.owner in TOPICS for i in self.items),
        }
        return tuple(name for name, value in found.items() if not value)

    def item(self, item_id: str) -> NoteItem | None:
        return next((i for i in self.items if i.id == item_id), None)


@dataclass(frozen=True)
class Recipient:
    name: str | None  # None: nobody could be named; the greeting then names nobody
    title: str | None = None

    @property
    def first_name(self) -> str | None:
        return first_name(self.name) if self.name else None


def units(text: str) -> int:
    """The length of ``text`` as LinkedIn counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Wording:
    """The words of one message, before anything is known about them."""

    subject: str | None  # None for LinkedIn
    body: str

    @property
    def word_count(self) -> int:
        return len(self.body.split())

    @property
    def char_count(self) -> int:
        return units(self.body)


class Severity(StrEnum):
    HARD = "hard"  # the message may not leave the service
    SOFT = "soft"  # lowers the score, is said to the candidate


@dataclass(frozen=True)
class Violation:
    """One broken rule. ``span`` is in ``where`` ('subject' or 'body')."""

    check: str  # the check's name, for example "ungrounded_name"
    rule: str  # the rule id of docs/rules, for example "G35"
    severity: Severity
    detail: str  # a sentence that a person understands; never quotes private notes
    where: str = "body"
    span: Span | None = None


@dataclass(frozen=True)
class Score:
    """One criterion's result. ``score`` is None when it could not be judged: unscored, not zero."""

    name: str
    score: float | None  # 0 to 1
    passed: bool
    rule: str
    reason: str


@dataclass(frozen=True)
class Scorecard:
    overall: float  # 0 to 1, over the scored criteria
    criteria: tuple[Score, ...]
    violations: tuple[Violation, ...] = ()

    @property
    def passed(self) -> bool:
        return all(c.passed for c in self.criteria)

    @property
    def is_ready(self) -> bool:
        """Whether the page says 'Ready to send' (card.js): nothing speaks against it, not even softly."""
        return self.passed and not self.violations


@dataclass(frozen=True)
class Evidence:
    """Characters ``[start, end)`` of the body rest on note item ``item_id``."""

    start: int
    end: int
    item_id: str


class SendStatus(StrEnum):
    TOO_EARLY = "too_early"
    NOW = "now"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"  # the date it depends on is not known


@dataclass(frozen=True)
class SendWindow:
    not_before: datetime | None
    not_after: datetime | None
    status: SendStatus
    advice: str
    rule: str = ""


@dataclass(frozen=True)
class PromptRef:
    name: str
    version: int
    sha256: str


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    seconds: float = 0.0  # wall time of the whole draft
    model_seconds: float = 0.0  # of which waiting for the model

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            self.seconds + other.seconds,
            self.model_seconds + other.model_seconds,
        )


class WrittenBy(StrEnum):
    MODEL = "model"
    OUTLINE = "outline"
    MIXED = "mixed"


@dataclass(frozen=True)
class Message:
    kind: MessageKind
    recipient: Recipient
    wording: Wording
    written_by: WrittenBy
    prompt: PromptRef | None  # None when no model was asked
    evidence: tuple[Evidence, ...]
    scorecard: Scorecard
    send_window: SendWindow
    warnings: tuple[Warning, ...] = ()
    raw: str | None = None  # what the model wrote, before checks and repair; None when no model was asked
    repaired: tuple[Violation, ...] = ()  # the hard violations that repair met in the model's text


@dataclass(frozen=True)
class Interview:
    """What the caller states about the interview; every given field wins over the notes."""

    company: str | None = None
    role: str | None = None
    at: date | datetime | None = None
    decision_date: date | None = None
    took_place: bool | None = None
    state: ApplicationState | None = None


@dataclass(frozen=True)
class ItemCorrection:
    """The candidate's own word on the item at ``[start, end)`` of the notes; wins over reading."""

    start: int
    end: int
    owner: Owner
    speaker: str | None = None


@dataclass(frozen=True)
class Given:
    """All that the caller states beside the notes. Given facts win over read ones."""

    candidate: str | None = None
    recipients: tuple[Recipient, ...] = ()
    interview: Interview = field(default_factory=Interview)
    corrections: tuple[ItemCorrection, ...] = ()
    language: str | None = None


@dataclass(frozen=True)
class DraftRequest:
    notes: str
    now: datetime  # aware
    kinds: tuple[MessageKind, ...] = (MessageKind.THANK_YOU,)
    given: Given = field(default_factory=Given)
    tone: Tone = Tone.WARM
    length: Length = Length.STANDARD
    linkedin_limit: int = 200  # 200 or 300 characters (G20)
    prompts: tuple[tuple[MessageKind, str], ...] = ()  # pinned, "thank_you@2"
    model_only: bool = False  # True: a model failure is an error instead of an outline message


@dataclass(frozen=True)
class Draft:
    id: str  # "drf_…"
    created_at: datetime
    model: str
    language: str
    facts: Facts
    messages: tuple[Message, ...]
    usage: Usage
    warnings: tuple[Warning, ...] = ()
