"""Rules for the whole suite: no skip where the machine could have run the test, and nothing shared between its processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import settings

# No test depends on how fast the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

NEEDS = (
    "needs_model",
    "needs_small_model",
    "needs_chromium",
    "needs_firefox",
    "needs_postgres",
    "needs_redis",
    "needs_faketime",
    "needs_small_disk",
    "needs_node",
    "needs_curl",
)


def pytest_configure(config: pytest.Config) -> None:
    """Each process of a suite that runs in several (``-n``) empties databases of its own; a pytest that a test starts is none
    of them, though it inherits their environment."""
    worker: str = getattr(config, "workerinput", {}).get("workerid", "")
    if worker and (url := os.environ.get("AFTERWORD_TEST_POSTGRES_URL")):
        name = f"tests_{worker}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        os.environ["AFTERWORD_TEST_POSTGRES_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
    if worker and (url := os.environ.get("AFTERWORD_TEST_REDIS_URL")):
        os.environ["AFTERWORD_TEST_REDIS_URL"] = urlsplit(url)._replace(path=f"/{int(worker[2:]) + 1}").geturl()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With AFTERWORD_NO_SKIPS set, as in .ci/run, a test that was skipped for want of a model or a browser fails."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    wanted = any(item.get_closest_marker(name) for name in NEEDS)
    if os.environ.get("AFTERWORD_NO_SKIPS") and report.skipped and wanted and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped although everything it needs should be installed: {report.longrepr}"
        )
