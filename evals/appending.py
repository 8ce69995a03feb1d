"""A file that one process at a time adds to, each piece in one write: what ends it leaves half of one at most."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import filelock

from evals.errors import EvalError


class Appending:
    """Opened, it holds what an earlier process wrote whole. Raises EvalError while another one writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = filelock.FileLock(f"{path}.lock")
        self._file = -1

    def _recover(self) -> None:
        """Reads what is there and cuts off what a killed process left half-written. Raises EvalError."""

    def _head(self) -> bytes:
        """What a new file begins with."""
        return b""

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise EvalError(f"Another run is writing {self.path}. Wait for it, or name another file.") from error
        try:
            if self.path.exists():
                self._recover()
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            if self.path.stat().st_size == 0:
                self._write(self._head())
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._file)
        self._lock.release()
        Path(f"{self.path}.lock").unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]
