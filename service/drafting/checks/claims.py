"""What a sentence says of whom: 'the cron jobs that I put on a queue' says of me that I put cron jobs on a queue (G37)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from service.drafting.checks.finding import straight
from service.notes.lexis import Sentence, Word, letter_stems, words
from service.notes.wordclass import tag
from service.phrases import load


@dataclass(frozen=True)
class Claim:
    """``verb`` is the stem of a verb that tells a deed only where the notes tell the same; '' for any other claim."""

    is_mine: bool
    text: str
    cue: str  # the words that say whose it is, for the reason
    start: int
    end: int
    verb: str = ""


def claims(sentence: Sentence) -> Iterator[Claim]:
    """What ``sentence`` says the writer or the reader said, did or has; places count from the start of the body."""
    text = straight(sentence.text)
    for subject in re.finditer(r"\b(?:I|[Yy]ou)\b", text):
        yield from _deed(text, subject, sentence.start)
    for owner in re.finditer(r"\b(?:my|your)\b", text, re.IGNORECASE):
        yield from _possession(text, owner, sentence.start)
    for told in _pattern("told_by_reader").finditer(text):
        end = told.end() + _reach(text[told.end() :], is_mine=False)
        yield Claim(False, text[told.end() : end], told.group(), told.start() + sentence.start, end + sentence.start)


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(load("check_swaps")[key], re.IGNORECASE)


@cache
def _set(key: str) -> frozenset[str]:
    value = load("check_swaps")[key]
    return frozenset(value.split() if isinstance(value, str) else value)


def _deed(text: str, subject: re.Match[str], offset: int) -> Iterator[Claim]:
    is_mine = subject.group() == "I"
    before, after = text[: subject.start()], text[subject.end() :]
    if _pattern("no_claim_before").search(before) or (not is_mine and _pattern("object_before").search(before)):
        return
    verb = _verb(after)
    if verb is None:
        return
    plain = verb in _set("neutral_for_me" if is_mine else "neutral_for_reader")
    reach = _reach(after, is_mine=is_mine)
    lead = _lead(before)
    at = subject.start() - len(lead)
    stem_of = words(verb)[0].stem if plain else ""
    yield Claim(
        is_mine, lead + after[:reach], f"{subject.group()} {verb}", at + offset, subject.end() + reach + offset, stem_of
    )


def _verb(after: str) -> str | None:
    """The verb of which 'I' or 'you' is the subject; None for a wish, a condition or a state ('I was glad')."""
    row = words(after)[:6]
    if not row or not re.match(r"(?:'ve|'d|'m|'re)? ", after) or after.startswith("'d"):
        return None
    been = after.startswith(("'m", "'re"))
    for word in row:
        low = word.low.removeprefix("'")
        if low in _set("modals") or low in {"not", "never"}:
            return None
        if low in {"m", "re", "ve", "am", "are", "was", "were", "been", "being"}:
            been = been or low != "ve"
        elif low in _set("auxiliaries") or low.endswith("ly"):
            continue
        elif been:
            return low if low.endswith("ing") and len(low) > 4 else None
        else:
            return low if tag(low)[:2] in {"VB", "NN", "JJ", "IN", "RB"} else _possessed(row[0].low)
    return None


def _possessed(first: str) -> str | None:
    """'I had 3 kilns', 'you do the rota': the auxiliary is the verb itself."""
    return first if first in {"have", "had", "has", "do", "did"} else None


_HEAD = re.compile(r"(?:[\w'%£$€-]+ ){0,6}$")


def _lead(before: str) -> str:
    """The words of the same clause before its subject: 'the 1 in 10 that', 'At Tolland'."""
    words_before = _HEAD.search(before)
    near = words_before.group() if words_before else ""
    cuts = [m.end() for m in _pattern("lead_starts").finditer(near)]
    return near[cuts[-1] :] if cuts else near


def _reach(after: str, *, is_mine: bool) -> int:
    """How far what is said of the one goes: to the end of the clause, or to where the other comes in."""
    stop = _pattern("stop").search(after)
    end = stop.start() if stop else len(after)
    for other in _pattern("reader_in" if is_mine else "me_in").finditer(after[:end]):
        before = after[: other.start()]
        if other.group().lower() in {"my", "your"} or not _pattern("object_before").search(before):
            return len(before) - len(_lead(before))
    return end


def _possession(text: str, owner: re.Match[str], offset: int) -> Iterator[Claim]:
    is_mine = owner.group().lower() == "my"
    after = text[owner.end() :]
    row = [w for w in words(after)[:4] if w.low not in {"own", "very"}]
    end = min(_reach(after, is_mine=is_mine), _phrase_end(after))
    if not row or not words(after[:end]) or _is_of_the_talk(row, is_mine=is_mine):
        return
    part = _PART.search(text[: owner.start()])
    lead = part.group() if part else ""
    at = owner.start() - len(lead)
    cue = f"{owner.group()} {row[0].text}"
    yield Claim(is_mine, f"{lead} {after[:end]}", cue, at + offset, owner.end() + end + offset)


_PART = re.compile(r"(?:[\w'-]+ ){1,3}(?:of|on|in|at) $")  # 'five people on my team'


def _is_of_the_talk(row: list[Word], *, is_mine: bool) -> bool:
    """'Your warm welcome', 'my first thought': what either side may have of the other's matter."""
    nouns, common = _set("letter_nouns_mine" if is_mine else "letter_nouns_reader"), letter_stems()
    at = next((n for n, w in enumerate(row[:3]) if w.low in nouns), None)
    return at is not None and all(w.stem in common for w in row[:at])


def _phrase_end(after: str) -> int:
    end = _pattern("phrase_stop").search(after)
    return end.start() if end else len(after)
