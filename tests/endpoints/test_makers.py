"""Every maker's manners, met by the one adapter."""

from __future__ import annotations

import json
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.errors import ModelKeyRefused, ModelMissing, ModelQuotaSpent
from service.models.open import open_model
from service.models.openai_compatible import OpenAICompatibleModel
from service.models.port import ChatMessage, ModelReply, ModelRequest
from service.settings import Settings

from .makers import ANSWER, MAKERS, SENTENCE, THOUGHT, Maker
from .server import Endpoint, endpoint

SCHEMA = {
    "type": "object",
    "required": ["subject", "sentences"],
    "additionalProperties": False,
    "properties": {"subject": {"type": "string"}, "sentences": {"type": "array"}},
}
TURNS = (ChatMessage("system", "You write."), ChatMessage("user", "Note: 14 drivers"))
PLAIN = ModelRequest(TURNS, seed=7, stop=("\n\n\n",), max_tokens=200)
FORMED = ModelRequest(TURNS, seed=7, stop=("\n\n\n",), max_tokens=200, json_schema=SCHEMA)
every_maker = pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.name)


@asynccontextmanager
async def opened(here: Endpoint, maker: Maker, key: str = "key", name: str = "chat"):
    settings = Settings(openai_base_url=here.origin + maker.base, openai_api_key=SecretStr(key), model=name)
    model = open_model(settings)
    assert isinstance(model, OpenAICompatibleModel)
    try:
        yield model
    finally:
        await model.aclose()


@every_maker
async def test_the_answer_under_a_schema_is_its_json_and_nothing_else(maker):
    async with endpoint(maker) as here, opened(here, maker) as model:
        reply = await model.complete(FORMED)
    assert json.loads(reply.text) == json.loads(ANSWER)
    assert THOUGHT not in reply.text


@every_maker
async def test_a_plain_answer_is_what_was_said_without_what_was_thought(maker):
    async with endpoint(maker) as here, opened(here, maker) as model:
        reply = await model.complete(PLAIN)
    assert SENTENCE in reply.text
    assert "think" not in reply.text
    assert "<|" not in reply.text
    assert THOUGHT not in reply.text


@pytest.mark.parametrize("maker", [m for m in MAKERS if m.streams], ids=lambda m: m.name)
async def test_a_stream_never_hands_on_a_thought(maker):
    async with endpoint(maker) as here, opened(here, maker) as model:
        pieces = [p async for p in model.stream(PLAIN)]
    assert isinstance(pieces[-1], ModelReply)
    assert "".join(pieces[:-1]).strip() == pieces[-1].text.strip() == SENTENCE


@every_maker
async def test_what_an_endpoint_does_not_take_is_learned_once_and_said_in_the_log(maker, caplog):
    caplog.set_level(logging.WARNING, "afterword.models")
    async with endpoint(maker) as here, opened(here, maker) as model:
        await model.complete(FORMED)
        first = len(here.bodies)
        said = len(caplog.records)
        await model.complete(FORMED)
        await model.complete(PLAIN)
        assert len(here.bodies) == first + 2
    assert (first > 1) == (said > 0)
    assert len(caplog.records) == said
    assert "14 drivers" not in caplog.text


@pytest.mark.parametrize("maker", [m for m in MAKERS if not m.free], ids=lambda m: m.name)
async def test_a_refused_key_says_which_setting_to_mend(maker):
    async with endpoint(maker) as here, opened(here, maker, key="other") as model:
        with pytest.raises(ModelKeyRefused, match="OPENAI_API_KEY"):
            await model.complete(FORMED)
        assert model.trouble.error is not None
        assert len(here.bodies) == 1


@every_maker
async def test_a_model_that_is_not_there_says_which_setting_to_mend(maker):
    async with endpoint(maker) as here, opened(here, maker, name="other") as model:
        with pytest.raises(ModelMissing, match="AFTERWORD_MODEL"):
            await model.complete(FORMED)


@pytest.mark.parametrize("maker", [m for m in MAKERS if m.spent], ids=lambda m: m.name)
async def test_an_empty_account_is_named_and_not_waited_for(maker):
    poor = replace(maker, refuses=((lambda body: True, maker.spent),))
    async with endpoint(poor) as here, opened(here, poor) as model:
        with pytest.raises(ModelQuotaSpent, match="quota"):
            await model.complete(FORMED)
        assert len(here.bodies) == 1


def test_the_matrix_in_the_docs_is_this_one():
    page = (Path(__file__).parents[2] / "docs" / "endpoints.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+ \| [^|]+?) \|$", page, re.MULTILINE))
    for maker in MAKERS:
        assert rows[maker.name] == f"{maker.thinks} | {maker.learned}", maker.name
