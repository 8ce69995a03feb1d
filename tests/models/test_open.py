from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.errors import ModelUnavailable, WeightsError
from service.models.embedded import EmbeddedModel
from service.models.open import open_model, reads_elsewhere
from service.models.openai_compatible import OpenAICompatibleModel


@dataclass
class Settings:
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    model: str | None = None
    folder: Path = Path("nowhere")
    model_timeout_s: float = 60.0
    first_token_timeout_s: float = 20.0
    connect_timeout_s: float = 5.0
    max_model_concurrency: int = 48
    prompt_channel: str | None = None


KEY = SecretStr("secret")
URL = "http://127.0.0.1:9/v1"


def test_outline_means_no_model():
    assert open_model(Settings(model="outline", openai_api_key=KEY)) is None


@pytest.mark.parametrize("name", [None, "", "embedded", "qwen2.5-coder-1.5b"])
def test_without_an_endpoint_the_model_is_the_embedded_one(name):
    opened = open_model(Settings(model=name))
    assert isinstance(opened, EmbeddedModel)
    assert (opened.name, opened.prompt_channel, opened.state.phase) == ("qwen2.5-coder-1.5b", "small", "absent")


@pytest.mark.parametrize("name", ["embedded", "smollm2-135m", "hf:org/repo/file.gguf", "mine.gguf"])
def test_weights_named_win_over_a_key_that_lies_in_the_environment(name):
    assert isinstance(open_model(Settings(model=name, openai_api_key=KEY)), EmbeddedModel)
    assert not reads_elsewhere(Settings(model=name, openai_api_key=KEY))


@pytest.mark.parametrize("where", [{"openai_api_key": KEY}, {"openai_base_url": URL}])
def test_an_endpoint_without_a_model_names_the_setting_that_is_missing(where):
    with pytest.raises(ModelUnavailable, match="AFTERWORD_MODEL"):
        open_model(Settings(**where))


def test_a_name_that_is_no_weights_and_no_endpoint_says_both_ways_out():
    with pytest.raises(WeightsError, match="OPENAI_API_KEY"):
        open_model(Settings(model="large-one"))


@pytest.mark.parametrize(
    ("name", "stated", "channel"),
    [("large-one", None, "large"), ("qwen2.5:1.5b", None, "small"), ("qwen2.5:1.5b", "large", "large")],
)
async def test_an_upstream_model_gets_the_prompts_for_its_size_unless_told_otherwise(name, stated, channel):
    settings = Settings(model=name, openai_base_url=URL, prompt_channel=stated)
    opened = open_model(settings)
    assert isinstance(opened, OpenAICompatibleModel)
    assert (opened.name, opened.prompt_channel, opened.continues_prefix) == (name, channel, False)
    assert reads_elsewhere(settings)
    await opened.aclose()


async def test_a_file_name_behind_a_base_url_is_the_endpoints_own_model_id():
    opened = open_model(Settings(model="mine.gguf", openai_base_url=URL))
    assert isinstance(opened, OpenAICompatibleModel)
    await opened.aclose()


async def test_a_key_is_never_shown():
    opened = open_model(Settings(model="large-one", openai_api_key=KEY))
    assert "secret" not in repr(vars(opened)["_endpoint"])
    await opened.aclose()


async def test_the_service_comes_up_without_importing_the_endpoints_sdk():
    """It takes a third of a second, which whoever opens the page would wait for."""
    code = "import sys, service.app; from service.settings import Settings; service.app.create_app(Settings()); print('openai' in sys.modules)"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await child.communicate())[0].strip() == b"False"
