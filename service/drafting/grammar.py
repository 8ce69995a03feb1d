"""Enough grammar to tell a noun phrase from a sentence: tagged words, the main verb, whether a subject stands before it."""

from __future__ import annotations

import re
from functools import cache

from service.notes.english import is_word, tag
from service.phrases import load

Tags = tuple[tuple[str, str], ...]  # (word, Penn Treebank tag)

FINITE = ("VBZ", "VBP", "VBD", "MD")
NOUNS = ("NN", "NNS", "NNP", "NNPS")
_OBJECT = ("DT", "PRP$", "CD", "IN", "TO", "RB", "JJ", "PRP", "VBG")  # what follows a verb and not a noun
_OBJECT_PRONOUNS = ("everything", "everyone", "everybody", "nothing", "it", "them", "us")
_PARTICLES = ("up", "down", "off", "out", "away", "through", "into", "back")
_CHANGES = ("halved", "doubled", "tripled", "dropped", "fell", "rose", "grew", "shrank")
_ABSTRACT = ("tion", "sion", "ment", "ity")  # such things do not act
_SEARCHED = 12  # words back in which a subordinate clause may have begun
_NEAR = 5  # words back in which its first word counts without a comma
_LONGEST_SUBJECT = 9  # words


def tokens(text: str) -> list[str]:
    """Words with their hyphens, decimals and percent signs; each other mark alone."""
    return re.findall(r"\w+(?:[-'.,/:]\w+)*%?|[^\w\s]", text)


def join_tokens(words: list[str]) -> str:
    """The text that ``tokens`` split."""
    text = " ".join(words)
    text = re.sub(r"\s+([,.;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$€£#])\s+", r"\1", text)
    text = re.sub(r"(?<=s) ' ", "' ", text)
    return re.sub(r"\s*([/–])\s*", r"\1", text) if "/" in text else text


def base_form(verb: str) -> str:
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


def gerund(verb: str) -> str:
    """The '-ing' form of a base form: do → doing, make → making, run → running, die → dying."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and verb != "be":
        return verb[:-1] + "ing"
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb):
        return verb + verb[-1] + "ing"
    return verb + "ing"


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


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("topics")[name])


def tags_of(text: str) -> Tags:
    """Tagged words; a plain verb after a subject is a verb, whatever the lexicon prefers ('they use', 'the team ships')."""
    words = tokens(text)
    tags = [(w, "CD" if re.fullmatch(r"\d[\d.,]*%?", w) else kind) for w, kind in tag(" ".join(words))]
    if len(tags) != len(words):
        tags = [(w, t) for w, t in zip(words, [t for _, t in tags] + ["NN"] * len(words), strict=False)]
    for k, (word, kind) in enumerate(tags):
        tags[k] = (word, _retagged(tags, k, kind))
    return tuple(tags)


def _retagged(tags: list[tuple[str, str]], k: int, kind: str) -> str:
    """The tag of word ``k``, seen beside its neighbours; those before it are right already."""
    low = tags[k][0].lower()
    word_before, before = next(
        (t for t in reversed(tags[:k]) if t[0].lower() not in _words("adverbs_inside")), ("", "")
    )
    word_before = word_before.lower()
    after = tags[k + 1][1] if k + 1 < len(tags) else ""
    if k + 1 < len(tags) and tags[k + 1][0].lower() in ("i", "we", "you", "they"):
        after = ""  # 'the tests we ran': what follows is a new subject
    if k + 1 < len(tags) and tags[k + 1][0].lower().endswith("ly"):
        after = "RB"
    if low in _verb_forms() and not kind.startswith("VB"):
        counted = any(t == "CD" and w not in ("1", "one") for w, t in tags[max(0, k - 3) : k])
        joined = k >= 3 and tags[k - 2][0] == "and" and tags[k - 3][1] in NOUNS  # 'marketing and finance count users'
        return _as_verb(low, k, kind, (word_before, before), after, counted=counted, joined=joined)
    if (
        kind in ("VBZ", "VBP")
        and before in ("CD", "DT", "JJ", "PRP$")
        and word_before not in ("this", "that", "all")
        and low in _verb_forms()
        and low not in ("is", "has", "does")
    ):
        return "NNS"
    if kind in ("VBD", "VBN") and before in ("DT", "PRP$", "CD", "JJ") and after in ("NN", "NNS"):
        return "JJ"  # 'no lost messages', 'the baked goods'
    if kind == "VBN" and word_before in ("i", "you", "we", "they", "who") and low != "been":
        return "VBD"
    if kind == "VBD" and low in ("found", "built", "made", "held", "sold") and before == "NN" and after == "IN":
        return "VBN"  # 'a bug found on release eve'
    if kind == "VB" and before == "NN" and after in FINITE:
        return "NN"  # 'the heat pump went in'
    if kind == "VBN" and before in ("NN", "NNS") and low in _CHANGES:
        return "VBD"  # 'the gas bill halved'
    if kind == "VBN" and before in ("NN", "NNP") and k + 1 < len(tags) and tags[k + 1][0].lower() in ("it", "them"):
        return "VBD"  # 'grandmother founded it'
    if kind == "VBN" and before == "NNP" and after in (*NOUNS, "DT", "PRP$", "CD", "JJ"):
        return "VBD"  # 'Pim made coffee'
    if (
        kind == "VBN"
        and after in ("RP", "RB")
        and before in ("NN", "NNS", "JJ")
        and tags[k + 1][0].lower() in _PARTICLES
    ):
        return "VBD"  # 'the inbound dried up'
    if kind == "NN" and before == "NNS" and k + 1 < len(tags) and tags[k + 1][0].lower() in _PARTICLES:
        return "VBP"  # 'things tunnel through walls'
    if kind in NOUNS and before == "NNS" and k + 1 < len(tags) and tags[k + 1][0].lower() in _OBJECT_PRONOUNS:
        return "VBP"  # 'fog days wreck everything'
    if low.endswith("ed") and kind != "VBD" and before in NOUNS and after in ("DT", "PRP$", "CD"):
        return "VBD"  # 'the class costed a stall'
    if k == 0 and kind in ("JJ", "VBN") and low.endswith("ed") and after in ("DT", "PRP$"):
        return "VBD"  # 'fenced the pond'
    if (
        kind == "VB"
        and before in ("NNS", "NNPS", "CD")
        and not any(w.lower() in ("to", "let", "help") for w, _ in tags[:k])
    ):
        return "VBP"  # 'the pumps stand still'
    return kind


def _as_verb(low: str, k: int, kind: str, before: tuple[str, str], after: str, *, counted: bool, joined: bool) -> str:
    """A verb's tag for a form that the lexicon takes for a noun, where a subject stands before it; else ``kind``."""
    third = low.endswith("s")
    pronoun = before[0] in ("i", "you", "we", "they", "it", "who", "that", "which", "everybody", "everyone", "nobody")
    subject = before[1] in NOUNS and third and after in (*_OBJECT, "NNP") and after != "RB" and before[0] != "the"
    if before[0].endswith(_ABSTRACT) and after == "IN":
        return kind  # 'my germination trials at Leuven'
    if third and after in ("IN", "JJ", ",", "") and counted:
        return "NNS"  # 'my 31 harbour visits last year'
    plural = (before[1] in ("NNS", "NNPS") or joined) and not third and after in (*_OBJECT, "NNS", "NN")
    if pronoun or ((subject or plural) and k <= 4):
        return "VBZ" if third else "VBP"
    return kind


def is_finite(tags: Tags) -> bool:
    """True when the words hold a main verb: one not inside 'who …', 'that …', 'how …'."""
    for k, (word, kind) in enumerate(tags):
        if kind in FINITE and word.lower() != "'s" and not _embedded(tags, k) and not _noun_list(tags, k):
            return True
        if kind == "VB" and k and tags[k - 1][0].lower() in ("i", "you", "we", "they"):
            return True
    return False


def _noun_list(tags: Tags, k: int) -> bool:
    """'the seating plan and phone calls home': a singular verb form after 'and' is a plural noun."""
    return (
        tags[k][1] == "VBZ"
        and tags[k][0].lower() in _verb_forms()
        and any(w.lower() in ("and", "or") for w, _ in tags[:k])
        and tags[k - 1][1] == "NN"
    )


def _embedded(tags: Tags, k: int) -> bool:
    """The verb at ``k`` belongs to a subordinate clause."""
    if k > 1 and tags[k - 1][1] == "PRP" and tags[k - 2][1] in NOUNS:
        return True  # 'the migration I led': a relative clause without its 'that'
    for back in range(k - 1, max(-1, k - _SEARCHED), -1):
        word, kind = tags[back]
        if word.lower() in _words("conjunctions") and back > 0:
            return True
        if k - back > _NEAR and word not in ",;":
            continue
        if (word.lower() in _words("relatives") or kind in ("WDT", "WP", "WRB")) and back > 0:
            return True
        if word in ",;":
            return False
    return False


def is_subject_first(tags: Tags) -> bool:
    """A subject stands before the first main verb, within a few words."""
    for k, (_, kind) in enumerate(tags):
        if kind in (*FINITE, "VB") and not _embedded(tags, k):
            before = [t for _, t in tags[:k]]
            has_subject = k == 1 or any(t in ("PRP", *NOUNS, "EX", "CD", "DT") for t in before)
            return k > 0 and has_subject and k <= _LONGEST_SUBJECT and not any(w in ",;:" for w, _ in tags[:k])
    return False
