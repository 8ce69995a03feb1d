"""The reader that ships, loaded once for all tests."""

from __future__ import annotations

from functools import cache

from service.reading.reader import Reader


@cache
def shipped() -> Reader:
    return Reader.load()
