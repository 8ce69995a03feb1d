"""The database: SQLite in a file by default, PostgreSQL by URL; its failures by one name."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from service.errors import RequestError, StorageUnavailable
from service.storage.migrate import migrate

T = TypeVar("T")
JobsEngine = Engine  # under this name for those who only hand it on
_MIGRATING = 4_711_013  # the number of a lock, of no meaning else
_IDLE_MS = 10_000  # in a transaction, until PostgreSQL ends it: its process stands still, and others wait for its locks
_ANSWERS_S = 10  # to one statement: a database that hangs would hold up every answer that is kept
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_JOBS_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_engine(url: str | None, data_dir: Path) -> AsyncEngine:
    """An engine for ``url``, or for a file in ``data_dir``. Nothing is connected to yet.

    Raises:
        RequestError: it is no URL of a database that can be used.
    """
    parsed, kind = _parsed(url, data_dir)
    parsed = parsed.set(drivername=_DRIVERS[kind])
    if kind == "sqlite":
        _for_this_user_alone(parsed.database)
        engine = create_async_engine(parsed)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        return engine
    session = {"idle_in_transaction_session_timeout": str(_IDLE_MS)}
    stated = {"timeout": 5, "command_timeout": _ANSWERS_S, "server_settings": session}
    return create_async_engine(parsed, pool_pre_ping=True, connect_args=stated)


def open_jobs_engine(url: str | None, data_dir: Path) -> Engine:
    """An engine for the tables of the jobs' own library, which does not await.

    With SQLite these have a file of their own beside the other, so that a write to one does not wait for the other;
    with PostgreSQL a schema of their own in the same database.

    Raises:
        RequestError: it is no URL of a database that can be used.
    """
    parsed, kind = _parsed(url, data_dir)
    if kind == "sqlite":
        path = Path(parsed.database or "afterword.db")
        parsed = parsed.set(database=str(path.with_name(f"{path.stem}-jobs{path.suffix}")))
    return _waiting_engine(parsed, kind)


def open_work_engine(url: str | None, data_dir: Path) -> Engine:
    """The database of ``open_engine`` for a worker, whose transactions are done in one go in a thread: none stays open
    while the loop is busy with something else. Raises RequestError."""
    return _waiting_engine(*_parsed(url, data_dir))


def count_and_take_alone(engine: Engine) -> None:
    """With SQLite each transaction is the only one from its first look on: what it counts stays so until its end. By
    itself it is that from its first change on, and two processes that keep one limit both count before either takes."""
    if engine.dialect.name == "sqlite" and not event.contains(engine, "begin", _begin_writing):
        event.listen(engine, "begin", _begin_writing)


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _waiting_engine(parsed: URL, kind: str) -> Engine:
    parsed = parsed.set(drivername=_JOBS_DRIVERS[kind])
    if kind != "sqlite":
        stated = {"connect_timeout": 5, "options": f"-c idle_in_transaction_session_timeout={_IDLE_MS}"}
        return create_engine(parsed, pool_pre_ping=True, pool_size=10, connect_args=stated)
    _for_this_user_alone(parsed.database)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_jobs_sqlite)
    return engine


class AlreadyThere(StorageUnavailable):
    """A row of this key stands there: somebody else was first."""


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Raises AlreadyThere and StorageUnavailable, whatever the driver calls its failure; its words may hold values."""
    try:
        yield
    except IntegrityError as error:
        raise AlreadyThere("A row of this key is kept already.", retry_after_s=5) from error
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise StorageUnavailable("What is kept cannot be reached right now.", retry_after_s=5) from error


@contextlib.asynccontextmanager
async def begun(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction. Raises AlreadyThere, StorageUnavailable."""
    with failures():
        async with engine.begin() as connection:
            yield connection


class InThreads:
    """Transactions done each in one go, in a thread of a few; with SQLite in a single one, since it has one writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(1 if engine.dialect.name == "sqlite" else 8, thread_name_prefix="work")

    async def do(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` returns of a transaction. Raises what it raises, and AlreadyThere, StorageUnavailable."""

        def done() -> T:
            with failures(), self._engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, done)

    async def aclose(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._engine.dispose)


async def bring_up_to_date(engine: AsyncEngine) -> None:
    """One process at a time: several are often started at once."""
    alone = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else f"SELECT pg_advisory_xact_lock({_MIGRATING})"
    async with begun(engine) as connection:
        await connection.exec_driver_sql(alone)
        await connection.run_sync(migrate)


async def really_gone(engine: AsyncEngine) -> None:
    """After a deletion: SQLite's journal is emptied too. The pages themselves were overwritten (secure_delete)."""
    if engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(SQLAlchemyError):  # another reader holds the journal open; the next deletion empties it
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def empty_journal(engine: Engine) -> None:
    """As ``really_gone``, for an engine that does not await."""
    if engine.dialect.name == "sqlite":
        with (
            contextlib.suppress(SQLAlchemyError, OperationalError),
            contextlib.closing(engine.raw_connection()) as connection,
        ):  # in no transaction
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    try:
        for pragma in ("journal_mode=WAL", "secure_delete=ON", "busy_timeout=5000", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # a file that is no database: the pool never hears of this connection
        raise


def _prepare_jobs_sqlite(connection: Any, _: Any) -> None:
    """As the library prepares the engine that it makes itself, and in WAL, which it leaves to us."""
    connection.isolation_level = "IMMEDIATE"
    _prepare_sqlite(connection, _)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=30000")


def _parsed(url: str | None, data_dir: Path) -> tuple[URL, str]:
    """The database's address and its kind. Raises RequestError."""
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
    return parsed, kind


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
