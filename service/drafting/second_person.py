"""What the notes say of 'her' and 'them', turned to 'you' for the one who reads; None where that would be a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.drafting.grammar import base_form, gerund, join_tokens, tags_of, tokens
from service.notes.english import is_first_name, is_word
from service.phrases import load
from service.types import Facts, NoteItem, Recipient, first_name, is_honorific

# 'eleven of them women' tells of the things just named, not of the reader.
THIRD = re.compile(
    r"\b(?:she|he|they|her|him|his|hers|their|(?<!of )them|theirs|themselves|herself|himself)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Reader:
    """How the people of the notes stand to the one who reads the message."""

    called: tuple[str, ...]  # how the notes may call the reader, longest first: 'Dr Ada Bell', 'Dr Bell', 'Ada'
    others: tuple[str, ...]  # first names of the rest of the panel
    alone: bool  # the only interviewer: an unnamed she or he is the reader
    spoke: bool  # the item was said by the reader
    named: bool = True  # and the notes say so, not only that nobody else was there

    @property
    def names(self) -> tuple[str, ...]:
        """Names by which the notes may call the panel, the reader's first."""
        return (*self.called, *self.others)

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
        named = item.speaker is not None and item.speaker == recipient.name
        return cls(_called(recipient.name, facts), others, alone, named if item.speaker else alone, named)


def _called(name: str | None, facts: Facts) -> tuple[str, ...]:
    if name is None:
        return ()
    title, *_ = name.split()
    plain = [w for w in name.split() if not is_honorific(w)]
    forms = {name, first_name(name)} | ({" ".join(plain)} if plain else set())
    if plain and is_honorific(title):
        forms |= {f"{title} {plain[-1]}", f"{title} {plain[0]}"}  # 'Dr Bell', 'Sir Ada'
    company = facts.company.value.split() if facts.company else []  # 'Rowan & Daughters' is not Gwen Rowan
    if len(plain) > 1 and len(plain[-1]) > 2 and not is_word(plain[-1]) and plain[-1] not in company:
        forms.add(plain[-1])
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def name_pattern(name: str) -> str:
    """A pattern for ``name`` with or without the stop after a title or an initial: 'Dr. Bell', 'Tom K.'"""
    short = [is_honorific(w) or len(w.strip(".")) == 1 for w in name.split()]
    words = [re.escape(w.strip(".")) + r"\.?" if s else re.escape(w) for w, s in zip(name.split(), short, strict=True)]
    return " ".join(words)


def to_reader(text: str, reader: Reader) -> str | None:
    """The others' things as the reader's own: 'she leads her team' → 'you lead your team'; None where that would be a guess."""
    text = re.sub(r"^(?:the fact |the idea )?that (?=she|he|they|we|the|it|there)", "", text, flags=re.IGNORECASE)
    own = {form.lower() for form in reader.called}
    if any(_named(re.escape(n), text, re.IGNORECASE) for n in reader.others if n.lower() not in own):
        return None
    if reader.called:
        if not reader.spoke and not reader.alone and _named(_any_name(reader), text):
            return None
        text = _name_as_pronoun(text, _any_name(reader))
    text = _without_third_party(text)
    if THIRD.search(text) and (_names_somebody(text) or _begins_with_somebody(text)):
        return None  # 'Yusra does repairs, her trick is …': whose trick is a guess
    if re.search(r"\b(?:she|he|her|his|him|hers)\b", text, re.IGNORECASE) and not reader.spoke:
        return None
    text = re.sub(r"\(your \w+\)", "", text)
    text = re.sub(_THEIR_OWN, "", text)
    if re.search(rf"^(?:the )?{_OWNERS}", text):
        return None
    text = re.sub(r"\bof them\b", "of those", text)
    text = re.sub(
        r"(?<=\w)(?:,| and| which| who)\b(?:(?!,| and | which | who ).)*\bthem\b.*$", "", text
    )  # whom is a guess
    if re.search(r"(?<!')\byou(?:'re|'d|'ll)?\b|\bthem\b", text, re.IGNORECASE):
        return None
    if re.search(r"\bwe\b|\bour\b", text, re.IGNORECASE):
        text = re.sub(r"\bwe\b", "they", re.sub(r"\bour\b", "their", text, flags=re.IGNORECASE), flags=re.IGNORECASE)
    return re.sub(rf"\b({_SOME}) of those\b", r"\1 of them", _second_person(text), flags=re.IGNORECASE)


# 'teachers prep their own trays': whose trays is plain, and it is not the reader's.
_OWNERS = r"[a-z]+s \w+ (?:up |out |in )?their own\b"
_THEIR_OWN = re.compile(rf"(?:,| and|, and) (?:the )?{_OWNERS}.*$")
_SOME = r"each|all|both|most|some|half|none|many|few|one|two|three|four|five|six|\d+"


def to_you(text: str, reader: Reader) -> str | None:
    """In the candidate's own matter the reader is 'you'; other people keep their place, so a third person ends it."""
    if reader.called:
        text = re.sub(rf"(?<!\w)(?:{_any_name(reader)})(?: [A-Z]\w+)?(?!\w)", "you", text)
    return None if not text or THIRD.search(text) else text


def is_unsayable(text: str) -> bool:
    """True for words that a letter to the reader cannot carry: a third person, note symbols, a question, an address to the candidate."""
    return bool(
        THIRD.search(text) or re.search(r"->|=>|[|<>{}\[\]*_=#]|\bw/|\?|\.\.\.|…|\"|@|:\s|\s[-–—]\s|[;]|\s/\s", text)
    ) or text.count("(") != text.count(")")


def _any_name(reader: Reader) -> str:
    """A pattern for the reader's name in any form, after a title of work: 'chef Ada'."""
    return rf"(?:(?:{load('topics')['titles_before']}) )?(?:{'|'.join(name_pattern(n) for n in reader.called)})"


def _named(name: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{name})(?!\w)", text, flags))


def _names_somebody(text: str) -> bool:
    return any(is_first_name(w) and not is_word(w) for w in re.findall(r"\b[A-Z]\w+", text))


def _begins_with_somebody(text: str) -> bool:
    """'Teo keeps the cores he drilled': a name that no list holds, and its verb."""
    first = text.split()[0]
    tags = tags_of(text)
    return (
        first[0].isupper()
        and first.isalpha()
        and not first.isupper()
        and not is_word(first)
        and len(tags) > 1
        and tags[1][1] in ("VBZ", "VBD")
    )


def _name_as_pronoun(text: str, name: str) -> str:
    """'Gwen, who runs' and 'Gwen Rowan (head) runs' → 'she runs'; "Gwen's" → 'your'. ``name`` is a pattern."""
    surname = r"(?: [A-Z](?:\.|\w+))?"
    text = re.sub(rf"(?<!\w){name}{surname},?\s+who\s+", "she ", text)
    text = re.sub(rf"(?<!\w){name}{surname}['’]s (?=(?:got|been|gone|an?|the|not|\w+ing)\b)", "she's ", text)
    text = re.sub(rf"(?<!\w){name}{surname}['’]s\b", "your", text)
    return re.sub(rf"(?<!\w){name}{surname}(?!\w)(?:\s*\([^)]*\))?", "she", text)


# 'trainees need 3 months before they can test': those who wait are those who test.
_THEY_CAN = re.compile(r"(?P<joint>\b(?:before|after|without)) they (?:can |could |may )(?P<verb>[a-z]+)\b")


def _without_third_party(text: str) -> str:
    """'patients wait a day before they can eat': who 'they' are is the patients, so the tail cannot become 'you'."""
    text = _THEY_CAN.sub(lambda m: f"{m['joint']} {gerund(m['verb'])}", text)
    found = re.search(
        r",?\s+(?:before|after|when|if|because|until|so that|while|once|as)\b[^,]*\b(?:they|their|them)\b", text
    )
    if found is None or not any(kind == "NNS" for _, kind in tags_of(text[: found.start()])):
        return text
    return text[: found.start()]


_NEW_SUBJECT = ("who", "which", "that", "where", "when", "how", "what", "i", "we", "it", "because", "so")


def _second_person(text: str) -> str:
    words = tokens(text)
    kinds = [kind for _, kind in tags_of(text)]
    out: list[str] = []
    verb_due = False  # the last word was the subject 'you', or an adverb after it
    only_you = False  # so far nobody else is the subject of a verb
    for position, word in enumerate(words):
        following = words[position + 1].lower() if position + 1 < len(words) else ""
        yours = _pronoun(word.lower(), following)
        if yours is not None:
            out.append(yours)
            verb_due = verb_due or word.lower() in ("she", "he", "they")
            only_you = only_you or position == 0
        elif only_you and words[position - 1].lower() in ("and", "but") and kinds[position] == "VBZ":
            out.append(base_form(word))  # 'she is head binder and has six hands'
        elif only_you and position > 2 and words[position - 1] == "," and kinds[position] == "VBZ" and word.isalpha():
            out += ["and", base_form(word)]  # 'she does the orders, wants peat-free'
        elif verb_due and re.match(r"[a-z']", word.lower()):
            if word.lower() in load("topics")["adverbs_before_verb"]:
                out.append(word)
                continue
            out.append(base_form(word))
            verb_due = following == "and"
        else:
            out.append(word)
            verb_due = False
            only_you = only_you and word.lower() not in _NEW_SUBJECT
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
    if low in ("herself", "himself"):
        return "yourself"
    return "yours" if low in ("hers", "theirs") else None


def _contracted(suffix: str, following: str) -> str:
    if suffix != "'s":
        return {"'re": " are", "'ve": " have", "'d": "'d", "'ll": " will"}[suffix]
    return (
        " have"
        if following in ("been", "got", "had", "built", "done", "grown", "run", "led") or following.endswith("ed")
        else " are"
    )
