"""The database: SQLite in a file by default, PostgreSQL by URL; its failures by one name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from service.errors import RequestError, StorageUnavailable
from service.storage.migrate import migrate

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def open_engine(url: str | None, data_dir: Path) -> AsyncEngine:
    """An engine for ``url``, or for a file in ``data_dir``. Nothing is connected to yet.

    Raises:
        RequestError: it is no URL of a database that can be used.
    """
    if not url:
        data_dir.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{data_dir / 'afterword.db'}"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unusable() from error
    kind = parsed.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise _unusable()
    parsed = parsed.set(drivername=_DRIVERS[kind])
    if kind == "sqlite":
        _for_this_user_alone(parsed.database)
        engine = create_async_engine(parsed)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        return engine
    return create_async_engine(parsed, pool_pre_ping=True, connect_args={"timeout": 5})


@contextlib.asynccontextmanager
async def begun(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction. Raises StorageUnavailable, whatever the driver calls its failure; its words may hold values."""
    try:
        async with engine.begin() as connection:
            yield connection
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise StorageUnavailable("What is kept cannot be reached right now.", retry_after_s=5) from error


async def bring_up_to_date(engine: AsyncEngine) -> None:
    async with begun(engine) as connection:
        await connection.run_sync(migrate)


async def really_gone(engine: AsyncEngine) -> None:
    """After a deletion: SQLite's journal is emptied too. The pages themselves were overwritten (secure_delete)."""
    if engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(SQLAlchemyError):  # another reader holds the journal open; the next deletion empties it
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    try:
        for pragma in ("journal_mode=WAL", "secure_delete=ON", "busy_timeout=5000", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # a file that is no database: the pool never hears of this connection
        raise


def _for_this_user_alone(path: str | None) -> None:
    if not path or path == ":memory:":
        return
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise RequestError(f"The database {path} cannot be used: {why}. Set AFTERWORD_DATABASE_URL.") from error


def _unusable() -> RequestError:
    return RequestError(
        "AFTERWORD_DATABASE_URL cannot be used. It looks like sqlite:////data/afterword.db or "
        "postgresql://user:password@host/afterword."
    )
