"""Any text, edited or written elsewhere, held against the notes: the very checks and criteria of a draft."""

from __future__ import annotations

from datetime import datetime

from service.drafting.checks import check_message
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.rubric.context import CheckContext, stated_words
from service.rubric.scorecard import score_message
from service.types import Given, MessageKind, PersonRole, Recipient, Scorecard, Wording


def score_text(
    notes: str,
    kind: MessageKind,
    subject: str | None,
    body: str,
    reader: Reader,
    *,
    now: datetime,
    given: Given = Given(),  # noqa: B008 (frozen value)
    recipient: Recipient | None = None,
    linkedin_limit: int = 200,
    clarified_elsewhere: bool | None = None,
) -> Scorecard:
    """The scorecard of ``body``. Without ``recipient`` the interviewer whom the text greets is taken.

    ``clarified_elsewhere`` says whether another message of the set carries the point to put better; None: not known.

    Raises as ``read_notes`` does.
    """
    facts = read_notes(notes, reader, now=now, given=given)
    addressed = recipient or _greeted(body, given, [p.name for p in facts.people if p.role is PersonRole.INTERVIEWER])
    context = CheckContext(
        kind=kind,
        facts=facts,
        recipient=addressed,
        candidate=given.candidate,
        char_limit=linkedin_limit if kind is MessageKind.LINKEDIN else None,
        given_words=stated_words(given, addressed),
        language=facts.language,
        clarified_elsewhere=clarified_elsewhere,
    )
    wording = Wording(None if kind is MessageKind.LINKEDIN else subject, body)
    return score_message(wording, context, check_message(wording, context))


def _greeted(body: str, given: Given, names: list[str]) -> Recipient:
    known = [r for r in given.recipients if r.name] + [Recipient(n) for n in names]
    opening = body[:80].lower()
    fitting = [r for r in known if r.first_name and r.first_name.lower() in opening]
    return (fitting or known or [Recipient(None)])[0]
