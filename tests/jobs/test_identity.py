"""Who a worker is: one name for one living process, and the same name for the one that takes its place."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from service.errors import RequestError
from service.jobs.heartbeat import Heartbeat
from service.jobs.identity import worker_name
from service.storage.database import InThreads, bring_up_to_date, open_engine, open_work_engine
from service.storage.leases import Leases
from tests.databases import database_url, postgresql
from tests.faults.processes import Counting, against
from tests.test_cli import afterword

__all__ = ["database_url", "postgresql"]
LEASE_S = 0.5


@pytest.fixture
async def leases(database_url, tmp_path):
    engine = open_engine(database_url, tmp_path)
    await bring_up_to_date(engine)
    threads = InThreads(open_work_engine(database_url, tmp_path))
    yield Leases(threads)
    await threads.aclose()
    await engine.dispose()


def heart(leases: Leases, name: str, lost: list[str]) -> Heartbeat:
    async def nothing(*_: Any) -> int:
        return 0

    return Heartbeat(leases, name, LEASE_S, lost=lambda: lost.append(name), beaten=nothing, hand_on=nothing)


def test_what_starts_in_a_dead_ones_place_has_its_name(tmp_path):
    with worker_name(tmp_path) as first, worker_name(tmp_path) as second:
        assert first != second
    with worker_name(tmp_path) as again:
        assert again == first


@pytest.mark.parametrize("stated", [None, "one"])
async def test_two_machines_of_one_name_do_not_take_each_others_lease(leases, tmp_path, monkeypatch, stated):
    """Told apart by the machine's name and a number alone, each took the other's lease at every beat."""
    monkeypatch.setattr(socket, "gethostname", lambda: "worker")
    lost: list[str] = []
    with worker_name(tmp_path / "a", stated) as one, worker_name(tmp_path / "b", stated) as other:
        hearts = [heart(leases, name, lost) for name in (one, other)]
        await asyncio.gather(*(each.start() for each in hearts))
        beating = [asyncio.create_task(each.run()) for each in hearts]
        held = [await each.lease() for each in hearts]
        await asyncio.sleep(2 * LEASE_S)
        assert [await each.lease() for each in hearts] == held
        for task in beating:
            task.cancel()
        await asyncio.gather(*beating, return_exceptions=True)
    assert (lost, one.partition("@")[0] == other.partition("@")[0]) == ([], stated is not None)


async def test_a_stated_name_under_which_another_machine_works_is_refused(leases, tmp_path):
    with worker_name(tmp_path / "a", "one") as one, worker_name(tmp_path / "b", "one") as other:
        first = heart(leases, one, [])
        await first.start()
        beating = asyncio.create_task(first.run())
        with pytest.raises(RequestError, match="A worker named one is at work already"):
            await heart(leases, other, []).start()
        beating.cancel()
        await asyncio.wait({beating})
        await heart(leases, one, []).start()  # its own place after a restart, whatever its row still says
        await heart(leases, other, []).start()  # nobody beats there any more


async def test_a_stated_name_under_which_this_machine_works_is_refused_with_a_sentence(tmp_path):
    async with against(Counting(), tmp_path, None, AFTERWORD_WORKER_NAME="one") as here:
        await here.start("worker")
        settings = {"AFTERWORD_DATA_DIR": str(tmp_path), "AFTERWORD_WORKER_NAME": "one", "AFTERWORD_BATCHES": "on"}
        refused = await asyncio.to_thread(afterword, "worker", "--model", "outline", **settings)
        assert (refused.returncode, "A worker named one is at work already" in refused.stderr) == (2, True)
        await here.kill("worker")
        await here.start("worker")  # a killed one's name is free at once
