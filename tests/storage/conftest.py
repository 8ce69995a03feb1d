from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.storage.database import open_engine
from service.storage.sealing import Plain
from service.storage.store import Storage
from tests.databases import emptied, postgresql_url


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 17, 18, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
async def engine(request, tmp_path):
    """A real database of each kind, empty."""
    url = None
    if request.param == "postgresql":
        url = postgresql_url()
        await emptied(url)
    engine = open_engine(url, tmp_path)
    yield engine
    await engine.dispose()


@pytest.fixture
async def storage(engine, clock):
    opened = Storage(engine, Plain(), timedelta(days=30), clock)
    await opened.open()
    return opened
