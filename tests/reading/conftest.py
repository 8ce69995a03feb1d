"""The reader that ships, loaded once."""

from __future__ import annotations

import pytest

from service.reading.reader import Reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.load()
