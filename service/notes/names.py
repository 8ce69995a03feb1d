"""What a person's name looks like in notes: its pattern, its bare form, and which runs of capitals are none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from rapidfuzz import fuzz

from service.notes.english import is_first_name, is_surname, is_word
from service.phrases import load
from service.types import first_name, is_honorific

_UP = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_TOKEN = rf"(?:{_UP}[^\W\d_]*(?:['’-][^\W\d_]+)*(?<!['’]s))"
PARTICLE = (
    r"(?:van der|van den|van de|van|de la|de los|de|der|den|von|zu|bin|ibn|al|el|da|dos|di|del|le|la|ter|ten|af|y)"
)
_INITIAL = rf"{_UP}\."
HONORIFIC = r"(?:Eng\.|Ing\.|Sig\.ra|(?:Madam|Ma['’]am|Signora|Signor|Sig|Mevrouw|Meneer|Mw|Dhr|Doña|Dr|Prof|Professor|Mr|Mrs|Ms|Mx|Miss|Sir|Dame|Sister|Chef|Judge|Reverend|Rev|Cllr|Councillor|Doctor|Capt|Sgt|Col|Madame|Mme|Monsieur|Herr|Frau|Dra|Señora|Señor|Lady|Lord|Imam|Canon|Rabbi|Pastor)\.?)"
NAME = rf"(?:{HONORIFIC}[ \t]+)?(?:{_UP}\.[ \t]?)*{_TOKEN}(?:[ \t]+(?:{PARTICLE}[ \t]+)?(?:{_TOKEN}|{_INITIAL}))*"
NAME_IN_TEXT = re.compile(rf"(?<![\w@.#/-]){NAME}")
_COMPANY_GOES_ON = re.compile(
    r"\s*(?:Inc|Ltd|LLC|GmbH|Corp|Group|Labs?|Health|University|School|Hospital|Logistics|Systems|Partners|Bank|Studio|Technologies|Analytics|Freight|Foods?)\b"
)


@cache
def ambiguous_names() -> frozenset[str]:
    """Given names that are ordinary words as well, lower case: 'will', 'may', 'grace'."""
    return frozenset(load("people")["ambiguous_names"])


def ends_a_firm(word: str) -> bool:
    """The last word of a firm's name and of nobody's: its kind, or the trade of several people, as in 'Ivy Florists'."""
    low = word.lower().strip(".")
    people = load("people")
    singular = low.removesuffix("s")
    trade = singular != low and (singular in people["title_heads"] or singular in people["trades"])
    return low in people["firm_words"] or (trade and low not in people["plural_surnames"])


def bare_name(name: str) -> str:
    """The name without the form of address before it: 'Dr. Lim' → 'Lim'."""
    return re.sub(rf"^{HONORIFIC}\s+", "", name)


def label_name(label: str) -> str:
    """A speaker's label as a name: 'siobhan kelleher' and 'dr adeyemi' are written small as often as not."""
    first = label.split(" ")[0].strip(".")
    named = (is_first_name(first) and first not in ambiguous_names()) or (first and is_honorific(first))
    return " ".join(w.capitalize() for w in label.split()) if label.islower() and named else label


_LEAST_LABEL = 3  # letters


def is_name_label(label: str, orgs: frozenset[str]) -> bool:
    """A label before a colon that can be a speaker's name: no firm, no ordinary word, no heading of a field."""
    words = label.split()
    return (
        bool(NAME_IN_TEXT.fullmatch(label))
        and label.lower() not in orgs
        and (is_first_name(words[0]) or not is_word(words[0]))
        and words[0].lower() not in load("owner_cues")["headings"]["fields"]
        and not (len(words) > 1 and (ends_a_firm(words[-1]) or names_a_kind(label)))
        and (len(label) > _LEAST_LABEL or is_first_name(label))  # 'Co', 'Ans' head rows of a table
        and not (len(words) > 2 and any(is_word(w) and not is_surname(w) for w in words[1:]))  # 'devin gave trouble: …'
    )


def is_acronym(word: str) -> bool:
    """'EHCPs', 'SQL', 'HubSpot': capitals inside a word that no name has ('McKay', 'O'Brien', 'DeShawn' have)."""
    plain = re.sub(r"^(?:Mc|Mac|O['’]|De|Di|La|Le|Van|Fitz)(?=[A-Z])", "", word.strip("."))
    return sum(c.isupper() for c in re.split(r"[-'’]", plain)[0]) > 1 and len(plain) > 2


def is_organisation(words: list[str], after: str) -> bool:
    """A run of capitals that ends on, or stands before, a word for a kind of organisation: 'Northlight Energy', 'Ashdown Primary'."""
    kinds: list[str] = load("people")["organisation_words"]
    given = is_first_name(words[0]) and words[0].lower() not in ambiguous_names()
    following = re.match(r"\s*([a-z]+)\b", after)
    if _COMPANY_GOES_ON.match(after) or (len(words) == 1 and not given and following and following[1] in kinds):
        return True  # 'castlegate veterinary'
    return len(words) > 1 and words[-1].lower().strip(".") in kinds and not given


def names_a_kind(text: str) -> bool:
    """The name ends on a word for a kind of organisation or begins with one: 'Vale Birth Centre', 'Museum of Tin'."""
    words = [w.strip(".,").lower() for w in text.split()]
    kinds = load("people")["organisation_words"]
    last = re.sub(r"ies$", "y", words[-1]) if words else ""  # 'Alder Libraries'
    return len(words) > 1 and bool({words[-1], last, words[0]} & set(kinds))


def is_initials_of(letters: str, name: str) -> bool:
    """'PA' may stand for 'Prudence Aldous': capitals, one for each word of the name; 'P' for who is called so ('I' for nobody)."""
    if len(letters) == 1:
        return letters.isupper() and letters not in ("I", "A", "Q") and bare_name(name).startswith(letters)
    words = re.split(r"[\s-]+", bare_name(name))
    return letters.isupper() and 1 < len(letters) <= 3 and letters == "".join(w[:1] for w in words if w[:1].isupper())


def same_person(full: str, other: str) -> bool:
    """True when ``other`` may be short for ``full``, or ``full`` misspelt: 'Zoe' for 'Zoë Lindqvist', 'sam o' for 'Sam Ortega'."""
    a, b = (_plain_name(n) for n in (full, other))
    if not a or not b:
        return False
    if a == b:
        return True
    if len(b) == 1 and len(b[0]) == 1:  # 'Mrs W' is Mrs Agnes Whitlow
        titled = [x.split()[0].rstrip(".").lower() for x in (full, other) if is_honorific(x.split()[0])]
        return any(part.startswith(b[0]) for part in a[1:]) and len(titled) == 2 and titled[0] == titled[1]
    if len(b) == 1:
        return any(_short_or_misspelt(part, b[0]) for part in a)
    if b == a[: len(b)]:
        return True  # 'Wei-Ling' is Wei Ling Tan
    return (
        len(a) >= len(b)
        and _same_part(a[0], b[0])
        and (_same_part(a[-1], b[-1]) or (a[-1].startswith(b[-1].strip(".")) and len(b[-1].strip(".")) == 1))
    )


_ALIKE = 85  # percent of letters in order: 'Agnieska' and 'Agnieszka', 'Crow' and 'Crowe'; not 'Tom' and 'Tim'


def _same_part(known: str, other: str) -> bool:
    return known == other or (min(len(known), len(other)) >= 4 and fuzz.ratio(known, other) >= _ALIKE)


def _short_or_misspelt(known: str, short: str) -> bool:
    """'bram' for 'bramwell', 'vogt' for 'vogt-terhaar', 'theo' for 'theodora'."""
    return _same_part(known, short) or (len(short) >= 4 and known.startswith(short))


_LETTER_FIRST = re.compile(r"(?P<before>(?:(?:and|so|then|but|also)\s+)*)(?P<letters>[A-Z]{1,3})(?=['’]s\b|\s)")


def in_full(text: str, names: Iterable[str]) -> str:
    """Names cut down to letters, as they are called: 'Mrs W said' → 'Mrs Whitlow said', 'H asked' → 'Hanneke asked'."""
    listed = list(names)
    for name in listed:
        words = name.split()
        if len(words) > 1 and is_honorific(words[0]):
            title, last = words[0].rstrip("."), words[-1]
            text = re.sub(rf"(?<!\w){title}\.? {last[0]}\b\.?(?![\w'’]{{2}})", f"{title} {last}", text)
    opening = _LETTER_FIRST.match(text)
    fitting = [x for x in listed if opening and is_initials_of(opening["letters"], x)]
    if opening is None or len(fitting) != 1:
        return text
    return f"{opening['before']}{first_name(fitting[0])}{text[opening.end() :]}"


def _plain_name(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", bare_name(name)).encode("ascii", "ignore").decode()
    return folded.lower().replace(".", "").replace("-", " ").split() or name.lower().split()
