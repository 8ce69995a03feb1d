"""What is wrong with a field of a request, as a sentence for whoever sent it. Never what stood in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TOLD_OF = 60  # characters of a field's name that are repeated: a name may be a pasted letter
TOO_LONG = "At most 20,000 characters of notes can be read. Keep the part about this interview."
_SAID_OF = {
    ("notes", "string_too_short"): "The notes are empty. Paste what was written down after the interview.",
    ("notes", "string_too_long"): TOO_LONG,
    ("draft_id", "string_pattern_mismatch"): "No id of a draft: 'drf_' and 32 of 0-9 and a-f are wanted.",
    ("body", "string_too_short"): "The message is empty.",
}
_SAID = {
    "missing": "This is needed, and not there.",
    "extra_forbidden": "There is no such field; docs/api.md and /docs list the fields.",
    "string_pattern_mismatch": "One line of text is wanted, without line breaks or other control characters.",
    "timezone_aware": "A time with its zone is wanted, such as 2026-11-17T18:00:00+01:00.",
}


def pointer(where: tuple[Any, ...]) -> str:
    """A JSON pointer (RFC 6901) into the body, whose fields come behind a first 'body' that is none of them."""
    inside = where[1:] if where[:1] == ("body",) else where
    parts = (str(p).replace("~", "~0").replace("/", "~1") for p in inside if p != "[key]")
    return "".join(f"/{p if len(p) <= _TOLD_OF else p[:_TOLD_OF] + '…'}" for p in parts)


def sentence(fault: Mapping[str, Any]) -> str:
    """For one of pydantic's errors, of which its input is never looked at."""
    field = str(fault["loc"][-1]) if fault["loc"] else ""
    said = _SAID_OF.get((field, fault["type"])) or _SAID.get(fault["type"])
    return said or str(fault["msg"]).removeprefix("Value error, ")
