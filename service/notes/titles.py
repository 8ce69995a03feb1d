"""Job titles of the people in the notes: what is one, which one stands beside a name, which one is a recruiter's."""

from __future__ import annotations

import re
from functools import cache

from service.phrases import load

_AFTER = tuple(
    re.compile(pattern)
    for pattern in (
        r"^\s*\(([^()\n]{2,60})\)",
        r"^\s*,\s*(?:who(?: i|')s |who is |the |their |our )?([^,;.\n()]{2,60}?)(?=\s*(?:,|;|\.|$|\n|\(| and (?=[A-Z])| from | at | for | who ))",
        r"^\s*(?:[-–—|/:=]|\t)\s*([^,;.\n()|]{2,60}?)(?=\s*(?:,|;|\.|$|\n|\||\t|\(| - | – ))",
        r"^(?:['’]s|\s+is|\s+was|['’]re)\s+(?:also\s+)?(?:the|their|a|an|my|our)\s+([^,;.\n()]{2,50}?)(?=\s*(?:,|;|\.|$|\n|\(| and | at | for | there| who | she | he | they | but ))",
        r"^\s+(?:<[^>]*>)\s*,?\s*([^,;.\n()]{2,60})$",
        r"^\s+(?:[Tt]he|as)\s+([^,;.\n()]{2,50}?)(?=\s*(?:,|;|\.|$|\n|\())",
    )
)
_BEFORE = re.compile(
    r"(?:\b(?:the|their|our|with|met|by|a|an|was|is)\s+|^|[,:(]\s*)((?:[a-zA-Z][\w&/-]*\s+){1,5})(?:=\s+)?\(?,?\s*$"
)
_SENTENCE = re.compile(
    r"\b(?:said|says|told|asked|is|was|i|she|he|they|will|has|we|about|loved|likes|would)\b", re.IGNORECASE
)
_NAMES_ANOTHER = re.compile(r"^(?:and|plus|then)\b|\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir)\b")
_LONGEST = 9  # words of a title


@cache
def title_heads() -> frozenset[str]:
    """Words that make a title, singular, lower case: 'manager', 'nurse', 'head'."""
    return frozenset(load("people")["title_heads"])


def looks_like_title(text: str) -> bool:
    """'Head of Data', 'ward manager', 'HM', 'VP Eng': a job title by its words."""
    words = [w.strip(".,") for w in re.split(r"[\s/&-]+", text.lower()) if w.strip(".,")]
    if not words or len(words) > _LONGEST:
        return False
    if text.lower().strip(".") in load("people")["abbreviated_titles"]:
        return True
    singular = [w.removesuffix("s") if w.endswith("ers") else w for w in words]
    return bool(title_heads() & (set(words) | set(singular) | {" ".join(words)}))


def title_beside(before: str, after: str) -> str | None:
    """The title that stands right beside a name, given the text before and after it."""
    for pattern in _AFTER:
        found = pattern.match(after)
        title = clean_title(found[1]) if found else None
        if title is not None:
            return title
    lead = _BEFORE.search(before)
    return _last_title(lead[1].split()) if lead else None


def _last_title(words: list[str]) -> str | None:
    """The longest title on which ``words`` end: 'met the ward manager' → 'ward manager'."""
    if not looks_like_title(words[-1]):
        return None
    for n in range(min(len(words), 5), 0, -1):
        title = clean_title(" ".join(words[-n:]))
        if title is not None and not any(w.lower() in load("people")["never_in_title"] for w in words[-n:]):
            return title
    return None


def clean_title(text: str) -> str | None:
    """``text`` as a title without articles and what trails it, written out; None when it is no title."""
    if _NAMES_ANOTHER.search(text):
        return None
    plain = re.sub(r"^(?:w/|with)\s+|[\s*_|:.-]+$", "", text.strip().strip("\"'“”").strip())
    plain = re.sub(r"^(?:the|their|a|an|our)\s+", "", plain, flags=re.IGNORECASE)
    if re.match(r"(?:for|as|at|in|on|about|re|not|no|just)\b", plain, re.IGNORECASE):
        return None  # 'Vale Ferries, for deckhand' is no title of theirs
    plain = re.split(r"\s+(?:at|from|@|who|since|for the last|\d)\s*", plain)[0].strip()
    if not plain or not looks_like_title(plain) or _SENTENCE.search(plain):
        return None
    expanded: str = load("people")["abbreviated_titles"].get(plain.lower(), plain)
    return expanded


def decides(title: str) -> bool:
    """'Head of Talent', 'Chief People Officer': somebody who has a say in who is taken."""
    return bool(re.match(r"(?:chief|vp|head|director)\b", title, re.IGNORECASE))


def is_recruiter_title(title: str) -> bool:
    """'Talent Partner', 'HR Coordinator': somebody who arranges interviews and does not decide."""
    if decides(title):
        return False
    low = title.lower()
    return any(re.search(rf"\b{re.escape(word)}\b", low) for word in load("people")["recruiter_titles"])
