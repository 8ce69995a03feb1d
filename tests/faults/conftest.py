from __future__ import annotations

import pytest

from tests.databases import emptied, postgresql_url


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
