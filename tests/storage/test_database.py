"""Engines as the queue's library has them."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from service.storage.database import count_and_take_alone, empty_journal, open_jobs_engine


@pytest.fixture
def two(tmp_path):
    """As two processes have them of one file."""
    engines = [open_jobs_engine(None, tmp_path) for _ in range(2)]
    with engines[0].begin() as connection:
        connection.exec_driver_sql("CREATE TABLE taken (n INTEGER)")
    yield engines
    for engine in engines:
        engine.dispose()


def test_what_was_counted_alone_stays_so_until_the_end(two):
    """Both counted, found room, and together took twice what one caller may have at once."""
    for engine in two:
        count_and_take_alone(engine)
        count_and_take_alone(engine)  # as a worker does that comes up at its second try
    with two[0].begin() as counting:
        assert counting.exec_driver_sql("SELECT count(*) FROM taken").scalar() == 0
        with two[1].connect() as other:
            other.connection.cursor().execute("PRAGMA busy_timeout=0")
            with pytest.raises(OperationalError, match="locked"):
                other.exec_driver_sql("SELECT count(*) FROM taken")
        counting.exec_driver_sql("INSERT INTO taken VALUES (1)")
    with two[1].begin() as other:
        assert other.exec_driver_sql("SELECT count(*) FROM taken").scalar() == 1


def test_the_journal_is_emptied_all_the_same(two, tmp_path):
    count_and_take_alone(two[0])
    with two[0].begin() as connection:
        connection.exec_driver_sql("INSERT INTO taken VALUES (1)")
    journal = tmp_path / "afterword-jobs.db-wal"
    assert journal.stat().st_size > 0
    empty_journal(two[0])
    assert journal.stat().st_size == 0
