"""What the candidate did, said, or would like to add (G6) → a topic in the words of the candidate's letter."""

from __future__ import annotations

import itertools
import re

from service.drafting.grammar import NOUNS, is_finite, is_subject_first, tags_of
from service.drafting.lead_ins import end_of_lead_in, matter_of, without_joins, without_lead_in
from service.drafting.second_person import THIRD, Reader, is_unsayable, to_you
from service.drafting.sentence_shapes import Shape, Topic, as_clause, as_noun, in_flow, without_stray_verbs
from service.drafting.spelling import lower_first
from service.phrases import load

_PAST_ENDINGS = ("ed", "lt", "ld", "an", "ew", "ut", "ook", "ade", "ote")
_POOR = r"\b(?:should have|ought to have|could have|badly|weak|nervous|vague|sorry|instead|muddled|thin|poor|worst|theory|flexible|nothing|didn't|froze|wish)\b"
_NO_SUBJECT = re.compile(r"\b(?:i|it|that|this|answer|question|she|he|they|my|end|whole|why|how|what)\b", re.IGNORECASE)
_REPLY = r"^(?:yes|yeah|yep|no|sure)\b[\s,.:-]*"
_ANSWERED = re.compile(
    r"(?:and |so )*(?:i )?(?:have |had )?(?:said|answered|replied)\b(?! (?:that|i|we|how|about|to)\b)\s*", re.IGNORECASE
)
_LONGEST_SUBJECT = 6  # words


def read_own(text: str, reader: Reader) -> Topic | None:
    """The candidate's own matter; None when it speaks of a third person."""
    text = re.sub(
        r"^(?:i )?(?:wanted|meant|was going|tried) to (?:say|mention|add|explain)(?: that)?\s+",
        "",
        text,
        flags=re.IGNORECASE,
    )
    answered = _ANSWERED.match(text)
    if answered and not is_finite(tags_of(text[answered.end() :] or "x")):
        return None  # 'I said the gift card flow': an answer, where only the question tells to what
    text = re.sub(
        _REPLY, "", _told(re.sub(_REPLY, "", matter_of(text), flags=re.IGNORECASE), reader), flags=re.IGNORECASE
    )
    text = to_you(text, reader) or to_you(_before_others(text), reader) or ""
    if not text or is_unsayable(text):
        return None
    text = re.sub(r"^(I|we) (?=(?:done|seen|been|gone|given|taken|written|known|had done)\b)", r"\1 have ", text)
    text = re.sub(
        r"^(?=(?:never|also|always|often) \w+(?:ed|t|d|n|de)\b)", "I ", text
    )  # 'never tipped one in 14 years'
    text = re.sub(r"(?<=\w), (?:lost|broke|missed|failed|killed|ruined|burnt|burned)\b.*$", "", text)
    first = text.split()[0].lower()
    tags = tags_of(text)
    if first in ("i", "i've", "i'm", "i'd", "we"):
        if not any(kind in (*NOUNS, "CD") for _, kind in tags[1:]):
            return None  # 'I went back', 'I do a bit': to what, of what?
        text = "I" + text[1:] if first != "we" else text[0].lower() + text[1:]
        return Topic(Shape.ACTION, in_flow(without_stray_verbs(text)))
    if tags[0][1] == "VB":
        return None  # 'leave the hats': advice that was given, not a thing that was done
    if re.match(r"(?:how|why|what|when|where)\b", text, re.IGNORECASE):
        return Topic(Shape.NOUN, in_flow(lower_first(text))) if is_finite(tags) else None
    if tags[0][1] == "VBD" or (tags[0][1] == "VBN" and first.endswith(_PAST_ENDINGS)):
        return Topic(Shape.ACTION, in_flow(without_stray_verbs("I " + text[0].lower() + text[1:])))
    if not any(kind in (*NOUNS, "VBG") for _, kind in tags):
        return None  # 'not true'
    if not is_finite(tags):
        return Topic(Shape.NOUN, as_noun(text, tags, "my"))
    own_part = next((p for p in re.split(r",\s+(?:and\s+)?", text)[1:] if re.match(r"(?:I|we) \w+ \w+ \w+", p)), None)
    if own_part is not None and not re.match(r"(?:I|we)\b", text):
        return read_own(own_part, reader)
    if is_subject_first(tags):
        return Topic(Shape.CLAUSE, as_clause(text, tags))
    thing = as_noun(text, tags, "my")  # 'the rota at Anchorage, everybody cooks': the thing, without what is told of it
    return Topic(Shape.NOUN, thing) if not is_finite(tags_of(thing)) else None


def _before_others(text: str) -> str:
    """What stands before the comma-separated part that speaks of a third person; nothing when that is the first."""
    parts = re.split(r"(?=, )", text)
    kept = itertools.takewhile(lambda part: not THIRD.search(part), parts)
    return "".join(kept)


def _told(text: str, reader: Reader) -> str:
    """Without 'told them about', where something is left after it."""
    inner = without_lead_in("told", text, reader)
    if inner is None or len(inner.split()) < 2:
        return text
    text = re.sub(r"^how (?=I\b|we\b)", "", matter_of(inner), flags=re.IGNORECASE)
    return (
        re.sub(r",? and (?:also )?(?:about\b|that (?:I|we)\b).*$", "", text)
        if not re.match(r"(?:I|we)\b", text)
        else text
    )


def read_clarification(text: str, reader: Reader) -> Topic | None:
    """What the candidate wants to add, put positively: the confession is left out (G31)."""
    text = without_joins(text)
    better = _BETTER.search(text)
    if better is not None:
        text = f"should have said I would {_BASES[better['done'].lower()]} {better['rest']}"
    end = _end_of_regret(text, reader)
    if not end:  # under a heading the better answer stands alone, without the regret
        asked = re.match(r"(?:asked|she|he|they|q\b|question|wanted)", text, re.IGNORECASE)
        return None if asked or _confesses(text) else read_own(matter_of(text), reader)
    answer = re.sub(
        r"^(?:my answer[^:]*:|that|about|how(?= I\b| we\b)|to say|is|was)\s+",
        "",
        matter_of(text[end:]),
        flags=re.IGNORECASE,
    )
    if _IS_PLAN.match(answer) and tags_of(answer)[0][1] in ("VB", "VBP"):
        answer = f"I would {lower_first(answer)}"  # 'should have said: start with the 20 titles'
    topic = read_own(answer, reader) if len(answer.split()) >= 2 else None
    if topic is None or _confesses(topic.text):
        return None
    return Topic(topic.shape, topic.text, about=_subject(text[:end]))


_IS_PLAN = re.compile(
    r"[a-z]+ (?:with|by|from|to|the|a|an|all|one|two|my|our|at|on|in|what|who|where|every|each)\b", re.IGNORECASE
)


# 'I should have offered to sit with claims': what one would do now.
_BASES = {
    "offered": "offer",
    "proposed": "propose",
    "suggested": "suggest",
    "asked": "ask",
    "checked": "check",
    "started": "start",
    "used": "use",
}
_BETTER = re.compile(
    rf"\b(?:should|could|ought to|would)(?: have|'ve|a| ?a)\s+(?P<done>{'|'.join(_BASES)}) (?P<rest>(?:to|by|with|the|a|an|for|that|whether|them|from)\b.+)",
    re.IGNORECASE,
)


def _end_of_regret(text: str, reader: Reader) -> int:
    """Where the last 'should have said' ends, 0 without one."""
    end = 0
    while (further := end_of_lead_in("regret", text, reader, end)) > end:
        end = further
    return end


def _subject(regret: str) -> str:
    """The question that the regret belongs to, empty when it is not named in a few plain words."""
    about = re.search(load("topics")["regret_topic"], regret, re.IGNORECASE)
    if about and re.search(r"\b(?:told|said|talked|spoke|explained)\b[^,.;]*$", regret[: about.start()], re.IGNORECASE):
        return ""  # 'I told him about the dairy, and I forgot to say …': told before, and no question
    subject = matter_of(about["topic"]) if about else ""
    if not subject or len(subject.split()) > _LONGEST_SUBJECT or _NO_SUBJECT.search(subject):
        return ""
    return "" if is_finite(tags_of(subject)) else subject


def _confesses(text: str) -> bool:
    """Still tells what went wrong: any cue of a regret, or a word for a poor answer."""
    return any(re.search(cue, text, re.IGNORECASE) for cue in (_POOR, *load("owner_cues")["to_clarify"]))
