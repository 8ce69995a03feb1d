"""The databases that tests and benchmarks may empty; the fixtures are for a folder's conftest to import."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.storage.database import begun, open_engine
from service.storage.migrate import NOTHING, migrate


def postgresql_url() -> str:
    """Skips the test where there is none."""
    url = os.environ.get("AFTERWORD_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("no PostgreSQL: AFTERWORD_TEST_POSTGRES_URL names none; .ci/run starts one")
    return url


async def emptied(url: str) -> None:
    """Our tables and those of the queue's library are gone."""
    engine = open_engine(url, Path())
    async with begun(engine) as connection:
        await connection.run_sync(lambda c: migrate(c, NOTHING, down=True))
        await connection.exec_driver_sql("DROP SCHEMA IF EXISTS dbos CASCADE")
    await engine.dispose()


@pytest.fixture
async def postgresql():
    """The URL of an empty PostgreSQL."""
    url = postgresql_url()
    await emptied(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def database_url(request):
    """An empty database of each kind: None for SQLite in the test's folder."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql")
