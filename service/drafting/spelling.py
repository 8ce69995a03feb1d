"""Note shorthand and small letters as a letter spells them: words in full, names with their capitals."""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz import fuzz

from service.notes.encounters import speaks
from service.notes.english import is_word
from service.notes.names import in_full
from service.phrases import load
from service.types import Facts

_CALENDAR = (
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september|october|november|december)s?\b"
    r"|(?<=by )(?:march|may)\b|(?<=in )(?:march|may)\b|(?<=since )(?:march|may)\b"
)


# Verbs that notes leave out: 'waste down from 18 to 7', '60% of work now glazing'.
_VERB_LEFT_OUT = (
    (
        re.compile(
            r"^((?:the |her |his |their |your |my |our )?[a-z]+(?: [a-z]+)?) (down|up) (?=(?:from )?[£$€]?[\d.,]+(?:%| ?[a-z]+)? to [£$€]?\d)",
            re.IGNORECASE,
        ),
        r"\1 went \2 ",
    ),
    (
        re.compile(r"^([\d.]+%|half|most|a third|two thirds) of (?:the )?(\w+) now (?!is\b|are\b)", re.IGNORECASE),
        r"\1 of the \2 is now ",
    ),
)


def plain_text(text: str) -> str:
    """Note shorthand spelled out: 'w/ 3 svcs 🎉' → 'with 3 services'; nothing else is changed but shouting."""
    if text.isupper() and len(text.split()) > 3:
        text = text.lower()
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = re.sub(r"https?://\S+|www\.\S+", "", text)
    text = "".join(c for c in text if c.isalnum() or c in " \t\n'\"()[]/,.;:!?%$€£@#&+-–—*=<>_|~→…°" or c.isalpha())
    text = re.sub(r"(?<=\w) = (?=[A-Za-z])", " is ", re.sub(r"(?<=[a-rt-z]s) = (?=[A-Za-z])", " are ", text))
    text = re.sub(r"\b(is|are) (?=(?:biggest|main|worst|best|most|only|first|last) )", r"\1 the ", text)
    text = re.sub(r"[*_|#<>=]+(?![>\d])", " ", text)
    text = re.sub(r"\s+[-–—]{1,2}\s+", ", ", text)
    text = re.sub(r"[!]+(?=\s|$)", ".", text) if "!" in text else text
    text = (
        re.sub(r"(?<![\d%])\s*(?:→|->|=>)\s*(?=(?:no|not|\w+ \w+ \w+)\b)(?!\d)", ", ", text)
        if "from" not in text.lower()
        else text
    )
    for symbol, word in load("abbreviations")["symbols"].items():
        text = re.sub(
            rf"(?:(?<=\s)|(?<=\w)(?=[→])){re.escape(symbol)}(?=\s|\w)",
            f" {word} " if symbol in "→->=>" else word + (" " if symbol == "~" else ""),
            text,
        )
    text = re.sub(r"(?<![\w/])(?:w/o|w/in|b/c|w/)(?=\s|[A-Za-z])|(?<![\w'@.-])[A-Za-z]\w*\b(?![@'])", _spell_out, text)
    for pattern, verb in _VERB_LEFT_OUT:
        text = pattern.sub(verb, text)
    text = re.sub(r"(?<![\d:.])(?<!at )(?<!until )(?<!@ )(\d+(?:\.\d+)?) ?h\b(?!\d)", _hours, text)
    text = re.sub(r"(?<![\w'])i(?=['\s,.]|$)", "I", text)
    text = re.sub(r"\bits (?=(?:from|been|an?|the|not|all|very|so|too|really|just|like)\b)", "it's ", text)
    return re.sub(r"\s+", " ", text).strip(" -–—•*:;,/")


def _hours(found: re.Match[str]) -> str:
    """'14 h' → '14 hours'; 'a 4h wait' keeps one thing together: 'a 4-hour wait'."""
    after = found.string[found.end() :]
    joined = re.match(r" (?!(?:and|or|a|an|per|in|at|on|to|of|for|from|before|after|not|every|each|the|later|ago|late|early|long|instead)\b)[a-z]{3,}", after)
    if joined and " " not in found.group(0):
        return f"{found[1]}-hour"
    return f"{found[1]} hour" + ("" if found[1] == "1" else "s")


def _spell_out(found: re.Match[str]) -> str:
    word = found.group(0)
    if word in load("abbreviations")["keep_upper"] or (word[0].isupper() and speaks(found.string[found.end() :])):
        return word  # 'Dev asked' is somebody
    full = _abbreviations().get(word.lower())
    if full is None:
        return word
    return full + (" " if word.endswith("/") and found.string[found.end() : found.end() + 1].strip() else "")


@cache
def _abbreviations() -> dict[str, str]:
    return {str(k).lower(): str(v) for k, v in load("abbreviations")["words"].items()}


def with_names(text: str, facts: Facts) -> str:
    """Names in full and with their capitals: 'gwen wants' → 'Gwen wants', 'Mrs W says' → 'Mrs Whitlow says'."""
    text = _spelled_right(in_full(text, [p.name for p in facts.interviewers]), facts)
    names = {w.lower(): w for p in facts.people for w in p.name.split() if len(w) > 2 and not is_word(w)}
    if facts.company is not None and not is_word(facts.company.value.split()[0]):
        names |= {w.lower(): w for w in facts.company.value.split() if not is_word(w)}
    return re.sub(r"(?<![\w@.-])[a-z][\w'-]*", lambda m: names.get(m.group(0), m.group(0)), text)


_ALIKE = 85  # percent of letters in order: 'Agnieska' for Agnieszka


def _spelled_right(text: str, facts: Facts) -> str:
    """The interviewers' names as they are spelled where they are given in full."""
    known = {w for p in facts.interviewers for w in p.name.split() if len(w) > 4}

    def right(found: re.Match[str]) -> str:
        word = found.group(0)
        if word in known or is_word(word):
            return word
        alike = [k for k in known if fuzz.ratio(k.lower(), word.lower()) >= _ALIKE]
        return alike[0] if len(alike) == 1 else word

    return re.sub(r"\b[A-ZÀ-Þ][^\W\d_]{4,}\b", right, text)


def with_proper_names(text: str) -> str:
    """Days, months and the names of well-known tools with their capital letters."""
    names: dict[str, str] = load("proper_names")
    text = re.sub(r"(?<![\w-])[a-z][\w-]*(?![\w-])", lambda m: names.get(m.group(0), m.group(0)), text)
    return re.sub(_CALENDAR, lambda m: m.group(0).capitalize(), text)


def lower_first(text: str) -> str:
    """The first word in lower case unless it is a name, an acronym or 'I'."""
    first = text.split()[0] if text.split() else ""
    if first in ("I", "I'm", "I've", "I'd") or first[1:] != first[1:].lower() or not first[:1].isupper():
        return text
    return first[0].lower() + text[1:] if is_word(first) else text
