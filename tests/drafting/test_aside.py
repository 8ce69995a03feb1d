"""Pure work beside the loop: bounded, and no caller held up by another's."""

from __future__ import annotations

import asyncio
import threading

import pytest

from service.drafting.aside import THREADS, aside


async def test_the_loop_goes_on_while_work_is_done() -> None:
    go = threading.Event()
    working = asyncio.create_task(aside(go.wait, 20))
    await asyncio.sleep(0)
    assert not working.done()
    go.set()
    assert await working


async def test_what_the_work_raises_reaches_its_caller() -> None:
    with pytest.raises(ValueError, match="no number"):
        await aside(_refuse)


def _refuse() -> None:
    raise ValueError("no number")


async def test_only_so_much_is_done_at_once_and_a_caller_who_leaves_the_queue_is_not_served() -> None:
    go, busy, begun = threading.Event(), threading.Semaphore(0), []

    def work(name: int) -> int:
        begun.append(name)
        busy.release()
        go.wait(20)
        return name

    tasks = [asyncio.create_task(aside(work, n)) for n in range(THREADS + 2)]
    for _ in range(THREADS):
        await asyncio.to_thread(busy.acquire)
    tasks[-1].cancel()
    await asyncio.wait({tasks[-1]})
    assert sorted(begun) == list(range(THREADS))
    go.set()
    assert await asyncio.gather(*tasks[:-1]) == list(range(THREADS + 1))
    assert sorted(begun) == list(range(THREADS + 1))
