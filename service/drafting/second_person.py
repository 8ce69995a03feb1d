"""What the notes say of 'her' and 'them', turned to 'you' for the one who reads; None where that would be a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.drafting.grammar import base_form, join_tokens, tags_of, tokens
from service.notes.english import is_word
from service.phrases import load
from service.types import Facts, NoteItem, Recipient

_THIRD = re.compile(r"\b(?:she|he|they|her|him|his|hers|their|them|theirs|themselves|herself|himself)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reader:
    """How the people of the notes stand to the one who reads the message."""

    first: str | None  # the reader's own first name
    others: tuple[str, ...]  # first names of the rest of the panel
    alone: bool  # the only interviewer: an unnamed she or he is the reader
    spoke: bool  # the item was said by the reader

    @property
    def names(self) -> tuple[str, ...]:
        """Names by which the notes may call the panel, the reader's first."""
        return tuple(n for n in (self.first, *self.others) if n)

    @classmethod
    def of(cls, item: NoteItem, facts: Facts, recipient: Recipient) -> Reader:
        names = [p.name for p in facts.interviewers]
        others = tuple(
            word
            for p in facts.interviewers
            if p.name != recipient.name
            for word in dict.fromkeys((p.first_name, p.name.split()[-1]))
            if word == p.first_name or not is_word(word)
        )
        alone = len(names) <= 1
        return cls(recipient.first_name, others, alone, item.speaker == recipient.name if item.speaker else alone)


def to_reader(text: str, reader: Reader) -> str | None:
    """The others' things as the reader's own: 'she leads her team' → 'you lead your team'; None where that would be a guess."""
    text = re.sub(r"^(?:the fact |the idea )?that (?=she|he|they|we|the|it|there)", "", text, flags=re.IGNORECASE)
    if any(_named(n, text, re.IGNORECASE) for n in reader.others if n.lower() != (reader.first or "").lower()):
        return None
    if reader.first:
        if not reader.spoke and not reader.alone and _named(reader.first, text):
            return None
        text = _name_as_pronoun(text, re.escape(reader.first))
    text = _without_third_party(text)
    if re.search(r"\b(?:she|he|her|his|him|hers)\b", text, re.IGNORECASE) and not reader.spoke:
        return None
    text = re.sub(r"\(your \w+\)", "", text)
    if re.search(r"(?<!')\byou(?:'re|'d|'ll)?\b|\bthem\b", text, re.IGNORECASE):
        return None
    if re.search(r"\bwe\b|\bour\b", text, re.IGNORECASE):
        text = re.sub(r"\bwe\b", "they", re.sub(r"\bour\b", "their", text, flags=re.IGNORECASE), flags=re.IGNORECASE)
    return _second_person(text)


def to_you(text: str, reader: Reader) -> str | None:
    """In the candidate's own matter the reader is 'you'; other people keep their place, so a third person ends it."""
    if reader.first:
        text = re.sub(rf"(?<!\w){re.escape(reader.first)}(?!\w)", "you", text)
    if re.search(r"\b(?:she|he|they|her|him|his|their|them)\b", text, re.IGNORECASE):
        return None
    return text


def is_unsayable(text: str) -> bool:
    """True for words that a letter to the reader cannot carry: a third person, note symbols, a question, an address to the candidate."""
    return bool(
        _THIRD.search(text) or re.search(r"->|=>|[|<>{}\[\]*_=#]|\bw/|\?|\.\.\.|…|\"|@|:\s|\s[-–—]\s|[;]", text)
    ) or text.count("(") != text.count(")")


def _named(name: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags))


def _name_as_pronoun(text: str, name: str) -> str:
    """'Gwen, who runs' and 'Gwen Rowan (head) runs' → 'she runs'; "Gwen's" → 'your'. ``name`` is a pattern."""
    text = re.sub(rf"(?<!\w){name}(?: [A-Z][\w.]*)?,?\s+who\s+", "she ", text)
    text = re.sub(rf"(?<!\w){name}(?: [A-Z]\w+)?['’]s\b", "your", text)
    return re.sub(rf"(?<!\w){name}(?: [A-Z]\w+)?(?!\w)(?:\s*\([^)]*\))?", "she", text)


def _without_third_party(text: str) -> str:
    """'patients wait a day before they can eat': who 'they' are is the patients, so the tail cannot become 'you'."""
    found = re.search(
        r",?\s+(?:before|after|when|if|because|until|so that|while|once|as)\b[^,]*\b(?:they|their|them)\b", text
    )
    if found is None or not any(kind == "NNS" for _, kind in tags_of(text[: found.start()])):
        return text
    return text[: found.start()]


def _second_person(text: str) -> str:
    words = tokens(text)
    out: list[str] = []
    verb_due = False  # the last word was the subject 'you', or an adverb after it
    for position, word in enumerate(words):
        following = words[position + 1].lower() if position + 1 < len(words) else ""
        yours = _pronoun(word.lower(), following)
        if yours is not None:
            out.append(yours)
            verb_due = verb_due or word.lower() in ("she", "he", "they")
        elif verb_due and re.match(r"[a-z']", word.lower()):
            if word.lower() in load("topics")["adverbs_before_verb"]:
                out.append(word)
                continue
            out.append(base_form(word))
            verb_due = following == "and"
        else:
            out.append(word)
            verb_due = False
    return join_tokens(out)


def _pronoun(low: str, following: str) -> str | None:
    """The second person of a pronoun of the third; None for any other word."""
    if low in ("she", "he", "they"):
        return "you"
    contraction = re.fullmatch(r"(?:she|he|they)('s|'re|'ve|'d|'ll)", low)
    if contraction:
        return "you" + _contracted(contraction[1], following)
    function_words: list[str] = load("topics")["function_words"]
    if low in ("his", "their") or (low == "her" and re.match(r"[a-z]", following) and following not in function_words):
        return "your"
    if low in ("him", "them", "her"):
        return "you"
    return "yours" if low in ("hers", "theirs") else None


def _contracted(suffix: str, following: str) -> str:
    if suffix != "'s":
        return {"'re": " are", "'ve": " have", "'d": "'d", "'ll": " will"}[suffix]
    return (
        " have"
        if following in ("been", "got", "had", "built", "done", "grown", "run", "led") or following.endswith("ed")
        else " are"
    )
