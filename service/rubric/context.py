"""What a message is held against."""

from __future__ import annotations

from dataclasses import dataclass

from service.types import Facts, Given, MessageKind, Recipient


@dataclass(frozen=True)
class CheckContext:
    """Everything a check or a criterion may look at beside the wording itself.

    ``others`` are bodies already written in the same request (or earlier for the same reader), for G38.
    ``clarified_elsewhere`` tells whether another panel member's message puts the point that the candidate wished to put
    better (G6, G28); None when the other messages are not known.
    ``given_words`` are values the caller stated that the notes need not contain; they count as ground.
    """

    kind: MessageKind
    facts: Facts
    recipient: Recipient
    candidate: str | None = None
    char_limit: int | None = None  # the body's, for LinkedIn; None: the default of limits.yaml
    others: tuple[str, ...] = ()
    given_words: tuple[str, ...] = ()
    clarified_elsewhere: bool | None = None
    language: str = "en"

    @property
    def candidate_name(self) -> str | None:
        person = self.facts.candidate
        return self.candidate or (person.name if person else None)


def stated_words(given: Given, recipient: Recipient) -> tuple[str, ...]:
    """The values that the caller stated for a message to ``recipient``: ground that the notes need not contain."""
    stated = (given.candidate, given.interview.company, given.interview.role, recipient.name, recipient.title)
    return tuple(s for s in stated if s)
