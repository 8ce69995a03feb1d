"""What is turned away at the door, and what is let through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.api.admission import only_here
from tests.api.service import client, post

JSON = {"content-type": "application/json"}


def pieces(count: int) -> Iterator[bytes]:
    """A body that does not say its length beforehand."""
    for _ in range(count):
        yield b"x" * 10_000


@pytest.mark.parametrize("body", [b"x" * 300_000, pieces(30)], ids=["stated", "unstated"])
def test_a_giant_body_is_refused_as_a_problem(outline: TestClient, body: bytes | Iterator[bytes]) -> None:
    answer = outline.post("/draft", content=body, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/content-too-large"


def test_the_longest_notes_fit_in_any_script(outline: TestClient) -> None:
    notes = ("Met Ines Duarte at Rye & Co. 🍞" * 700)[:20_000]
    answer = outline.post("/facts", json={"notes": notes})  # every emoji is twelve bytes of escapes
    assert answer.status_code == 200


def test_a_file_larger_than_notes_reaches_the_page(outline: TestClient) -> None:
    outline.get("/")
    sent = {"x-csrf-token": outline.cookies["afterword_csrf"]}
    answer = outline.post("/notes/import", files={"file": ("notes.txt", b"Met Ines. " * 60_000)}, headers=sent)
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "my-laptop", "afterword.localhost"])
def test_on_loopback_names_that_cannot_be_public_are_answered(outline: TestClient, host: str) -> None:
    assert outline.get("/healthz", headers={"host": host}).status_code == 200


def test_on_loopback_a_public_name_is_refused(outline: TestClient) -> None:
    answer = outline.get("/healthz", headers={"host": "rebound.example.com:8000"})
    assert answer.status_code == 421
    assert answer.json()["type"] == "/problems/unknown-host"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_list_of_hosts_is_the_whole_list() -> None:
    listed = client(allowed_hosts="notes.example.com, 10.0.0.4")
    assert listed.get("/healthz", headers={"host": "notes.example.com"}).status_code == 200
    assert listed.get("/healthz", headers={"host": "10.0.0.4:80"}).status_code == 200
    assert listed.get("/healthz", headers={"host": "localhost"}).status_code == 421


def test_open_to_the_network_any_name_is_answered() -> None:
    assert client(host="0.0.0.0").get("/healthz", headers={"host": "notes.example.com"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.4", False)]
)
def test_which_addresses_are_this_machine_alone(host: str, here: bool) -> None:
    assert only_here(host) is here


def test_another_sites_page_may_call_only_when_its_origin_is_listed() -> None:
    origin = {"origin": "https://jobs.example.com"}
    assert "access-control-allow-origin" not in client().get("/healthz", headers=origin).headers
    listed = client(allowed_origins="https://jobs.example.com")
    assert listed.get("/healthz", headers=origin).headers["access-control-allow-origin"] == "https://jobs.example.com"


def test_json_under_another_name_is_refused(outline: TestClient) -> None:
    """A form on another site can send text/plain without asking first; what it sends is not read."""
    answer = outline.post("/facts", content=b'{"notes": "Met Ines."}', headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported-media-type"


def test_beyond_the_bound_callers_are_told_to_come_back() -> None:
    full = client(max_concurrent_drafts=0)
    for accept in ("application/json", "text/event-stream"):
        refused = full.post("/draft", json={"notes": "Met Ines at Rye & Co."}, headers={"accept": accept})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
    assert post(full, "/facts").status_code == 200


def test_the_plain_form_is_held_to_the_same_bound_and_counted() -> None:
    for most, status, counted in ((0, 429, "0.0"), (1, 200, "1.0")):
        c = client(max_concurrent_drafts=most)
        c.get("/")
        form = {"notes": "Met Ines Duarte at Rye & Co.", "csrf": c.cookies["afterword_csrf"], "kind": "thank_you"}
        assert c.post("/", data=form).status_code == status
        assert f"afterword_drafts_total {counted}" in c.get("/metrics").text
