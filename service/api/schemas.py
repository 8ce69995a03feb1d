"""What the API takes, and its way to the domain's values."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.config import JsonDict

from service.types import (
    ApplicationState,
    DraftRequest,
    Given,
    Interview,
    ItemCorrection,
    Length,
    MessageKind,
    Owner,
    Recipient,
    Tone,
)

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LINE = r"^[^\x00-\x1f\x7f]*$"  # one line, nothing a terminal or a mail header would act on
_NAMED = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"  # and it is not blank
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=_LINE)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_NAMED)]
EXAMPLE_NOTES = (
    "Interview w/ Ines Duarte (head baker) at Rye & Co, production manager, Tues Nov 17\n"
    "- the rye is proofed for 19 hours, two ovens\n- told her I cut waste from 9% to 4% at Hollin Mill\n"
    "- hear back by Nov 25"
)

EXAMPLE_MAIL: JsonDict = {
    "subject": "Thank you for Tuesday",
    "body": "Hi Ines,\n\nThank you for your time. What you said about proofing the rye for 19 hours stays with me.\n\n"
    "Best wishes,\nSam",
}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:  # not found is a KeyError
        raise ValueError("A zone of the IANA list is wanted, such as Europe/Berlin.") from error
    return name


def _day_alone(value: object) -> object:
    """'2026-11-17' as a day: left to itself the validator takes it for midnight."""
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CandidateIn(Strict):
    name: Name


class RecipientIn(Strict):
    name: Name
    title: Line | None = None


def named_recipient(said: str) -> dict[str, str | None]:
    """'Ines Duarte, head baker' as the fields of a RecipientIn."""
    name, _, title = said.partition(",")
    return {"name": name.strip(), "title": title.strip() or None}


class InterviewIn(Strict):
    company: Name | None = None
    role: Name | None = None
    at: Annotated[datetime | date, BeforeValidator(_day_alone)] | None = Field(
        None, description="When the interview was; a time without a zone is in the caller's."
    )
    decision_date: date | None = Field(None, description="When they said they would decide.")
    took_place: bool | None = Field(None, description="False: it was cancelled, or nobody came.")
    state: ApplicationState | None = Field(None, description="What became of the application since.")


class CorrectionIn(Strict):
    """The candidate's own word on the characters [start, end) of the notes; ignored where no item stands."""

    start: int = Field(ge=0, description="In Unicode code points.")
    end: int = Field(ge=0, description="One past the last.")
    owner: Owner = Field(description="Whose it is; `private` keeps it out of every message.")
    speaker: Line | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.start >= self.end:
            raise ValueError("A correction needs a start before its end.")
        return self


class GivenIn(Strict):
    """The notes and what the caller states beside them; stated facts win over read ones."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"notes": EXAMPLE_NOTES, "now": "2026-11-17T18:00:00+01:00"}]}
    )

    notes: Annotated[
        str, Field(min_length=1, max_length=20_000, description="The interview notes, as they were written.")
    ]
    candidate: CandidateIn | None = Field(None, description="Who signs.")
    recipients: list[RecipientIn] = Field(
        default_factory=list, max_length=20, description="Default: everyone in the notes who interviewed."
    )
    interview: InterviewIn = Field(default_factory=InterviewIn, description="Wins over what the notes say.")
    corrections: list[CorrectionIn] = Field(
        default_factory=list, max_length=500, description="Whose the item at a place in the notes is."
    )
    language: Annotated[str, Field(min_length=2, max_length=8)] | None = Field(
        None, description="Default: the language of the notes."
    )
    now: AwareDatetime | None = Field(None, description="The caller's time with its zone; default: the server's.")
    time_zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None,
        min_length=1,
        max_length=60,
        description="The caller's zone by name, 'Europe/Berlin': times after the clocks change are then right too.",
    )

    def given(self, now: datetime) -> Given:
        i, at = self.interview, self.interview.at
        if isinstance(at, datetime) and at.tzinfo is None:
            at = at.replace(tzinfo=self.time(now).tzinfo)
        return Given(
            candidate=self.candidate.name if self.candidate else None,
            recipients=tuple(Recipient(r.name, r.title) for r in self.recipients),
            interview=Interview(i.company, i.role, at, i.decision_date, i.took_place, i.state),
            corrections=tuple(ItemCorrection(c.start, c.end, c.owner, c.speaker) for c in self.corrections),
            language=self.language,
        )

    def time(self, now: datetime) -> datetime:
        at = self.now or now
        return at.astimezone(ZoneInfo(self.time_zone)) if self.time_zone else at


class DraftIn(GivenIn):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "notes": EXAMPLE_NOTES,
                    "kinds": ["thank_you", "linkedin"],
                    "candidate": {"name": "Sam Ortiz"},
                    "now": "2026-11-17T18:00:00+01:00",
                    "time_zone": "Europe/Berlin",
                }
            ]
        },
    )

    kinds: list[MessageKind] = Field(
        default_factory=lambda: [MessageKind.THANK_YOU], min_length=1, max_length=3, description="Default: thank_you."
    )
    tone: Tone = Tone.WARM
    length: Length = Length.STANDARD
    linkedin_limit: Literal[200, 300] = Field(200, description="Characters of a LinkedIn note: 300 with Premium.")
    while_loading: Literal["wait", "frame", "refuse"] = Field(
        "wait",
        description="While the embedded model comes up: wait for it (60 seconds at most, then the frame), take the "
        "frame at once, or be refused with 503 and Retry-After.",
    )
    prompt: dict[MessageKind, Annotated[str, Field(max_length=60)]] = Field(
        default_factory=dict, description='Pinned versions: {"thank_you": "thank_you@2"}. Default: the current ones.'
    )
    keep: bool | None = Field(
        None, description="Whether the draft is kept for GET /drafts/{id}; default: what the operator has set."
    )
    model_only: bool = Field(False, description="True: a model that fails is an error, not an outline message.")

    def request(self, now: datetime) -> DraftRequest:
        return DraftRequest(
            notes=self.notes,
            now=self.time(now),
            kinds=tuple(dict.fromkeys(self.kinds)),
            given=self.given(now),
            tone=self.tone,
            length=self.length,
            linkedin_limit=self.linkedin_limit,
            prompts=tuple(self.prompt.items()),
            model_only=self.model_only,
        )


class ScoreRecipientIn(Strict):
    """Whom the scored text is for; without a name, nobody in particular."""

    name: Name | None = None
    title: Line | None = None


class ScoreIn(GivenIn):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "notes": EXAMPLE_NOTES,
                    "kind": "thank_you",
                    "now": "2026-11-17T18:00:00+01:00",
                    **EXAMPLE_MAIL,
                }
            ]
        },
    )

    kind: MessageKind
    subject: Annotated[str, Field(max_length=500)] | None = None
    body: Annotated[str, Field(min_length=1, max_length=10_000)]
    recipient: ScoreRecipientIn | None = None
    linkedin_limit: Literal[200, 300] = 200


class PlanIn(DraftIn):
    """What /exports/ics takes: a draft's request."""


class EmlIn(Strict):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [EXAMPLE_MAIL | {"sender": "Sam Ortiz <sam@example.com>"}]}
    )

    subject: Annotated[str, Field(max_length=500)]
    body: Annotated[str, Field(min_length=1, max_length=10_000)]
    sender: Annotated[str, Field(max_length=200)] | None = None


class MailtoIn(Strict):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [EXAMPLE_MAIL | {"to": "ines@example.com"}]}
    )

    subject: Annotated[str, Field(max_length=500)] = ""
    body: Annotated[str, Field(min_length=1, max_length=10_000)]
    to: Annotated[str, Field(max_length=200)] | None = None
