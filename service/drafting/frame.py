"""What stands around the talk: greeting, thanks, interest, close, signature and subject, worded from facts alone."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.phrases import load
from service.reading.people import with_capitals
from service.rubric.ground import called_with_title
from service.types import DateFact, Facts, MessageKind, Occasion, Recipient, Tone, is_honorific

_SHOUTED = 5  # letters of a word in capitals that is no abbreviation


@dataclass(frozen=True)
class Wordings:
    """Fills the patterns of outline.yaml for one message; ``turn`` picks another wording for each recipient."""

    facts: Facts
    recipient: Recipient
    tone: Tone
    today: date
    turn: int = 0

    def pick(self, patterns: list[str], shift: int = 0) -> str:
        """The first pattern from this message's turn on whose every blank can be filled; '' when none can."""
        values = self.values
        for step in range(len(patterns)):
            pattern = patterns[(self.turn + shift + step) % len(patterns)]
            needed = [name for _, name, _, _ in string.Formatter().parse(pattern) if name]
            if all(name in values for name in needed):
                return " ".join(pattern.format_map(values).split())
        return ""

    @property
    def values(self) -> dict[str, str]:
        company, role = company_name(self.facts), role_name(self.facts)
        at = f" at {company}" if company else ""
        values = {
            "when": self.when,
            "at_company": at,
            "the_role": f"the {role} role" if role else "the role",
            "role_at": f" about the {role} role{at}" if role else f" about working{at}" if company else "",
            "role_at_short": f" about the {role} role" if role else f" about {company}" if company else "",
        }
        if role:
            values |= {"role": role[0].upper() + role[1:], "role_inside": role}
        if self.facts.decision_date:
            values["decision"] = day_words(self.facts.decision_date.day, self.facts.notes)
        if self.recipient.name and self.recipient.first_name:
            values["formal"] = self.titled or self.recipient.name
            values["first"] = self.titled or self.recipient.first_name
        return values

    @property
    def titled(self) -> str:
        """The reader with the title that their name or the notes give them, 'Dr Weber' or 'Revathi mam'; '' without one."""
        name = self.recipient.name or ""
        if name and is_honorific(name.split()[0]):
            return _formal(name)
        said = called_with_title(name, self.facts.notes)
        if not said or not is_honorific(said.split()[0]):
            return said[:1].upper() + said[1:]
        return _formal(" ".join(map(with_capitals, said.split())))

    @property
    def when(self) -> str:
        """' on Tuesday' within six days of today, which stays true whenever it is sent that week; else the date; else ''."""
        at = self.facts.interview_at
        if at is None:
            return ""
        age = (self.today - at.day).days
        if 0 <= age <= 5:
            return f" on {at.day:%A}"
        return f" on {day_words(at.day, self.facts.notes)}" if age > 0 else ""


@dataclass(frozen=True)
class Frame:
    """The sentences around the talk. ``ask`` is a check-in's question and a LinkedIn note's wish to stay in touch."""

    subject: str | None
    greeting: str
    thanks: str
    ask: str
    interest: str
    signature: str


def build_frame(kind: MessageKind, occasion: Occasion, words: Wordings) -> Frame:
    data: dict[str, Any] = load("outline")
    if kind is MessageKind.LINKEDIN:
        return _linkedin(words, data["linkedin"])
    subject, hello, sign = _subject(kind, occasion, words, data["subject"]), greeting(words), signature(words)
    if occasion is not Occasion.TALK:
        return Frame(subject, hello, words.pick(data[occasion.value]), "", "", sign)
    thanks = words.pick(data[kind.value]["thanks"][words.tone.value])
    if kind is MessageKind.CHECK_IN:
        ask = words.pick(data["check_in"]["ask_dated" if words.facts.decision_date else "ask"])
        return Frame(subject, hello, thanks, ask, words.pick(data["check_in"]["interest"]), sign)
    interest = words.pick(data["thank_you"]["interest"][words.tone.value])
    if _is_to_come(words.facts.decision_date, words.today) and "look forward" not in interest:
        interest += " " + words.pick(data["thank_you"]["dated"])
    return Frame(subject, hello, thanks, "", interest, sign)


def _is_to_come(day: DateFact | None, today: date) -> bool:
    """A day that has passed is not looked forward to."""
    return day is not None and day.day > today


def _linkedin(words: Wordings, data: dict[str, Any]) -> Frame:
    """``thanks`` in full and, after a line break, in short: the writer takes what fits beside a sentence of the talk."""
    first = words.values.get("first")
    hello = f"{'Dear' if words.titled else 'Hi'} {first}," if first else "Hello,"
    candidate = words.facts.candidate
    return Frame(
        None,
        hello,
        f"{words.pick(data['thanks'])}\n{words.pick(data['thanks_short'])}",
        words.pick(data["ask"]),
        "",
        candidate.first_name if candidate else "",
    )


def greeting(words: Wordings) -> str:
    patterns: dict[str, Any] = load("outline")["greeting"]
    if not words.recipient.name:
        return str(patterns["nobody"][words.tone.value])
    return words.pick(patterns[(Tone.FORMAL if words.titled else words.tone).value])


def signature(words: Wordings) -> str:
    """The valediction and the candidate's name under it; without a name the sender's mail program signs."""
    candidate = words.facts.candidate
    valediction = words.pick(load("outline")["valediction"][words.tone.value])
    return f"{valediction}\n{candidate.name}" if candidate else valediction.rstrip(",") + "."


def _subject(kind: MessageKind, occasion: Occasion, words: Wordings, data: dict[str, Any], limit: int = 50) -> str:
    """At most ``limit`` characters (G24)."""
    patterns: list[str] = data[kind.value if occasion is Occasion.TALK else occasion.value]
    filled = (words.pick(patterns, shift) for shift in range(len(patterns)))
    return next((text for text in filled if text and len(text) <= limit), patterns[-1])


def company_name(facts: Facts) -> str | None:
    """A firm of one word in capitals may be written so."""
    name = facts.company.value if facts.company else None
    return unshouted(name, with_capitals) if name and " " in name else name


def unshouted(name: str, written: Callable[[str], str]) -> str:
    """'BELLTIDE SPECIALTY' with each word as ``written``; 'BBC', 'HR' and whatever has small letters stay."""
    if not name.isupper() or max(map(len, name.split())) < _SHOUTED:
        return name
    return " ".join(w if len(w) < _SHOUTED - 1 else written(w) for w in name.split())


def role_name(facts: Facts) -> str | None:
    """Without 'role' or 'position' after it: the frame says that word itself."""
    if facts.role is None:
        return None
    words = facts.role.value.split()
    while len(words) > 1 and words[-1].lower() in ("role", "position", "job", "post", "vacancy"):
        words.pop()
    return unshouted(" ".join(words), str.lower)


def day_words(day: date, notes: str) -> str:
    """'November 25', or '25 November' where the notes put the day first somewhere."""
    low = notes.lower()
    for month in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"):
        at = low.find(month)
        while at > 0:
            before = low[:at].rstrip(" .")
            if before[-1:].isdigit() or before[-2:] in ("st", "nd", "rd", "th", "of"):
                return f"{day.day} {day:%B}"
            at = low.find(month, at + 1)
    return f"{day:%B} {day.day}"


def _formal(called: str) -> str:
    """'Dr Weber' of 'Dr. Anna Weber'; Sir Hector Peebles is Sir Hector."""
    title, *names = called.split()
    if not names:
        return called
    return f"{title.rstrip('.')} {names[0] if title.casefold() in ('sir', 'dame') else names[-1]}"
