"""How far a heading reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from service.notes.headings import is_outside
from service.notes.segment import Segment, SegmentKind


def within_sections(segments: tuple[Segment, ...], notes: str) -> tuple[Segment, ...]:
    """The segments, where a pasted invitation or what was read before, when no heading follows it, ends with its paragraph."""
    last = max((k for k, s in enumerate(segments) if s.kind is SegmentKind.HEADING), default=-1)
    if last < 0 or not is_outside(segments[last].heading):
        return segments
    return (*segments[: last + 1], *_until_a_blank_line(segments[last + 1 :], segments[last].heading, notes))


def _until_a_blank_line(below: tuple[Segment, ...], heading: str, notes: str) -> Iterator[Segment]:
    ended = False
    for k, s in enumerate(below):
        ended = ended or (k > 0 and notes.count("\n", below[k - 1].end, s.start) > 1)
        yield replace(s, heading="") if ended and s.heading == heading else s
