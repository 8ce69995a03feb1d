"""A note item → what it is about, in words that can stand in a letter to this reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from service.notes.english import first_names, fold, is_word, tag
from service.notes.owners import ASKED, GOES_ON
from service.phrases import load
from service.types import Facts, NoteItem, Owner, PersonRole, Recipient


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
    about: str = ""  # for a clarification: the question it belongs to


@dataclass(frozen=True)
class Reader:
    """How the people of the notes stand to the one who reads the message."""

    first: str | None  # the reader's own first name
    others: tuple[str, ...]  # first names of the rest of the panel
    alone: bool  # the only interviewer: an unnamed she or he is the reader
    spoke: bool  # the item was said by the reader

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


def read_topic(item: NoteItem, facts: Facts, recipient: Recipient) -> Topic | None:
    """What ``item`` is about, said to ``recipient``; None when it cannot be said safely by rule."""
    topic = _read(item, facts, recipient)
    if topic is None or _hangs(topic.text, goes_on=item.owner is Owner.CLARIFY):
        return None
    return None if _is_title(topic.text, facts) or _names_a_stranger(topic.text, facts) else topic


def _names_a_stranger(text: str, facts: Facts) -> bool:
    """Somebody who was absent, is a former boss or only took notes has no place in a letter to this reader."""
    strangers = [p for p in facts.people if p.role in (PersonRole.MENTIONED, PersonRole.RECRUITER)]
    sure = [p for p in strangers if len(p.name.split()) > 1 or p.name.lower() in first_names()]
    return any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text) for p in sure for w in p.name.split() if len(w) > 2)


def _is_title(text: str, facts: Facts) -> bool:
    """What is left of 'Philippa Grange, head of quality' says who somebody is, not what was talked about."""
    plain = re.sub(r"^(?:the|a|an|your|my)\s+", "", text.lower())
    return any(p.title is not None and p.title.lower() == plain for p in facts.people)


_HANGING = re.compile(
    r"\b(?:it|that|this|these|those|there|so)(?=\s*(?:$|[.,;]|before\b|after\b|now\b|too\b|again\b|first\b|instead\b|as well\b))"
    r"|\b(?:ran|had|did|made|built|wrote|have|own|run) one\b|^used to\b"
    r"|\b(?:it|that|this) (?:down|up|out|off|over|on)\s*$|^you (?:\w+ )?\w+ (?:me|us)\b|^(?:at|in|on|from|by|of|for|to|with|and|or) "
    r"|^you (?:told|asked|gave|showed|said|mentioned|wanted to know)\b"
    r"|^(?:you (?:said|think|want|like|do|did) )?(?:it|that|this|these|those)\b(?! (?:team|role|job|year|week|month|summer|spring|project|way))",
    re.IGNORECASE,
)


def _hangs(text: str, *, goes_on: bool) -> bool:
    """Points at something that the letter does not say: 'you want to fix that before', 'I made it fortnightly'."""
    return bool(_HANGING.search(text)) or (
        goes_on and bool(re.search(r"\b(?:it|that one|them|this)\b", text, re.IGNORECASE))
    )


def _read(item: NoteItem, facts: Facts, recipient: Recipient) -> Topic | None:
    reader = Reader.of(item, facts, recipient)
    text = _with_names(plain_text(item.text), facts)
    if item.owner is Owner.CLARIFY:
        return _own(text, reader) if item.reason == GOES_ON else _clarification(text, reader)
    if item.owner is Owner.MINE:
        return _own(text, reader)
    return _theirs(text, reader, asked=item.reason == ASKED)


def _with_names(text: str, facts: Facts) -> str:
    """Names that were typed in lower case, with their capitals: 'gwen wants' → 'Gwen wants'."""
    names = {w.lower(): w for p in facts.people for w in p.name.split() if len(w) > 2 and not is_word(w)}
    if facts.company is not None and not is_word(facts.company.value.split()[0]):
        names |= {w.lower(): w for w in facts.company.value.split() if not is_word(w)}
    return re.sub(r"(?<![\w@.-])[a-z][\w'-]*", lambda m: names.get(m.group(0), m.group(0)), text)


def plain_text(text: str) -> str:
    """Note shorthand spelled out: 'w/ 3 svcs 🎉' → 'with 3 services'; nothing else is changed."""
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = re.sub(r"https?://\S+|www\.\S+", "", text)
    text = "".join(c for c in text if c.isalnum() or c in " \t\n'\"()[]/,.;:!?%$€£@#&+-–—*=<>_|~→…°" or c.isalpha())
    text = re.sub(r"[*_|#<>=]+(?![>\d])", " ", text)
    text = re.sub(r"\s+[-–—]{1,2}\s+", ", ", text)
    text = re.sub(r"[!]+(?=\s|$)", ".", text) if "!" in text else text
    for symbol, word in load("abbreviations")["symbols"].items():
        text = re.sub(
            rf"(?:(?<=\s)|(?<=\w)(?=[→])){re.escape(symbol)}(?=\s|\w)",
            f" {word} " if symbol in "→->=>" else word + (" " if symbol == "~" else ""),
            text,
        )
    text = re.sub(r"(?<![\w/])(?:w/o|w/in|b/c|w/)(?=\s|[A-Za-z])|(?<![\w'@.-])[A-Za-z]\w*\b(?![@'])", _spell_out, text)
    text = re.sub(r"(?<![\w'])i(?=['\s,.]|$)", "I", text)
    return re.sub(r"\s+", " ", text).strip(" -–—•*:;,/")


def _spell_out(found: re.Match[str]) -> str:
    word = found.group(0)
    if word in load("abbreviations")["keep_upper"]:
        return word
    full = _abbreviations().get(word.lower())
    if full is None:
        return word
    return full + (" " if word.endswith("/") and found.string[found.end() : found.end() + 1].strip() else "")


@cache
def _abbreviations() -> dict[str, str]:
    return {str(k).lower(): str(v) for k, v in load("abbreviations")["words"].items()}


@cache
def _pattern(name: str, who: str, them: str) -> re.Pattern[str]:
    return re.compile(load("topics")[name].replace("{who}", who).replace("{them}", them), re.IGNORECASE)


def _strip(name: str, text: str, reader: Reader) -> str | None:
    """``text`` without the lead-in called ``name``, or None when it does not start with it."""
    names = [re.escape(n) for n in (reader.first, *reader.others) if n]
    names += [fold(n) for n in names if fold(n) != n]
    who = "|".join(
        [
            "she",
            "he",
            "they",
            "it",
            *names,
            *(rf"{n} \w+" for n in names),
            r"the (?:team|manager|hiring manager|panel|interviewer|boss|head|director|chef|ward sister|lead)",
        ]
    )
    them = "|".join(["them", "her", "him", "the panel", "the team", "everyone", *names])
    found = _pattern(name, who, them).match(text)
    return text[found.end() :] if found and found.end() else None


def _cut(text: str) -> str:
    """Without joining words before, reactions after, and asides in brackets that give no figure."""
    text = re.sub(r"\s*\([^()\d]*\)", "", text)
    text = re.sub(load("topics")["joins"], "", text, flags=re.IGNORECASE)
    for _ in range(3):
        for tail in load("topics")["tails"]:
            text = re.sub(tail, "", text, flags=re.IGNORECASE)
    return text.strip(' -–—•*:;,./"')


def _theirs(text: str, reader: Reader, *, asked: bool = False) -> Topic | None:
    """The whole item, or the one of its comma-separated parts that can stand alone."""
    names = "|".join(re.escape(n) for n in (reader.first, *reader.others) if n)
    text = re.sub(rf"^(?:{names})(?: \w+)?\s*[:=]\s*", "", text, flags=re.IGNORECASE) if names else text
    whole = _said(text, reader, asked=asked)
    if whole is not None or "," not in text:
        return whole
    parts = [p.strip() for p in re.split(r",\s+(?:and\s+)?", text) if len(p.split()) >= 3]
    for part in sorted(
        parts, key=lambda p: (not re.search(load("topics")["engaging"], p, re.IGNORECASE), -len(p.split()))
    ):
        topic = _said(part, reader, asked=asked)
        if topic is not None and not topic.asked and len(topic.text.split()) >= 3:
            return topic
    return None


def _said(text: str, reader: Reader, *, asked: bool) -> Topic | None:
    text = _cut(text)
    if asked and not text.endswith("?"):
        return _question(text, reader)
    if text.rstrip().endswith("?") or re.match(
        r"(?:how|why|what|when|where|which|who|do|did|are|have|can|would|could|tell)\b.*\byou(?:r)?\b",
        text,
        re.IGNORECASE,
    ):
        return None
    question = _strip("asked", text, reader)
    if question is not None and question.strip():
        return _question(question, reader)
    shared = _strip("shared", text, reader)
    if shared is not None:
        return _as_topic(_cut(shared), reader, shared=True)
    for _ in range(2):
        for name in ("liked", "spoke_about", "described", "said"):
            inner = _strip(name, text, reader)
            if inner is not None and len(inner.split()) >= 2:
                text = _cut(inner)
    return _as_topic(text, reader)


def _question(text: str, reader: Reader) -> Topic | None:
    text = re.sub(r"^(?:about|for|on)\s+", "", text.strip(), flags=re.IGNORECASE)
    text = ("which " if text.lower().startswith("which ") else "") + _cut(text)
    if re.match(r"(?:how|why|what|when|where|whether|if|which|who)\b", text, re.IGNORECASE):
        text = _to_reader(text, reader) or ""
        text = re.sub(r"\bdo I\b", "I", text)
    topic = _as_topic(text, reader)
    if topic is None or topic.shape is not Shape.NOUN or re.search(r"\?|\byou\b", topic.text):
        return None
    return Topic(Shape.NOUN, topic.text, asked=True)


def _own(text: str, reader: Reader) -> Topic | None:
    text = _cut(text)
    inner = _strip("told", text, reader)
    stripped = inner is not None and len(inner.split()) >= 2
    if stripped:
        assert inner is not None
        text = _cut(inner)
        text = re.sub(r"^how (?=I\b|we\b)", "", text, flags=re.IGNORECASE)
        text = re.sub(r",? and (?:also )?about\b.*$", "", text)
    addressed = _address(text, reader)
    if not addressed or _leftover(addressed):
        return None
    text = addressed
    first = text.split()[0].lower()
    if first in ("i", "i've", "i'm", "i'd", "we"):
        return Topic(Shape.ACTION, "I" + text[1:] if first != "we" else text[0].lower() + text[1:])
    tags = _tags(text)
    if re.match(r"(?:how|why|what|when|where)\b", text, re.IGNORECASE):
        return Topic(Shape.NOUN, _flow(_lower_first(text))) if _finite(tags) else None
    if (
        tags
        and tags[0][1] in ("VBD", "VBN")
        and first.endswith(("ed", "lt", "ld", "an", "ew", "ut", "ook", "ade", "ade", "ote"))
    ):
        return Topic(Shape.ACTION, "I " + text[0].lower() + text[1:])
    if not _finite(tags):
        return Topic(Shape.NOUN, _flow(_with_article(text, tags)))
    return Topic(Shape.CLAUSE, _clause(text, tags)) if _subject_first(tags) else None


def _clarification(text: str, reader: Reader) -> Topic | None:
    """What the candidate wants to add, put positively: the confession is left out (G31)."""
    names = [re.escape(n) for n in (reader.first, *reader.others) if n]
    them = "|".join(["them", "her", "him", "the panel", *names])
    text = re.sub(load("topics")["joins"], "", text, flags=re.IGNORECASE)
    pattern = _pattern("regret", "", them)
    last = None
    position = 0
    while (found := pattern.match(text, position)) and found.end() > position:
        last, position = found, found.end()
        if position >= len(text):
            break
    if last is None:  # under a heading the better answer stands alone, without the regret
        asked = re.match(r"(?:asked|she|he|they|q\b|question|wanted)", text, re.IGNORECASE)
        return None if asked or _confesses(text) else _own(_cut(text), reader)
    about = re.search(load("topics")["regret_topic"], text[: last.end()], re.IGNORECASE)
    inner = _cut(text[position:])
    inner = re.sub(
        r"^(?:my answer[^:]*:|that|about|how(?= I\b| we\b)|to say|is|was)\s+", "", inner, flags=re.IGNORECASE
    )
    topic = (
        _own(inner, Reader(reader.first, reader.others, reader.alone, reader.spoke))
        if len(inner.split()) >= 2
        else None
    )
    if topic is None or _confesses(topic.text):
        return None
    subject = _cut(about["topic"]) if about else ""
    if (
        not subject
        or len(subject.split()) > 6
        or re.search(
            r"\b(?:i|it|that|this|answer|question|she|he|they|my|end|whole|why|how|what)\b", subject, re.IGNORECASE
        )
        or _finite(_tags(subject))
    ):
        subject = ""
    return Topic(topic.shape, topic.text, about=subject)


def _confesses(text: str) -> bool:
    """Still tells what went wrong: any cue of a regret, or a word for a poor answer."""
    poor = r"\b(?:badly|weak|nervous|vague|sorry|instead|muddled|thin|poor|theory|flexible|nothing|didn't|froze|wish)\b"
    cues = (poor, *load("owner_cues")["to_clarify"])
    return any(re.search(cue, text, re.IGNORECASE) for cue in cues)


def _as_topic(text: str, reader: Reader, *, shared: bool = False) -> Topic | None:
    addressed = _to_reader(text, reader)
    if not addressed or len(addressed) < 4:
        return None
    tags = _tags(addressed)
    if re.match(r"(?:how|why|what|where|when)\b", addressed, re.IGNORECASE):
        sound = _finite(tags) and not _leftover(addressed)
        return Topic(Shape.NOUN, _flow(_lower_first(addressed)), shared=shared) if sound else None
    if _leftover(addressed):
        return None
    if (
        re.match(r"you(?:'d|'ll|'re|'ve)?\b", tags[0][0], re.IGNORECASE) and len(tags) > 2
    ):  # whatever the tagger makes of the verb, this is a clause
        return Topic(Shape.CLAUSE, _clause(addressed, tags), shared=shared)
    if _finite(tags) and tags[0][1] != "VBG":
        if not _subject_first(tags):
            return _dropped_subject(addressed, tags, reader, shared)
        return Topic(Shape.CLAUSE, _clause(addressed, tags), shared=shared)
    if (
        tags[0][1] == "VBG"
        and reader.spoke
        and tags[0][0].lower()
        in (
            "moving",
            "building",
            "hiring",
            "growing",
            "migrating",
            "rolling",
            "opening",
            "launching",
            "planning",
            "trying",
            "looking",
            "using",
            "expanding",
            "piloting",
            "rewriting",
            "replacing",
            "switching",
        )
    ):
        return Topic(Shape.NOUN, _lower_first(addressed), shared=shared)
    if tags[0][1] == "RB" and len(tags) > 1 and tags[1][1] == "IN":
        return None  # 'mostly for a seal': a remark on something left out
    return Topic(Shape.NOUN, _flow(_with_article(addressed, tags)), shared=shared)


def _dropped_subject(text: str, tags: tuple[tuple[str, str], ...], reader: Reader, shared: bool) -> Topic | None:
    """'runs the platform team' → 'you run the platform team', where it is clear who does."""
    if shared or not reader.spoke or tags[0][1] not in ("VBZ", "VBP", "VBD"):
        return None
    word = tags[0][0]
    verb = _base(word) if tags[0][1] == "VBZ" else word.lower()
    return Topic(Shape.CLAUSE, f"you {verb}{text[len(word) :]}")


_THIRD = re.compile(r"\b(?:she|he|they|her|him|his|hers|their|them|theirs|themselves|herself|himself)\b", re.IGNORECASE)


def _leftover(text: str) -> bool:
    """Words that a letter to the reader cannot carry: a third person, note symbols, a question, an address to the candidate."""
    return bool(
        _THIRD.search(text) or re.search(r"->|=>|[|<>{}\[\]*_=#]|\bw/|\?|\.\.\.|…|\"|@|:\s|\s[-–—]\s|[;]", text)
    ) or text.count("(") != text.count(")")


def _to_reader(text: str, reader: Reader) -> str | None:
    """The others' things as the reader's own: 'she leads her team' → 'you lead your team'; None where that would be a guess."""
    text = re.sub(r"^(?:the fact |the idea )?that (?=she|he|they|we|the|it|there)", "", text, flags=re.IGNORECASE)
    if any(
        re.search(rf"(?<!\w){re.escape(n)}(?!\w)", text, re.IGNORECASE)
        for n in reader.others
        if n.lower() != (reader.first or "").lower()
    ):
        return None
    if reader.first:
        if not reader.spoke and not reader.alone and re.search(rf"(?<!\w){re.escape(reader.first)}(?!\w)", text):
            return None
        text = re.sub(rf"(?<!\w){re.escape(reader.first)}(?: [A-Z][\w.]*)?,?\s+who\s+", "she ", text)
        text = re.sub(rf"(?<!\w){re.escape(reader.first)}(?: [A-Z]\w+)?['’]s\b", "your", text)
        text = re.sub(rf"(?<!\w){re.escape(reader.first)}(?: [A-Z]\w+)?(?!\w)(?:\s*\([^)]*\))?", "she", text)
    text = _without_third_party(text)
    if re.search(r"\b(?:she|he|her|his|him|hers)\b", text, re.IGNORECASE) and not reader.spoke:
        return None
    text = re.sub(r"\(your \w+\)", "", text)
    if re.search(r"(?<!')\byou(?:'re|'d|'ll)?\b|\bthem\b", text, re.IGNORECASE):
        return None
    if re.search(r"\bwe\b|\bour\b", text, re.IGNORECASE):
        text = re.sub(r"\bwe\b", "they", re.sub(r"\bour\b", "their", text, flags=re.IGNORECASE), flags=re.IGNORECASE)
    return _second_person(text)


def _without_third_party(text: str) -> str:
    """'patients wait a day before they can eat': who 'they' are is the patients, so the tail cannot become 'you'."""
    found = re.search(
        r",?\s+(?:before|after|when|if|because|until|so that|while|once|as)\b[^,]*\b(?:they|their|them)\b", text
    )
    if found is None or not any(kind == "NNS" for _, kind in _tags(text[: found.start()])):
        return text
    return text[: found.start()]


def _address(text: str, reader: Reader) -> str | None:
    """In the candidate's own matter the reader is 'you'; other people keep their place, so a third person ends it."""
    if reader.first:
        text = re.sub(rf"(?<!\w){re.escape(reader.first)}(?!\w)", "you", text)
    if re.search(r"\b(?:she|he|they|her|him|his|their|them)\b", text, re.IGNORECASE):
        return None
    return text


def _second_person(text: str) -> str:
    words = _tokens(text)
    out: list[str] = []
    verb_due = False
    for position, word in enumerate(words):
        low = word.lower()
        following = words[position + 1].lower() if position + 1 < len(words) else ""
        if low in ("she", "he", "they"):
            out.append("you")
            verb_due = True
            continue
        contraction = re.fullmatch(r"(?:she|he|they)('s|'re|'ve|'d|'ll)", low)
        if contraction:
            out.append("you" + _contracted(contraction[1], following))
            continue
        if low in ("his", "their") or (
            low == "her" and following and re.match(r"[a-z]", following) and not _function_word(following)
        ):
            out.append("your")
            continue
        if low in ("him", "them", "her"):
            out.append("you")
            continue
        if low in ("hers", "theirs"):
            out.append("yours")
            continue
        if verb_due and re.match(r"[a-z']", low):
            if low in (
                "also",
                "really",
                "just",
                "still",
                "now",
                "even",
                "only",
                "all",
                "both",
                "often",
                "usually",
                "always",
                "never",
                "currently",
                "recently",
                "already",
                "mostly",
                "then",
                "actually",
                "hardly",
                "rarely",
                "sometimes",
                "basically",
            ):
                out.append(word)
                continue
            out.append(_base(word))
            verb_due = bool(following == "and")
            continue
        out.append(word)
        verb_due = False
    joined = _join(out)
    return re.sub(r"\byou (?:and )?(\w+) and (\w+s)\b", lambda m: m.group(0), joined)


def _contracted(suffix: str, following: str) -> str:
    if suffix != "'s":
        return {"'re": " are", "'ve": " have", "'d": "'d", "'ll": " will"}[suffix]
    return (
        " have"
        if following in ("been", "got", "had", "built", "done", "grown", "run", "led") or following.endswith("ed")
        else " are"
    )


_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "by",
        "from",
        "as",
        "and",
        "or",
        "but",
        "so",
        "that",
        "if",
        "when",
        "how",
        "what",
        "why",
        "who",
        "which",
        "about",
        "into",
        "i",
        "you",
        "we",
        "he",
        "she",
        "they",
        "it",
        "is",
        "are",
        "was",
        "were",
        "be",
        "my",
        "your",
    ]
)


def _function_word(word: str) -> bool:
    return word in _FUNCTION


def _base(verb: str) -> str:
    """The form that follows 'you': leads → lead, is → are; past tense stays."""
    low = verb.lower()
    fixed: dict[str, str] = load("topics")["base_verbs"]
    if low in fixed:
        return fixed[low]
    if re.search(r"(?:ss|sh|ch|x|zz|o)es$", low):
        return low[:-2]
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low if is_word(low) else verb


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+(?:[-'.,/:]\w+)*%?|[^\w\s]", text)


def _join(words: list[str]) -> str:
    text = " ".join(words)
    text = re.sub(r"\s+([,.;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$€£#])\s+", r"\1", text)
    text = re.sub(r"(?<=s) ' ", "' ", text)
    return re.sub(r"\s*([/–])\s*", r"\1", text) if "/" in text else text


@cache
def _verb_forms() -> frozenset[str]:
    forms = set()
    for verb in load("topics")["verbs"]:
        forms |= {
            verb,
            verb + "s",
            verb + "es" if verb.endswith(("s", "sh", "ch", "x", "o")) else verb + "s",
            verb[:-1] + "ies" if verb.endswith("y") else verb,
        }
    return frozenset(forms)


def _tags(text: str) -> tuple[tuple[str, str], ...]:
    """Tagged words; a plain verb after a subject is a verb, whatever the lexicon prefers ('they use', 'the team ships')."""
    words = _tokens(text)
    tags = list(tag(" ".join(words)))
    if len(tags) != len(words):
        tags = [(w, t) for w, t in zip(words, [t for _, t in tags] + ["NN"] * len(words), strict=False)]
    for k in range(len(tags)):
        word, kind = tags[k]
        low = word.lower()
        before = next((t for t in reversed(tags[:k]) if t[0].lower() not in _BETWEEN), ("", ""))
        after = tags[k + 1][1] if k + 1 < len(tags) else ""
        if k + 1 < len(tags) and tags[k + 1][0].lower() in ("i", "we", "you", "they"):
            after = ""  # 'the tests we ran': what follows is a new subject
        if low in _verb_forms() and not kind.startswith("VB"):
            pronoun = before[0].lower() in ("i", "you", "we", "they", "it", "who", "that", "which")
            subject = (
                before[1] in ("NN", "NNS", "NNP", "NNPS")
                and low.endswith("s")
                and after in ("DT", "PRP$", "CD", "IN", "TO", "RB", "JJ", "PRP", "VBG", "NNP")
                and before[0].lower() != "the"
            )
            plural = (
                before[1] in ("NNS", "NNPS")
                and not low.endswith("s")
                and after in ("DT", "PRP$", "CD", "IN", "TO", "RB", "JJ", "PRP", "VBG", "NNS", "NN")
            )
            if pronoun or ((subject or plural) and k <= 4):
                tags[k] = (word, "VBZ" if low.endswith("s") else "VBP")
        if (
            kind in ("VBZ", "VBP")
            and before[1] in ("CD", "DT", "JJ", "PRP$")
            and before[0].lower() not in ("this", "that", "all")
            and low in _verb_forms()
            and low not in ("is", "has", "does")
        ):
            tags[k] = (word, "NNS")
        if kind in ("VBD", "VBN") and before[1] in ("DT", "PRP$", "CD", "JJ") and after in ("NN", "NNS"):
            tags[k] = (word, "JJ")  # 'no lost messages', 'the baked goods'
            continue
        if kind == "VBN" and before[0].lower() in ("i", "you", "we", "they", "who") and low != "been":
            tags[k] = (word, "VBD")
    return tuple(tags)


_BETWEEN = frozenset(["still", "also", "now", "often", "never", "always", "usually", "mostly"])
_FINITE = ("VBZ", "VBP", "VBD", "MD")


def _finite(tags: tuple[tuple[str, str], ...]) -> bool:
    """True when the words hold a main verb: one not inside 'who …', 'that …', 'how …'."""
    for k, (word, kind) in enumerate(tags):
        if kind in _FINITE and word.lower() != "'s" and not _embedded(tags, k) and not _noun_list(tags, k):
            return True
        if kind == "VB" and k and tags[k - 1][0].lower() in ("i", "you", "we", "they"):
            return True
    return False


def _noun_list(tags: tuple[tuple[str, str], ...], k: int) -> bool:
    """'the seating plan and phone calls home': a singular verb form after 'and' is a plural noun."""
    return (
        tags[k][1] == "VBZ"
        and tags[k][0].lower() in _verb_forms()
        and any(w.lower() in ("and", "or") for w, _ in tags[:k])
        and tags[k - 1][1] == "NN"
    )


_CONJUNCTIONS = frozenset(
    ["because", "since", "while", "after", "before", "until", "though", "although", "once", "unless"]
)


def _embedded(tags: tuple[tuple[str, str], ...], k: int) -> bool:
    reduced = k > 1 and tags[k - 1][1] == "PRP" and tags[k - 2][1] in ("NN", "NNS", "NNP", "NNPS")
    if reduced:  # 'the migration I led': a relative clause without its 'that'
        return True
    for back in range(k - 1, max(-1, k - 12), -1):
        word, kind = tags[back]
        if word.lower() in _CONJUNCTIONS and back > 0:
            return True
        if k - back > 5 and word not in ",;":
            continue
        if (
            word.lower()
            in (
                "who",
                "that",
                "which",
                "how",
                "what",
                "where",
                "when",
                "why",
                "whose",
                "if",
                "whether",
            )
            and back > 0
        ):
            return True
        if kind in ("WDT", "WP", "WRB") and back > 0:
            return True
        if word in ",;":
            return False
    return False


def _subject_first(tags: tuple[tuple[str, str], ...]) -> bool:
    """A subject stands before the first main verb, within a few words."""
    for k, (_, kind) in enumerate(tags):
        if kind in (*_FINITE, "VB") and not _embedded(tags, k):
            before = [t for _, t in tags[:k]]
            has_subject = k == 1 or any(t in ("PRP", "NN", "NNS", "NNP", "NNPS", "EX", "CD", "DT") for t in before)
            return k > 0 and has_subject and k <= 9 and not any(w in ",;:" for w, _ in tags[:k])
    return False


def _with_article(text: str, tags: tuple[tuple[str, str], ...]) -> str:
    """'move to Kubernetes' → 'the move to Kubernetes': notes drop articles, letters do not."""
    first, kind = tags[0]
    lowered = _lower_first(text)
    if first.lower() in _MASS:
        return lowered
    singular = [k for k, (_, t) in enumerate(tags) if t in ("NN", "NNS", "NNP", "NNPS")]
    if kind in ("DT", "PRP$", "CD", "NNS", "NNP", "VBG", "WRB", "PDT", "IN", "PRP") or not singular:
        return lowered
    head = singular[0]
    while head + 1 < len(tags) and tags[head + 1][1] in ("NN", "NNS"):
        head += 1
    follows = tags[head + 1][0].lower() if head + 1 < len(tags) else ""
    if (
        tags[head][1] == "NN"
        and follows
        in ("of", "off", "from", "to", "for", "with", "between", "in", "on", "at", "that", "by", "they", "you")
    ) or (head + 1 < len(tags) and tags[head + 1][1] == "VBG" and not follows.endswith("thing")):
        return "the " + lowered
    return lowered if first else text


def _clause(text: str, tags: tuple[tuple[str, str], ...]) -> str:
    """A main clause as it stands after 'that': its bare subject gets an article, what trails after a comma is joined."""
    verb = next((k for k, (_, kind) in enumerate(tags) if kind in _FINITE), 0)
    if (
        1 <= verb <= 3
        and tags[verb - 1][1] == "NN"
        and all(kind in ("NN", "JJ") for _, kind in tags[:verb])
        and tags[verb - 1][0].lower() not in _MASS
        and tags[0][0].lower() not in _MASS
        and "-" not in tags[0][0]
    ):
        text = "the " + _lower_first(text)
    return _flow(_lower_first(text))


_MASS = frozenset(
    [
        "everyone",
        "everybody",
        "everything",
        "nobody",
        "nothing",
        "someone",
        "work",
        "training",
        "safety",
        "onboarding",
        "pay",
        "turnover",
        "demand",
        "growth",
        "feedback",
        "quality",
        "staff",
        "leadership",
        "management",
        "support",
        "most",
        "half",
        "today",
        "parking",
        "remote",
        "hybrid",
    ]
)


def _flow(text: str) -> str:
    """Note commas as letter grammar: ', 3 of 11 done' → ', with 3 of 11 done'; ', you halved pages' → ', and you halved pages'."""
    text = re.sub(
        r",\s+(?=(?:about |around |over |up to |only |roughly |nearly |almost |some )?(?:\d|one of|two of|half of))(?![\d.]+ (?:and|or)\b)",
        ", with ",
        text,
        count=1,
    )
    text = re.sub(r", with (\d+) with ", r", including \1 with ", text)
    text = re.sub(r",\s+(?=(?:no|zero) \w)", ", with ", text, count=1)
    text = re.sub(r",\s+it (?=\w+s\b)(?!is\b|was\b|has\b)", ", which ", text, count=1)
    text = re.sub(r"(, with [^,]+), (\d[^,]*)$", r"\1 and \2", text)
    text = re.sub(r", (?:wants|needs|has|is|are|hopes|plans|looks|goes|uses|runs|gets) [^,]*$", "", text)
    text = re.sub(
        r",\s+(?=(?:(?:you|it|this|that|the team|everyone|everybody|there)|[a-z-]+(?: [a-z-]+)?) (?:are|is|have|has|had|was|were|will|can|shows?|gets?|goes|comes|takes)\b|(?:you|it|the team|everyone) (?:do|did|want|need|use|\w+ed)\b)(?!(?:who|which|where|when|if|as|so|and|but|because|while|since|that) )",
        ", and ",
        text,
        count=1,
    )
    text = re.sub(r",\s+(?=(?:started|joined|moved|built|grew|left|went|began|led|ran)\b)", " and ", text, count=1)
    return _proper(text)


def _proper(text: str) -> str:
    """Days, months and the names of well-known tools with their capital letters."""
    names: dict[str, str] = load("proper_names")
    text = re.sub(r"(?<![\w-])[a-z][\w-]*(?![\w-])", lambda m: names.get(m.group(0), m.group(0)), text)
    return re.sub(_CALENDAR, lambda m: m.group(0).capitalize(), text)


_CALENDAR = (
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september|october|november|december)s?\b"
    r"|(?<=by )(?:march|may)\b|(?<=in )(?:march|may)\b|(?<=since )(?:march|may)\b"
)


def _lower_first(text: str) -> str:
    """The first word in lower case unless it is a name, an acronym or 'I'."""
    first = text.split()[0] if text.split() else ""
    if first in ("I", "I'm", "I've", "I'd") or first[1:] != first[1:].lower() or not first[:1].isupper():
        return text
    return first[0].lower() + text[1:] if is_word(first) else text
