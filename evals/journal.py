"""The file that a run appends to: one write for each whole draft, its rows together."""

from __future__ import annotations

import os
from pathlib import Path

from evals.appending import Appending
from evals.errors import EvalError
from evals.rows import Row, RunMeta, meta_line, parse_row, read_meta, row_lines


class Journal(Appending):
    """Opened, ``done`` holds the drafts that an earlier run of the same meta has already written."""

    def __init__(self, path: Path, meta: RunMeta) -> None:
        super().__init__(path)
        self.meta = meta
        self.done: set[tuple[str, str, int]] = set()

    def _head(self) -> bytes:
        return meta_line(self.meta)

    def append(self, rows: list[Row]) -> None:
        self._write(row_lines(rows))
        self.done.add(rows[0].unit)

    def _recover(self) -> None:
        if not self._has_meta():
            return
        _compare(self.path, read_meta(self.path), self.meta)
        with self.path.open("rb") as file:
            sound = offset = len(file.readline())
            at = 0
            for number, line in enumerate(file, 2):
                if not line.endswith(b"\n"):
                    break
                row = parse_row(line, self.path, number)
                if row.index != at:
                    raise EvalError(f"Line {number} of {self.path} is out of place. Run into another file (--out).")
                offset += len(line)
                at += 1
                if at == row.of:
                    self._note(row)
                    sound, at = offset, 0
        os.truncate(self.path, sound)

    def _has_meta(self) -> bool:
        """Whether the first line is whole; if not, nothing was written yet, and the file starts afresh."""
        with self.path.open("rb") as file:
            whole = file.readline().endswith(b"\n")
        if not whole:
            os.truncate(self.path, 0)
        return whole

    def _note(self, row: Row) -> None:
        if row.unit in self.done:
            raise EvalError(f"{self.path} has the draft {'/'.join(map(str, row.unit))} twice. Run into another file.")
        self.done.add(row.unit)


def _compare(path: Path, there: RunMeta, here: RunMeta) -> None:
    """Raises EvalError with what changed since ``path`` was begun."""
    old, new = there.identity, here.identity
    if old == new:
        return
    changed = [ref for ref, sha in there.prompts.items() if here.prompts.get(ref, sha) != sha]
    if changed:
        raise EvalError(
            f"{', '.join(changed)} changed since {path} was begun. Delete that file, or give another one with --out."
        )
    names = ", ".join(k.removesuffix("_sha256").removesuffix("_path") for k in new if old.get(k) != new[k])
    raise EvalError(f"{path} was begun with other settings ({names}). Give another file with --out.")
