"""Sentences that need no model: greeting, thanks, interest, question, close; worded from facts alone."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.drafting.outline import Slot, SlotPurpose
from service.drafting.spelling import plain_text
from service.notes.english import is_word
from service.phrases import load
from service.types import DateFact, Facts, MessageKind, Recipient, Tone, is_honorific


@dataclass(frozen=True)
class Wordings:
    """Fills the sentence patterns of outline.yaml for one message; ``turn`` picks another wording for each recipient."""

    facts: Facts
    recipient: Recipient
    tone: Tone
    today: date
    turn: int = 0

    def pick(self, patterns: list[str], extra: dict[str, str] | None = None, shift: int = 0) -> str:
        """The first pattern from this message's turn on whose every blank can be filled; '' when none can."""
        values = self.values() | (extra or {})
        for step in range(len(patterns)):
            pattern = patterns[(self.turn + shift + step) % len(patterns)]
            needed = [name for _, name, _, _ in string.Formatter().parse(pattern) if name]
            if all(name in values for name in needed):
                return _tidy(pattern.format_map(values))
        return ""

    def values(self) -> dict[str, str]:
        company, role = company_name(self.facts), role_name(self.facts)
        values = {"when": self.when(self.facts.interview_at), "at_company": f" at {company}" if company else ""}
        values["the_role"] = f"the {role} role" if role else "the role"
        if role:
            values |= {"role": role[0].upper() + role[1:], "role_inside": role}
        if company:
            values["company"] = company
        at = f" at {company}" if company else ""
        values["role_at"] = f" about the {role} role{at}" if role else (f" about working{at}" if company else "")
        values["role_at_short"] = f" about the {role} role" if role else (f" about {company}" if company else "")
        if self.facts.decision_date:
            values["decision"] = day_words(self.facts.decision_date.day, self.facts.notes)
        if self.recipient.first_name:
            formal = _formal(self.recipient.name or "")
            titled = is_honorific((self.recipient.name or " ").split(" ")[0])
            values["first"] = formal if titled else self.recipient.first_name
            values["formal"] = formal
        return values

    def when(self, interview: DateFact | None) -> str:
        """' on Tuesday' within six days of today, which stays true whenever it is sent that week; else the date; else ''."""
        if interview is None:
            return ""
        age = (self.today - interview.day).days
        if 0 <= age <= 5:
            return f" on {interview.day:%A}"
        return f" on {day_words(interview.day, self.facts.notes)}" if age > 0 else ""


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def company_name(facts: Facts) -> str | None:
    """Spelled as in the notes; what was read there in small letters, or shouted in a heading, gets a name's capitals."""
    if facts.company is None:
        return None
    name = facts.company.value
    if facts.company.span is None:
        return name  # stated by the user
    if name == name.lower():
        return " ".join(w[:1].upper() + w[1:] for w in name.split())
    shouted = name.isupper()
    return (
        " ".join(w.capitalize() if _is_shouted(w) or (shouted and len(w) > 3) else w for w in name.split())
        if " " in name
        else name
    )


def _is_shouted(word: str) -> bool:
    """'ENERGY' in 'WINDROW ENERGY'; short ones may be acronyms, as 'NHS', unless they are words."""
    return word.isupper() and (len(word) > 4 or (len(word) > 2 and is_word(word)))


def role_name(facts: Facts) -> str | None:
    """Without 'role' or 'position' after it, abbreviations in full, no shouting."""
    if facts.role is None:
        return None
    name = re.sub(r"\s+(?:role|position|job|post)$", "", plain_text(facts.role.value), flags=re.IGNORECASE)
    return " ".join(w.lower() if _is_shouted(w) or len(w) > 3 else w for w in name.split()) if name.isupper() else name


def day_words(day: date, notes: str) -> str:
    """'November 25', or '25 November' where the notes put the day first."""
    months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    day_first = re.search(
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{months})|\b(?:1[3-9]|2\d|3[01])[/.](?:0?\d|1[0-2])\b",
        notes,
        re.IGNORECASE,
    )
    return f"{day.day} {day:%B}" if day_first else f"{day:%B} {day.day}"


def _formal(name: str) -> str:
    words = name.split()
    titled = bool(words) and is_honorific(words[0])
    if not titled:
        return name
    return f"{words[0].rstrip('.')} {words[-1]}" if len(words) > 1 else name


def greeting(words: Wordings) -> Slot:
    patterns: dict[str, Any] = load("outline")["greeting"]
    name = words.recipient.name
    if not name:
        return Slot(SlotPurpose.GREETING, fixed=patterns["nobody"][words.tone.value])
    titled = is_honorific(name.split()[0])
    tone = Tone.FORMAL if titled else words.tone
    return Slot(SlotPurpose.GREETING, fixed=words.pick(patterns[tone.value]))


def signature(words: Wordings, paragraph: int) -> Slot:
    """The valediction and the candidate's name under it; without a name the sender's mail program signs."""
    candidate = words.facts.candidate
    valediction = words.pick(load("outline")["valediction"][words.tone.value])
    text = f"{valediction}\n{candidate.name}" if candidate else valediction.rstrip(",") + "."
    return Slot(SlotPurpose.SIGNATURE, fixed=text, paragraph=paragraph)


def subject(kind: MessageKind, words: Wordings, limit: int = 50) -> str | None:
    """At most ``limit`` characters (G24); None for LinkedIn."""
    if kind is MessageKind.LINKEDIN:
        return None
    patterns: list[str] = load("outline")["subject"][kind.value]
    for shift in range(len(patterns)):
        text = words.pick(patterns, shift=shift)
        if text and len(text) <= limit:
            return text
    return patterns[-1]
