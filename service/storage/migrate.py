"""The schema brought to a version, up or down, over a connection that is open already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.storage.tables import metadata

HEAD, NOTHING = "head", "base"


def scripts() -> ScriptDirectory:
    folder = Path(__file__).parent / "migrations"
    return ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])


def migrate(connection: Connection, to: str = HEAD, *, down: bool = False) -> None:
    """Runs what lies between the schema's version and ``to``."""
    script = scripts()

    def steps(revision: Any, _: Any) -> Any:
        return script._downgrade_revs(to, revision) if down else script._upgrade_revs(to, revision)

    with EnvironmentContext(Config(), script, fn=steps, destination_rev=to) as environment:
        environment.configure(connection=connection, target_metadata=metadata)
        with environment.begin_transaction():
            environment.run_migrations()
