"""Pure work done beside the event loop, so that nobody waits for somebody else's long notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

# More threads would not read faster, since one interpreter runs one at a time, but would each take turns from the loop.
THREADS = 2

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` returns or raises, from one of a few threads; waits its turn when they are busy.

    A caller who is cancelled goes at once: work that waits is dropped, work that runs ends unheard.
    """
    return await asyncio.get_running_loop().run_in_executor(_threads(), partial(work, *args, **kwargs))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="aside")
