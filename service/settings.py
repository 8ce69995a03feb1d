"""Everything an operator can set; docs/operations.md describes each, and a test holds the two together."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment: ``AFTERWORD_<NAME>``, or the names that other tools share."""

    model_config = SettingsConfigDict(env_prefix="AFTERWORD_", extra="ignore", frozen=True, populate_by_name=True)

    openai_api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key"))
    openai_base_url: str | None = Field(None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url"))
    model: str | None = None  # None: the embedded default, or what the base URL's setting names
    prompt_channel: str | None = None  # 'small' or 'large'; None: what the model's registry entry says
    allow_tracing: bool = False
    data_dir: Path | None = None  # None: the user's data folder
    prompts_dir: Path | None = None  # None: the prompts that ship with the service
    host: str = "127.0.0.1"
    port: int = Field(8000, validation_alias=AliasChoices("PORT", "AFTERWORD_PORT", "port"))
    connect_timeout_s: float = 5.0
    first_token_timeout_s: float = 30.0
    model_timeout_s: float = 60.0
    max_model_concurrency: int = 48
    max_concurrent_drafts: int = 32
    check_in_days: int = 7
