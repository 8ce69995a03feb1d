from __future__ import annotations

import os

import pytest

from service.storage.database import begun, open_engine
from service.storage.migrate import NOTHING, migrate


@pytest.fixture
async def postgresql(tmp_path):
    """The URL of an empty PostgreSQL."""
    url = os.environ.get("AFTERWORD_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("no PostgreSQL: AFTERWORD_TEST_POSTGRES_URL names none; .ci/run starts one")
    engine = open_engine(url, tmp_path)
    async with begun(engine) as connection:
        await connection.run_sync(lambda c: migrate(c, NOTHING, down=True))
        await connection.exec_driver_sql("DROP SCHEMA IF EXISTS dbos CASCADE")
    await engine.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def database_url(request):
    """An empty database of each kind: None for SQLite in the test's folder."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql")
