"""What differs between two texts, word by word."""

from __future__ import annotations

import difflib
import re
from typing import Literal, NamedTuple

Kind = Literal["same", "gone", "new"]


class Diff(NamedTuple):
    kind: Kind
    text: str


def word_diff(before: str, after: str) -> tuple[Diff, ...]:
    """Runs of words: joined without the 'new' they are ``before``, without the 'gone' they are ``after``."""
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    runs: list[Diff] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Diff("same", "".join(old[i:j])))
            continue
        runs += [Diff(kind, "".join(words)) for kind, words in _changed(old[i:j], new[k:m]) if words]
    return tuple(runs)


def _changed(old: list[str], new: list[str]) -> tuple[tuple[Kind, list[str]], tuple[Kind, list[str]]]:
    return ("gone", old), ("new", new)


def plain_diff(runs: tuple[Diff, ...]) -> str:
    """For a terminal: [-gone-]{+new+}."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[r.kind].format(r.text.rstrip()) + r.text[len(r.text.rstrip()) :] for r in runs)
