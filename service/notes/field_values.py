"""Fields that share a line, each a segment of its own: 'firm: Anvil / role: binder / date: 6 May'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from service.notes.segment import Segment, SegmentKind
from service.phrases import load

_BETWEEN = " \t/|;,·•~"


@cache
def _label() -> re.Pattern[str]:
    """A label with its mark: a colon anywhere, a dash only where a stroke or the like stands before the label."""
    known = {*load("owner_cues")["headings"]["fields"], *load("organisation")["company_fields"]}
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.compile(
        rf"(?:^|(?<=[\s/|;,·•~]))(?P<label>{names})\s?[:=]\s*|(?<=[/|;·•~]\s)(?P<dashed>{names})\s[-–—]\s+",
        re.IGNORECASE,
    )


def fields_apart(segment: Segment) -> Iterator[Segment]:
    """The segment, or one for each field that a line of fields holds."""
    found = list(_label().finditer(segment.text)) if segment.kind is SegmentKind.FIELD else []
    ends = [m.start() for m in found] + [len(segment.text)]
    if segment.text[: ends[0]].strip(_BETWEEN) or not found:
        yield _cut(segment, 0, ends[0], segment.label)
    for match, end in zip(found, ends[1:], strict=True):
        yield _cut(segment, match.end(), end, (match["label"] or match["dashed"]).lower())


def _cut(segment: Segment, start: int, end: int, label: str) -> Segment:
    text = segment.text[start:end].rstrip(_BETWEEN)
    first = segment.start + start
    return replace(segment, start=first, end=first + len(text), text=text, label=label)
