"""What goes where in one message, before a word of it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from service.types import Length, MessageKind, NoteItem, Recipient, Tone


class SlotPurpose(StrEnum):
    GREETING = "greeting"
    THANKS = "thanks"  # G4, and which conversation this was (G13)
    HIGHLIGHT = "highlight"  # something the interviewer said that stayed (G2, G3)
    CONTRIBUTION = "contribution"  # something of the candidate's own that was discussed
    CLARIFICATION = "clarification"  # G6, G31
    ENTHUSIASM = "enthusiasm"  # G5
    NEXT_STEP = "next_step"
    ASK = "ask"  # the check-in's question, the LinkedIn request
    CLOSING = "closing"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Slot:
    """One sentence-sized place. A slot with ``item`` may be worded by the model; ``fixed`` wording is ready as it is.

    ``fallback`` is the phrase built by rule from the item, used where no candidate passes the checks; ``openings``
    are first words for the model to continue, best first.
    """

    purpose: SlotPurpose
    item: NoteItem | None = None
    fixed: str = ""
    openings: tuple[str, ...] = ()
    fallback: str = ""
    matter: str = ""  # what the sentence is about, in words for this reader: all that a model is shown of the item
    full: str = ""  # all of the item in such words, where a rule can say only a part: a model may try it first
    paragraph: int = 0  # slots of one paragraph are joined by a space, paragraphs by a blank line


@dataclass(frozen=True)
class Outline:
    kind: MessageKind
    recipient: Recipient
    subject: str | None
    slots: tuple[Slot, ...]
    tone: Tone = Tone.WARM
    length: Length = Length.STANDARD
    char_limit: int | None = None  # the body's, LinkedIn only
    facts_for_prompt: tuple[tuple[str, str], ...] = field(default=())  # name and value: company, role, candidate …

    @property
    def items(self) -> tuple[NoteItem, ...]:
        return tuple(s.item for s in self.slots if s.item is not None)
