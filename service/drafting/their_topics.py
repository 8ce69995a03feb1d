"""What the interviewer said, does or showed → a topic in the words of a letter to that reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.drafting.grammar import Tags, base_form, is_finite, is_subject_first, tags_of
from service.drafting.lead_ins import matter_of, unwrapped, without_lead_in, without_speaker
from service.drafting.second_person import Reader, is_unsayable, to_reader
from service.drafting.sentence_shapes import Shape, Topic, as_clause, as_noun, in_flow
from service.drafting.spelling import lower_first
from service.phrases import load

_TO_CANDIDATE = re.compile(
    r"(?:how|why|what|when|where|which|who|do|did|are|have|can|would|could|tell)\b.*\byou(?:r)?\b", re.IGNORECASE
)
_BEGINS_WITH_READER = re.compile(r"(?:she|he|they|her|his|their)\b", re.IGNORECASE)
_REASON = re.compile(r"(?:and |but |so )*(?:because|since)\b", re.IGNORECASE)


def read_theirs(text: str, reader: Reader, *, asked: bool = False) -> Iterator[Topic]:
    """What the item may be called in the letter, best first: the whole, else what stands alone of it."""
    text = without_speaker(text, reader)
    if _REASON.match(text):
        return  # the reason for something said before: whose it is, only that tells
    whole = _said(text, reader, asked=asked)
    if whole is not None:
        yield whole
    before_colon, colon, _ = text.partition(": ")
    if colon and len(before_colon.split()) >= 4 and (opening := _said(before_colon, reader, asked=asked)):
        yield opening
    if tags_of(matter_of(text) or text)[0][1] == "IN":
        return  # 'of 90 lamps, 40 flicker': what follows leans on what stands before
    parts = [p.strip() for p in re.split(r",\s+(?:and\s+)?", text) if len(p.split()) >= 3]
    engaging = load("topics")["engaging"]
    for part in sorted(parts, key=lambda p: (not re.search(engaging, p, re.IGNORECASE), -len(p.split()))):
        if (
            part != text
            and re.search(r"\b(?:his|her|their|him)\b", part, re.IGNORECASE)
            and not (_BEGINS_WITH_READER.match(part) or any(n in part for n in reader.names))
        ):
            continue  # ', the lad back to his cell': whose, the words before tell
        topic = _said(part, reader, asked=asked) if len(parts) > 1 or part != text else None
        if topic is not None and not topic.asked and len(topic.text.split()) >= 3:
            yield topic


def _said(text: str, reader: Reader, *, asked: bool) -> Topic | None:
    text = matter_of(text)
    if asked and not text.endswith("?"):
        return _question(text, reader)
    if text.rstrip().endswith("?") or _TO_CANDIDATE.match(text):
        return None
    question = without_lead_in("asked", text, reader)
    if question is not None and question.strip():
        return _question(question, reader)
    shared = without_lead_in("shared", text, reader)
    if shared is not None:
        return _as_topic(matter_of(shared), reader, shared=True)
    return _as_topic(unwrapped(text, reader, ("liked", "spoke_about", "described", "said")), reader)


def _question(text: str, reader: Reader) -> Topic | None:
    """What the reader asked about; a question is never repeated, only its matter."""
    text = re.sub(r"^(?:about|for|on)\s+", "", text.strip(), flags=re.IGNORECASE)
    text = re.sub(
        r"(?<=\w)(?:,| -)? (?:i |me |and i )?(?:said|told (?:her|him|them)|answered|replied)\b.*$",
        "",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"^(?:an?|the) (?=.* (?:q|question)(?:$|,))", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^(?:an?|any|some|one) examples? of (?:an? )?(?=\w)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?: q)?, (?:fine|ok|okay|good|easy|hard|tricky|meh)$", "", text, flags=re.IGNORECASE)
    text = ("which " if text.lower().startswith("which ") else "") + matter_of(text)
    if re.match(r"(?:how|why|what|when|where|whether|if|which|who)\b", text, re.IGNORECASE):
        text = to_reader(text, reader) or ""
        text = re.sub(r"\bdo I\b", "I", text)
    topic = _as_topic(text, reader)
    if topic is None or topic.shape is not Shape.NOUN or re.search(r"\?|\byou\b", topic.text):
        return None
    return Topic(Shape.NOUN, topic.text, asked=True)


def _as_topic(text: str, reader: Reader, *, shared: bool = False) -> Topic | None:
    addressed = to_reader(text, reader)
    if not addressed or len(addressed) < 4 or is_unsayable(addressed):
        return None
    addressed = re.sub(r"^you, ", "", addressed)  # 'Lyle - budget 60k'
    addressed = re.sub(r"\s+since$", "", addressed)  # since what, the note said before
    addressed = re.sub(r"^there's\b", "there is", addressed, flags=re.IGNORECASE)
    tags = tags_of(addressed)
    if re.match(r"there (?:is|are|was|were)\b", addressed, re.IGNORECASE):
        return Topic(Shape.CLAUSE, in_flow(lower_first(addressed)), shared=shared)
    if re.match(r"(?:how|why|what|where|when)\b", addressed, re.IGNORECASE):
        return Topic(Shape.NOUN, in_flow(lower_first(addressed)), shared=shared) if is_finite(tags) else None
    first, kind = tags[0]
    if re.match(r"you(?:'d|'ll|'re|'ve)?\b", first, re.IGNORECASE) and len(tags) > 2:
        # Whatever the tagger makes of the verb, this is a clause.
        return Topic(Shape.CLAUSE, as_clause(addressed, tags), shared=shared)
    if is_finite(tags) and kind != "VBG":
        if not is_subject_first(tags):
            return _dropped_subject(addressed, tags, reader, shared)
        return Topic(Shape.CLAUSE, as_clause(addressed, tags), shared=shared)
    if kind == "VBG" and reader.spoke and first.lower() in load("topics")["undertakings"]:
        return Topic(Shape.NOUN, lower_first(addressed), shared=shared)
    if kind == "RB" and len(tags) > 1 and tags[1][1] in ("IN", "DT"):
        return None  # 'mostly for a seal', 'even the hats': a remark on something left out
    if kind == "VB":
        return None  # 'leave the skin on': an order
    return Topic(Shape.NOUN, as_noun(addressed, tags), shared=shared)


def _dropped_subject(text: str, tags: Tags, reader: Reader, shared: bool) -> Topic | None:
    """'runs the platform team' → 'you run the platform team', where it is clear who does."""
    if shared or not reader.spoke or tags[0][1] not in ("VBZ", "VBP", "VBD"):
        return None
    if tags[0][1] == "VBD" and not reader.named:
        return None  # 'ruined the first bowl': the candidate's as well as anybody's
    if len(tags) > 1 and tags[1][0].lower() == "by":
        return None  # 'answered by two people': done to something said before
    word = tags[0][0]
    verb = base_form(word) if tags[0][1] == "VBZ" else word.lower()
    return Topic(Shape.CLAUSE, f"you {verb}{text[len(word) :]}")
