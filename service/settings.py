"""Everything an operator can set; docs/operations.md describes each, and a test holds the two together."""

from __future__ import annotations

import base64
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.errors import RequestError


def default_data_dir() -> Path:
    return Path(platformdirs.user_data_dir("afterword", appauthor=False))


def _listed(value: object) -> object:
    """'a, b' as ('a', 'b')."""
    return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


def _networks(value: object) -> object:
    """'10.0.0.0/8, 127.0.0.1' as networks."""
    return tuple(ipaddress.ip_network(v, strict=False) for v in _listed(value)) if isinstance(value, str) else value  # type: ignore[attr-defined]


def _path(value: object) -> object:
    """'afterword/' as '/afterword', '/' as nothing."""
    if not isinstance(value, str):
        return value
    path = "/".join(("", *filter(None, value.strip().split("/"))))
    if not re.fullmatch(r"(?:/[\w.~-]+)*", path, re.ASCII):
        raise ValueError("A path such as /afterword is wanted")
    return path


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"], BeforeValidator(lambda v: v.lower() if isinstance(v, str) else v)
]
Seconds = Annotated[float, Field(gt=0)]
Networks = Annotated[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
RateLimit = Annotated[str, Field(pattern=r"^(?:off|auto|[1-9]\d{0,8} ?/ ?(?:second|minute|hour|day))$")]
BatchRate = Annotated[str, Field(pattern=r"^(?:off|[1-9]\d{0,8} ?/ ?(?:second|minute|hour|day))$")]


def _webhook_secret(value: object) -> object:
    """As Standard Webhooks writes it: whsec_ and 24 to 64 bytes in Base64."""
    if isinstance(value, str):
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
        if not value.startswith("whsec_") or not 24 <= len(key) <= 64:
            raise ValueError("whsec_ and 24 to 64 bytes in Base64 are wanted")
    return value


WebhookSecret = Annotated[SecretStr, BeforeValidator(_webhook_secret)]
RootPath = Annotated[str, BeforeValidator(_path)]


class Settings(BaseSettings):
    """Read from the environment: ``AFTERWORD_<NAME>``, or the names that other tools share."""

    model_config = SettingsConfigDict(
        env_prefix="AFTERWORD_", extra="ignore", env_ignore_empty=True, frozen=True, populate_by_name=True
    )

    openai_api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key"))
    openai_base_url: str | None = Field(None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url"))
    model: str | None = None  # None: the embedded default, or what the base URL's setting names
    prompt_channel: str | None = None  # 'small' or 'large'; None: what the model's registry entry says
    allow_tracing: bool = False
    data_dir: Path | None = None  # None: the user's data folder
    prompts_dir: Path | None = None  # None: the prompts that ship with the service
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535, validation_alias=AliasChoices("PORT", "AFTERWORD_PORT", "port"))
    allowed_hosts: Names = ()  # empty: any name, or on loopback any that cannot be a public one
    allowed_origins: Names = ()  # other sites whose pages may call the API
    root_path: RootPath = ""  # where a proxy puts the service: '/afterword'
    trusted_proxies: Networks = ()  # whose X-Forwarded-* headers are believed
    connect_timeout_s: Seconds = 5.0
    first_token_timeout_s: Seconds = 30.0
    model_timeout_s: Seconds = 60.0
    max_model_concurrency: int = Field(48, ge=1)
    max_concurrent_drafts: int = Field(32, ge=0)
    keys: Literal["auto", "off", "required"] = "auto"
    api_keys: SecretStr | None = None
    keep: Literal["never", "asked", "always"] = "never"
    retention_days: int = Field(30, ge=1, le=3650)
    database_url: str | None = Field(None, repr=False)
    storage_key: SecretStr | None = None
    redis_url: str | None = Field(None, repr=False)
    batches: Literal["auto", "on", "off"] = "auto"
    worker_in_api: bool = True
    worker_name: Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")] | None = None  # None: the machine's, and a number
    worker_drafts: int = Field(16, ge=1, le=1000)
    worker_lease_s: Annotated[float, Field(ge=0.5)] = 15.0
    batch_patience_s: Annotated[float, Field(ge=0)] = 900.0
    batch_rate: BatchRate = "off"
    max_batch_items: int = Field(10_000, ge=1)
    max_batch_mb: int = Field(200, ge=1)
    max_open_batches: int = Field(10, ge=1)
    max_batch_drafts_per_caller: int | None = Field(None, ge=1)
    webhook_hosts: Names = ()  # may be told by https that a batch is finished
    webhook_inner_hosts: Names = ()  # may be at an inner address, and by http
    webhook_secret: WebhookSecret | None = None
    rate_limit: RateLimit = "auto"
    max_drafts_per_caller: int | None = Field(None, ge=1)
    max_queue: int = Field(64, ge=0)
    request_timeout_s: Seconds = 180.0
    grace_s: int = Field(30, ge=0, le=3600)
    verify: bool = True  # a second reading of what a large model wrote
    read_along: bool = True  # the model reads the notes too, one call a draft
    check_in_days: int = Field(7, ge=1, le=365)
    log_level: LogLevel = "warning"

    @property
    def folder(self) -> Path:
        """Where this installation keeps its files: models, the database, workers' locks."""
        return self.data_dir or default_data_dir()


def read_settings(**stated: Any) -> Settings:
    """The environment's settings, with what is ``stated`` (and not None) in their place.

    Raises:
        RequestError: a value that cannot be used, by the name that sets it.
    """
    try:
        return Settings(**{k: v for k, v in stated.items() if v is not None})
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        raise RequestError(f"{shown_name(str(fault['loc'][0]))}: {fault['msg']}; see docs/operations.md.") from error


def shown_name(field: str) -> str:
    """The environment variable that sets ``field``."""
    found = Settings.model_fields.get(field)
    alias = found.validation_alias if found else None
    if found is None:
        return field
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"AFTERWORD_{field.upper()}"
