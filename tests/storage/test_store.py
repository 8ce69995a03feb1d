"""Drafts and answers, in a real SQLite file and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from service.errors import RequestError, StorageUnavailable
from service.storage.database import begun, open_engine
from service.storage.keys import EnvironmentKeys, KeyTable
from service.storage.migrate import NOTHING, migrate
from service.storage.sealing import Plain, Sealed, new_key
from service.storage.store import Storage
from service.storage.tables import metadata

DRAFT = {"id": "drf_1", "messages": [{"body": "The rye is proofed for 19 hours. ☕"}]}


async def tables(engine):
    async with begun(engine) as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names())) - {"alembic_version"}


async def test_migrations_run_up_and_down_and_up_again(engine):
    for _ in range(2):
        async with begun(engine) as connection:
            await connection.run_sync(migrate)
        assert await tables(engine) == set(metadata.tables)
        async with begun(engine) as connection:
            await connection.run_sync(lambda c: migrate(c, NOTHING, down=True))
        assert await tables(engine) == set()


async def test_what_the_migrations_make_is_what_the_code_expects(storage):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with begun(storage.engine) as connection:
        assert await connection.run_sync(differences) == []


async def test_a_kept_draft_comes_back_to_its_owner_and_to_nobody_else(storage):
    await storage.keep_draft("drf_1", "key_a", DRAFT)
    assert await storage.draft("drf_1", "key_a") == DRAFT
    assert await storage.draft("drf_1", None) == DRAFT
    assert await storage.draft("drf_1", "key_b") is None
    assert await storage.draft("drf_1", "") is None
    assert not await storage.delete_draft("drf_1", "key_b")


async def test_a_deleted_draft_is_gone_with_its_answer(storage):
    await storage.keep_draft("drf_1", "", DRAFT)
    assert (await storage.claim("k", "r")).outcome == "mine"
    await storage.answer("k", "drf_1", DRAFT)
    assert await storage.delete_draft("drf_1", "")
    assert await storage.draft("drf_1", "") is None
    assert (await storage.claim("k", "r")).outcome == "mine"
    assert not await storage.delete_draft("drf_1", "")


async def test_a_deleted_draft_is_in_no_file_either(tmp_path):
    storage = Storage(open_engine(None, tmp_path), Plain(), timedelta(days=1))
    await storage.open()
    await storage.keep_draft("drf_1", "", {"body": "unmistakable rye" * 500})
    on_disk = lambda: any(b"unmistakable rye" in p.read_bytes() for p in tmp_path.iterdir())  # noqa: E731
    assert on_disk()
    await storage.delete_draft("drf_1", "")
    assert not on_disk()
    await storage.aclose()


async def test_past_its_time_a_draft_is_not_given_out_and_then_gone(storage, clock):
    await storage.keep_draft("drf_1", "", DRAFT)
    clock.now += timedelta(days=31)
    assert await storage.draft("drf_1", "") is None
    assert await storage.purge() == 1
    assert await storage.purge() == 0


async def test_one_of_many_at_once_has_the_claim(storage):
    outcomes = [c.outcome for c in await asyncio.gather(*[storage.claim("k", "r") for _ in range(8)])]
    assert outcomes.count("mine") == 1
    assert set(outcomes) == {"mine", "running"}


async def test_a_claim_is_answered_once_and_kept_for_the_same_request(storage):
    await storage.claim("k", "r")
    await storage.answer("k", "drf_1", DRAFT)
    again = await storage.claim("k", "r")
    assert (again.outcome, again.body) == ("answered", DRAFT)
    assert (await storage.claim("k", "another")).outcome == "another request"


async def test_a_claim_given_up_or_left_behind_by_a_dead_process_is_free_again(storage, clock):
    await storage.claim("k", "r")
    await storage.release("k")
    assert (await storage.claim("k", "r")).outcome == "mine"
    clock.now += timedelta(minutes=11)
    assert (await storage.claim("k", "r")).outcome == "mine"


async def test_with_a_key_nothing_readable_lies_on_the_disk(tmp_path):
    key = new_key()
    storage = Storage(open_engine(None, tmp_path), Sealed(key), timedelta(days=1))
    await storage.open()
    await storage.keep_draft("drf_1", "", DRAFT)
    assert await storage.draft("drf_1", "") == DRAFT
    assert not any(b"proofed" in p.read_bytes() for p in tmp_path.iterdir())
    rotated = Storage(storage.engine, Sealed(f"{new_key()},{key}"), timedelta(days=1))
    assert await rotated.draft("drf_1", "") == DRAFT
    for other in (Plain(), Sealed(new_key())):
        with pytest.raises(StorageUnavailable, match="AFTERWORD_STORAGE_KEY"):
            await Storage(storage.engine, other, timedelta(days=1)).draft("drf_1", "")
    await storage.aclose()


def test_a_storage_key_that_is_none_is_named():
    with pytest.raises(RequestError, match="AFTERWORD_STORAGE_KEY"):
        Sealed("too short")


@pytest.mark.parametrize("url", ["mysql://host/db", "not a url", "sqlite"])
def test_a_database_that_cannot_be_used_is_named_without_its_password(url, tmp_path):
    with pytest.raises(RequestError, match="AFTERWORD_DATABASE_URL"):
        open_engine(url, tmp_path)


async def test_a_database_that_is_gone_has_one_name():
    engine = open_engine("postgresql://somebody:secret@127.0.0.1:9/afterword", Path())
    with pytest.raises(StorageUnavailable) as caught:
        await Storage(engine, Plain(), timedelta(days=1)).open()
    assert "secret" not in caught.value.detail
    await engine.dispose()


def test_the_file_is_for_its_user_alone(tmp_path):
    open_engine(None, tmp_path)
    assert (tmp_path / "afterword.db").stat().st_mode & 0o077 == 0


async def test_a_key_is_found_until_it_is_revoked_and_kept_as_a_hash(storage):
    table = KeyTable(storage.engine)
    assert not await table.any()
    token = await table.create("the careers site", ("draft",))
    holder = await table.find(token)
    assert holder is not None
    assert (holder.may("draft"), holder.may("admin")) == (True, False)
    assert await table.find(token[:-1] + "x") is None
    assert await table.find("aw_000000000000_" + "x" * 43) is None
    (listed,) = await table.listed()
    assert (listed.id, listed.name, listed.scopes, listed.revoked_at) == (holder.id, "the careers site", "draft", None)
    assert await table.revoke(holder.id)
    assert await table.find(token) is None
    assert not await table.revoke(holder.id)
    assert not await table.any()


def test_keys_of_the_environment_have_a_scope_each():
    keys = EnvironmentKeys("0123456789abcdef, admin:fedcba9876543210")
    plain, admin = keys.find("0123456789abcdef"), keys.find("fedcba9876543210")
    assert plain is not None
    assert admin is not None
    assert (plain.may("draft"), plain.may("admin"), admin.may("draft")) == (True, False, True)
    assert keys.find("0123456789abcdeg") is None
    assert keys.find("admin:fedcba9876543210") is None


@pytest.mark.parametrize("listed", ["short", "root:0123456789abcdef"])
def test_a_key_of_the_environment_that_is_none_is_named_and_not_shown(listed):
    with pytest.raises(RequestError, match="AFTERWORD_API_KEYS") as caught:
        EnvironmentKeys(listed)
    assert "0123456789abcdef" not in caught.value.detail
