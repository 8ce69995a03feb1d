"""The API's page: complete, and from here alone."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.reading_shipped import shipped


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(model="outline"), reader=shipped()))


def test_every_operation_and_field_is_on_the_page(client: TestClient) -> None:
    page, spec = client.get("/docs").text, client.get("/openapi.json").json()
    for path, methods in spec["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page
    for name in spec["components"]["schemas"]["DraftIn"]["properties"]:
        assert f"<code>{name}</code>" in page
    assert "<code>messages[].scorecard.criteria</code>" in page
    assert re.search(r"<code>recipients\[\]\.name</code> <span[^>]*>required", page)


def test_the_page_brings_nothing_from_elsewhere_and_runs_nothing(client: TestClient) -> None:
    answer = client.get("/docs")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_the_address_shown_is_the_one_that_was_called(client: TestClient) -> None:
    assert "curl -s http://localhost:9000/draft" in client.get("/docs", headers={"host": "localhost:9000"}).text
