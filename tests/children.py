"""Ending a process that a test started, pipes and all."""

from __future__ import annotations

import asyncio
import contextlib

ENDS_S = 180


async def end(child: asyncio.subprocess.Process) -> str:
    """What it said last. Killed if it still runs, and its pipes read until the last process below it has let go of them.

    A pipe that is left open is complained of when it is collected, in whichever test that happens.
    """
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    pipes = [pipe for pipe in (child.stdout, child.stderr) if pipe is not None]
    said = [await asyncio.wait_for(pipe.read(), ENDS_S) for pipe in pipes]
    await child.wait()
    return b"".join(said).decode(errors="replace")
