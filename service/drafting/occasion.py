"""What became of the application → which message fits what was asked for, or none and why. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from service.phrases import load
from service.types import Application, ApplicationState, Facts, MessageKind, Occasion, Warning

_AFTER = {
    ApplicationState.REJECTED: Occasion.AFTER_REJECTION,
    ApplicationState.OFFER: Occasion.AFTER_OFFER,
    ApplicationState.WITHDRAWN: Occasion.AFTER_WITHDRAWAL,
    ApplicationState.ANSWERED: Occasion.AFTER_ANSWER,
}
_NAMES = {MessageKind.THANK_YOU: "thank-you", MessageKind.CHECK_IN: "check-in", MessageKind.LINKEDIN: "LinkedIn note"}


@dataclass(frozen=True)
class Fit:
    """The occasion of the message to write, None for no message; ``warning`` says what is otherwise than asked."""

    occasion: Occasion | None
    warning: Warning | None = None


def fitting(kind: MessageKind, asked: Collection[MessageKind], facts: Facts, now: datetime) -> Fit:
    """No thanks for a talk that did not take place; no check-in once they have answered (G7, G12)."""
    application = facts.application
    if not application.took_place:
        return _not_held(kind, asked, facts, now)
    after = _AFTER.get(application.state)
    if after is None or kind is MessageKind.LINKEDIN:
        return Fit(Occasion.TALK)
    if kind is MessageKind.THANK_YOU:
        return Fit(Occasion.TALK) if _still_due(application) else Fit(after, _warning(after.value))
    if MessageKind.THANK_YOU in asked and not _still_due(application):
        return Fit(None, _warning("decided"))  # the thank-you for the answer says what there is to say
    return Fit(after, _warning(after.value))


def _still_due(application: Application) -> bool:
    """A next round is no reason not to thank for this one."""
    return application.state is ApplicationState.ANSWERED


def _not_held(kind: MessageKind, asked: Collection[MessageKind], facts: Facts, now: datetime) -> Fit:
    if facts.application.state is ApplicationState.WITHDRAWN:
        return Fit(None, _warning("not_held", kind=_NAMES[kind]))
    at = facts.interview_at
    if at is not None and at.day > now.date():
        return Fit(None, _warning("still_to_come"))
    first = MessageKind.THANK_YOU if MessageKind.THANK_YOU in asked else MessageKind.CHECK_IN
    if kind is first:
        return Fit(Occasion.REBOOK, _warning("rebook"))
    return Fit(None, _warning("not_held", kind=_NAMES[kind]))


def _warning(name: str, **values: str) -> Warning:
    return Warning(name, load("warnings")[name].format(**values))
