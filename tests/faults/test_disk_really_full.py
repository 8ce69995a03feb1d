"""A disk that is full, for real: a small one of memory, filled in the middle of a batch and emptied again."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.faults.processes import Counting, against, line, upload

AT_ONCE = 8


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A folder with room for 16 MiB. Skips where this user may not mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    with pytest.raises(OSError) as full:
        (disk / "one more").write_bytes(b"x" * 4096)
    assert full.value.errno == errno.ENOSPC
    (disk / "one more").unlink()
    return filler


@pytest.mark.needs_small_disk
async def test_a_batch_stands_still_while_the_disk_is_full_and_goes_on_when_there_is_room(small_disk):
    upstream = Counting(gate=asyncio.Event())
    async with against(upstream, small_disk, None) as here, httpx2.AsyncClient(timeout=60) as http:
        await here.start("api")
        batch_id = await here.submit(upload(60))
        await here.until(batch_id, lambda b: b["in_hand"] == AT_ONCE and sum(upstream.in_flight.values()) == AT_ONCE)
        filler = fill(small_disk)
        upstream.gate.set()  # answers come, and there is no room for them
        refused = await http.post(f"{here.url}/batches", content="".join(line(n) + "\n" for n in range(100, 500)))
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/storage-unavailable")
        assert int(refused.headers["retry-after"]) > 0
        async with asyncio.timeout(30):
            while sum(upstream.answered.values()) < AT_ONCE:  # noqa: ASYNC110 (what is waited for is another process)
                await asyncio.sleep(0.05)
        standing = await here.batch(batch_id)
        assert (standing["done"], standing["failed"], standing["in_hand"]) == (0, 0, AT_ONCE)
        assert (await http.get(f"{here.url}/healthz")).status_code == 200
        filler.unlink()
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
        results = await here.results(batch_id)
        kept = (await http.get(f"{here.url}/batches")).json()["batches"]
    assert (ended["done"], ended["failed"]) == (60, 0)
    assert sorted(r["n"] for r in results) == list(range(60))
    assert set(upstream.begun.values()) == {1}  # what was paid for while there was no room was not thrown away
    assert [b["id"] for b in kept] == [batch_id]


@pytest.mark.needs_small_disk
async def test_a_worker_that_finds_no_room_to_take_anything_in_hand_takes_it_later(small_disk):
    """The engine's own file is on the full disk too: what waits there is neither lost nor begun."""
    upstream = Counting()
    async with against(upstream, small_disk, None) as here:
        await asyncio.gather(here.start("api", AFTERWORD_WORKER_IN_API="false"), here.start("worker"))
        await here.freeze("worker")
        batch_id = await here.submit(upload(20))
        filler = fill(small_disk)
        here.signal("worker", signal.SIGCONT)
        await asyncio.sleep(3)  # longer than its lease, and thirty looks at the queue
        standing = await here.batch(batch_id)
        filler.unlink()
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
        results = await here.results(batch_id)
    assert (standing["done"], standing["failed"]) == (0, 0)
    assert (ended["done"], ended["failed"]) == (20, 0)
    assert sorted(r["n"] for r in results) == list(range(20))
    assert set(upstream.begun.values()) == {1}


@pytest.mark.needs_small_disk
async def test_a_worker_that_finds_no_room_for_its_own_name_works_when_there_is_room(small_disk):
    upstream = Counting()
    async with against(upstream, small_disk, None) as here:
        await here.start("api", AFTERWORD_WORKER_IN_API="false")
        batch_id = await here.submit(upload(20))
        filler = fill(small_disk)
        await here.start("worker")
        await asyncio.sleep(1)
        assert here.running["worker"].returncode is None
        filler.unlink()
        ended = await here.until(batch_id, lambda b: b["state"] == "finished")
    assert (ended["done"], ended["failed"]) == (20, 0)
    assert set(upstream.begun.values()) == {1}
