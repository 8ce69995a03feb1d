"""The tools, asked by the SDK's own client: in this process, and over standard input of a process of its own."""

from __future__ import annotations

import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from pydantic import SecretStr

from service.app import create_app
from service.client import in_process
from service.mcp_tools import mcp_server
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving
from tests.reading_shipped import shipped

ROOT = Path(__file__).parents[1]


@asynccontextmanager
async def connected():
    async with (
        in_process(create_app(Settings(model="outline"), reader=shipped())) as afterword,
        Client(mcp_server(afterword)) as client,
    ):
        yield client


async def test_the_tools_say_what_they_take():
    async with connected() as tools:
        found = {tool.name: tool for tool in (await tools.list_tools()).tools}
        assert set(found) == {"draft", "read", "score", "plan"}
        assert all(tool.description for tool in found.values())
        assert found["draft"].input_schema["required"] == ["notes"]


async def test_a_draft_comes_with_its_messages():
    async with connected() as tools:
        made = await tools.call_tool("draft", {"notes": NOTES, "now": NOW, "candidate": "Sam Ortiz"})
        assert not made.is_error
        (message,) = made.structured_content["messages"]
        assert message["recipient"]["name"] == "Ines Duarte"
        assert message["body"].endswith("Sam Ortiz")


async def test_notes_are_read_texts_scored_and_reminders_planned():
    async with connected() as tools:
        assert (await tools.call_tool("read", {"notes": NOTES, "now": NOW})).structured_content["company"] == "Rye & Co"
        card = await tools.call_tool("score", {"notes": NOTES, "body": "Hi Ines.", "now": NOW})
        assert card.structured_content["criteria"]
        plan = await tools.call_tool("plan", {"notes": NOTES, "now": NOW, "time_zone": "Europe/Berlin"})
        assert "BEGIN:VEVENT" in plan.content[0].text


async def test_a_refusal_is_an_error_in_words():
    async with connected() as tools:
        refused = await tools.call_tool("draft", {"notes": "   "})
        assert refused.is_error
        assert "notes" in refused.content[0].text.lower()


async def test_it_speaks_over_standard_input():
    env = {"AFTERWORD_MODEL": "outline", "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    served = StdioServerParameters(command=sys.executable, args=["-m", "service.cli", "mcp"], env=env)
    async with Client(served) as client:
        made = await client.call_tool("draft", {"notes": NOTES, "now": NOW})
        read = await client.call_tool("read", {"notes": NOTES, "now": NOW})
        card = await client.call_tool("score", {"notes": NOTES, "body": "Hi Ines.", "now": NOW})
        plan = await client.call_tool("plan", {"notes": NOTES, "now": NOW, "time_zone": "Europe/Berlin"})
    assert made.structured_content["messages"][0]["subject"]
    assert read.structured_content["company"] == "Rye & Co"
    assert card.structured_content["criteria"]
    assert "TZID=Europe/Berlin" in plan.content[0].text


async def test_it_asks_a_service_elsewhere_under_its_key():
    key = "0123456789abcdef"
    app = create_app(Settings(model="outline", api_keys=SecretStr(key), check_in_days=10), reader=shipped())
    with serving(app) as url:
        words = ["-m", "service.cli", "mcp", "--server", url]
        env = {"AFTERWORD_KEY": key, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        answers = []
        for given in (env, env | {"AFTERWORD_KEY": "another"}):
            async with Client(StdioServerParameters(command=sys.executable, args=words, env=given)) as client:
                answers.append(await client.call_tool("plan", {"notes": NOTES, "now": NOW}))
    plan, refused = answers
    assert "DTSTART:20261207T080000Z" in plan.content[0].text  # as the service's operator set it
    assert refused.is_error
    assert "key" in refused.content[0].text
