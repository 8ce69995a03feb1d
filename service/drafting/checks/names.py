"""Names, titles and the company: spelled as in the notes, and of the right person (G35)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

from service.drafting.checks.finding import hard, places
from service.notes.amounts import days
from service.notes.english import is_word
from service.notes.lexis import Sentence, Word, function_words, letter_stems, name_parts, plain, sentences, words
from service.rubric.context import CheckContext
from service.rubric.ground import Ground, company_words, people_names, read_ground
from service.rubric.letter import read_letter
from service.types import Violation, Wording

_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev)\b\.?(?= [^\W\d_])")
_NOBODY = re.compile(
    r"^(?:there|all|both|everyone|everybody|team|again|(?:the )?(?:hiring |interview |recruiting )?"
    r"(?:team|committee|panel)|hiring manager|interviewer|sir or madam)?$",
    re.IGNORECASE,
)


def _is_plain(word: Word) -> bool:
    return word.low in function_words() or word.stem in letter_stems()


def _is_ground(word: Word, ground: Ground) -> bool:
    return word.low in ground.words or ground.has(word.stem)


def near_name(word: Word, context: CheckContext) -> str | None:
    """The name part that ``word`` looks like a misspelling of, or None."""
    if len(word.low) < 3:
        return None
    parts = {p for names in people_names(context).values() for p in names} | company_words(context.facts)
    return next((p for p in sorted(parts) if p != word.low and _is_near(word.low, p)), None)


@cache
def _is_near(word: str, name: str) -> bool:
    if len(name) < 3 or name in function_words():
        return False
    allowed = 1 if len(name) < 5 else 2
    distance = DamerauLevenshtein.distance(word, name, score_cutoff=allowed)
    return distance <= allowed and (distance == 1 or word[0] == name[0])


def _capitals(text: str) -> Iterator[tuple[Word, bool]]:
    """Words with a capital, and whether the place in the sentence alone could be its reason."""
    for sentence in sentences(text):
        for word in words(sentence.text):
            if word.is_capitalised:
                before = sentence.text[: word.start].rstrip(" ")
                opens = not before or before[-1] in "\"'“‘(:;\n" or before.endswith((". ", "! ", "? "))
                yield Word(word.text, word.start + sentence.start, word.end + sentence.start), opens


def ungrounded_names(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Capitalised words that the notes do not have. A near miss of a known name is told apart."""
    ground = read_ground(context)
    for where, text in places(wording):
        dated = [(d.start, d.end) for d in days(text)]
        for word, opens in _capitals(text):
            if _is_ground(word, ground) or _is_plain(word) or any(s <= word.start < e for s, e in dated):
                continue
            at = (word.start, word.end)
            if near := near_name(word, context):
                yield hard("misspelled_name", "G35", f"'{word.text}': the notes spell it '{near.title()}'.", where, at)
            elif not opens or _opens_a_name(text[word.end :], word):
                yield hard("ungrounded_name", "G35", f"'{word.text}' is not in the notes.", where, at)


def _opens_a_name(rest: str, word: Word) -> bool:
    """Whether a word that opens a sentence is capitalised for more than that: 'Gunther told me'."""
    return not is_word(word.low) and re.match(r"(?:['’]s)? [a-zA-Z]", rest) is not None


def misspelled_in_lower_case(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """A known person's name without its capital, or a near miss of one."""
    ground = read_ground(context)
    parts = {p for names in people_names(context).values() for p in names if len(p) > 2}
    for where, text in places(wording):
        for word in words(text):
            if word.is_capitalised or _is_plain(word):
                continue
            if word.low in parts and word.text.islower() and not _is_name_small(word.low, context):
                yield hard("name_in_lower_case", "G35", "A name without its capital.", where, (word.start, word.end))
            elif len(word.low) > 4 and not (_is_ground(word, ground) or is_word(word.low)) and near_name(word, context):
                yield hard(
                    "misspelled_name",
                    "G35",
                    f"'{word.text}' looks like a name misspelled.",
                    where,
                    (word.start, word.end),
                )


def _is_name_small(part: str, context: CheckContext) -> bool:
    """Whether the part is small in the name itself ('van', 'de'), or an ordinary word too ('will', 'grant')."""
    names = " ".join(people_names(context))
    return part in {w.text for w in words(names)} or part in {"will", "mark", "grant", "rose", "may", "art", "bill"}


def mixed_names(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The first name of one person beside the last name of another."""
    people = people_names(context)
    for where, text in places(wording):
        row = [w for w, _ in _capitals(text)]
        for first, last in itertools.pairwise(row):
            if text[first.end : last.start] != " " or not _are_of_two(first, last, people):
                continue
            yield hard(
                "mixed_names",
                "G35",
                f"Nobody is called '{first.text} {last.text}' in the notes.",
                where,
                (first.start, last.end),
            )


def _are_of_two(first: Word, last: Word, people: dict[str, frozenset[str]]) -> bool:
    a = {n for n, parts in people.items() if first.low in parts}
    b = {n for n, parts in people.items() if last.low in parts}
    return bool(a and b) and not a & b


def titles(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """'Ms' or 'Dr' before a name needs the notes' word: it states a sex or a degree."""
    ground = read_ground(context)
    for where, text in places(wording):
        for match in _TITLE.finditer(text):
            if plain(match[1]) not in ground.words:
                yield hard("ungrounded_title", "G35", f"'{match[1]}' is not in the notes.", where, match.span())


def greeting(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """The greeting names the reader, as the notes spell it, and nobody else; without a known reader, nobody."""
    letter = read_letter(wording.body)
    if not letter.greeting:
        yield hard("no_greeting", "G12", "The message greets nobody.")
        return
    used = frozenset(name_parts(letter.addressed))
    if context.recipient.name is None:
        if not _NOBODY.match(letter.addressed.strip()):
            yield hard("wrong_greeting", "G35", "The greeting names someone although the reader's name is not known.")
        return
    expected = frozenset(name_parts(context.recipient.name))
    if not used or not used <= expected:
        yield hard("wrong_greeting", "G35", f"The greeting must name {context.recipient.name} and nobody else.")


_EMPLOYER = re.compile(
    r"(?i:\b(?:role|roles|position|job|opportunity|opening|vacancy|post|interview|interviewed|team|application|"
    r"applying|conversation|interest|interested|enthusiasm|enthusiastic|excited|join|joining|part|future|forward to|"
    r"work|working|contribute|contributing|chat|call|meeting|company|people|everyone)\b"
    r"(?: (?:about|for|of|in|to|with|at|on|the|your|a|by|working|joining|moving|being|part)){0,3}) "
    r"(?P<name>[A-Z][\w&'’.-]*(?: (?:of|and|&|the) [A-Z][\w&'’.-]*| [A-Z][\w&'’.-]*){0,4})"
)
_PAST = re.compile(
    r"\b(?:my|was|were|previous|last|earlier|when|did|had|years?|months?|worked|led|ran|built)\b", re.IGNORECASE
)


_SPOKEN_OF = re.compile(
    r"(?i:\b(?:what|how|that|where|why)) (?P<name>[A-Z][\w&'’.-]*(?: [A-Z][\w&'’.-]*){0,3}) "
    r"(?i:is|are|does|do|has|have|wants|plans|hopes)\b"
)


def wrong_company(wording: Wording, context: CheckContext) -> Iterator[Violation]:
    """Another company's name where the employer applied to must stand."""
    company = company_words(context.facts)
    if not company:
        return
    for where, text in places(wording):
        for sentence in sentences(text):
            found = [m for m in _EMPLOYER.finditer(sentence.text) if _names_employer(m, sentence)]
            for match in (*found, *_SPOKEN_OF.finditer(sentence.text)):
                if _is_other_company(match["name"], context, company):
                    at = (match.start("name") + sentence.start, match.end("name") + sentence.start)
                    yield hard("wrong_company", "G35", f"'{match['name']}' is not the company applied to.", where, at)


def _names_employer(match: re.Match[str], sentence: Sentence) -> bool:
    """'The role at Bluebird' names an employer; 'my work at Bluebird' tells of the past."""
    before = sentence.text[: match.start("name")]
    return bool(re.search(r"\b(?:at|with|join|joining|in|for|of|by) $", before)) and not _PAST.search(before)


def _is_other_company(name: str, context: CheckContext, company: frozenset[str]) -> bool:
    named = [w for w in words(name) if w.low not in function_words()]
    role = {w.stem for w in words(context.facts.role.value)} if context.facts.role else set()
    people = {p for names in people_names(context).values() for p in names}
    if not named or days(name):
        return False
    return not any(w.low in company or w.low in people or w.stem in role or _is_plain(w) for w in named)


CHECKS = (
    ungrounded_names,
    misspelled_in_lower_case,
    mixed_names,
    titles,
    greeting,
    wrong_company,
)
