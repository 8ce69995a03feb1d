"""The embedded server as this process sees it: started, or found running under another worker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from service.errors import ModelUnavailable
from service.models.embedded_server import KEY_VARIABLE

_LOAD_S = 180.0
_STOP_S = 5.0


@dataclass(frozen=True)
class ServerSettings:
    """Chosen by measurement on two cores; the figures stand in docs/models.md."""

    slots: int = 4
    context: int = 16384  # tokens over all slots
    threads: int = 0  # 0: one for each core this process may use

    @property
    def thread_count(self) -> int:
        return self.threads or min(8, available_cores())


def available_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 2


@dataclass(frozen=True)
class Address:
    """Where the server listens. The key keeps other users of this machine out."""

    url: str
    key: str = field(repr=False)
    pid: int


class AddressFile:
    """Tells the other workers where the owner's server listens. Readable by this user only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, address: Address) -> None:
        fresh = self._path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(address), file)
        os.replace(fresh, self._path)

    def read(self) -> Address | None:
        try:
            return Address(**json.loads(self._path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


class ServerProcess:
    """One running child. Made by ``start``; ``wait`` returns when it has ended."""

    def __init__(self, process: asyncio.subprocess.Process, address: Address) -> None:
        self._process = process
        self.address = address

    @classmethod
    async def start(cls, model: Path, settings: ServerSettings, slot_folder: Path) -> ServerProcess:
        """A child that answers. Raises ModelUnavailable when it cannot load the model."""
        key = secrets.token_urlsafe(24)
        # From the loop's own thread: the kernel's 'die with your parent' means the thread that started the child.
        process = await asyncio.create_subprocess_exec(
            *_command(model, settings, slot_folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, KEY_VARIABLE: key},
        )
        try:
            url = await _first_words(process)
        except BaseException:
            await _end(process)
            raise
        return cls(process, Address(url, key, process.pid))

    async def wait(self) -> None:
        await self._process.wait()

    async def stop(self) -> None:
        await _end(self._process)


def _command(model: Path, settings: ServerSettings, slot_folder: Path) -> list[str]:
    options = {
        "--model": model,
        "--slots": settings.slots,
        "--context": settings.context,
        "--threads": settings.thread_count,
        "--slot-folder": slot_folder,
    }
    return [sys.executable, "-m", "service.models.embedded_server", *(str(x) for pair in options.items() for x in pair)]


async def _first_words(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_LOAD_S):
            while line := await process.stdout.readline():
                said = _parse(line)  # llama.cpp may write lines of its own
                if "url" in said:
                    return said["url"]
                if "error" in said:
                    raise ModelUnavailable(
                        "The embedded model could not be loaded: its file may be damaged or of a kind that llama.cpp "
                        f"does not know, or there is too little memory. It said: {said['error']}"
                    )
    except TimeoutError as error:
        raise ModelUnavailable("The embedded model did not load in time.") from error
    raise ModelUnavailable("The embedded model's process ended while it was loading, perhaps for lack of memory.")


def _parse(line: bytes) -> dict[str, str]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()  # it leaves by itself when its input ends
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
