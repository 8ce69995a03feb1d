"""The model in the box: one supervised llama.cpp server on this machine, shared by all workers, behind the port.

The first worker to take the lock owns the server; the others attach to the address it wrote down. When the owner dies
its server dies with it, and another worker takes over.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import filelock
import httpx2

from service.errors import AfterwordError, ModelError, ModelUnavailable
from service.models.embedded_process import Address, AddressFile, ServerProcess, ServerSettings
from service.models.limits import Limits
from service.models.port import ModelReply, ModelRequest, Retried, told_to_nobody
from service.models.registry import Weights
from service.models.warm_up import warm_up
from service.models.weights import Progress, cannot_be_used, models_dir, obtain_weights

if TYPE_CHECKING:
    from service.models.openai_compatible import OpenAICompatibleModel

_log = logging.getLogger(__name__)
Phase = Literal["absent", "downloading", "verifying", "loading", "ready", "failed"]
Obtain = Callable[..., Path]

_QUICK_DEATH_S = 60.0  # a server that lived longer than this was sound
_DEATHS = 5  # quick ones in a row, then it is given up
_BACKOFF_S = 0.5
_LOOK_S = 0.5  # how often an attached worker looks whether the owner is still there


@dataclass(frozen=True)
class ModelState:
    phase: Phase
    detail: str = ""
    bytes_done: int = 0
    bytes_total: int | None = None

    @property
    def progress(self) -> float | None:
        """0 to 1 while bytes are counted, else None."""
        return min(1.0, self.bytes_done / self.bytes_total) if self.bytes_total else None


class EmbeddedModel:
    """Comes up in the background after ``start``; a call before ``state.phase`` is "ready" raises ModelUnavailable."""

    continues_prefix = True

    def __init__(
        self,
        weights: Weights,
        data_dir: Path,
        *,
        limits: Limits | None = None,
        server: ServerSettings | None = None,
        prompt_channel: str | None = None,
        obtain: Obtain = obtain_weights,
        transport: httpx2.AsyncBaseTransport | None = None,
        attaches: bool = False,
        retried: Retried = told_to_nobody,
    ) -> None:
        """``attaches``: never owns the server, and asks whoever does."""
        self._weights = weights
        self._data_dir = data_dir
        self._server = server or ServerSettings()
        # As many calls as there are slots: the rest wait here, where waiting does not count as a slow first token.
        self._limits = replace(limits or Limits(), concurrency=self._server.slots)
        self._channel = prompt_channel or weights.prompt_channel
        self._obtain = obtain
        self._transport = transport
        self._attaches = attaches
        self._retried = retried
        self._state = ModelState("absent", "The model has not been started.")
        self._changed = asyncio.Event()
        self._stopped = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._client: OpenAICompatibleModel | None = None
        self._address: Address | None = None
        self._owns = False
        self._warm: tuple[ModelRequest, ...] = ()

    @property
    def name(self) -> str:
        return self._weights.name

    @property
    def prompt_channel(self) -> str:
        return self._channel

    @property
    def state(self) -> ModelState:
        return self._state

    @property
    def server_pid(self) -> int | None:
        return self._address.pid if self._address else None

    @property
    def _run_folder(self) -> Path:
        return self._data_dir / "run"

    def start(self) -> None:
        """Returns at once; fetching, verifying and loading go on in the background. Starts again after a failure."""
        if self._task is None or self._task.done():
            self._stopped.clear()
            self._task = asyncio.create_task(self._run(), name="embedded-model")

    async def ready(self) -> ModelState:
        """The state once it is 'ready' or 'failed'."""
        while self._state.phase not in ("ready", "failed"):
            self._changed.clear()
            await self._changed.wait()
        return self._state

    async def complete(self, request: ModelRequest) -> ModelReply:
        client = self._ready_client()
        try:
            return await client.complete(request)
        except RuntimeError as error:
            self._unless_closed(client, error)
            raise

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply, None]:
        client = self._ready_client()
        try:
            async with aclosing(client.stream(request)) as pieces:
                async for piece in pieces:
                    yield piece
        except RuntimeError as error:
            self._unless_closed(client, error)
            raise

    def _unless_closed(self, client: OpenAICompatibleModel, error: RuntimeError) -> None:
        """A call that waited its turn finds its client closed when the worker that owned the server ends meanwhile."""
        if client is not self._client:
            raise ModelUnavailable("The embedded model's process ended and is being started again.") from error

    def warm(self, requests: Sequence[ModelRequest]) -> None:
        """Evaluates these prompts' beginnings in the background, once for each server process, so that calls that
        begin the same way find them in its cache. Give what is static only."""
        self._warm = tuple(requests)
        if self._warming is None or self._warming.done():
            self._begin_warming()

    async def aclose(self) -> None:
        self._stopped.set()
        await _cancel(self._task)
        await self._disconnect()
        self._set(ModelState("absent", "The model was stopped."))

    def _ready_client(self) -> OpenAICompatibleModel:
        if self._client is None or self._state.phase != "ready":
            raise ModelUnavailable(
                f"The embedded model is not ready ({self._state.phase}). {self._state.detail}".strip()
            )
        return self._client

    def _set(self, state: ModelState) -> None:
        self._state = state
        self._changed.set()

    async def _run(self) -> None:
        try:
            _require_llama()
            path = await self._obtain_path()
            await self._supervise(path)
        except AfterwordError as error:
            await self._disconnect()
            self._set(ModelState("failed", error.detail))
        except OSError as error:
            await self._disconnect()
            self._set(ModelState("failed", cannot_be_used(self._data_dir, error)))

    async def _obtain_path(self) -> Path:
        self._set(ModelState("verifying"))
        folder = models_dir(self._data_dir)
        try:
            return await asyncio.to_thread(
                self._obtain, self._weights, folder, report=self._report, stopped=self._stopped
            )
        finally:
            self._stopped.set()  # a cancelled task leaves its thread behind; this ends it

    def _report(self, progress: Progress) -> None:
        """Called on the fetching thread; only swaps one value for another."""
        phase: Phase = "verifying" if progress.phase == "verifying" else "downloading"
        self._state = ModelState(phase, progress.detail, progress.bytes_done, progress.bytes_total)

    async def _supervise(self, path: Path) -> None:
        folder = self._run_folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = filelock.FileLock(folder / f"{self._weights.name.replace('/', '--')}.lock", thread_local=False)
        addresses = AddressFile(folder / f"{self._weights.name.replace('/', '--')}.json")
        self._set(ModelState("loading", "The model is being loaded."))
        while True:
            if self._attaches or not _taken(lock):
                await self._attach(addresses)
                await asyncio.sleep(_LOOK_S)
                continue
            try:
                await self._own(path, addresses)
            finally:
                addresses.remove()
                lock.release()

    async def _own(self, path: Path, addresses: AddressFile) -> None:
        """Keeps a server running; returns never, raises when servers keep dying."""
        deaths = 0
        while True:
            born = time.monotonic()
            try:
                server = await ServerProcess.start(path, self._server, self._run_folder)
            except ModelError:
                deaths += 1
                if deaths >= 2:  # a model that does not load will not load the next time either
                    raise
            else:
                await self._live(server, addresses)
                deaths = deaths + 1 if time.monotonic() - born < _QUICK_DEATH_S else 1
            _log.warning("the embedded model's process ended; starting it again")
            if deaths >= _DEATHS:
                raise ModelUnavailable("The embedded model's process keeps ending, perhaps for lack of memory.")
            await asyncio.sleep(_BACKOFF_S * 2 ** (deaths - 1))

    async def _live(self, server: ServerProcess, addresses: AddressFile) -> None:
        try:
            addresses.write(server.address)
            await self._connect(server.address)
            self._owns = True
            self._begin_warming()
            await server.wait()
        finally:
            self._owns = False
            addresses.remove()
            await server.stop()
            self._set(ModelState("loading", "The model's process ended and is being started again."))
            await self._disconnect()

    async def _attach(self, addresses: AddressFile) -> None:
        address = addresses.read()
        if address == self._address:
            return
        await self._disconnect()
        if address is None:
            self._set(ModelState("loading", "Another worker is loading the model."))
        else:
            await self._connect(address)

    async def _connect(self, address: Address) -> None:
        adapter = await asyncio.to_thread(_adapter)
        self._address = address
        self._client = adapter.OpenAICompatibleModel(
            adapter.Endpoint(
                base_url=f"{address.url}/v1",
                api_key=address.key,
                model=self._weights.name,
                prompt_channel=self._channel,
                continues_prefix=True,
                llama_cpp=True,
                limits=self._limits,
            ),
            transport=self._transport,
            retried=self._retried,
        )
        self._set(ModelState("ready"))

    async def _disconnect(self) -> None:
        await _cancel(self._warming)
        client, self._client, self._address = self._client, None, None
        if client is not None:
            await client.aclose()

    def _begin_warming(self) -> None:
        if self._address and self._owns and self._warm:
            self._warming = asyncio.create_task(self._warm_up(self._address), name="embedded-warm-up")

    async def _warm_up(self, address: Address) -> None:
        try:
            await warm_up(address.url, address.key, self._server.slots, self._run_folder, self._warm)
        except (httpx2.HTTPError, ValueError, KeyError) as error:  # costs time at the first calls, no more
            _log.info("prompts were not warmed up: %s", type(error).__name__)


def _adapter() -> ModuleType:
    """The adapter's module, whose SDK takes a third of a second to import: not the page's to wait for."""
    return importlib.import_module("service.models.openai_compatible")


def _taken(lock: filelock.FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return False
    return True


async def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is None or task.done() or task is asyncio.current_task():
        return
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _require_llama() -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise ModelUnavailable(
            "The embedded model needs the package xllamacpp, which has no build for this machine. Set OPENAI_BASE_URL "
            "and AFTERWORD_MODEL to use a model elsewhere; until then messages are built without a model."
        )
