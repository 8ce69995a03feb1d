"""The verdicts on disk, as JSON Lines: one message a line, with every reader's verdict on it (GUIDE.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.cases import Case, load_cases
from evals.errors import EvalError
from service.types import MessageKind, Wording

FOLDER = Path(__file__).parent
VERDICTS = FOLDER / "judged"  # a file for each part
MORE_CASES = FOLDER / "cases"  # interviews of lots that the reader was trained on: judged about, never run over
Part = Literal["tune", "test"]
Channel = Literal["outline", "small", "large", "bare", "good", "mutation"]


class Word(StrEnum):
    SEND = "send"
    EDIT = "edit"
    NO = "no"


WORTH = {Word.SEND: 1.0, Word.EDIT: 0.5, Word.NO: 0.0}


class Fault(StrEnum):
    """In order of weight: one stretch of words has the first that fits (GUIDE.md)."""

    FALSE = "false"
    SWAPPED = "swapped"
    PRIVATE = "private"
    NONSENSE = "nonsense"
    GENERIC = "generic"
    PADDING = "padding"
    GREETING = "greeting"
    PUSHY = "pushy"
    FLATTERY = "flattery"
    FORM = "form"
    MISSING = "missing"


HARD = (Fault.FALSE, Fault.SWAPPED, Fault.PRIVATE, Fault.NONSENSE)  # never let pass


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Found(_Row):
    """One fault; ``words`` stand in the subject or the body as they are, '' where it is of the whole."""

    fault: Fault
    words: str = ""


class Verdict(_Row):
    """What one reader said. ``judge`` names a language model's blind reading: no human judged."""

    judge: str = Field(min_length=1)
    verdict: Word
    faults: tuple[Found, ...] = ()


class Source(_Row):
    """Where a message came from; no reader saw it. ``good`` was written by hand to be sent."""

    channel: Channel
    prompts: tuple[str, ...] = ()
    model: str | None = None  # None: the outline, which asks none
    mutation: str | None = None
    of: str | None = None  # the message that was broken


class JudgedMessage(_Row):
    id: str = Field(min_length=1)
    case: str
    cluster: str  # the interview
    kind: MessageKind
    recipient: str | None
    candidate: str | None = None  # where the caller stated the name that stands under the message
    subject: str | None
    body: str
    source: Source
    part: Part  # by the interview: on ``test`` nothing is tuned
    verdicts: tuple[Verdict, ...]

    @property
    def wording(self) -> Wording:
        return Wording(self.subject, self.body)

    @cached_property
    def would_send(self) -> bool | None:
        """What most readers would do; None where they are divided."""
        send = sum(v.verdict is Word.SEND for v in self.verdicts)
        return None if 2 * send == len(self.verdicts) else 2 * send > len(self.verdicts)

    @property
    def wants_third(self) -> bool:
        """Whether there are two readers, who differ on 'send'."""
        return len(self.verdicts) == 2 and self.would_send is None

    @property
    def rank(self) -> float:
        """0 to 1: the mean of the readers."""
        return sum(WORTH[v.verdict] for v in self.verdicts) / len(self.verdicts)

    def has(self, fault: Fault) -> bool | None:
        """Whether most readers name ``fault``; None where some do, but not most."""
        named = sum(any(f.fault is fault for f in v.faults) for v in self.verdicts)
        return True if 2 * named > len(self.verdicts) else None if named else False


def part_of(cluster: str) -> Part:
    """A quarter of the interviews is the test part, by a hash that nobody chose."""
    return "test" if hashlib.sha256(cluster.encode()).digest()[0] < 64 else "tune"


def load_verdicts(path: Path = VERDICTS, part: Part | None = None) -> tuple[JudgedMessage, ...]:
    """The messages of a file or of a folder's files, those of one ``part`` or all. Raises EvalError."""
    found: list[JudgedMessage] = []
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise EvalError(f"{file} cannot be read ({error.strerror}). Check the path.") from error
        found += (m for m in _parsed(file, lines) if part in (None, m.part))
    return tuple(found)


def _parsed(path: Path, lines: Sequence[str]) -> Iterator[JudgedMessage]:
    for number, line in enumerate(lines, 1):
        try:
            yield JudgedMessage.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise EvalError(f"Line {number} of {path} is no judged message: '{place}': {first['msg']}.") from error


def judged_cases(cases: Path) -> dict[str, Case]:
    """The cases that verdicts may be about, by id: those of the folder or file ``cases``, and more."""
    return {c.id: c for folder in (cases, MORE_CASES) for c in load_cases(folder)}


def problems(messages: Sequence[JudgedMessage], cases: Mapping[str, Case], *, settled: bool = False) -> Iterator[str]:
    """One sentence for everything in which the rows contradict the guide, the cases or themselves.

    ``settled``: a third reader is wanted, too, where two differ on 'send' (thirds.py).
    """
    seen: set[str] = set()
    for m in messages:
        if m.id in seen:
            yield f"{m.id}: the id is taken. Give each message its own."
        seen.add(m.id)
        if m.case not in cases:
            yield f"{m.id}: there is no case '{m.case}'."
        elif cases[m.case].cluster != m.cluster:
            yield f"{m.id}: the case {m.case} is of the interview {cases[m.case].cluster}, not of {m.cluster}."
        if m.part != part_of(m.cluster):
            yield f"{m.id}: its interview is of the {part_of(m.cluster)} part."
        if len({v.judge for v in m.verdicts}) != len(m.verdicts) or len(m.verdicts) < 2:
            yield f"{m.id}: two readers or more judge a message, each once."
        if settled and m.wants_third:
            yield f"{m.id}: two readers differ on 'send': a third is to judge it."
        for verdict in m.verdicts:
            yield from (f"{m.id}, {verdict.judge}: {said}" for said in _faults(m, verdict))


def _faults(m: JudgedMessage, verdict: Verdict) -> Iterator[str]:
    named = [f.fault for f in verdict.faults]
    if verdict.verdict is not Word.SEND and not named:
        yield f"'{verdict.verdict}' names no fault."
    if verdict.verdict is Word.SEND and (hard := [f for f in named if f in HARD]):
        yield f"'send' is never said of a message with '{hard[0]}'."
    for found in verdict.faults:
        if found.words not in f"{m.subject or ''}\n{m.body}":
            yield f"'{found.words}' does not stand in the message."
