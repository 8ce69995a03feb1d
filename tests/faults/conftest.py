from __future__ import annotations

import os

import pytest

from service.storage.database import begun, open_engine
from service.storage.migrate import NOTHING, migrate


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
async def database_url(request, tmp_path):
    """An empty database of each kind: None for SQLite in ``tmp_path``."""
    if request.param == "sqlite":
        return None
    url = os.environ.get("AFTERWORD_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("no PostgreSQL: AFTERWORD_TEST_POSTGRES_URL names none; .ci/run starts one")
    engine = open_engine(url, tmp_path)
    async with begun(engine) as connection:
        await connection.run_sync(lambda c: migrate(c, NOTHING, down=True))
        await connection.exec_driver_sql("DROP SCHEMA IF EXISTS dbos CASCADE")
    await engine.dispose()
    return url
