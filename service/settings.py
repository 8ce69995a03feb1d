"""Everything an operator can set. What stands under each is its line in docs/settings.md (``afterword settings``)."""

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
        env_prefix="AFTERWORD_",
        extra="ignore",
        env_ignore_empty=True,
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    openai_api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key"))
    """Key for an OpenAI-compatible endpoint."""
    openai_base_url: str | None = Field(None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url"))
    """The endpoint; with it notes leave this machine's own processes, and the page says so."""
    model: str | None = None
    """`outline` (no model), `embedded`, a registry name, a GGUF's path, `hf:org/repo/file.gguf`,
    `langchain:dotted.Class`, or the endpoint's model name. By itself the embedded default."""
    prompt_channel: str | None = None
    """`small` or `large`: which prompts the model gets. By itself what suits the model."""
    allow_tracing: bool = False
    """Lets a langchain model trace, which exports prompts."""
    data_dir: Path | None = None
    """Where weights, the database and locks are kept. By itself the user's data folder."""
    prompts_dir: Path | None = None
    """Another folder of prompt versions. By itself the one that ships."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(8000, ge=0, le=65535, validation_alias=AliasChoices("PORT", "AFTERWORD_PORT", "port"))
    """Port to listen on; 0 takes a free one."""
    workers: int = Field(1, ge=1, le=256)
    """Processes that share the port and the embedded model; lines and what is counted in memory are each one's own."""
    allowed_hosts: Names = ()
    """Names it answers to. Where there are none: any name, or on loopback any that cannot be a public one."""
    allowed_origins: Names = ()
    """Other sites whose pages may call the API (CORS)."""
    mcp: bool = False
    """Serves the Model Context Protocol at `/mcp` ([clients.md](clients.md)), under the same keys and limits."""
    root_path: RootPath = ""
    """The path that a proxy puts the service under, as `/afterword`."""
    trusted_proxies: Networks = ()
    """Addresses or networks whose `X-Forwarded-*` headers are believed."""
    connect_timeout_s: Seconds = 5.0
    """Seconds to reach the model's endpoint."""
    first_token_timeout_s: Seconds = 30.0
    """Seconds until its first token."""
    model_timeout_s: Seconds = 60.0
    """Seconds for a whole call, retries included."""
    max_model_concurrency: int = Field(48, ge=1)
    """Calls to the endpoint at once."""
    max_concurrent_drafts: int = Field(32, ge=0)
    """Drafts at once in one process; the rest wait in line."""
    max_queue: int = Field(64, ge=0)
    """Drafts waiting in line; beyond it 429 with Retry-After."""
    max_drafts_per_caller: int | None = Field(None, ge=1)
    """Drafts at once, waiting ones too, for one key or address. By itself 8, and without a limit on loopback."""
    rate_limit: RateLimit = "auto"
    """Requests of one key or address: `60/minute`, `5/second`, `off`. By itself 120/minute, and off on loopback."""
    request_timeout_s: Seconds = 180.0
    """Seconds that one draft may take, waiting included."""
    grace_s: int = Field(30, ge=0, le=3600)
    """Seconds that drafts in flight have to finish after SIGTERM."""
    redis_url: str | None = Field(None, repr=False)
    """Counts requests for several processes and machines together: `redis://host:6379/0`."""
    keys: Literal["auto", "off", "required"] = "auto"
    """Whether API keys are asked for; by itself where others than this machine can call."""
    api_keys: SecretStr | None = None
    """Keys, with commas, each a secret or `scope:secret` (`draft`, `evals`, `admin`)."""
    keep: Literal["never", "asked", "always"] = "never"
    """Whether drafts are kept; `asked`: with `"keep": true`."""
    retention_days: int = Field(30, ge=1, le=3650)
    """Days that a kept draft stays."""
    database_url: str | None = Field(None, repr=False)
    """Where drafts and keys are kept: `sqlite:///…`, `postgresql://…`. By itself `afterword.db` in the data folder."""
    storage_key: SecretStr | None = None
    """Encrypts what is kept; `afterword storage new-key` makes one."""
    batches: Literal["auto", "on", "off"] = "auto"
    """Whether [batches](batches.md) are taken; by itself where drafts may be kept."""
    worker_in_api: bool = True
    """The API's process works on batches itself."""
    worker_name: Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")] | None = None
    """The name of this worker; a second one of this name is refused. By itself the machine's, its data folder's, and a
    number."""
    worker_drafts: int = Field(16, ge=1, le=1000)
    """Drafts of batches at once in one worker; the same for all of them."""
    worker_lease_s: Annotated[float, Field(ge=0.5)] = 15.0
    """Seconds without a beat after which a worker counts as dead; the same for all of them."""
    batch_patience_s: Annotated[float, Field(ge=0)] = 900.0
    """Seconds that one item waits for a model's endpoint that is down or busy."""
    batch_rate: BatchRate = "off"
    """Calls to the model for batches, of all workers together: `600/minute`."""
    max_batch_items: int = Field(10_000, ge=1)
    """Items in one batch."""
    max_batch_mb: int = Field(200, ge=1)
    """Megabytes of one upload."""
    max_open_batches: int = Field(10, ge=1)
    """Unfinished batches of one key."""
    max_batch_drafts_per_caller: int | None = Field(None, ge=1)
    """Drafts of one key's batches at once, in all workers together."""
    webhook_hosts: Names = ()
    """Hosts that may be told that a batch is finished, by https and at public addresses: `hooks.example.org`."""
    webhook_inner_hosts: Names = ()
    """Hosts that may be told though they are at an inner address, by http too."""
    webhook_secret: WebhookSecret | None = None
    """What webhooks are signed with: `whsec_` and 24 to 64 random bytes in Base64. Without it nobody is told."""
    read_along: bool = True
    """The model reads the notes beside the built-in reader, one call a draft."""
    verify: bool = True
    """A second reading, by the model, of what a large model wrote."""
    check_in_days: int = Field(7, ge=1, le=365)
    """Days after the promised date before a check-in (G26)."""
    otlp_endpoint: str | None = Field(
        None, validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp_endpoint")
    )
    """A collector for traces, by OTLP over HTTP: `http://127.0.0.1:4318`. No word of the notes goes there."""
    log_level: LogLevel = "warning"
    """`info` writes a line for each request."""

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
        raise RequestError(f"{shown_name(str(fault['loc'][0]))}: {fault['msg']}; see docs/settings.md.") from error


def shown_name(field: str) -> str:
    """The environment variable that sets ``field``."""
    found = Settings.model_fields.get(field)
    alias = found.validation_alias if found else None
    if found is None:
        return field
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"AFTERWORD_{field.upper()}"
