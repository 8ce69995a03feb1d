"""Weights on this machine: found, verified by content, or fetched from the first source that has them.

Everything here blocks; on an event loop call it through ``asyncio.to_thread`` with a ``stopped`` event.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import filelock

from service.errors import WeightsError
from service.models.registry import Weights
from service.models.sources import Fetch, fetch_from
from service.settings import default_data_dir

_log = logging.getLogger(__name__)
_SPARE_BYTES = 200 * 1024 * 1024
_HASH_BLOCK = 8 * 1024 * 1024


@dataclass(frozen=True)
class Progress:
    phase: str  # "downloading" | "verifying" | "waiting"
    bytes_done: int = 0
    bytes_total: int | None = None
    detail: str = ""


Report = Callable[[Progress], None]


def models_dir(data_dir: Path | None) -> Path:
    return (data_dir or default_data_dir()) / "models"


def weights_path(weights: Weights, folder: Path) -> Path:
    """Where the file lies, or will lie once fetched."""
    return weights.local or folder / weights.file


def find_weights(weights: Weights, folder: Path, report: Report = lambda _: None) -> Path | None:
    """The file, verified, or None. Hashes it at most once: a stamp beside it answers from then on.

    Raises:
        WeightsError: a file of this name is there, with other content or of another kind.
    """
    path = weights_path(weights, folder)
    if not path.is_file():
        return None
    if weights.sha256 is None:
        _require_gguf(path)
    if weights.sha256 is None or _stamped(path, weights.sha256):
        return path
    _verify(path, weights, report)
    _stamp(path, weights.sha256)
    return path


def obtain_weights(
    weights: Weights,
    folder: Path,
    *,
    report: Report = lambda _: None,
    stopped: threading.Event | None = None,
    fetch: Fetch = fetch_from,
) -> Path:
    """The verified file, fetched when it is not there. Two processes do not fetch the same file twice.

    Raises:
        WeightsError: no source has it, it does not fit on the disk, the folder cannot be used, or ``stopped`` was set.
    """
    stopped = stopped or threading.Event()
    if weights.local is not None or not weights.sources:
        return find_weights(weights, folder) or _absent(weights, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _OnlyOne(folder / f".{weights.file}.lock", report, stopped):
            return find_weights(weights, folder, report) or _fetch(weights, folder, report, stopped, fetch)
    except OSError as error:
        raise WeightsError(cannot_be_used(folder, error)) from error


def cannot_be_used(folder: Path, error: OSError) -> str:
    """What to do about a folder that is read-only, full or no folder."""
    return (
        f"{folder} cannot be used: {(error.strerror or 'it failed').lower()}. Set AFTERWORD_DATA_DIR to a folder "
        "that can be written; weights may lie elsewhere, with AFTERWORD_MODEL as their path."
    )


def _absent(weights: Weights, folder: Path) -> Path:
    raise WeightsError(f"There is no file {weights_path(weights, folder)}.")


class _OnlyOne:
    """Holds the lock file; says 'waiting' while another process has it."""

    def __init__(self, path: Path, report: Report, stopped: threading.Event) -> None:
        self._lock = filelock.FileLock(path)
        self._report = report
        self._stopped = stopped

    def __enter__(self) -> None:
        while True:
            try:
                self._lock.acquire(timeout=0.5)
            except filelock.Timeout:
                self._report(Progress("waiting", detail="Another Afterword process is fetching the model."))
            else:
                return
            if self._stopped.is_set():
                raise WeightsError("Fetching the model was stopped.")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _fetch(weights: Weights, folder: Path, report: Report, stopped: threading.Event, fetch: Fetch) -> Path:
    reasons = []
    for source in weights.sources:
        partial = folder / f".{weights.file}.partial"
        _check_space(weights, folder, partial)
        try:
            fetch(source, partial, lambda done: report(Progress("downloading", done, weights.bytes)), stopped)
            _verify(partial, weights, report)
        except WeightsError as error:
            if stopped.is_set():
                raise
            _log.info("model source failed: %s", error.detail)
            reasons.append(error.detail)
            continue
        return _put_in_place(partial, weights, folder)
    raise WeightsError(f"{weights.title} could not be fetched. " + " ".join(reasons))


def _put_in_place(partial: Path, weights: Weights, folder: Path) -> Path:
    path = weights_path(weights, folder)
    os.replace(partial, path)
    if weights.sha256:
        _stamp(path, weights.sha256)
    return path


def _check_space(weights: Weights, folder: Path, partial: Path) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    need = max(0, (weights.bytes or 0) - have) + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < need:
        raise WeightsError(
            f"{weights.title} needs {need / 1e9:.1f} GB in {folder}, which has {free / 1e9:.1f} GB free. "
            "Make room or set AFTERWORD_DATA_DIR to another disk."
        )


def _verify(path: Path, weights: Weights, report: Report) -> None:
    """Removes a partial file that is not the one; leaves what a user may have put there."""
    if weights.sha256 is None:
        _require_gguf(path)
        return
    size = path.stat().st_size
    matches = size == weights.bytes and _sha256(path, report) == weights.sha256
    if matches:
        return
    if path.name.endswith(".partial"):
        path.unlink()
        raise WeightsError("A source gave another file than the one its SHA-256 names; it was thrown away.")
    raise WeightsError(
        f"{path} is not {weights.title}: its size or SHA-256 differs. Remove it, and it is fetched again."
    )


def _require_gguf(path: Path) -> None:
    """A page of a gateway that asks for a login is what comes most often in a model's place."""
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == b"GGUF":
        return
    if path.name.endswith(".partial"):
        path.unlink()
        raise WeightsError("A source gave something that is no GGUF file, perhaps a web page; it was thrown away.")
    raise WeightsError(f"{path} is no GGUF file; models in other formats cannot be used. Remove it, or name another.")


def _sha256(path: Path, report: Report) -> str:
    total = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            report(Progress("verifying", file.tell(), total))
    return digest.hexdigest()


def _stamp_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.verified")


def _identity(path: Path, sha256: str) -> dict[str, object]:
    stat = path.stat()
    return {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256}


def _stamped(path: Path, sha256: str) -> bool:
    try:
        return bool(json.loads(_stamp_path(path).read_text()) == _identity(path, sha256))
    except (OSError, ValueError):
        return False


def _stamp(path: Path, sha256: str) -> None:
    try:
        _stamp_path(path).write_text(json.dumps(_identity(path, sha256)))
    except OSError:  # a read-only folder: the file is hashed at every start, and that is all
        _log.info("no stamp can be left beside %s", path.name)
