"""The reader that ships, loaded once for all tests."""

from __future__ import annotations

from functools import cache

from service.reading.reader import Reader


@cache
def shipped() -> Reader:
    return Reader.load()


@cache
def wordless() -> Reader:
    """The same, but nothing can be said as it stands in the notes: for tests of what a small model writes."""
    reader = Reader.load()
    reader.thresholds = reader.thresholds | {"phrase": 2.0}
    return reader
