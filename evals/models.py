"""The models of an eval: the service's own, listened to, and recorded or played back on demand."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from evals.cassette import Cassette, Recorder, Recording, Replaying, pack, unpack
from evals.errors import CassetteError, EvalError
from service.errors import WeightsError
from service.models.embedded import EmbeddedModel
from service.models.heard import Listened
from service.models.limits import Limits
from service.models.open import LANGCHAIN, OUTLINE, open_model
from service.models.openai_compatible import OPENAI_URL, Endpoint, OpenAICompatibleModel
from service.models.port import Model
from service.models.registry import Weights, load_registry
from service.settings import Settings

# A run may wait longer than a person would; so answers are not lost to a busy machine.
PATIENT = {"first_token_timeout_s": 300.0, "model_timeout_s": 600.0}


@dataclass(frozen=True)
class Tape:
    """How a run's calls are kept: recorded to or replayed from ``path``, or not at all."""

    record: Path | None = None
    replay: Path | None = None


@dataclass(frozen=True)
class OpenedModel:
    model: Model | None  # None: the outline
    name: str
    player: Replaying | None = None

    @property
    def missed(self) -> bool:
        return self.player is not None and self.player.missed


def name_of(settings: Settings) -> str:
    """The model's name as rows and cassettes have it."""
    name = (settings.model or "").strip()
    if name == OUTLINE or name.startswith(LANGCHAIN):
        return name
    return endpoint_of(settings).model


def channel_of(settings: Settings) -> str:
    """Which prompts suit the model: 'small' or 'large'."""
    if (settings.model or "").startswith(LANGCHAIN):
        return settings.prompt_channel or "large"
    return endpoint_of(settings).prompt_channel


def revision_of(settings: Settings) -> str:
    """What tells two models of one name apart: the hash of the weights' content, or of where the model answers.

    '' for a langchain model, which tells neither.
    """
    if (settings.model or "").startswith(LANGCHAIN):
        return ""
    weights = _weights(settings)
    if weights is not None and weights.sha256:
        return weights.sha256
    where = weights.title if weights is not None else endpoint_of(settings).base_url
    return hashlib.sha256(where.encode()).hexdigest()


def settings_for(spec: str | None) -> Settings:
    return Settings(model=spec, max_model_concurrency=256, **PATIENT)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(settings: Settings, tape: Tape, header: Mapping[str, Any]) -> AsyncIterator[OpenedModel]:
    """The model that ``settings`` name, ready to answer. ``header`` says what a cassette was or is to be made with.

    Raises EvalError, CassetteError, ModelUnavailable or WeightsError with what to do.
    """
    if (settings.model or "") == OUTLINE:
        if tape.record or tape.replay:
            raise CassetteError("The outline asks no model: leave out --record and --replay.")
        yield OpenedModel(None, OUTLINE)
        return
    if tape.replay:
        player = _player(settings, tape.replay, header["prompts"])
        try:
            yield player
        finally:
            if player.model is not None:
                await player.model.aclose()
        return
    if tape.record:
        async with _recorder(settings, tape.record, header) as opening:
            yield opening
        return
    model = open_model(settings)
    assert model is not None
    try:
        await _started(model)
        yield OpenedModel(Listened(model), model.name)
    finally:
        await model.aclose()


def _player(settings: Settings, path: Path, prompts: Mapping[str, str]) -> OpenedModel:
    endpoint = endpoint_of(settings)
    cassette = Cassette.open(path)
    cassette.check(prompts, endpoint.model)
    player = Replaying(cassette, endpoint.base_url)
    return OpenedModel(Listened(OpenAICompatibleModel(endpoint, transport=player)), endpoint.model, player)


@asynccontextmanager
async def _recorder(settings: Settings, path: Path, header: Mapping[str, Any]) -> AsyncIterator[OpenedModel]:
    """Recorded in the plain; a name in .gz is packed at the end, when all calls are in it."""
    endpoint = endpoint_of(settings)
    plain = _plain(path)
    recorder = Recorder(plain, header)
    transport = _Shared(Recording(recorder, endpoint.base_url))
    model: Model
    weights = _weights(settings)
    if weights is not None:
        folder = settings.folder
        model = EmbeddedModel(weights, folder, limits=endpoint.limits, transport=transport)
    else:
        model = OpenAICompatibleModel(endpoint, transport=transport)
    try:
        await _started(model)
        yield OpenedModel(Listened(model), model.name)
    finally:
        await model.aclose()
        await transport.end()
        recorder.close()
    if plain != path:
        pack(plain, path)
        plain.unlink()


def _plain(path: Path) -> Path:
    """What is recorded to; a packed cassette is unpacked there first, so that a further run is added to it."""
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    if plain != path and path.exists() and not plain.exists():
        unpack(path, plain)
    return plain


class _Shared(httpx2.AsyncBaseTransport):
    """A transport that outlives the clients that use it: the embedded model makes a new one after a restart."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Left to ``end``."""

    async def end(self) -> None:
        await self._inner.aclose()


def endpoint_of(settings: Settings) -> Endpoint:
    """Where the calls go, as the cassette knows it: an embedded model's address changes with every start."""
    name = (settings.model or "").strip()
    if name.startswith(LANGCHAIN):
        raise CassetteError("A langchain model's calls cannot be recorded: it brings its own client.")
    limits = Limits(first_token_s=settings.first_token_timeout_s, total_s=settings.model_timeout_s, concurrency=256)
    weights = _weights(settings)
    if weights is not None:
        return Endpoint(
            base_url="http://embedded.invalid/v1",
            api_key="none",
            model=weights.name,
            prompt_channel=settings.prompt_channel or weights.prompt_channel,
            continues_prefix=True,
            llama_cpp=True,
            limits=limits,
        )
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    channel = settings.prompt_channel or load_registry().upstream_channel(name)
    return Endpoint(settings.openai_base_url or OPENAI_URL, key, name, prompt_channel=channel, limits=limits)


def _weights(settings: Settings) -> Weights | None:
    """The entry of an embedded model, None for an endpoint's."""
    name = (settings.model or "").strip()
    if settings.openai_base_url and name != "embedded":
        return None
    try:
        return load_registry().resolve("" if name == "embedded" else name)
    except WeightsError:
        return None


async def _started(model: Model) -> None:
    if not isinstance(model, EmbeddedModel):
        return
    model.start()
    state = await model.ready()
    if state.phase == "failed":
        raise EvalError(f"The embedded model could not start: {state.detail}")
