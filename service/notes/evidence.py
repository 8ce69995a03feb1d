"""What speaks for an item: somebody said, asked or showed it, it is the reader's work, or a deed of the candidate's (G35, G37)."""

from __future__ import annotations

import re

from service.notes.english import fold, is_first_name
from service.notes.english import tag as tagged
from service.notes.word_classes import (
    FIRST,
    JOINS,
    NUMBER,
    THIRD,
    adverbs,
    any_of,
    counts,
    has,
    pattern,
    person,
    words_of,
)
from service.notes.wordclass import tag

_LOOKS_BACK = 3  # words before a verb of telling in which its subject stands
_WORD = re.compile(r"[\w'-]+")
_CLAUSE = r"(?:^[\W_]*|[,;:.(→>=–—-]+\s*|\b(?:and|so|then|but|also|plus|because|which|that|how|when|where|what|why)\s+)"
_NOT_THEIRS = rf"{FIRST}|i'm|im|my|to|not|you|didn't|don't|didnt|dont|never"
_YOU = r"\byou(?:r|'d|'ve)?\b"


def is_own_matter(text: str) -> bool:
    return is_own_telling(text) or is_own_deed(text)


def is_own_telling(text: str) -> bool:
    """'I told her …', 'said …', 'me: …': the candidate's words in the conversation."""
    verb = any_of("own_telling")
    after_i = rf"(?<![\w']){FIRST} {adverbs()}{verb}"
    without = rf"(?:^{JOINS}|[,;:→>=–—-]\s*|\b(?:and|so|then) ){adverbs()}{verb}"
    return bool(pattern(rf"^\W*(?:a|me|mine|my answer)\s*[:→=]|{after_i}|{without}").search(text))


def is_own_deed(text: str) -> bool:
    """A deed of work: its verb is one of work, or something is counted and its verb is none of mind, body or day."""
    subject = rf"(?<![\w']){FIRST} {adverbs()}"
    if pattern(rf"{subject}{any_of('own_deed')}").search(text):
        return True
    counted = pattern(rf"{subject}{any_of('counted_deed')}(?P<rest>.*)").search(text)
    other = pattern(rf"{subject}(?!{any_of('inner', 'adverbs')})(?P<verb>[a-z]+)\b(?P<rest>.*)").search(text)
    found = counted or other
    return bool(found and counts(found["rest"]))


def is_told(text: str, names: frozenset[str]) -> bool:
    """Somebody of the other side says, asks or shows something in ``text``, or both spoke of it."""
    if pattern(rf"{_CLAUSE}(?:(?:we|i|both|was|were|got) )*{any_of('heard')}").search(text):
        return True
    verbs = pattern(any_of("telling")).finditer(text)
    return any(
        _speaks_for_them(text[: m.start()], m.group(), names)
        for m in verbs
        if not _is_of_stranger(text[m.end() :], names)
    )


def _is_of_stranger(after: str, names: frozenset[str]) -> bool:
    """'they owe forty suppliers, says Gary': the one who says it stands behind, and did not interview."""
    found = re.match(r" ([A-ZÀ-Þ][\w'-]+)[\W]*$", after)
    return bool(found and is_first_name(found[1]) and fold(found[1].lower()) not in {fold(n) for n in names})


_TO_ME = re.compile(r"ask|want|press|quiz|grill|prob|show|\w+ me\b", re.IGNORECASE)


def _speaks_for_them(lead: str, verb: str, names: frozenset[str]) -> bool:
    """Whether the subject of ``verb`` after ``lead`` is of the other side, or left out; hearsay is neither."""
    clause = re.split(r"[,;:.(→>=–—]|\s-\s", lead)[-1]
    near = [w for w in _WORD.findall(clause.lower()) if w not in words_of("adverbs")][-_LOOKS_BACK:]
    if not near or re.fullmatch(THIRD, near[-1]):
        return True
    if re.fullmatch(_NOT_THEIRS, near[-1]):
        return False
    known = {fold(n) for n in names}
    if is_first_name(near[-1]) and not any(fold(w) in known for w in near) and not _TO_ME.match(verb):
        return False  # 'Tracey says': nobody who interviewed, unless the question was put to the candidate
    return not has("hearsay", " ".join(near)) and not has("kin", " ".join(near))


def is_their_matter(text: str, names: frozenset[str]) -> bool:
    """Told by the other side, or plainly their work: a person of theirs and a verb, or things of theirs that are counted."""
    if pattern(rf"^{JOINS}{any_of('ellipsis')}").match(text):
        return False
    if is_told(text, names) or (text.rstrip().endswith("?") and pattern(_YOU).search(text)):
        return True
    return _works(text, names) or _owns(text, names) or _is_counted(text)


def _works(text: str, names: frozenset[str]) -> bool:
    """'she has 38 bakeries', 'Art builds everything as plain pages': a subject of theirs and a verb."""
    subject = rf"(?P<who>{person(names)})(?P<be>'s|'re)?"
    verb = rf"{adverbs()}(?:don't |doesn't |dont |didn't |not )?(?P<verb>[\w'-]+)"
    return any(_is_act(found) for found in pattern(rf"{subject} {verb}").finditer(text))


def _is_act(found: re.Match[str]) -> bool:
    kind = tag(found["verb"])
    if found["be"] or found["who"].lower().endswith(("'s", "'re")):
        return kind != "JJ"
    return (
        kind.startswith(("VB", "MD"))
        or (kind == "NNS" and found["verb"].islower())
        or bool(re.fullmatch(THIRD, found["who"], re.IGNORECASE))
    )


def _owns(text: str, names: frozenset[str]) -> bool:
    """'His apprentices leave', "Omar's team is six": a thing of theirs, of which a verb or a figure tells something."""
    called = "|".join(re.escape(n) for n in sorted(names) if len(n) > 1)
    whose = rf"(?:their|his|her|the{rf'|(?:{called}){chr(39)}s' if called else ''})"
    found = pattern(
        rf"^{JOINS}(?P<whose>{whose}) (?:(?:average|main|biggest|whole|new|old) )?[\w-]+(?P<rest>.*)"
    ).match(text)
    if found is None:
        return False
    return counts(found["rest"]) or (found["whose"].lower() != "the" and _has_verb(found["rest"]))


def _has_verb(rest: str) -> bool:
    return any(kind in ("VBZ", "VBP", "VBD", "MD") for _, kind in tagged(f"it{rest}")[1:])


def _is_counted(text: str) -> bool:
    """'610 flats, one lift', 'wants one plan by summer': so many things, or somebody's wish, and nothing of the candidate's in it."""
    if pattern(rf"(?<![\w'])(?:{FIRST}|i'm|im|my|me|mine|want|need)(?![\w'])").search(text):
        return False
    there = rf"^{JOINS}there(?:'s| is| are| were| was) (?:one|{NUMBER})\b"
    first = _WORD.search(text)
    if first and tag(first[0]) == "VBD":
        return False  # 'took 2 pills': who did is not said
    if _SUBJECTLESS.match(text) or pattern(there).match(text):
        return True
    things = pattern(rf"(?<![$€£\w.,/:+-]){NUMBER} (?:[a-z-]+ )?(?P<thing>[a-z-]{{3,}}s)\b")
    return any(m["thing"].lower() not in words_of("no_things") for m in things.finditer(text))


# 'wants one plan by summer': somebody else does.
_SUBJECTLESS = re.compile(
    r"(?:and |also |then |but )*(?:wants|needs|uses|runs|leads|keeps|plans|hopes|moving to|opening|looking for|hiring)\b(?! me\b)",
    re.IGNORECASE,
)
