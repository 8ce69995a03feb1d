"""What benches start beside themselves, and what it cost: processes with a port each, their processor time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[1]
STARTS_S = 180.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.asynccontextmanager
async def running(words: Sequence[str], ready_at: str, **settings: str) -> AsyncIterator[int]:
    """The process's id, once ``ready_at`` answers; ended with the block. Raises TimeoutError."""
    env = os.environ | {"PYTHONPATH": str(ROOT)} | settings
    child = await asyncio.create_subprocess_exec(
        *words, env=env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx2.AsyncClient(trust_env=False) as caller, asyncio.timeout(STARTS_S):
            while not await _answers(caller, ready_at):
                if child.returncode is not None:
                    raise RuntimeError(f"{words[0]} ended with {child.returncode} before it answered")
                await asyncio.sleep(0.2)
        yield child.pid
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _answers(caller: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await caller.get(url, timeout=2)).status_code < 500
    except httpx2.HTTPError:
        return False


@contextlib.asynccontextmanager
async def stand_in(delay_ms: float = 50, errors: float = 0.0) -> AsyncIterator[str]:
    """The endpoint's base URL."""
    port = free_port()
    words = (sys.executable, str(ROOT / "bench/standin.py"), "--port", str(port))
    more = ("--delay-ms", str(delay_ms), "--errors", str(errors))
    url = f"http://127.0.0.1:{port}/v1"
    async with running((*words, *more), f"{url}/models"):
        yield url


@contextlib.asynccontextmanager
async def afterword(upstream: str, **settings: str) -> AsyncIterator[tuple[str, int]]:
    """A service that writes with ``upstream``: its address and its process."""
    port = free_port()
    words = (sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--model", "stand-in")
    url = f"http://127.0.0.1:{port}"
    async with running(
        words, f"{url}/healthz", OPENAI_BASE_URL=upstream, AFTERWORD_LOG_LEVEL="error", **settings
    ) as pid:
        yield url, pid


def cpu_s(pid: int) -> float:
    """Processor time of a process and of its children that have ended, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / float(os.sysconf("SC_CLK_TCK"))


def rss_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def quantile(seconds: Sequence[float], share: float) -> float:
    """Of ``seconds`` in order, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]
