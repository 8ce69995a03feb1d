"""From settings to the model they name."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from service.errors import ModelUnavailable, WeightsError
from service.models.endpoint_address import mended_address, mended_key, mended_name
from service.models.limits import Limits
from service.models.port import Model, Retried, told_to_nobody
from service.models.registry import load_registry

OUTLINE = "outline"
EMBEDDED = "embedded"
LANGCHAIN = "langchain:"


class ModelSettings(Protocol):
    """What of the service's settings concerns the model. ``prompt_channel`` ('small' or 'large') and
    ``allow_tracing`` may be missing."""

    @property
    def openai_api_key(self) -> SecretStr | None: ...
    @property
    def openai_base_url(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...
    @property
    def folder(self) -> Path: ...
    @property
    def model_timeout_s(self) -> float: ...
    @property
    def first_token_timeout_s(self) -> float: ...
    @property
    def connect_timeout_s(self) -> float: ...
    @property
    def max_model_concurrency(self) -> int: ...


def open_model(settings: ModelSettings, *, attaches: bool = False, retried: Retried = told_to_nobody) -> Model | None:
    """The model to ask, or None for outline mode. An embedded one still wants its ``start()``, and with ``attaches``
    waits for another process to run it. ``retried`` is told of each call made again; a langchain model's are its
    package's own affair.

    Raises:
        ModelUnavailable: an endpoint is configured without saying which of its models to use.
        RequestError: a key, an address or a proxy cannot be used.
        WeightsError: nothing is known under the name given.
    """
    name = mended_name(settings.model or "")
    if name == OUTLINE:
        return None
    if name.startswith(LANGCHAIN):
        return _langchain(name.removeprefix(LANGCHAIN), settings)
    if _is_upstream(name, settings):
        return _upstream(name, settings, retried)
    return _embedded(name, settings, attaches, retried)


def reads_elsewhere(settings: ModelSettings) -> bool:
    """Whether the notes leave this machine's own processes under these settings."""
    name = mended_name(settings.model or "")
    return name != OUTLINE and (name.startswith(LANGCHAIN) or _is_upstream(name, settings))


def provider_of(settings: ModelSettings) -> str:
    """Who runs the model, as traces name it: 'llama.cpp' for one in the box, 'langchain', or 'openai' for whatever
    speaks as OpenAI does."""
    name = mended_name(settings.model or "")
    if name.startswith(LANGCHAIN):
        return "langchain"
    return "openai" if _is_upstream(name, settings) else "llama.cpp"


def _is_upstream(name: str, settings: ModelSettings) -> bool:
    """A base URL is said for Afterword; a key often lies in the environment for other programs, so a name that
    stands for weights on this machine wins over it."""
    if name == EMBEDDED:
        return False
    if settings.openai_base_url:
        return True
    return settings.openai_api_key is not None and not load_registry().knows(name)


def _upstream(name: str, settings: ModelSettings, retried: Retried) -> Model:
    from service.models.openai_compatible import OPENAI_URL, Endpoint, OpenAICompatibleModel

    address = mended_address(settings.openai_base_url or OPENAI_URL)
    key = mended_key(settings.openai_api_key.get_secret_value()) if settings.openai_api_key else ""
    if not name:
        found = "OPENAI_BASE_URL" if settings.openai_base_url else "OPENAI_API_KEY"
        raise ModelUnavailable(
            f"{found} is set, but not AFTERWORD_MODEL. Set AFTERWORD_MODEL to the model to use there, "
            "or to 'embedded' for the one on this machine, or to 'outline' for none."
        )
    channel = _stated_channel(settings) or load_registry().upstream_channel(name)
    endpoint = Endpoint(
        address.url,
        key,
        name,
        prompt_channel=channel,
        limits=_limits(settings),
        query=address.query,
        azure=address.azure,
    )
    return OpenAICompatibleModel(endpoint, retried=retried)


def _embedded(name: str, settings: ModelSettings, attaches: bool, retried: Retried) -> Model:
    from service.models.embedded import EmbeddedModel

    try:
        weights = load_registry().resolve(name)
    except WeightsError as error:
        raise WeightsError(f"{error.detail} For a model behind an endpoint set OPENAI_API_KEY too.") from error
    folder = settings.folder
    channel = _stated_channel(settings)
    return EmbeddedModel(
        weights, folder, limits=_limits(settings), prompt_channel=channel, attaches=attaches, retried=retried
    )


def _langchain(name: str, settings: ModelSettings) -> Model:
    from service.models.langchain import open_langchain

    return open_langchain(
        name,
        limits=_limits(settings),
        prompt_channel=_stated_channel(settings) or "large",
        allow_tracing=bool(getattr(settings, "allow_tracing", False)),
    )


def _limits(settings: ModelSettings) -> Limits:
    return Limits(
        connect_s=settings.connect_timeout_s,
        first_token_s=settings.first_token_timeout_s,
        total_s=settings.model_timeout_s,
        concurrency=settings.max_model_concurrency,
    )


def _stated_channel(settings: ModelSettings) -> str | None:
    return getattr(settings, "prompt_channel", None) or None
