"""The gate on topics: what a letter says of a note must be whole English and worth saying, else nothing is said of it.

A dull message costs charm; a sentence that no careful writer would send costs the job. So nothing passes for want of a fault:
a topic has to show that it is a whole phrase (``phrase_grammar``), that it tells something, and that none of it is a regret,
the procedure, somebody's body, telling inside telling, or shorthand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from service.drafting.mends import mended
from service.drafting.phrase_grammar import is_clause, is_noun_phrase
from service.drafting.sentence_shapes import Shape, Topic
from service.drafting.word_kinds import Token, read_tokens, spelled_words
from service.notes.english import is_first_name, is_word
from service.notes.lexis import stem
from service.notes.wordclass import tag
from service.phrases import load
from service.types import Owner

_BARRED = ("regret", "procedure", "of_the_body", "opinion", "money", "shorthand")
_EXCEPTION = re.compile(
    r",? (?:except|unless|but|only|not|if|never|without|until|because|though|although)\b", re.IGNORECASE
)
_SINCE_THEN = re.compile(r"\bsince (?:19|20)\d\d\b|\bsince (?:last|the)\b")
_SO_LONG = re.compile(
    r"^(?:I|you|we) (?:\w+ )?\w+(?: as \w+ \w+| here| there)? (?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) (?:years|months)\b"
)
_PAST = re.compile(
    r"\b(?:have|has|had|been|was|were|did|spent|ran|led|took|kept|taught|held|built|drove|sold|made|wrote|sang|flew|dug|grew|\w+ed)\b|'ve\b"
)
_PERFECT = re.compile(r"\b(?:have|has|had|been|was|were)\b|'ve\b|\w+ed\b")
_SHOUTED = re.compile(
    r"\b[A-Z]{4,} (?:[A-Z]{2,} )*[A-Z]{4,}\b|\byou's\b|\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Mme|Madam|Lady) you\b|\b(?:sir|madam|mme|miss|mister) you\b"
)
_REFUSES = re.compile(
    r"(?:I|we) (?:\w+ )?(?:can't|cannot|don't|didn't|won't|wouldn't|couldn't|wasn't|isn't|haven't|hadn't|am not|was not|do not|did not|could not)\b|I'm not\b"
)
_PACE = re.compile(r"\b(?:a|an|per|each|every) (?:hour|shift|day|night|week|month|quarter|term|season|year)\b")
_LEAST_TOLD = 2
_QUESTION = re.compile(r"(?:how|why|what|when|where|which|who|whether|if)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?!one\b|1\b)(?:\d[\d,]*|[a-z]+) (?!minutes|hours|days|weeks|months|years|percent)[^,]*\b(?:since|after|before|between|from|by|in|on|at)\b(?! room)"
)
_LEAST_WORDS = 3
_LEAST_IN_CLAUSE = 4
_COMMON = 10  # times in the list: what one means to type, not 'peritoneal' for 'perineal'
# What is told as the candidate's own without 'I' or 'my' needs a verb that cannot be a noun: 'subject line tests every Tuesday'.
_OWN_CLAUSE = re.compile(
    r"\b(?:I|we|my|our|is|are|was|were|has|have|had|can|could|will|would|went|fell|rose|grew|\w+ed)\b"
)


def whole_topics(topic: Topic, owner: Owner) -> Iterator[Topic]:
    """``topic`` mended, with an article it lacks, or without what trails after a comma: each that may be said, best first."""
    for text in _shorter(mended(topic.text)):
        for words in _with_article(text, topic, owner):
            whole = replace(topic, text=words)
            if is_sendable(whole, owner):
                yield whole


def is_sendable(topic: Topic, owner: Owner) -> bool:
    """Whole English, and worth saying to this reader."""
    text = topic.text
    if any(re.search(load("sentence_grammar")[name], text, re.IGNORECASE) for name in _BARRED) or _is_misspelt(text):
        return False
    if re.search(load("sentence_grammar")["telling"], text) or _is_foreign(topic) or _SHOUTED.search(text):
        return False
    if owner is Owner.MINE and _REFUSES.match(text):
        return False
    if owner in (Owner.MINE, Owner.CLARIFY) and topic.shape is Shape.CLAUSE and not _OWN_CLAUSE.search(text):
        return False
    if topic.shape is Shape.NOUN and not topic.asked and _names_only(text, owner):
        return False
    counted = bool(read_tokens(text)[0].kinds & {"NUM"}) and not (_PACE.search(text) and telling_words(text) > _LEAST_TOLD)
    if topic.shape is Shape.NOUN and (counted or _too_little(topic, owner)):
        return False  # '4 plants', '24 cases each': a count is no matter of a talk, 'one checkable story a month' is
    if topic.shape is not Shape.NOUN and _too_little(topic, owner):
        return False
    return is_noun_phrase(text) if topic.shape is Shape.NOUN else is_clause(text)


def _names_only(text: str, owner: Owner) -> bool:
    """A name or a count with nothing told of it, or the time at which something happens."""
    if re.match(r"(?:about|around|over|only|nearly|almost|roughly|up to|some) \d", text):
        return True  # 'about 30 beds each'
    tokens = read_tokens(re.sub(r"^(?:the|a|an|your) ", "", text))
    capitals = [t for t in tokens if t.text[0].isupper()]
    named = len(capitals) > 1 and all(t.text[0].isupper() or t.low in ("of", "and", "for", "the") for t in tokens[1:])
    return (
        named
        or re.match(r"(?:when|where|which|who|if|whether)\b", text) is not None
        or (
            owner is Owner.THEIRS
            and bool(tokens[0].kinds & {"NAME"})
            and not any(t.kinds & {"NN", "NNS"} for t in tokens)
        )
    )


def telling_words(text: str) -> int:
    """How many words tell which talk it was: neither small nor such as any talk has; figures and names count."""
    return sum(_has_content(t) and (_is_figure(t) or stem(t.low) not in _plain()) for t in read_tokens(text))


def _has_content(token: Token) -> bool:
    small = not token.kinds or bool(token.kinds & {"DET", "MARK", "PART", "PREP"}) or token.low in _small()
    return _is_figure(token) or not small


def _is_figure(token: Token) -> bool:
    return bool(token.kinds & {"NUM", "NAME"}) and token.low not in load("sentence_grammar")["times"]


@cache
def _small() -> frozenset[str]:
    grammar = load("sentence_grammar")
    names = (
        "determiners",
        "pronouns",
        "prepositions",
        "joins",
        "questions",
        "modals",
        "time_words",
        "ordinals",
        "about_numbers",
    )
    forms = "is are am was were be been being has have had having do does did done doing not and or but"
    return frozenset(w for name in names for w in grammar[name]) | frozenset(forms.split())


@cache
def _plain() -> frozenset[str]:
    return frozenset(stem(w) for w in load("sentence_grammar")["plain"])


def _too_little(topic: Topic, owner: Owner) -> bool:
    """'you run nights', 'the backlog', 'what I would do first': nobody could tell from it which talk it was."""
    if topic.shape is not Shape.NOUN and len(topic.text.split()) < _LEAST_IN_CLAUSE:
        return True
    bare_noun = topic.shape is Shape.NOUN and not _QUESTION.match(topic.text)
    one = (owner is Owner.CLARIFY and not bare_noun) or (bare_noun and (topic.asked or owner is Owner.MINE))
    least = 1 if one else 2
    content = sum(_has_content(t) for t in read_tokens(topic.text))
    return telling_words(topic.text) < 1 or content < least


def _is_foreign(topic: Topic) -> bool:
    """'I have the card since 2018', 'I work 11 years', 'since 15 years': a present that has lasted takes a perfect, and 'for'."""
    if re.search(r"\bsince (?:\d+|[a-z]+) (?:years|months|weeks|days)\b(?! ago)", topic.text):
        return True
    if topic.shape is not Shape.NOUN and _SO_LONG.search(topic.text) and not _PAST.search(topic.text):
        return True
    return (
        topic.shape is not Shape.NOUN
        and bool(_SINCE_THEN.search(topic.text))
        and not _PERFECT.search(_before_since(topic.text))
    )


def _before_since(text: str) -> str:
    return re.sub(r"\b(?:have|has) (?=the\b|a\b|an\b|my\b|your\b|\d)", "", re.split(r"\bsince\b", text)[0])


def _is_misspelt(text: str) -> bool:
    """A word in small letters that is no word, but one slip away from one; or a person's name that lost its capital."""
    for word in re.findall(r"(?<![\w'.-])[a-z]{3,}(?![\w'-])", text):
        if word in spelled_words() or _is_form(word) or word.removeprefix("re") in spelled_words():
            continue
        unnamed = is_first_name(word) and not is_word(word)
        if unnamed or (len(word) > _SHORT and _slip_of(word)):
            return True
    return False


_SHORT = 4  # letters, of which too many words are one slip apart
_CLOSED_SYLLABLE = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")


def _is_form(word: str) -> bool:
    """A form of a known word, rightly made: 'freezers', but not 'swaped'."""
    for suffix in ("s", "es", "d", "ed", "ing", "r", "er", "ers", "ly"):
        base = word.removesuffix(suffix)
        doubles = suffix in ("ed", "ing", "er", "ers") and _CLOSED_SYLLABLE.fullmatch(base)
        if base != word and len(base) > 2 and base in spelled_words() and not doubles:
            return True
        if base[-1:] == base[-2:-1] and base[:-1] in spelled_words():
            return True
        if base + "e" in spelled_words() and suffix in ("ing", "er", "ers"):
            return True
    return False


def _american(word: str) -> str:
    """The spelling of the word list, which is American."""
    return re.sub(r"our(?=\b|e|i|s|l|a)", "or", re.sub(r"(?<=[iy])s(?=e|i|a)", "z", word)).replace("ae", "e")


@cache
def _slip_of(word: str) -> bool:
    """One letter too many, too few, other, or two changed about: 'evicton', 'lables'."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    splits = [(word[:k], word[k:]) for k in range(1, len(word) + 1)]
    near = {a + b[1:] for a, b in splits if b} | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    near |= {a + c + b for a, b in splits for c in letters} | {a + c + b[1:] for a, b in splits if b for c in letters}
    return any(n in spelled_words(_COMMON) for n in near if len(n) > 4) and _american(word) not in spelled_words()


@cache
def is_mass(word: str) -> bool:
    return word in load("sentence_grammar")["mass"]


def _shorter(text: str) -> Iterator[str]:
    """``text``, then without its last part after a comma, and so on; never without an exception that the rest needs."""
    yield text
    while "," in text:
        kept, _, rest = text.rpartition(",")
        if _EXCEPTION.match(f",{rest}") or kept.count("(") != kept.count(")") or len(kept.split()) < _LEAST_WORDS:
            return
        text = kept.rstrip()
        yield text


def _with_article(text: str, topic: Topic, owner: Owner) -> Iterator[str]:
    """``text``, and with the article that a single thing at its head needs."""
    first = read_tokens(text)[0] if text else None
    told = topic.shape is Shape.NOUN and owner is Owner.THEIRS and not topic.asked
    if told and first is not None and first.kinds & {"NUM"} and _COUNTED.match(text):
        yield f"the {text}"  # 'two ledgers since the merger'
    if (
        first is None
        or first.kinds & {"NUM", "DET", "MARK", "PREP"}
        or not first.kinds & {"NN", "NNS", "JJ", "VBN", "ORDINAL"}
    ):
        yield text
        return
    if " " not in text and (first.low not in spelled_words() or not tag(first.low).startswith("NN")):
        yield text
        return  # 'intercompany' is no thing of itself
    several = topic.shape is Shape.NOUN and owner is Owner.THEIRS and not topic.asked
    with_article = f"my {text}" if owner is Owner.MINE and topic.shape is Shape.NOUN else f"the {text}"
    yield from (
        (with_article, text)
        if several and not first.kinds & {"MASS"} and not is_mass(first.low)
        else (text, with_article)
    )
