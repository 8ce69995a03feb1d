"""``afterword keys`` and ``afterword storage``: keys for callers, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from service.errors import RequestError
from service.settings import Settings, read_settings
from service.storage.database import begun, bring_up_to_date, open_engine
from service.storage.keys import SCOPES, KeyTable
from service.storage.migrate import NOTHING, migrate
from service.storage.sealing import new_key

T = TypeVar("T")


def with_database(
    work: Callable[[AsyncEngine], Awaitable[T]], *, up_to_date: bool = True, settings: Settings | None = None
) -> T:
    """What ``work`` makes of the database that the settings name."""
    settings = settings or read_settings()
    engine = open_engine(settings.database_url, settings.folder)

    async def run() -> T:
        try:
            if up_to_date:
                await bring_up_to_date(engine)
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


@click.group()
def keys() -> None:
    """API keys. They are asked for where others than this machine can call, or with AFTERWORD_KEYS=required."""


@keys.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="Default: draft. May be repeated.")
def create(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key for NAME and show it, once."""
    token = with_database(lambda engine: KeyTable(engine).create(name, scopes or ("draft",)))
    click.echo(token)
    click.echo("It is not shown again: only its hash is kept.", err=True)


@keys.command("list")
def list_keys() -> None:
    """Show the keys there are, without the keys themselves."""
    for key in with_database(lambda engine: KeyTable(engine).listed()):
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "live"
        click.echo(f"{key.id}  {key.created_at:%Y-%m-%d}  {state:<18} {key.scopes:<12} {key.name}")


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Revoke the key KEY_ID; the next request with it is refused."""
    if not with_database(lambda engine: KeyTable(engine).revoke(key_id)):
        raise RequestError(f"There is no live key {key_id[:20]}. `afterword keys list` shows them.")
    click.echo(f"{key_id} is revoked.", err=True)


@click.group()
def storage() -> None:
    """What is kept: the database's schema, and the key that it is encrypted with."""


@storage.command("new-key")
def make_key() -> None:
    """A new key for AFTERWORD_STORAGE_KEY. Put it before the old one, with a comma between, to change keys."""
    click.echo(new_key())


@storage.command("migrate")
@click.option("--down", is_flag=True, help="Down instead: everything kept is deleted with its tables.")
def migrate_schema(down: bool) -> None:
    """Bring the database's schema up to date; the service does so itself at start."""

    async def work(engine: AsyncEngine) -> None:
        async with begun(engine) as connection:
            await connection.run_sync(lambda c: migrate(c, NOTHING, down=True) if down else migrate(c))

    with_database(work, up_to_date=False)
