"""Interest in the work itself (G5)."""

from __future__ import annotations

import re
from functools import cache

from service.phrases import load
from service.rubric.context import CheckContext
from service.rubric.ground import company_words
from service.rubric.letter import read_letter
from service.rubric.words import Sentence, words
from service.types import MessageKind, Score, Violation, Wording


@cache
def _pattern(key: str) -> re.Pattern[str]:
    negated = load("enthusiasm")["negated"]
    return re.compile(rf"(?P<no>{negated})?\b(?:{'|'.join(load('enthusiasm')[key])})\b", re.IGNORECASE)


def _said(sentence: Sentence, key: str) -> str | None:
    text = sentence.text.replace("’", "'")
    return next((m.group() for m in _pattern(key).finditer(text) if not m["no"]), None)


def _denied(sentence: Sentence) -> str | None:
    text = sentence.text.replace("’", "'")
    found = (m.group() for m in _pattern("strong").finditer(text) if m["no"])
    return next((f for f in found if re.search("interest|keen|excit|enthus|eager", f, re.IGNORECASE)), None)


def _aims(sentence: Sentence, context: CheckContext, *, at_post: bool) -> bool:
    """Whether the sentence speaks of the role, the company or working together; ``at_post``: not of the talk alone."""
    data = load("enthusiasm")
    targets = frozenset(data["post"] if at_post else data["targets"]) | company_words(context.facts)
    return any(w.low in targets for w in words(sentence.text)) or bool(
        at_post and re.search(data["post_phrases"], sentence.text, re.IGNORECASE)
    )


def enthusiasm(wording: Wording, context: CheckContext, violations: tuple[Violation, ...]) -> Score | None:
    """Full for interest that names its object; most of it for interest alone; not asked of LinkedIn notes."""
    if context.kind is MessageKind.LINKEDIN:
        return None
    best, words_said = 0.0, ""
    for sentence in read_letter(wording.body).main:
        if denied := _denied(sentence):
            return Score("enthusiasm", 0.0, False, "G5", f"'{denied}' denies it.")
        strong, mild = _said(sentence, "strong"), _said(sentence, "mild")
        value = 0.8 if strong else 0.5 if mild else 0.0
        # That something said was interesting is no interest in the post (G5).
        value += 0.2 if value and _aims(sentence, context, at_post=not strong) else 0.0
        if value > best:
            best, words_said = value, strong or mild or ""
    if not best:
        return Score("enthusiasm", 0.0, False, "G5", "No interest in the role or the company is said.")
    aim = "" if best in {1.0, 0.7} else ", but of nothing in particular"
    return Score("enthusiasm", round(best, 2), best >= 0.6, "G5", f"'{words_said}' says interest{aim}.")
