"""How a matter stands in a sentence of the letter: as a noun, as a clause, as the candidate's own deed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from service.drafting.grammar import FINITE, NOUNS, Tags, join_tokens, tags_of
from service.drafting.spelling import lower_first, with_proper_names
from service.notes.english import is_first_name
from service.phrases import load

_NO_ARTICLE_BEFORE = ("DT", "PRP$", "CD", "NNS", "NNP", "VBG", "WRB", "PDT", "IN", "PRP")


class Shape(StrEnum):
    NOUN = "noun"  # "the move to Kubernetes": stands after 'about'
    CLAUSE = "clause"  # "you are moving to Kubernetes": stands after 'that'
    ACTION = "action"  # "I cut the month-end close from 9 days to 4": the candidate's own deed, stands after 'how'


@dataclass(frozen=True)
class Topic:
    """``asked`` is true when the reader asked about it; ``shared`` when both talked about it."""

    shape: Shape
    text: str
    asked: bool = False
    shared: bool = False
    sore: bool = False  # a trouble of the reader's: never told back as a pleasure
    about: str = ""  # for a clarification: the question it belongs to


def as_noun(text: str, tags: Tags, determiner: str = "the") -> str:
    """A noun phrase as it stands after 'about'; ``determiner`` goes before a single thing that has none."""
    thing, tags = _without_asides(text, tags)
    if _LASTS.match(thing):
        return in_flow(_LASTS.sub(r"a \1\2 of ", thing))
    return in_flow(_with_article(thing, tags, determiner))


# 'month end 9 days': how long a single thing takes.
_LASTS = re.compile(
    r"^(?!(?:the|your|my|an?)\b)([a-z-]+ )?(?!since\b|for\b|over\b|about\b)([a-z-]*[a-rt-z]) (?=\d[\d.]* (?:minutes|hours|days|weeks|months|years|acres|hectares|miles|metres|tonnes|litres)\b(?! ago))"
)


def as_clause(text: str, tags: Tags) -> str:
    """A main clause as it stands after 'that': its bare subject gets an article, what trails after a comma is joined."""
    verb = next((k for k, (_, kind) in enumerate(tags) if kind in FINITE), 0)
    if (
        1 <= verb <= 3
        and tags[verb - 1][1] == "NN"
        and all(kind in ("NN", "JJ") for _, kind in tags[:verb])
        and not _is_mass(tags[verb - 1][0])
        and not _is_mass(tags[0][0])
        and "-" not in tags[0][0]
        and not is_first_name(tags[0][0])
    ):
        text = "the " + lower_first(text)
    return in_flow(without_stray_verbs(lower_first(text)))


def _without_asides(text: str, tags: Tags) -> tuple[str, Tags]:
    """'fractions with the bakery, the class ran a stall': after 'about', only what stands before the first clause."""
    cut = next((k for k, (word, _) in enumerate(tags) if word == "," and k >= 2 and _clause_follows(tags, k)), None)
    return (text, tags) if cut is None else (join_tokens([w for w, _ in tags[:cut]]), tags[:cut])


def without_stray_verbs(text: str) -> str:
    """'you say it is 11 percent, weighs the bins': a verb that lost its subject after a comma goes, and what follows."""
    tags = tags_of(text)
    kinds = [kind for _, kind in tags] + [""]
    stray = (
        k for k, (w, _) in enumerate(tags[:-1]) if w == "," and kinds[k + 1] == "VBZ" and kinds[k + 2] not in FINITE
    )
    cut = next((k for k in stray if k >= 3), None)
    return text if cut is None else join_tokens([w for w, _ in tags[:cut]])


def _clause_follows(tags: Tags, comma: int) -> bool:
    """After the comma stand a subject of at most four words and its verb, or a verb alone."""
    if tags[comma + 1 : comma + 2] and tags[comma + 1][0].lower() in ("and", "or"):
        return False
    for _, kind in tags[comma + 1 : comma + 6]:
        if kind in FINITE:
            return True
        if kind not in (*NOUNS, "DT", "PRP", "PRP$", "JJ", "EX", "CD"):
            return False
    return False


def _with_article(text: str, tags: Tags, determiner: str) -> str:
    """'move to Kubernetes' → 'the move to Kubernetes': notes drop articles, letters do not."""
    first, kind = tags[0]
    lowered = lower_first(text)
    nouns = [k for k, (_, t) in enumerate(tags) if t in NOUNS]
    doing_first = kind == "VBG" and determiner == "my"  # 'climbing game with …' is a thing of one's own
    if _is_mass(first) or (kind in _NO_ARTICLE_BEFORE and not doing_first) or not nouns:
        return lowered
    head = nouns[0]
    while head + 1 < len(tags) and tags[head + 1][1] in ("NN", "NNS"):
        head += 1
    follows, follows_kind = tags[head + 1] if head + 1 < len(tags) else ("", "")
    definite = tags[head][1] == "NN" and follows.lower() in load("topics")["after_definite"]
    doing = follows_kind == "VBG" and not follows.lower().endswith("thing")
    single = tags[head][1] == "NN" and head >= 1 and all(t in ("JJ", "NN", "VBN", "VBG") for _, t in tags[: head + 1])
    if single and not _is_mass(tags[head][0]) and (determiner != "the" or "-" in text.split(",")[0]):
        return f"{determiner} {lowered}"
    return "the " + lowered if definite or doing else lowered


_TAIL = re.compile(r",? (?:which|so|because|and) |,| that ")
_SAYING = re.compile(
    r"\b(?:f[io]u?nd|sa(?:y|id|w)|see|think|thought|kn[eo]w|hear|heard|tell|told|believ|hope|learn|show|mean|report|agree|notice|prove|argue|feel|felt|expect)",
    re.IGNORECASE,
)
_LEAST_WORDS = 4


def shortened(topic: Topic) -> Iterator[Topic]:
    """``topic`` without its last clause, then without the last two …: what is left stays true by itself."""
    for found in reversed(list(_TAIL.finditer(topic.text))):
        left = topic.text[: found.start()]
        if found.group() == " that " and (tags_of(left)[-1][1] not in NOUNS or _SAYING.search(left)):
            continue  # 'you hear from guests that …' has its matter behind it
        if len(left.split()) >= _LEAST_WORDS and not re.search(r"\b(?:both|either|between|not|only)\b", left):
            yield replace(topic, text=left)


def _is_mass(word: str) -> bool:
    return word.lower() in load("topics")["mass_nouns"]


_DANGLING = re.compile(
    r"(?:,? (?:should|would|could|and|but|so|because|or|to|the|a|of|with|which|that|who|i|if))+$", re.IGNORECASE
)


def in_flow(text: str) -> str:
    """Note commas as letter grammar: ', 3 of 11 done' → ', with 3 of 11 done'; ', you halved pages' → ', and you halved pages'."""
    text = re.sub(
        r", (?=(?:\d+|two|three|four|six) (?:years|months|weeks)(?:$|,))",
        " for ",
        text,
        count=1,
    )
    text = re.sub(
        r", (two|three|four|five|six|\d+) (?=(?:speak|have|are|were|go|come|live|work|need|want)\b)", r", and \1 ", text
    )
    text = re.sub(r", (\S+ (?:years|months|weeks|days) ago) (?=was\b|were\b|is\b)", r", and \1 it ", text)
    text = re.sub(r", (?=\S+ (?:years|months|weeks|days) ago (?:it|they|you|we|I)\b)", ", and ", text)
    text = re.sub(
        r"(?<!\))(?<=\w),\s+(?![^(]*\))(?=(?:about |around |over |up to |only |roughly |nearly |almost |some )?(?:\d|one of|two of|half of))(?!(?:\d+|one|two) (?:goes|is|was|has|does|gets|takes|needs|wants|works|stands|comes)\b)(?![\d.]+ (?:and|or)\b|(?:19|20)\d\d\b)",
        ", with ",
        text,
        count=1,
    )
    text = re.sub(r"\b(\d[\d,.]* [a-z]+s) (?=\d[\d,.]* [a-z]+s\b)", r"\1 and ", text)  # '41 pilots 6 boats'
    text = re.sub(r", ((?:19|20)\d\d)$", r" in \1", text)
    text = re.sub(r"^([a-z]+) (?=\d[\d.,]* ?(?:%|percent)(?:\W|$))", r"\1 of ", text)
    text = re.sub(r", (?:the )?(target|goal|aim) (?=\d)", r", with a \1 of ", text)
    text = re.sub(r", with (\d+) with ", r", including \1 with ", text)
    text = re.sub(
        r",\s+(?=(?:no|zero) \w)(?!(?:no|zero) \w+ (?:went|dropped|fell|rose|grew|is|are|was|were)\b)",
        ", with ",
        text,
        count=1,
    )
    text = re.sub(r",\s+it (?=\w+s\b)(?!is\b|was\b|has\b)", ", which ", text, count=1)
    text = re.sub(r"(, with [^,]+), (\d[^,]*)$", r"\1 and \2", text)
    text = re.sub(r", (?:wants|needs|has|is|are|hopes|plans|looks|goes|uses|runs|gets) [^,]*$", "", text)
    text = re.sub(
        r",\s+(?=(?:(?:you|it|this|that|the team|everyone|everybody|there)|[a-z-]+(?: [a-z-]+)?) (?:are|is|have|has|had|was|were|will|can|shows?|gets?|goes|comes|takes|went|dropped|fell|rose|grew)\b|I (?:have|had|am|was|can)\b|(?:you|it|the team|everyone) (?:do|did|want|need|use|\w+ed)\b)(?!(?:who|which|where|when|if|as|so|and|but|because|while|since|that|with) )",
        ", and ",
        text,
        count=1,
    )
    if text.startswith("you ") and ", and you" not in text:
        text = re.sub(
            r", (?=you [a-z]+\b)", ", and ", text, count=1
        )  # 'you want drivers, you read the letters yourself'
    text = _DANGLING.sub("", _with_deed(text))  # where dictated speech was cut
    return with_proper_names(text)


_DEED = r",\s+(?=(?:started|joined|moved|built|grew|left|went|began|led|ran|made|got|caught)\b)"


_EFFECT = r",\s+(?=(?:cut|saved|halved|doubled|reduced|raised|won|earned|brought)\b(?! (?:it|them|this|that)\b))"


def _with_deed(text: str) -> str:
    """', built it in 3 weeks' after somebody's deed is joined with 'and'; after a bare thing it has no subject and goes."""
    text = re.sub(r"(?<=\w), did it\b.*$", "", text)
    done_by = re.match(r"(?:you|I|we|it|they|everyone|the team)\b", text)
    if done_by:
        return re.sub(_DEED, " and ", re.sub(_EFFECT, " and ", text, count=1), count=1)
    return re.sub(_EFFECT, ", which ", re.sub(rf"{_DEED}.*$", "", text), count=1)
