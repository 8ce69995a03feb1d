from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from service.storage.database import begun, open_engine
from service.storage.migrate import NOTHING, migrate
from service.storage.sealing import Plain
from service.storage.store import Storage


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
        url = os.environ.get("AFTERWORD_TEST_POSTGRES_URL")
        if not url:
            pytest.skip("no PostgreSQL: AFTERWORD_TEST_POSTGRES_URL names none; .ci/run starts one")
    engine = open_engine(url, tmp_path)
    async with begun(engine) as connection:
        await connection.run_sync(lambda c: migrate(c, NOTHING, down=True))
    yield engine
    await engine.dispose()


@pytest.fixture
async def storage(engine, clock):
    opened = Storage(engine, Plain(), timedelta(days=30), clock)
    await opened.open()
    return opened
