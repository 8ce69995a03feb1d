"""What happens while a draft is made, in order. A message's Delta texts, joined, are exactly its body."""

from __future__ import annotations

from dataclasses import dataclass

from service.types import Draft, Facts, Message, MessageKind


@dataclass(frozen=True)
class FactsRead:
    facts: Facts


@dataclass(frozen=True)
class Progress:
    """``step`` is 'writing' or 'checking'. ``index`` is the message's place in ``Draft.messages``."""

    index: int
    kind: MessageKind
    recipient: str | None
    step: str


@dataclass(frozen=True)
class Delta:
    """Text that has passed its checks and will not be taken back."""

    index: int
    kind: MessageKind
    recipient: str | None
    text: str
    item_id: str | None = None


@dataclass(frozen=True)
class MessageReady:
    index: int
    message: Message


@dataclass(frozen=True)
class DraftDone:
    draft: Draft


DraftEvent = FactsRead | Progress | Delta | MessageReady | DraftDone
