"""The databases that tests and benchmarks may empty; the fixtures are for a folder's conftest to import."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Text, cast, select

from service.storage.database import begun, open_engine, open_jobs_engine
from service.storage.migrate import NOTHING, migrate


def postgresql_url() -> str:
    """Skips the test where there is none."""
    url = os.environ.get("AFTERWORD_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("no PostgreSQL: AFTERWORD_TEST_POSTGRES_URL names none; .ci/run starts one")
    return url


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of the test's own, that it may restart."""

    folder: Path
    programs: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://afterword@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *words: str) -> None:
        # The server refuses to run as root. What it starts outlives the command, and would hold a pipe open.
        user = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        command = (*user, str(self.programs / program), "-D", str(self.folder / "data"), *words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)

    def restart(self, how: str) -> None:
        """``how``: 'fast' ends every connection, 'immediate' is a crash, from which it recovers."""
        self.run("pg_ctl", "-w", "-m", how, "restart")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Skips the test where PostgreSQL is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not installed:
        pytest.skip("no PostgreSQL: /usr/lib/postgresql holds none; .ci/run installs one")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="afterword-postgres-"))
    made = Cluster(folder, installed[-1].parent, port)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        made.run("initdb", "-A", "trust", "-U", "afterword")
        stated = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        made.run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", stated, "start")
        try:
            yield made
        finally:
            made.run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


async def emptied(url: str) -> None:
    """Our tables and those of the queue's library are gone."""
    engine = open_engine(url, Path())
    async with begun(engine) as connection:
        await connection.run_sync(lambda c: migrate(c, NOTHING, down=True))
        await connection.exec_driver_sql("DROP SCHEMA IF EXISTS dbos CASCADE")
    await engine.dispose()


def engine_tables_with(word: str, url: str | None, folder: Path) -> set[str]:
    """Those tables of the queue's library in which ``word`` stands, in any column."""
    engine = open_jobs_engine(url, folder)
    try:
        tables = MetaData(schema="dbos" if url else None)
        tables.reflect(engine)
        with engine.connect() as connection:
            return {
                table.name
                for table in tables.sorted_tables
                for column in table.columns
                if connection.execute(select(column).where(cast(column, Text).contains(word))).first() is not None
            }
    finally:
        engine.dispose()


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
