"""The tools at /mcp, asked by the SDK's own client over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from service.app import create_app
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving
from tests.reading_shipped import shipped

ASKED = {"notes": NOTES, "now": NOW, "candidate": "Sam Ortiz"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}
HEADERS = {"Accept": "application/json, text/event-stream"}


def app(**settings: Any) -> Any:
    return create_app(Settings(model="outline", **({"mcp": True} | settings)), reader=shipped())


@asynccontextmanager
async def tools(url: str, key: str = "") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
    ):
        yield client


async def test_the_four_tools_are_there_and_answer() -> None:
    with serving(app()) as url:
        async with tools(url) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {"draft", "read", "score", "plan"}
            made = await client.call_tool("draft", ASKED)
            read = await client.call_tool("read", {"notes": NOTES, "now": NOW})
            card = await client.call_tool("score", {"notes": NOTES, "body": "Hi Ines.", "now": NOW})
            plan = await client.call_tool("plan", {"notes": NOTES, "now": NOW})
    assert made.structured_content["messages"][0]["body"].endswith("Sam Ortiz")
    assert read.structured_content["company"] == "Rye & Co"
    assert card.structured_content["criteria"]
    assert "BEGIN:VEVENT" in plan.content[0].text


async def test_there_is_nothing_at_the_address_unless_it_is_asked_for() -> None:
    with serving(app(mcp=False)) as url:
        async with httpx2.AsyncClient() as http:
            assert (await http.post(f"{url}/mcp", json=INITIALIZE, headers=HEADERS)).status_code == 404


async def test_a_draft_belongs_to_the_key_it_was_asked_with(tmp_path: Path) -> None:
    keys = "draft:first-secret-0001,draft:second-secret-02"
    with serving(app(api_keys=keys, keep="always", data_dir=tmp_path)) as url:
        async with tools(url, "first-secret-0001") as client:
            made = await client.call_tool("draft", ASKED)
        kept = f"{url}/drafts/{made.structured_content['id']}"
        async with httpx2.AsyncClient() as http:
            own = await http.get(kept, headers={"X-API-Key": "first-secret-0001"})
            others = await http.get(kept, headers={"X-API-Key": "second-secret-02"})
            without = await http.post(f"{url}/mcp", json=INITIALIZE, headers=HEADERS)
    assert made.structured_content["kept"] is True
    assert (own.status_code, others.status_code, without.status_code) == (200, 404, 401)


async def test_its_requests_are_counted_against_the_limit_once_each() -> None:
    with serving(app(rate_limit="3/hour")) as url:
        async with httpx2.AsyncClient(headers=HEADERS) as http:
            met = [await http.post(f"{url}/mcp", json=CALL) for _ in range(4)]
    assert [m.status_code for m in met] == [200, 200, 200, 429]
    assert met[3].json()["type"] == "/problems/too-many-requests"
    assert all("result" in m.json() and not m.json()["result"]["isError"] for m in met[:3])


async def test_the_line_of_drafts_holds_for_it_and_a_full_one_is_said_at_once() -> None:
    with serving(app(max_concurrent_drafts=0)) as url:
        async with tools(url) as client:
            refused = await client.call_tool("draft", ASKED)
    assert refused.is_error
    assert "Too many drafts" in refused.content[0].text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "https://listed.example"}, 200),
        ({"Host": "elsewhere.example"}, 421),
        ({"Content-Type": "text/plain"}, 400),
    ],
    ids=["another site's page", "a listed site's page", "a public name for this machine", "what a form can send"],
)
async def test_a_page_elsewhere_cannot_call_it(headers: dict[str, str], status: int) -> None:
    with serving(app(allowed_origins="https://listed.example")) as url:
        async with httpx2.AsyncClient() as http:
            met = await http.post(f"{url}/mcp", json=INITIALIZE, headers=HEADERS | headers)
    assert met.status_code == status


async def test_it_is_never_opened_as_a_stream_of_its_own() -> None:
    with serving(app()) as url:
        async with httpx2.AsyncClient() as http:
            assert (await http.get(f"{url}/mcp", headers=HEADERS)).status_code == 405


CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "read", "arguments": {"notes": NOTES, "now": NOW}},
}
