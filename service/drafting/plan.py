"""Facts → one outline per message: for whom, on what occasion, and which lines its writer may see. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.drafting.frame import Frame, Wordings, build_frame
from service.drafting.occasion import fitting
from service.drafting.send_window import SendRules, send_window
from service.reading.people import fold, turned
from service.types import (
    TOPICS,
    DraftRequest,
    Facts,
    Length,
    MessageKind,
    NoteItem,
    Occasion,
    Owner,
    PersonRole,
    Recipient,
    SendWindow,
    Tone,
    Warning,
)


@dataclass(frozen=True)
class Line:
    """A line of the notes as a writer sees it; ``number`` counts from 1 within the notes, the same for every reader."""

    number: int
    item: NoteItem
    is_point: bool  # this reader's to be told, and worth it


@dataclass(frozen=True)
class Outline:
    """One message before a word of it is written. ``points`` are this reader's alone (G28, G38), the best first."""

    kind: MessageKind
    recipient: Recipient
    occasion: Occasion
    frame: Frame
    lines: tuple[Line, ...]
    points: tuple[NoteItem, ...]
    tone: Tone
    length: Length
    char_limit: int | None
    turn: int  # which of its kind's readers this is
    window: SendWindow
    sent_on: date  # a check-in is drafted early and sent when it is due: its words are those of that day

    @property
    def numbers(self) -> dict[int, NoteItem]:
        return {line.number: line.item for line in self.lines}


@dataclass(frozen=True)
class Plan:
    outlines: tuple[Outline, ...]
    warnings: tuple[tuple[MessageKind, Warning], ...]  # what is otherwise than asked, by kind


def recipients_of(facts: Facts, request: DraftRequest) -> tuple[Recipient, ...]:
    """Those the caller names, else everybody who interviewed, else one reader without a name.

    About a talk that was not held one person is written to: who was to hold it, else who arranged it.
    """
    if request.given.recipients:
        return tuple(_stated(r, facts) for r in request.given.recipients)
    readers = facts.interviewers
    if not facts.application.took_place:
        missed = [p for role in (PersonRole.ABSENT, PersonRole.ARRANGED) for p in facts.people if p.role is role]
        readers = readers or tuple(missed[:1])
    return tuple(Recipient(p.name, p.title) for p in readers) or (Recipient(None),)


def _stated(recipient: Recipient, facts: Facts) -> Recipient:
    """As the reading knows the person, who may have been stated surname first; a team, an office or an address, which
    it takes for nobody, is greeted without a name."""
    if recipient.name is None:
        return recipient
    same = fold(turned(recipient.name.strip()))
    known = next((p for p in facts.people if fold(p.name) == same), None)
    if known is None:
        return Recipient(None, recipient.title)
    titled = "," not in recipient.name and fold(recipient.name.strip()) != same  # 'Dr Okafor' is called so
    return Recipient(recipient.name.strip() if titled else known.name, recipient.title or known.title)


def plan_messages(facts: Facts, request: DraftRequest, rules: SendRules | None = None) -> Plan:
    """One outline per kind and recipient, kinds in the order asked, as far as what became of the application allows."""
    recipients = recipients_of(facts, request)
    dealt = _deal(facts, recipients)
    kinds = tuple(dict.fromkeys(request.kinds))
    outlines: list[Outline] = []
    warnings: list[tuple[MessageKind, Warning]] = []
    for kind in kinds:
        fit = fitting(kind, kinds, facts, request.now)
        if fit.warning is not None:
            warnings.append((kind, fit.warning))
        if fit.occasion is None:
            continue
        window = send_window(
            kind, interview_at=facts.interview_at, decision_date=facts.decision_date, now=request.now, rules=rules
        )
        sent_on = max(request.now, window.not_before or request.now).date()
        for turn, recipient in enumerate(recipients):
            words = Wordings(facts, recipient, request.tone, sent_on, turn)
            points = dealt[turn] if fit.occasion is Occasion.TALK else ()
            outlines.append(
                Outline(
                    kind=kind,
                    recipient=recipient,
                    occasion=fit.occasion,
                    frame=build_frame(kind, fit.occasion, words),
                    lines=_lines(facts, recipient, points),
                    points=points,
                    tone=request.tone,
                    length=request.length,
                    char_limit=request.linkedin_limit if kind is MessageKind.LINKEDIN else None,
                    turn=turn,
                    window=window,
                    sent_on=sent_on,
                )
            )
    return Plan(tuple(outlines), tuple(warnings))


def _deal(facts: Facts, recipients: Sequence[Recipient]) -> list[tuple[NoteItem, ...]]:
    """Every item worth telling to the one recipient it suits best: who said it, whose words it answers, else who has
    least of its kind so far."""
    hands: list[list[NoteItem]] = [[] for _ in recipients]
    worthy = [i for i in facts.items if i.owner in TOPICS and i.worth > 0]
    asked = _answered(facts)
    for item in sorted(worthy, key=lambda i: (-i.worth, -i.confidence, i.start)):
        wishes = [
            (
                _suits(item, r),
                asked.get(item.id) == r.name,
                -sum(i.owner is item.owner for i in hands[n]),
                -len(hands[n]),
                -n,
            )
            for n, r in enumerate(recipients)
        ]
        best = max(range(len(recipients)), key=lambda n: wishes[n])
        if wishes[best][0] >= 0:
            hands[best].append(item)
    return [tuple(hand) for hand in hands]


def _answered(facts: Facts) -> dict[str, str]:
    """Whose words the candidate's own lines follow, by the line's id: in a talk answers stand behind what was asked."""
    out: dict[str, str] = {}
    last: str | None = None
    for item in facts.items:
        if item.owner is Owner.THEIRS:
            last = item.speaker
        elif item.owner in (Owner.MINE, Owner.CLARIFY) and last:
            out[item.id] = last
    return out


def _suits(item: NoteItem, recipient: Recipient) -> int:
    """2 said by this recipient or told to them, 1 by or to nobody in particular, -1 by or to somebody else."""
    partner = item.speaker or item.heard_by
    if partner is None:
        return 1
    return 2 if partner == recipient.name else -1


def _lines(facts: Facts, recipient: Recipient, points: tuple[NoteItem, ...]) -> tuple[Line, ...]:
    """What a writer of this message may see: never what is private, nor what another reader said or is told. What the
    candidate has done is theirs to tell to each of them."""
    own = {item.id for item in points}
    lines = []
    for number, item in enumerate(facts.items, 1):
        if item.owner is Owner.PRIVATE:
            continue
        follower = facts.items[number] if number < len(facts.items) else None
        # 'three side rooms', without which 'six, all glass' is nothing
        leads_in = follower is not None and follower.id in own
        told_elsewhere = item.owner in TOPICS and item.worth > 0 and item.id not in own and not leads_in
        if item.owner is Owner.MINE or (_suits(item, recipient) >= 0 and not told_elsewhere):
            lines.append(Line(number, item, item.id in own))
    return tuple(lines)
