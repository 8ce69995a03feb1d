"""The name of a worker process: no other process has it now, and the one that takes its place has it again."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_MOST = 256  # workers on one machine


@contextmanager
def worker_name(data_dir: Path, stated: str | None = None) -> Iterator[str]:
    """The machine's name and the lowest number that no living process of this data folder holds.

    The operating system lets go of the number when its process dies, however it dies: so what starts next has the
    name under which the work in hand is known.
    """
    if stated:
        yield stated
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    host = re.sub(r"[^\w.-]", "-", socket.gethostname(), flags=re.ASCII)[:80] or "worker"
    for number in range(_MOST):
        lock = FileLock(data_dir / f"afterword-worker-{number}.lock", blocking=False)
        try:
            lock.acquire()
        except Timeout:
            continue
        try:
            yield f"{host}-{number}"
        finally:
            lock.release()
        return
    raise AssertionError(f"more than {_MOST} workers on one machine")
