"""A small grammar of English: whether words make one whole noun phrase or one whole clause, with nothing left over.

Notes are telegrams, and no list of faults ends. So a topic is held to the shapes that written English has: a noun with the
article it needs, a subject with a verb that agrees, and around them prepositions, relative clauses and joined clauses. A word
may be of several kinds ('calls'); what no reading of the kinds accounts for to the last word is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from service.drafting.word_kinds import Token, read_tokens
from service.phrases import load

ONE, MANY, YOU, I = "one", "many", "you", "I"  # what a verb agrees with  # noqa: E741
_YEAR = 4  # digits
_POINTING = ("the", "this", "that", "each", "every")
_ABSTRACT = ("tion", "sion", "ment", "ance", "ence")
_MOST_MODIFIERS = 4
_MOST_NOUNS = 3  # in a row, the head among them
_MOST_PIECES = 7  # after a verb or a noun


def is_noun_phrase(text: str) -> bool:
    """'the move to Kubernetes', 'how you plan a shift', 'moving off the old presses': what can stand after 'about'."""
    return len(text) > 0 and Sentence(read_tokens(text)).is_thing()


def is_clause(text: str) -> bool:
    """'you run two ovens and want a third': what can stand after 'that'."""
    return len(text) > 0 and Sentence(read_tokens(text)).is_told()


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("sentence_grammar")[name])


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    return frozenset(
        (w[0], w[1]) for p in load("sentence_grammar")["pairs_of_prepositions"] if len(w := p.split()) == 2
    )


@dataclass
class Sentence:
    """The readings of a row of tokens. Every method takes the place where its phrase begins and gives where it can end."""

    tokens: tuple[Token, ...]
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def is_thing(self) -> bool:
        last = len(self.tokens)
        whole = {e for e, _ in self.things(0)} | self.questions(0) | (self.doing(0) - {1})
        return any(end == last for start in whole for end in self.tails(start))

    def is_told(self) -> bool:
        return len(self.tokens) in self.told(0)

    # Reading single tokens.

    def low(self, at: int) -> str:
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def isa(self, at: int, *kinds: str) -> bool:
        return 0 <= at < len(self.tokens) and bool(self.tokens[at].kinds & set(kinds))

    def among(self, at: int, name: str) -> bool:
        return self.low(at) in _words(name)

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Each phrase is read once; one that begins with itself is not read again inside."""
        if key not in self.known:
            self.known[key] = set()
            self.known[key] = make()
        return self.known[key]

    # Noun phrases.

    def things(self, at: int) -> set[tuple[int, str]]:
        """One thing or several joined: (end, what a verb agrees with)."""
        found: set[tuple[int, str]] = self._once(("things", at), lambda: self._things(at))
        return found

    def _things(self, at: int) -> set[tuple[int, str]]:
        single = self.thing(at)
        found = set(single)
        reach = {e for e, _ in single}
        for _ in range(3):
            for end in set(reach):
                reach |= {e for e, _ in self.thing(end + 1)} if self.low(end) == "," else set()
        for end in reach:
            start = end + 1 if self.low(end) == "," else end
            if self.low(start) in ("and", "or", "but"):
                start += 2 if self.low(start + 1) == "not" else 1
                found |= {(e, MANY) for e, _ in self.thing(start)} | {(e, MANY) for e in self.doing(start)}
        return found

    def thing(self, at: int) -> set[tuple[int, str]]:
        found: set[tuple[int, str]] = self._once(("thing", at), lambda: self._thing(at))
        return found

    def _thing(self, at: int) -> set[tuple[int, str]]:
        found: set[tuple[int, str]] = set()
        for end, number, bare_name in (*self.cores(at), *self.amounts(at)):
            found |= {(e, number) for e in self.followed(end, name=bare_name)}
        return found

    def amounts(self, at: int) -> Iterator[tuple[int, str, bool]]:
        """'60% of the work', 'half of the pumps', 'one in five posts', 'nobody on the team'."""
        if self.isa(at, "NUM") or self.low(at) in (
            "half",
            "most",
            "some",
            "all",
            "many",
            "one",
            "none",
            "each",
            "both",
            "part",
            "few",
        ):
            start = at + 1 + (self.low(at + 1) == "percent")
            for of in (start, start + 1):
                if self.low(of) == "of":
                    yield from (
                        (e, n if self.low(at) not in ("one", "each") else ONE, False) for e, n in self.thing(of + 1)
                    )
            if self.low(start) == "percent":
                yield start + 1, MANY, False
            yield from self._one_in(at)
        if (
            self.low(at) == "a"
            and self.low(at + 1)
            in ("lot", "number", "couple", "few", "handful", "third", "quarter", "fifth", "majority")
            and self.low(at + 2) == "of"
        ):
            yield from ((e, n, False) for e, n in self.thing(at + 3))

    def _one_in(self, at: int) -> Iterator[tuple[int, str, bool]]:
        """'one in five posts', 'two out of nine kilns', but not 'one in 14 years'."""
        number = at + 2 + (self.low(at + 2) == "of")
        if self.low(at + 1) in ("in", "out") and self.isa(number, "NUM") and not self.among(number + 1, "times"):
            yield from ((e, m, False) for e, n in self.thing(number + 1) if n == MANY for m in (ONE, MANY))

    def cores(self, at: int) -> Iterator[tuple[int, str, bool]]:
        """A noun with what stands before it; the last tells a bare name, which nothing closer can follow."""
        low = self.low(at)
        if self.among(at, "pronouns"):
            person = YOU if low == "you" else ONE
            if self._stands_for_something(at):
                yield at + 1, person, low in ("you", "me", "us", "it", "yourself", "myself")
        if low in ("i", "we"):
            yield at + 1, I if low == "i" else MANY, True
        start, number = self.determined(at)
        for place in {start, self.counted(start)} if start is not None else ():
            yield from self.headed(at, place, number if place == start else self.many(start, number))
        end = at
        while self.isa(end, "NAME"):
            end += 1
            yield end + self.isa(end, "NUM"), ONE, True
        yield from self._numbered(at)

    def _numbered(self, at: int) -> Iterator[tuple[int, str, bool]]:
        """'£2', 'summer 2027', 'ward 22', 'more', 'the 5th of the month', 'ten of the 16', 'the one I ran'."""
        low, after = self.low(at), self.low(at + 1)
        if self.isa(at, "MONEY"):
            yield at + 1, MANY, False
        year = self.among(at, "times") and after.isdigit() and len(after) == _YEAR
        if year or (self.among(at, "labelled") and self.isa(at + 1, "NUM")):
            yield at + 2, ONE, False
        if low in ("more", "less", "most"):
            yield at + 1, ONE, True
        if (self.isa(at, "DET") and self.isa(at + 1, "RANK")) or (low in _POINTING and after in ("one", "ones")):
            yield at + 2, ONE, False
        if low == "the" and self.isa(at + 1, "NUM") and self.low(at - 1) == "of":
            yield at + 2, MANY, False

    def _stands_for_something(self, at: int) -> bool:
        """'it' and 'one' need a noun before them, 'those' what follows."""
        if self.low(at) == "them":
            return self.low(at - 1) == "of" and any(self.isa(k, "NNS") for k in range(at))
        if self.low(at) == "those":
            return self.low(at + 1) in ("who", "that", "in", "on", "with", "of", "from")
        named = any(self.isa(k, "NN", "NNS", "NAME", "NUM") for k in range(at))
        return (
            self.low(at) not in ("it", "one")
            or named
            or (self.low(at) == "it" and self.low(at + 1) in ("is", "was", "takes", "took"))
        )

    def determined(self, at: int) -> tuple[int, str]:
        """Where the words after articles and possessives begin, and the number they ask for: '', ONE, MANY or BARE."""
        start, number = at, "bare"
        if self.low(start) in ("all", "both", "half", "such", "quite", "only", "just", "twice") and self.isa(
            start + 1, "DET"
        ):
            start += 1
        if self.isa(start, "DET"):
            number = ONE if self.among(start, "of_one") else MANY if self.among(start, "of_many") else ""
            if self.low(start) in ("a", "an") and not self._article_fits(start):
                return start, "never"
            start += 1
        while self.isa(start, "OWNER"):  # "a patient's", "the readers'"
            start, number = start + 1, ""
        return start, number

    def _article_fits(self, at: int) -> bool:
        return at + 1 < len(self.tokens) and (self.low(at) == "an") == self.tokens[at + 1].opens_with_vowel

    def counted(self, at: int) -> int:
        """Past 'about 40', 'the first two', 'up to six'."""
        start = at
        while self.among(start, "ordinals") or self.among(start, "about_numbers"):
            start += 1
            if self.low(start) in ("to", "than", "least"):
                start += 1
        while (
            self.isa(start, "NUM")
            or self.low(start) in ("few", "more")
            or (self.low(start) == "and" and self.low(start - 1) in ("hundred", "thousand"))
        ):
            start += 1
        return start

    def many(self, at: int, number: str) -> str:
        end = self.counted(at)
        numbers = [self.tokens[k] for k in range(at, end) if self.isa(k, "NUM")]
        if any(n.low[0].isdigit() for n in numbers[1:]) or (
            self.isa(at, "ORDINAL") and not self.isa(at - 1, "DET", "OWNER")
        ):
            return "never"  # '1 400', 'same 5 questions'
        if not numbers or number == "never":
            return number
        return "counted one" if [n.low for n in numbers] in (["one"], ["1"]) else MANY

    def headed(self, at: int, start: int, number: str) -> Iterator[tuple[int, str, bool]]:
        """From the modifiers on: every noun they may lead to."""
        if number == "never":
            return
        if (
            self.low(start - 1) in ("last", "latest", "rest", "first", "others", "next", "most", "best")
            and start - 1 > at
            and self.isa(at, "DET")
        ):
            yield start, ONE, False
        for head in range(start, min(start + _MOST_MODIFIERS, len(self.tokens))):
            if not all(self.modifies(k) for k in range(start, head)):
                return
            row = sum(
                self.isa(k, "NN", "NNS") and not self.isa(k, "JJ", "VBN", "VBG") and "-" not in self.low(k)
                for k in range(start, head)
            )
            if row >= _MOST_NOUNS or (row == _MOST_NOUNS - 1 and number == "bare"):
                return
            if not self._counts_others(at, start, head):
                bare_name = self.isa(head, "NAME") and not self.isa(head, "NN", "NNS")
                yield from ((head + 1, n, bare_name) for n in self.number_of(start, head, number))

    def _counts_others(self, at: int, start: int, head: int) -> bool:
        """'3 years GPS', 'own truck': a number counts what stands next to it, and 'own' needs an owner."""
        row = range(start, head)
        if (
            self.isa(start - 1, "NUM")
            and start > at
            and any(self.among(k, "times") and self.isa(k, "NNS") for k in row)
        ):
            return True
        return any(self.low(k) == "own" for k in row) and not self.isa(at, "DET", "OWNER")

    def modifies(self, at: int) -> bool:
        if self.isa(at, "RB") and not self.isa(at, "JJ"):
            return self.isa(at + 1, "JJ", "VBN")
        if self.low(at) in ("and", "or", ","):
            return self.isa(at - 1, "JJ") and self.isa(at + 1, "JJ")
        return self.isa(at, "JJ", "VBN", "VBG", "NN", "NAME", "OWNER", "ORDINAL") or (
            self.isa(at, "NNS") and self.isa(at + 1, "NN", "NNS")
        )

    def number_of(self, start: int, head: int, number: str) -> Iterator[str]:
        if self.isa(head, "NNS") and number not in (ONE, "counted one"):
            yield MANY
        if (
            self.isa(head, "NAME")
            and number != MANY
            and all(self.isa(k, "NAME", "ORDINAL") for k in range(start, head))
        ):
            yield ONE
        mass = self.among(head, "mass") or self.isa(head, "MASS")
        if self.isa(head, "NN") and (number in (ONE, "", "counted one") or (mass and number == "bare")):
            yield ONE

    def followed(self, end: int, *, name: bool) -> set[int]:
        """What may come after a noun: prepositions, participles, relative clauses. After a bare name only 'who' and 'of'."""
        found = reach = {end}
        for _ in range(_MOST_PIECES):
            new = {e for place in reach for e in self._after_noun(place, name=name)} - found
            if not new:
                break
            found, reach = found | new, new
        return found

    def _after_noun(self, at: int, *, name: bool) -> set[int]:
        found = set(self.leaning(at)) if not (self.low(at) == "to" and self.isa(at + 1, "NUM")) else set()
        if self.low(at) in ("who", "that", "which"):
            found |= self.acting(at + 1, "any") | self.gapped(at + 1)
        if self.low(at) in ("where", "when", "why", "whose") or (
            self.isa(at, "PREP") and self.low(at + 1) in ("which", "whom")
        ):
            found |= self.told_once(at + 1 + (self.low(at + 1) in ("which", "whom")))
        if not name:
            found |= (
                self.gapped(at)
                if self.isa(at, "DET", "NAME", "OWNER") or self.low(at) in ("i", "we", "you", "they", "it")
                else set()
            )
            found |= self.after_verb(at + 1, at) if self.isa(at, "VBG") else set()
            found |= (
                self.after_verb(at + 1, at, gap=True, passive=True) - ({at + 1} if self.low(at) != "done" else set())
                if self.isa(at, "VBN")
                else set()
            )
            if self.low(at) == "to" and self.isa(at + 1, "VB"):
                found |= self.after_verb(at + 2, at + 1, gap=True)
        found |= self.bracket(at) | (self.moment(at) if not self.among(at, "time_words") else set())
        if self.low(at) in ("each", "alone", "together", "ago", "apart", "altogether", "else"):
            found.add(at + 1)
        return found

    def bracket(self, at: int) -> set[int]:
        if self.low(at) != "(":
            return set()
        close = next((k for k in range(at + 1, min(at + 8, len(self.tokens))) if self.low(k) == ")"), None)
        return {close + 1} if close is not None else set()

    # Prepositions and moments.

    def leaning(self, at: int) -> set[int]:
        found: set[int] = self._once(("leaning", at), lambda: self._leaning(at))
        return found

    def _leaning(self, at: int) -> set[int]:
        if not self.isa(at, "PREP"):
            return (
                self.leaning(at + 1)
                if self.low(at) in ("only", "just", "even", "right", "not", "mostly", "always", "about")
                and self.isa(at + 1, "PREP")
                else set()
            )
        start = at + 2 if (self.low(at), self.low(at + 1)) in _pairs() else at + 1
        found = {e for e, _ in self.things(start)} | self.doing(start) | self.questions(start)
        if self.low(at) == "at" and self.isa(start, "NN") and not self.isa(start, "DET", "NUM", "NAME", "OWNER"):
            found = {
                e for e, n in self.things(start) if n == MANY
            }  # 'at shift changes'; 'at cutting' lacks its article
        if (
            self.isa(start, "NN")
            and self.low(start).endswith(_ABSTRACT)
            and self.low(start) not in ("section", "station", "apartment", "document", "department")
        ):
            found |= self.followed(start + 1, name=False)  # 'before adoption', 'on inspection'
        bare: dict[str, list[str]] = load("sentence_grammar")["bare_after"]
        for end in (start + 1, start + 2):
            if " ".join(self.low(k) for k in range(start, end)) in bare.get(self.low(at), ()):
                found.add(end)
        end = self.counted(start)
        if (
            end > start
            and self.isa(end - 1, "NUM")
            and self.many(start, "") != "never"
            and self.low(at) not in ("with", "without", "about", "on")
        ):
            unit = end + (self.low(end) in ("percent", "kg", "km", "cm", "mm", "m", "ml", "kw", "mw", "degrees"))
            found |= {e for place in (end, unit) for e in (place, *self.moment(place))}
        if self.isa(start, "PREP") and self.low(at) in ("from", "until", "since", "for"):
            found |= self.leaning(start)
        return found

    def moment(self, at: int) -> set[int]:
        """'last year', 'every Wednesday', '40 a week', 'two years ago', 'twice a shift': when, without a preposition."""
        start = at + (self.low(at) in ("about", "almost", "nearly", "once", "twice", "times", "only"))
        start += self.low(start) == "times"
        found: set[int] = set()
        if self.low(start) in (
            "a",
            "an",
            "every",
            "each",
            "last",
            "next",
            "this",
            "the",
            "all",
            "one",
            "some",
            "per",
            "that",
        ) or self.isa(start, "NUM"):
            place = start + 1
            while self.isa(place, "ORDINAL", "NUM") or self.low(place) in (
                "same",
                "whole",
                "following",
                "other",
                "few",
                "single",
                "new",
            ):
                place += 1
            if self.among(place, "times") and self._agree_in_time(place):
                end = place + 1 + (self.low(place + 1) in ("ago", "before", "later", "long", "round"))
                found |= {end} if self.low(end - 1) == "ago" else {place + 1, end}
                found |= self.leaning(end) if self.low(end) == "of" else set()
        if self.low(at) in ("once", "twice", "monthly", "weekly", "daily", "yearly", "today", "yesterday", "tomorrow"):
            found.add(at + 1)
        return found

    def _agree_in_time(self, at: int) -> bool:
        before, plural = self.low(at - 1), self.low(at).endswith("s")
        if before in (
            "a",
            "an",
            "every",
            "each",
            "last",
            "next",
            "this",
            "one",
            "per",
            "same",
            "following",
            "whole",
            "single",
            "new",
        ) or self.isa(at - 1, "ORDINAL"):
            return not plural
        return plural or not self.isa(at - 1, "NUM")

    # Verbs and what follows them.

    def acting(self, at: int, number: str, *, gap: bool = False) -> set[int]:
        """A verb that agrees with ``number``, to its last complement, and verbs joined to it."""
        found: set[int] = self._once(("acting", at, number, gap), lambda: self._acting(at, number, gap))
        return found

    def _acting(self, at: int, number: str, gap: bool) -> set[int]:
        found = self._one_act(at, number, gap)
        reach = found
        for _ in range(3):
            new: set[int] = set()
            for end in reach:
                join = end + (self.low(end) == ",")
                if self.low(join) in ("and", "but", "or", "then"):
                    join += self.low(join + 1) in ("then", "now", "also", "still")
                    new |= self._one_act(join + 1, number, gap)
            if not new - found:
                break
            found, reach = found | new, new
        return found

    def _one_act(self, at: int, number: str, gap: bool) -> set[int]:
        start = at
        while self.isa(start, "RB") and start < at + 3 and not self.isa(start, "VBZ", "MD"):
            start += 1
        found: set[int] = set()
        low = self.low(start)
        if low in ("is", "are", "am", "was", "were"):
            if self._be_agrees(low, number):
                found |= self.being(start + 1, gap=gap)
        elif low in ("has", "have", "had"):
            if low == "had" or (low == "has") == (number == ONE) or number == "any":
                found |= self.having(start + 1, gap=gap) | self.after_verb(start + 1, start, gap=gap)
        elif low in ("do", "does", "did"):
            if low == "did" or (low == "does") == (number == ONE) or number == "any":
                found |= self.plain_verb(self.past_adverbs(start + 1), gap=gap) | self.after_verb(
                    start + 1, start, gap=gap
                )
        elif self.among(start, "modals"):
            found |= self.plain_verb(
                self.past_adverbs(start + 1 + (self.low(start + 1) == "to" and low in ("ought", "need"))), gap=gap
            )
        if low not in (
            "is",
            "are",
            "am",
            "was",
            "were",
            "has",
            "have",
            "had",
            "do",
            "does",
            "did",
        ) and self._verb_agrees(start, number):
            found |= self.after_verb(start + 1, start, gap=gap)
        return found

    def _be_agrees(self, low: str, number: str) -> bool:
        wanted = {ONE: ("is", "was"), MANY: ("are", "were"), YOU: ("are", "were"), I: ("am", "was")}
        return number == "any" or low in wanted[number]

    def _verb_agrees(self, at: int, number: str) -> bool:
        if self.isa(at, "VBD"):
            return True
        return (self.isa(at, "VBZ") and number in (ONE, "any")) or (
            self.isa(at, "VB") and number in (MANY, YOU, I, "any")
        )

    def past_adverbs(self, at: int) -> int:
        while self.isa(at, "RB") and self.low(at) != "back":
            at += 1
        return at

    def plain_verb(self, at: int, *, gap: bool) -> set[int]:
        """After 'will', 'did not', 'to'."""
        low = self.low(at)
        if low == "be":
            return self.being(at + 1, gap=gap)
        if low == "have":
            return self.having(at + 1, gap=gap) | self.after_verb(at + 1, at, gap=gap)
        return self.after_verb(at + 1, at, gap=gap) if self.isa(at, "VB") else set()

    def having(self, at: int, *, gap: bool) -> set[int]:
        at = self.past_adverbs(at)
        if self.low(at) == "been":
            return self.being(at + 1, gap=gap)
        return self.after_verb(at + 1, at, gap=gap) if self.isa(at, "VBN") else set()

    def being(self, at: int, *, gap: bool = False) -> set[int]:
        """After a form of 'be': a thing, a state, a place, a deed under way or done."""
        start = self.past_adverbs(at)
        found: set[int] = {at} if gap else set()
        for place in {at, start}:
            found |= self.pieces(place, "be", gap=gap) - {place}
            if self.low(place) == "being" and self.isa(place + 1, "VBN"):
                found |= self.after_verb(place + 2, place + 1, gap=True, passive=True)
            if self.isa(place, "VBG"):
                found |= self.after_verb(place + 1, place, gap=gap)
            if self.isa(place, "VBN"):
                found |= self.after_verb(place + 1, place, gap=True, passive=True)
            end = self.counted(place)
            if end > place and self.isa(end - 1, "NUM"):
                found |= {
                    e for start in (end, end + (self.low(end) == "percent")) for e in self.pieces(start, "number")
                }
        return found

    def after_verb(self, at: int, verb: int, *, gap: bool = False, passive: bool = False) -> set[int]:
        """Complements of the verb at ``verb``; with a ``gap`` its object has been named before."""
        found = self.pieces(at, self.low(verb), gap=gap)
        if not gap and not passive and self.among(verb, "need_object"):
            found -= {at} | self._only_adverbs(at)
        return found

    def _only_adverbs(self, at: int) -> set[int]:
        ends = set()
        while self.isa(at, "RB") or self.isa(at, "PART"):
            at += 1
            ends.add(at)
        return ends

    def pieces(self, at: int, verb: str, *, gap: bool = False) -> set[int]:
        """Where the complements of ``verb`` may end: objects first, then prepositions, adverbs, clauses in any order."""
        found: set[int] = self._once(("pieces", at, verb, gap), lambda: self._pieces(at, verb, gap))
        return found

    def _pieces(self, at: int, verb: str, gap: bool) -> set[int]:
        most = 2 if verb in _words("two_objects") else 0 if verb == "number" else 1
        states = {(at, 0)}
        seen = set(states)
        for _ in range(_MOST_PIECES):
            new = {
                (e, n) for place, objects in states for e, n in self._next_piece(place, verb, objects, most, gap, at)
            } - seen
            if not new:
                break
            seen, states = seen | new, new
        return {e for e, _ in seen}

    def _next_piece(
        self, at: int, verb: str, objects: int, most: int, gap: bool, first: int
    ) -> Iterator[tuple[int, int]]:
        late = 9  # after a preposition or an adverb no object comes any more
        if objects < most:
            yield from ((e, objects + 1) for e, _ in self.things(at))
        if objects == 0 and at == first:
            yield from ((e, 1) for e in self._verb_or_clause(at, verb))
        if (
            verb == "number"
            and self.isa(at, "NN")
            and self.low(at) in ("kg", "km", "cm", "mm", "m", "tonnes", "t", "ml", "l", "kw", "mw", "euros")
        ):
            yield at + 1, late
        for end in (*self.leaning(at), *self.moment(at), *self.joined(at), *self.bracket(at)):
            yield end, late
        if (self.low(at), self.low(at + 1)) in (("as", "well"), ("at", "all"), ("so", "far"), ("right", "away")):
            yield at + 2, late
        if self.isa(at, "RB", "PART") or self.low(at) in ("myself", "yourself", "itself", "ourselves", "themselves"):
            yield at + 1, objects if self.isa(at, "PART") else late
        if self.low(at) == "to" and self.isa(self.past_adverbs(at + 1), "VB"):
            yield from ((e, late) for e in self.plain_verb(self.past_adverbs(at + 1), gap=gap))
        if objects and self.isa(at, "VBG"):
            yield from ((e, late) for e in self.after_verb(at + 1, at))
        states = (verb in _words("copulas") and objects == 0) or (
            verb in _words("object_states") and (objects == 1 or gap)
        )
        if states:
            yield from ((e, late) for e in self.described(at))
        if gap and self.isa(at, "PREP"):
            yield at + 1, late  # 'the calls that I learn from'
        if verb in _words("object_states") and objects == 1 and self.isa(at, "VBN", "VB"):
            yield from ((e, late) for e in self.after_verb(at + 1, at, gap=True))

    def _verb_or_clause(self, at: int, verb: str) -> set[int]:
        found = self.doing(at) | self.questions(at)
        if self.low(at) == "that":
            found |= self.told_once(at + 1)
        if verb in _words("of_thought"):
            found |= self.told_once(at)
        return found

    def described(self, at: int) -> set[int]:
        """'very heavy', 'as flat as glass', 'held together with tape', 'hard to find'."""
        start = at
        while self.isa(start, "RB") or self.low(start) in ("as", "too", "so", "more", "less", "most"):
            start += 1
        if not self.isa(start, "JJ", "VBN"):
            return set()
        found = {start + 1}
        while self.low(max(found)) in ("and", "or", "but") and self.isa(max(found) + 1, "JJ", "VBN"):
            found.add(max(found) + 2)
        if self.low(start + 1) in ("than", "as"):
            found |= self.leaning(start + 1) | self.told_once(start + 2)
        if self.low(start + 1) == "that":
            found |= self.told_once(start + 2)
        return found

    def joined(self, at: int) -> set[int]:
        """', because the oven is old', 'so that nobody waits', 'when she rings', 'before speaking'."""
        start = at + (self.low(at) == ",")
        if not self.among(start, "joins") and self.low(start) != "so":
            return set()
        end = start + 1 + (self.low(start + 1) in ("that", "though", "if"))
        found = self.told_once(end)
        if self.low(start) in ("when", "while", "before", "after", "if", "until", "once"):
            found = found | self.doing(end)
        return found

    def doing(self, at: int) -> set[int]:
        """'moving off the old presses', 'setting up a rota': a verb in '-ing' with its complements."""
        start = self.past_adverbs(at) + (self.low(at) == "not")
        if not self.isa(start, "VBG"):
            return set()
        found: set[int] = self._once(
            ("doing", at),
            lambda: self.being(start + 1) if self.low(start) == "being" else self.after_verb(start + 1, start),
        )
        return found

    def questions(self, at: int) -> set[int]:
        """'how you plan a shift', 'what to cut', 'which tool I would keep', 'whether the pumps hold'."""
        found: set[int] = self._once(("questions", at), lambda: self._questions(at))
        return found

    def _questions(self, at: int) -> set[int]:
        if not self.among(at, "questions"):
            return set()
        low, start = self.low(at), at + 1
        if low in ("whether", "if", "why", "where", "when"):
            return self.told_once(start) | self.gapped(start)
        found = (
            self.gapped(start)
            | (self.told_once(start) if low == "how" else set())
            | (self.acting(start, "any") if low in ("what", "who", "which") else set())
        )
        if self.low(start) == "to":
            found |= self.plain_verb(start + 1, gap=low in ("what", "which", "who"))
        if low == "how" and (self.isa(start, "JJ", "RB") or self.low(start) in ("many", "much")):
            for end in {start + 1} | (
                {e for e, _ in self.things(start + 1)} if self.low(start) in ("many", "much") else set()
            ):
                found |= self.gapped(end) | self.told_once(end) | self.acting(end, "any")
        if low in ("what", "which"):
            for end, number in self.things(start):
                found |= self.gapped(end) | self.acting(end, number)
        return found

    # Clauses.

    def told_once(self, at: int) -> set[int]:
        """A subject, its verb and all that belongs to it."""
        found: set[int] = self._once(("told", at), lambda: self._told_once(at, gap=False))
        return found

    def gapped(self, at: int) -> set[int]:
        """A clause whose object has been named before: '(the rota) I wrote', '(what) you do on Mondays'."""
        found: set[int] = self._once(("gapped", at), lambda: self._told_once(at, gap=True))
        return found

    def _told_once(self, at: int, *, gap: bool) -> set[int]:
        found: set[int] = set()
        if self.low(at) == "there" and not gap:
            be = self.past_adverbs(at + 1)
            has = (
                be + 1
                if self.low(be) in ("is", "are", "was", "were")
                else be + 2
                if self.low(be) in ("has", "have") and self.low(be + 1) == "been"
                else 0
            )
            found |= {e for end, _ in self.things(has) for e in self.pieces(end, "number")} if has else set()
        begins = {at} | (
            {p for p in (*self.moment(at), *self.leaning(at)) for p in ({p + 1} if self.low(p) == "," else {p})}
            if not gap
            else set()
        )
        for start in begins:
            some = {(start + 1, MANY)} if self.isa(start, "NUM") and start and not gap else set()
            subjects = self.things(start) | some | ({(e, ONE) for e in self.doing(start)} if not gap else set())
            for end, number in subjects:
                if not self.isa(end - 1, "OBJECT"):
                    found |= self.acting(end, number, gap=gap)
        return found

    def told(self, at: int) -> set[int]:
        """Clauses joined as a letter joins them, with what may trail after a comma."""
        found = set(self.told_once(at))
        reach = found
        for _ in range(3):
            new = {e for end in reach for e in self._next_clause(end)} - found
            if not new:
                break
            found, reach = found | new, new
        return found

    def _next_clause(self, end: int) -> set[int]:
        found = self.tails(end) | self.joined(end)
        start = end + (self.low(end) == ",")
        if self.low(start) in ("and", "but", "so", "yet"):
            found |= self.told_once(start + 1 + (self.low(start + 1) == "that"))
        return found

    def tails(self, end: int) -> set[int]:
        """', with 40 staff', ', which opens in May', ', not at the end', ', including the night shift'."""
        found = {end}
        if self.low(end) != ",":
            return found
        start = end + 1
        found |= self.leaning(start) | self.joined(end) | (self.doing(start) - {start + 1})
        if self.isa(start, "VBN") and self.isa(start + 1, "PREP"):
            found |= self.after_verb(start + 1, start, gap=True, passive=True)
        if self.isa(start, "VBG") and self.low(start + 1) == "to" and self.isa(start + 2, "NUM"):
            found |= {start + 3, *self.leaning(start + 3)}  # ', growing to 10 by spring'
        if self.low(start) == "which" or self.low(start) == "who":
            found |= self.acting(start + 1, "any") | self.gapped(start + 1)
        if self.low(start) in ("not", "mostly", "mainly", "usually", "but", "even", "often", "also", "and"):
            found |= self.leaning(start + 1) | (
                {e for e, _ in self.things(start + 1)} if self.low(start) in ("not", "mostly", "mainly") else set()
            )
        return found
