"""Cases: real-looking notes with what is true of them, in clusters of one interview each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from evals.case_dates import date_problems
from service.errors import AfterwordError
from service.types import DraftRequest, Given, Interview, Length, MessageKind, Owner, Recipient, Tone

Split = Literal["all", "dev", "test"]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
_FACTS = ("candidate", "company", "role", "decision_date")


class CaseError(AfterwordError):
    """Cases that cannot be used; the detail has one sentence per fault, each saying what to do."""

    type = "case-invalid"
    title = "The cases cannot be used"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CasePerson(_Strict):
    name: str
    title: str | None = None


class CaseItem(_Strict):
    """One important thing the notes say; ``quote`` stands in them word for word."""

    quote: str = Field(min_length=2)
    owner: Owner
    speaker: str | None = None


class CaseTruth(_Strict):
    """What a careful reader would take from notes and request together; None: it is really absent."""

    candidate: str | None
    company: str | None
    role: str | None
    interview_date: date | None
    interview_words: str | None = None  # the notes' own words for the date
    decision_date: date | None
    decision_words: str | None = None
    interviewers: tuple[CasePerson, ...]
    not_recipients: tuple[str, ...] = ()
    language: str = "en"


class CaseInterview(_Strict):
    company: str | None = None
    role: str | None = None
    at: datetime | date | None = None
    decision_date: date | None = None


class CaseRequest(_Strict):
    """The request's options, named as in ``POST /draft``."""

    candidate: str | None = None
    kinds: tuple[MessageKind, ...] = tuple(MessageKind)
    recipients: tuple[CasePerson, ...] = ()
    interview: CaseInterview = CaseInterview()
    tone: Tone = Tone.WARM
    length: Length = Length.STANDARD
    linkedin_limit: Literal[200, 300] = 200


class _Written(_Strict):
    """A case as it stands in the file."""

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    tags: tuple[str, ...] = Field(min_length=1)
    notes: str = Field(min_length=1)
    line_ends: Literal["lf", "crlf"] = "lf"
    now: AwareDatetime
    request: CaseRequest = CaseRequest()
    truth: CaseTruth
    items: tuple[CaseItem, ...] = ()
    could_mention: tuple[str, ...] = ()
    must_not_appear: tuple[str, ...] = ()  # regular expressions, case ignored
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Case(_Written):
    """A case with the interview it belongs to: figures are computed per cluster, and tuned on ``dev`` only."""

    cluster: str
    split: Literal["dev", "test"]

    @property
    def draft_request(self) -> DraftRequest:
        """The request that the pipeline gets for this case."""
        r = self.request
        return DraftRequest(
            notes=self.notes,
            now=self.now,
            kinds=r.kinds,
            given=Given(
                candidate=r.candidate,
                recipients=tuple(Recipient(p.name, p.title) for p in r.recipients),
                interview=Interview(**dict(r.interview)),
            ),
            tone=r.tone,
            length=r.length,
            linkedin_limit=r.linkedin_limit,
        )


class _ClusterFile(_Strict):
    cluster: str
    split: Literal["dev", "test"]
    cases: tuple[_Written, ...] = Field(min_length=1)


def load_cases(path: Path, split: Split = "all", tags: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases of one cluster file or of a folder of them, in file order; those with every one of ``tags``.

    Raises CaseError when a file cannot be read as cases or a case contradicts itself.
    """
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    cases = [case for file in files for case in _read_file(file)]
    if not cases:
        raise CaseError(f"There are no cases in {path}. Name a folder with cluster files (*.yaml), or one such file.")
    if problems := check_cases(cases):
        raise CaseError("\n".join(problems))
    return tuple(c for c in cases if split in ("all", c.split) and set(tags) <= set(c.tags))


def _read_file(file: Path) -> list[Case]:
    try:
        written = _ClusterFile.model_validate(yaml.load(file.read_text(encoding="utf-8"), _LOADER))
    except OSError as error:
        raise CaseError(f"{file} cannot be read ({error.strerror}). Check the path.") from error
    except yaml.YAMLError as error:
        raise CaseError(f"{file.name} is not valid YAML: {' '.join(str(error).split())}. Mend that place.") from error
    except ValidationError as error:
        raise CaseError("\n".join(_sentence(file, dict(e)) for e in _innermost(error))) from error
    if written.cluster != file.stem:
        raise CaseError(f"{file.name} calls its cluster '{written.cluster}'. Give file and cluster the same name.")
    return [_case(w, written) for w in written.cases]


def _innermost(error: ValidationError) -> list[ErrorDetails]:
    """Without what only follows from an error further in, as a list that is short of the entry that did not fit."""
    found = error.errors()
    places = [e["loc"] for e in found]
    return [e for e in found if not any(p != e["loc"] and p[: len(e["loc"])] == e["loc"] for p in places)]


def _case(written: _Written, file: _ClusterFile) -> Case:
    values = dict(written)
    if written.line_ends == "crlf":
        values["notes"] = written.notes.replace("\n", "\r\n")
    return Case.model_construct(**values, cluster=file.cluster, split=file.split)


def _sentence(file: Path, error: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{file.name}: there is no field '{place}'. Remove it or correct its spelling; docs/cases.md lists all."
    return f"{file.name}: '{place}': {error['msg']}. Correct the value; docs/cases.md says what it means."


def check_cases(cases: Sequence[Case]) -> list[str]:
    """One sentence for every way in which the cases contradict themselves; empty when all is well."""
    repeated = [i for i, n in Counter(c.id for c in cases).items() if n > 1]
    problems = [f"Two cases are called '{i}'. Give each its own id." for i in repeated]
    for case in cases:
        faults = (*_quotes(case), *_people(case), *_missing(case), *_patterns(case), *date_problems(case))
        problems += [f"{case.id}: {fault}" for fault in faults]
    return problems


def _quotes(case: Case) -> Iterable[str]:
    quotes = [i.quote for i in case.items]
    words = [w for w in (case.truth.interview_words, case.truth.decision_words) if w]
    for quote in (*quotes, *words):
        if quote not in case.notes:
            yield f"the notes do not hold '{quote}'. Copy the words from the notes exactly, within one line."
    for hint in case.could_mention:
        if hint.lower() not in case.notes.lower():
            yield f"could_mention has '{hint}', which the notes do not hold. Use words of the notes."


def _people(case: Case) -> Iterable[str]:
    given = " ".join([*(p.name for p in case.request.recipients), f"{case.request.candidate}", case.notes]).lower()
    known = {p.name for p in case.truth.interviewers}
    for name in (*known, *case.truth.not_recipients, *filter(None, [case.truth.candidate])):
        if not all(word in given for word in name.lower().split()):
            yield f"nobody in the notes or the request is called '{name}'. Spell the name as they do."
    for item in case.items:
        if item.speaker and item.speaker not in known | set(case.truth.not_recipients):
            yield f"the speaker '{item.speaker}' is neither in interviewers nor in not_recipients. Add the person."
    if both := known & set(case.truth.not_recipients):
        yield f"{sorted(both)} stand in interviewers and in not_recipients. Decide for one."


def _missing(case: Case) -> Iterable[str]:
    absent = {name for name in _FACTS if getattr(case.truth, name) is None}
    absent |= {"interviewer"} if not case.truth.interviewers else set()
    absent |= {"interview_at"} if case.truth.interview_date is None else set()
    stated = set(case.missing) - {"topic"}
    if stated != absent:
        yield f"by its truth these facts are missing: {sorted(absent)}, but missing says {sorted(stated)}. Mend one."


def _patterns(case: Case) -> Iterable[str]:
    for pattern in case.must_not_appear:
        try:
            hits = [h for h in case.could_mention if re.search(pattern, h, re.IGNORECASE)]
        except re.error as error:
            yield f"must_not_appear has '{pattern}', which is no regular expression ({error}). Escape it."
            continue
        if hits:
            yield f"must_not_appear '{pattern}' forbids could_mention '{hits[0]}'. Narrow the one or drop the other."
