"""Model calls recorded and played back, under the SDK's HTTP client.

A call's key is a hash of its canonical body, its base URL and the repeat it belongs to, so a run can be made again
without a model, and its repeats stay different. Bodies are kept as they came, streams included; no header is kept.
Within one repeat an identical call gets the identical answer, also while recording.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextvars import ContextVar
from io import BufferedReader
from pathlib import Path
from typing import Any

import httpx2

from evals.errors import CassetteError

REPEAT: ContextVar[int] = ContextVar("repeat", default=0)
# Fields that change from run to run and not what is asked.
_VOLATILE = ("user", "metadata")
_NO_CASSETTE = "{path} is not a cassette. Record one with `afterword eval run --record`."
RECORD_AGAIN = "Record it again: `make cassette` for the one that ships, the same command with --record for your own."


def call_key(body: bytes, base_url: str, repeat: int) -> str:
    """The same for every spelling of one JSON body."""
    fields = {k: v for k, v in json.loads(body).items() if k not in _VOLATILE}
    canonical = json.dumps([fields, base_url.rstrip("/"), repeat], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


class Cassette:
    """The calls in ``path`` (JSON Lines, gzipped where the name ends in .gz). Larger plain files are read by offset."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.prompts: dict[str, str] = {}
        self.models: set[str] = set()
        self.made_with: dict[str, Any] = {}  # the settings of the run that was recorded last
        self._places: dict[str, int] = {}
        self._kept: dict[str, dict[str, Any]] = {}
        self._packed = path.suffix == ".gz"
        self._reader: BufferedReader | None = None

    @classmethod
    def open(cls, path: Path, *, may_be_new: bool = False) -> Cassette:
        """Raises CassetteError when ``path`` is no cassette."""
        cassette = cls(path)
        try:
            for offset, entry in cassette._entries():
                cassette._take(offset, entry)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise CassetteError(_NO_CASSETTE.format(path=path)) from error
        if not cassette.made_with and not may_be_new:
            raise CassetteError(_NO_CASSETTE.format(path=path))
        return cassette

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def get(self, key: str) -> tuple[int, bytes]:
        """Status and body of the recorded answer. Raises KeyError."""
        entry = self._kept[key] if self._packed else self._read_at(self._places[key])
        body = entry["body"]
        return entry["status"], body.encode() if isinstance(body, str) else base64.b64decode(body["base64"])

    def check(self, prompts: Mapping[str, str], model: str) -> None:
        """Raises CassetteError unless these very prompts and this model were recorded."""
        for ref, sha in prompts.items():
            known = self.prompts.get(ref)
            if known is None:
                held = ", ".join(sorted(self.prompts)) or "no prompt"
                raise CassetteError(f"{self.path} was recorded with {held}, not with {ref}. {RECORD_AGAIN}")
            if known != sha:
                raise CassetteError(f"{ref} changed since {self.path} was recorded. {RECORD_AGAIN}")
        if model not in self.models:
            held = ", ".join(sorted(self.models)) or "no model"
            raise CassetteError(f"{self.path} holds answers of {held}, not of {model}. Name that model with --model.")

    def _take(self, offset: int, entry: dict[str, Any]) -> None:
        if "cassette" in entry:
            self.prompts |= entry["cassette"]["prompts"]
            self.models.add(entry["cassette"]["model"])
            self.made_with = entry["cassette"]
            return
        self._places.setdefault(entry["key"], offset)
        if self._packed:
            self._kept.setdefault(entry["key"], entry)

    def _entries(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with gzip.open(self.path, "rb") if self._packed else self.path.open("rb") as file:
            offset = 0
            for line in file:
                if not line.endswith(b"\n"):
                    return  # a recording was cut off here; its run goes on from the call before
                yield offset, json.loads(line)
                offset += len(line)

    def _read_at(self, offset: int) -> dict[str, Any]:
        file = self._reader = self._reader or self.path.open("rb")
        file.seek(offset)
        return json.loads(file.readline())  # type: ignore[no-any-return]

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class Recorder:
    """Adds calls to a plain cassette. ``pack`` turns it into the small file that is shipped."""

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        """``header``: prompts with their hashes, model, and the settings that make the same run again."""
        self.path = path
        if path.exists():
            _cut_torn_line(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.cassette = Cassette.open(path, may_be_new=True)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
        self._add({"cassette": dict(header)})

    def add(self, key: str, status: int, body: bytes) -> None:
        if key in self.cassette:
            return
        try:
            text: str | dict[str, str] = body.decode()
        except UnicodeDecodeError:
            text = {"base64": base64.b64encode(body).decode()}
        self._add({"key": key, "status": status, "body": text})

    def _add(self, entry: dict[str, Any]) -> None:
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        self.cassette._take(os.fstat(self._file).st_size, entry)
        while line:
            line = line[os.write(self._file, line) :]

    def close(self) -> None:
        self.cassette.close()
        os.close(self._file)


def pack(plain: Path, packed: Path) -> int:
    """Writes ``plain`` gzipped to ``packed``, the same bytes every time; returns its size."""
    with plain.open("rb") as source, packed.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        for line in source:
            out.write(line)
    return packed.stat().st_size


def unpack(packed: Path, plain: Path) -> None:
    with gzip.open(packed, "rb") as source, plain.open("wb") as out:
        shutil.copyfileobj(source, out)


def _cut_torn_line(path: Path) -> None:
    with path.open("rb") as file:
        whole = sum(len(line) for line in file if line.endswith(b"\n"))
    os.truncate(path, whole)


class Replaying(httpx2.AsyncBaseTransport):
    """Answers from the cassette and from nowhere else; ``missed`` says that it could not."""

    def __init__(self, cassette: Cassette, base_url: str) -> None:
        self._cassette = cassette
        self._base_url = base_url
        self.missed = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        key = call_key(body, self._base_url, REPEAT.get())
        if key not in self._cassette:
            self.missed = True
            # A status that nobody repeats; the run sees ``missed`` and stops.
            return httpx2.Response(404, json={"error": {"message": "not on the cassette"}})
        status, answer = self._cassette.get(key)
        return _response(status, answer, body)

    async def aclose(self) -> None:
        self._cassette.close()


class Recording(httpx2.AsyncBaseTransport):
    """Makes each call once, hands on its bytes as they come, and keeps those of whole answers."""

    def __init__(self, recorder: Recorder, base_url: str, inner: httpx2.AsyncBaseTransport | None = None) -> None:
        self._recorder = recorder
        self._base_url = base_url
        self._inner = inner or httpx2.AsyncHTTPTransport()
        self._running: dict[str, asyncio.Lock] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        key = call_key(body, self._base_url, REPEAT.get())
        lock = self._running.setdefault(key, asyncio.Lock())
        await lock.acquire()
        if key in self._recorder.cassette:
            lock.release()
            status, answer = self._recorder.cassette.get(key)
            return _response(status, answer, body)
        request.headers["accept-encoding"] = "identity"  # no header is kept that could say how to unpack it
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException:
            lock.release()
            raise
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=_Tape(response, self._recorder, key, lock)
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Tape(httpx2.AsyncByteStream):
    """The answer's bytes on their way; written down at their end, never when cut short, nor an error's."""

    def __init__(self, response: httpx2.Response, recorder: Recorder, key: str, lock: asyncio.Lock) -> None:
        self._response = response
        self._recorder = recorder
        self._key = key
        self._lock = lock
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._response.stream, httpx2.AsyncByteStream)
        kept = bytearray()
        async for piece in self._response.stream:
            kept += piece
            # Readers of event streams stop at this mark and never see the end of the bytes behind it.
            if kept[-20:].rstrip().endswith(b"data: [DONE]"):
                self._keep(bytes(kept))
            yield piece
        self._keep(bytes(kept))

    def _keep(self, kept: bytes) -> None:
        if self._response.status_code == 200:
            self._recorder.add(self._key, 200, kept)

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._lock.release()
        await self._response.aclose()


def _response(status: int, answer: bytes, asked: bytes) -> httpx2.Response:
    kind = "text/event-stream" if json.loads(asked).get("stream") else "application/json"
    return httpx2.Response(status, headers={"content-type": kind}, content=answer)
