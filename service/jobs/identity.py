"""The name of a worker process: no other process has it now, and the one that takes its place has it again."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from service.errors import RequestError

_MOST = 256  # workers on one machine


@contextmanager
def worker_name(data_dir: Path, stated: str | None = None) -> Iterator[str]:
    """``stated`` or the machine's name, with what tells this data folder from every other: machines may be named alike.

    Without ``stated`` also the lowest number that no living process of this folder holds. The operating system lets go
    of it when its process dies, however it dies: so what starts next has the name that the work in hand is known by.

    Raises:
        RequestError: a process of this folder works under ``stated`` already.
    """
    folder = _folder_id(data_dir)
    if stated:
        lock = _held(data_dir / f"afterword-worker-named-{stated}.lock")
        if lock is None:
            raise taken(stated)
        with lock:
            yield f"{stated}@{folder}"
        return
    host = re.sub(r"[^\w.-]", "-", socket.gethostname(), flags=re.ASCII)[:80] or "worker"
    for number in range(_MOST):
        if (lock := _held(data_dir / f"afterword-worker-{number}.lock")) is not None:
            with lock:
                yield f"{host}-{folder}-{number}"
            return
    raise AssertionError(f"more than {_MOST} workers on one machine")


def stated_in(name: str) -> str | None:
    """What the operator called the worker, of its whole name; None where they called it nothing."""
    stated, mark, _ = name.partition("@")
    return stated if mark else None


def taken(stated: str) -> RequestError:
    return RequestError(
        f"A worker named {stated} is at work already. Give this one another AFTERWORD_WORKER_NAME, or none."
    )


def _folder_id(data_dir: Path) -> str:
    """By chance, and the same ever after."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "afterword-worker-id"
    with FileLock(data_dir / "afterword-worker-id.lock"):
        found = path.read_text().strip() if path.exists() else ""
        if not found:
            found = secrets.token_hex(4)
            path.write_text(found + "\n")
    return found


def _held(path: Path) -> AbstractContextManager[object] | None:
    """The lock, let go of at the end of the block that is entered with it; None where another process holds it."""
    try:
        return FileLock(path, blocking=False).acquire()
    except Timeout:
        return None
