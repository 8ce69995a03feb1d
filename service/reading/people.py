"""Mentions → people: which words name one person, how the name is spelled, what part the person plays, and the title."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Hamming, Levenshtein

from service.reading import labels
from service.reading.links import nearness, title_nearness
from service.reading.reader import Marks, Reader
from service.reading.spans import HARDLY, Mark, by_kind, softmax
from service.types import Person, PersonRole, Span, is_honorific

Floats = npt.NDArray[np.float32]
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?")
_PARTICLES = frozenset((
    "van", "von", "der", "den", "de", "da", "do", "dos", "del", "della", "di", "du", "la", "le", "bin", "binti",
    "ibn", "al", "el", "af", "av", "ter", "ten", "y", "e",
))  # fmt: skip
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_ONE_NAME = re.compile(rf"[ \t]+(?:(?:{'|'.join(sorted(_PARTICLES))})[ \t]+)?", re.IGNORECASE)


@dataclass
class Named:
    """A person and where the notes name them."""

    name: str
    mentions: list[Mark] = field(default_factory=list)
    part: PersonRole = PersonRole.MENTIONED
    confidence: float = 0.0
    title: str | None = None
    speaks: float = 0.0  # how likely somebody of this part is to have said or been told anything, in logs
    is_label: bool = False  # 'Ines: they proof the rye': whose label stands before what is said was there

    def person(self) -> Person:
        first = self.mentions[0]
        return Person(self.name, self.part, self.title, Span(first.start, first.end), self.confidence)


def people(text: str, marks: Marks, spans: list[Mark], reader: Reader, firm: str | None = None) -> list[Named]:
    """Everybody named, in order of appearance; where the name of the firm stands, nobody is."""
    firms = [m.span() for m in re.finditer(re.escape(firm), text, re.IGNORECASE)] if firm else []
    whole = _turned_round(text, _whole_names(text, [m for m in spans if m.kind == "person"]))
    mentions = [part for m in whole for part in _apart(text, m, marks) if _is_name(text, part)]
    mentions = [m for m in mentions if not any(a <= m.start and m.end <= b for a, b in firms)]
    out = _joined(text, mentions)
    for named in out:
        logits = sum(marks.part[m.a : m.b].mean(0) for m in named.mentions)
        each = softmax(np.asarray(logits, np.float32), reader.temperatures.get("part", 1.0))
        met = float(each[0] + each[1:3].sum() / 2)  # who arranged it may have talked as well
        named.speaks = float(np.log(met + 0.05))
        named.part, named.confidence = labels.PARTS[int(each.argmax())], float(each.max())
    _give_titles(text, marks, [m for m in spans if m.kind == "title"], out, reader)
    return out


def who(asks: Floats, a: int, b: int, marks: Marks, named: list[Named], reader: Reader) -> tuple[Named | None, float]:
    """Who said the item [a, b), or was told it, and how sure that is; None for nobody that is named."""
    flat = _mentions(named)
    if not flat:
        return None, 1.0
    keys = np.stack([marks.said_person[m.a : m.b].mean(0) for m, _ in flat])
    link = reader.link
    scores = keys @ asks / 8 + nearness(a, b, [(m.a, m.b) for m, _ in flat]) @ link.near
    logits = np.full(len(named) + 1, -1e9, np.float32)
    for score, (_, n) in zip(scores, flat, strict=True):
        logits[n] = np.logaddexp(logits[n], score)
    for n, person in enumerate(named):
        logits[n] += person.speaks
    logits[-1] = asks @ link.nobody / 8 + link.bias
    each = softmax(logits, reader.temperatures.get("said", 1.0))
    best = int(each.argmax())
    return (None if best == len(named) else named[best]), float(each[best])


_LABEL = re.compile(r"\s*(?:\([^()\n]{0,60}\)\s*)?:\s*")


def labelled(text: str, start: int, named: list[Named]) -> Named | None:
    """Whose label stands before the statement that begins at ``start``, or at its head: 'Ines (owner): they proof the rye'."""
    for person in named:
        for mention in person.mentions:
            found = _LABEL.match(text, mention.end)
            if found and (found.end() == start or mention.start == start):
                return person
    return None


def _mentions(named: list[Named]) -> list[tuple[Mark, int]]:
    """Every mention with its person's place in ``named``, in the order of the notes."""
    return sorted(((m, n) for n, p in enumerate(named) for m in p.mentions), key=lambda found: found[0].a)


_ADDRESS = re.compile(r"\S*[@_\d]\S*|[a-z-]+[.-][a-z.-]+")
_SAYS_IT = "Met {} on Tuesday at Rye & Co, head baker\n- told me they proof the rye for 19 hours"
# Of 1,087 names of the lots that are measured on three have less; of 30 teams and offices three have more ("Acme HR").
_SOMEBODY = 0.75


def addressed(stated: str, reader: Reader) -> str | None:
    """The name to greet somebody by who was stated as a recipient; None for a team, an office, an e-mail address."""
    name = turned(stated.strip())
    if not any(c.isalpha() for c in name) or _ADDRESS.fullmatch(stated.strip()):
        return None
    name = with_capitals(name) if " " in name else name  # in small letters a rarer name is seen as nobody
    marks = reader.read(_SAYS_IT.format(name))
    start = _SAYS_IT.index("{")
    a, b = marks.tokens.within(start, start + len(name))
    seen = float(by_kind(marks.tags[a:b])[:, 1 + labels.KINDS.index("person")].mean()) if a < b else 0.0
    return with_capitals(name) if seen >= _SOMEBODY else None


def fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in plain if not unicodedata.combining(c)).strip(".'’")


_AND = re.compile(r"\s*(?:[&/;+|]|\band\b)\s*")


def _whole_names(text: str, mentions: list[Mark]) -> list[Mark]:
    """'Rosli' and 'Hamdan' with nothing but ' bin ' between them are one mention: two people are not named in one breath.

    Of two of which one is hardly marked, 'Met' 'Ines Duarte', the surer is the name. A comma that was marked with the first
    stands within 'Delacroix, Benedikta', but between 'Ines Duarte, Tomas' and in 'Ines, Tomas, Kerry'.
    """
    commas = [False, *(_COMMA.fullmatch(text, _bare_end(text, a), b.start) for a, b in pairwise(mentions)), False]
    out: list[Mark] = []
    for n, mention in enumerate(mentions):
        last = out[-1] if out else None
        if (
            not last
            or last.end >= mention.start
            or not _ONE_NAME.fullmatch(text[last.end : mention.start])
            or (commas[n] and (commas[n - 1] or commas[n + 1] or " " in text[last.start : _bare_end(text, last)]))
        ):
            out.append(mention)
        elif min(last.confidence, mention.confidence) < HARDLY:
            out[-1] = max(last, mention, key=lambda m: m.confidence)
        else:
            sure = (last.confidence + mention.confidence) / 2
            out[-1] = Mark("person", last.start, mention.end, last.a, mention.b, sure)
    return out


def _bare_end(text: str, mention: Mark) -> int:
    return mention.start + len(text[mention.start : mention.end].rstrip(" \t,"))


_LISTED = re.compile(r"\s*(?:\([^()\n]{0,60}\)\s*)?[;|<]")  # what mail programs and tables put behind a name
_BEFORE_LISTED = re.compile(r"[;|]\s*$")


def _turned_round(text: str, mentions: list[Mark]) -> list[Mark]:
    """'Delacroix' and 'Benedikta' of 'Delacroix, Benedikta; Okonkwo, Ifeoma' as one mention each pair: in a list whose
    entries are parted by something else, a comma stands within a name."""
    out: list[Mark] = []
    for mention in mentions:
        last = out[-1] if out else None
        if (
            last is not None
            and re.fullmatch(r", ?", text[last.end : mention.start])
            and "," not in text[last.start : last.end]
            and (_LISTED.match(text, mention.end) or _BEFORE_LISTED.search(text[: last.start]))
        ):
            out[-1] = Mark("person", last.start, mention.end, last.a, mention.b, last.confidence)
        else:
            out.append(mention)
    return out


def _apart(text: str, mention: Mark, marks: Marks) -> list[Mark]:
    parts = []
    for start, end in _names_in(text[mention.start : mention.end]):
        start, end = start + mention.start, end + mention.start
        a, b = marks.tokens.within(start, end)
        if start < end and a < b:
            parts.append(Mark(mention.kind, start, end, a, b, mention.confidence))
    return parts


def _names_in(words: str) -> list[tuple[int, int]]:
    """'Odling & Castells-Webb' is two, and 'Priscilla Yoon, Grant Whitlow' as well: neither side is a family name alone."""
    cuts = [m.span() for m in _AND.finditer(words)]
    sides = words.split(",")
    if not cuts and len(sides) == 2 and all(len(s.split()) > 1 for s in sides) and not _is_letters(sides[1]):
        cuts = [m.span() for m in re.finditer(r"\s*,\s*", words)]
    return list(zip([0, *(b for _, b in cuts)], [*(a for a, _ in cuts), len(words)], strict=True))


def _is_name(text: str, mention: Mark) -> bool:
    """No e-mail address and nothing without letters, whatever the encoder says."""
    words = text[mention.start : mention.end]
    stop = "." if text[mention.end : mention.end + 1] == "." else ""
    if all(is_honorific(w.strip(",.")) or is_honorific(w) for w in f"{words}{stop}".split()):
        return False
    return sum(c.isalpha() for c in words) > 1 and "@" not in words and text[mention.end : mention.end + 1] != "@"


def turned(name: str) -> str:
    """'Delacroix, Benedikta' as it is said; letters behind a name and honorifics before it go."""
    before, comma, after = name.partition(",")
    if comma and after.strip() and not _is_letters(after):
        name = f"{after.strip()} {before.strip()}"
    elif comma:
        name = before
    words = re.sub(r"['’]s\b$", "", name.strip()).split()
    while len(words) > 1 and is_honorific(words[0]):
        words = words[1:]
    capital = any(w[:1].isupper() for w in words)
    while len(words) > 1 and (_is_letters(words[-1]) or (capital and words[-1].isalpha() and words[-1].islower())):
        words = words[:-1]  # 'MRICS', and 'runs' of 'Bronwen runs'
    if len(words) > 2:  # 'Dorothea Dorothea Quill', as it was dictated
        words = [w for n, w in enumerate(words) if n == 0 or fold(w) != fold(words[n - 1])]
    return " ".join(words).lstrip(' ,;:-–(<".').rstrip(' ,;:-–(<"')


def _is_letters(words: str) -> bool:
    """'MRICS', 'PhD', 'Ph.D.', 'CEng MIMechE': behind a name."""
    return all(
        (sum(c.isupper() for c in w) >= 2 and len(w) <= 8 and not w.isupper())
        or (w.isupper() and 2 <= len(w) <= 6 and not re.search("[AEIOUY].*[AEIOUY]", w))
        for w in words.replace(".", "").split()
    )


def _joined(text: str, mentions: list[Mark]) -> list[Named]:
    """One entry a person: the fullest names first, then what is short for one of them."""
    spelled = {m: turned(" ".join(text[m.start : m.end].split())) for m in mentions}
    order = sorted(mentions, key=lambda m: (-len(_words(spelled[m])), -len(spelled[m]), m.start))
    out: list[Named] = []
    for mention in order:
        name = spelled[mention]
        if not _words(name):
            continue
        fits = [p for p in out if _is_short_for(name, p.name)]
        if fits:
            before = [p for p in fits if any(m.start < mention.start for m in p.mentions)]
            near = min(before or fits, key=lambda p: min(abs(m.start - mention.start) for m in p.mentions))
            near.mentions.append(mention)
        else:
            out.append(Named(name, [mention]))
    for person in out:
        person.mentions.sort(key=lambda m: m.start)
        person.name = _spelled(text, person, spelled)
    out = [p for p in out if not re.search(r"[@_\d]|\w\.\w", p.name)]
    return sorted(out, key=lambda p: p.mentions[0].start)


def _words(name: str) -> list[str]:
    return [w for w in (fold(x) for x in _WORD.findall(name)) if w]


def _is_short_for(short: str, full: str) -> bool:
    """'Benedikta', 'Delacroix', 'Ben', 'BD', 'B. Delacroix' and 'Benedkta' of 'Benedikta Delacroix'."""
    a, b = _words(short), _words(full)
    if not a or not b:
        return False
    if len(a) == 1 and len(a[0]) in (2, 3) and len(b) > 1 and a[0] == "".join(w[0] for w in b)[: len(a[0])]:
        return True
    if len(a) > 1 and len(b) > 1 and not _stands_for(a[-1], b[-1]) and a[0] == b[0]:
        return set(a) <= set(b)  # two of one first name
    return all(any(_stands_for(x, y) for y in b) for x in a)


def _stands_for(short: str, word: str) -> bool:
    if short == word or (len(short) == 1 and word.startswith(short)):
        return True
    return (len(short) >= 3 and word.startswith(short)) or _alike(short, word)


def _alike(a: str, b: str) -> bool:
    """But for one slip of the keyboard."""
    if min(len(a), len(b)) < 5 or abs(len(a) - len(b)) > 1 or a[0] != b[0]:
        return False
    if len(a) != len(b):
        return Levenshtein.distance(a, b) == 1
    differ = Hamming.distance(a, b)
    return differ <= 1 or (differ == 2 and sorted(a) == sorted(b))  # two letters have changed places


def _spelled(text: str, person: Named, spelled: dict[Mark, str]) -> str:
    """The fullest form, with capitals, and with Dr or Mr where nothing but a surname is known."""
    best = max(
        (spelled[m] for m in person.mentions),
        key=lambda n: (len(_words(n)), sum(len(w) > 1 for w in _words(n)), n != n.lower(), n != n.upper(), len(n)),
    )
    best = with_capitals(best)
    if len(best.split()) == 1:
        for m in person.mentions:
            for word, name in pairwise(text[max(0, m.start - 14) : m.end].split()):
                if is_honorific(word) and fold(name) == fold(best):
                    return f"{word[:1].upper()}{word[1:]} {best}"
    return best


def with_capitals(name: str) -> str:
    """'anneke van der berg', 'ANNEKE VAN DER BERG' and 'Anneke VAN DER BERG' as a name is written; 'McNab' stays."""
    letters = [c for c in name if c.isalpha()]
    if any(c.isupper() for c in letters) and (any(c.islower() for c in letters) or len(letters) < 4):
        return " ".join(_capital(w.lower()) if w.isupper() and len(w) > 3 else w for w in name.split(" "))
    words = name.lower().split(" ")
    return " ".join(w if k and w in _PARTICLES else _capital(w) for k, w in enumerate(words))


def _capital(word: str) -> str:
    out = re.sub(r"(?:^|(?<=[-'’.\"(]))[^\W\d_]", lambda m: m[0].upper(), word)
    return re.sub(r"['’]S\b", lambda m: m[0].lower(), out)


def _give_titles(text: str, marks: Marks, titles: list[Mark], named: list[Named], reader: Reader) -> None:
    flat = _mentions(named)
    if not flat:
        return
    keys = np.stack([marks.title_person[m.a : m.b].mean(0) for m, _ in flat])
    best: dict[int, tuple[float, str]] = {}
    for title in titles:
        asks = marks.title_title[title.a : title.b].mean(0)
        far = title_nearness(title.a, title.b, [(m.a, m.b) for m, _ in flat])
        each = softmax(keys @ asks / 6 + far * reader.link.title_near)
        by_person = np.zeros(len(named), np.float32)
        for p, (_, n) in zip(each, flat, strict=True):
            by_person[n] += p
        n = int(by_person.argmax())
        score = float(by_person[n]) * title.confidence
        if score > best.get(n, (0.4, ""))[0]:
            best[n] = score, " ".join(text[title.start : title.end].split())
    for n, (_, words) in best.items():
        named[n].title = words
