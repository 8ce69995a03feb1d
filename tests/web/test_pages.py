"""The pages as they are served: who may post to them, what they are allowed to run, what a browser may keep."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from service.web.static_files import ROOT, files, static_url

NOTES = "Met Ines Duarte (head baker) at Halden Bakery.\n- Ines: they proof the rye for 19 hours in the cellar\n"
HTML = {"accept": "text/html"}


def token(client: TestClient) -> str:
    page = client.get("/", headers=HTML)
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_a_form_without_the_token_is_refused_with_a_page(client: TestClient) -> None:
    token(client)
    answer = client.post("/", data={"notes": NOTES}, headers=HTML)
    assert answer.status_code == 403
    assert "not sent from this page" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_a_form_from_another_site_is_refused_even_with_the_token(client: TestClient, origin: str) -> None:
    answer = client.post("/", data={"notes": NOTES, "csrf": token(client)}, headers={**HTML, "origin": origin})
    assert answer.status_code == 403


def test_a_token_of_someone_else_is_refused(client: TestClient) -> None:
    other = token(client)
    client.cookies.clear()
    token(client)
    assert client.post("/understood", data={"notes": NOTES, "csrf": other}, headers=HTML).status_code == 403


def test_the_cookie_is_strict_and_out_of_reach_of_scripts(client: TestClient) -> None:
    cookie = client.get("/", headers=HTML).headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie


def test_the_form_alone_brings_messages(client: TestClient) -> None:
    data = {"notes": NOTES, "csrf": token(client), "kinds": "thank_you"}
    answer = client.post("/", data=data, headers={**HTML, "origin": "http://testserver"})
    assert answer.status_code == 200
    assert "Dear Ines," in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_panel_says_what_to_send_with_a_draft(client: TestClient) -> None:
    answer = client.post("/understood", data={"notes": NOTES, "csrf": token(client), "decision_date": "2026-11-27"})
    given = re.search(r'data-given="([^"]*)"', answer.text)
    assert given
    assert json.loads(given[1].replace("&#34;", '"')) == {"interview": {"decision_date": "2026-11-27"}}


def test_a_value_from_a_meddled_form_gets_a_sentence(client: TestClient) -> None:
    answer = client.post("/understood", data={"notes": NOTES, "csrf": token(client), "tone": "pirate"})
    assert answer.status_code == 200
    assert "pirate" in answer.text


def test_an_imported_file_is_text_and_a_wrong_one_a_problem(client: TestClient) -> None:
    headers = {"x-csrf-token": token(client)}
    good = client.post("/notes/import", files={"file": ("n.md", b"Met Ines")}, headers=headers)
    bad = client.post("/notes/import", files={"file": ("n.exe", b"MZ")}, headers=headers)
    assert good.json() == {"text": "Met Ines"}
    assert bad.status_code == 422
    assert "Only .txt" in bad.json()["detail"]


def test_every_page_forbids_inline_code_and_frames(client: TestClient) -> None:
    for path in ("/", "/prompts", static_url("page.js")):
        policy = client.get(path, headers=HTML).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_no_template_holds_inline_script_or_style() -> None:
    for path in (ROOT.parent / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\|\s*safe", text), path.name


def test_static_files_are_kept_for_good_under_a_name_that_changes_with_them(client: TestClient) -> None:
    answer = client.get(static_url("afterword.css"), headers={"accept-encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == files()["afterword.css"].content
    assert client.get("/static/000000000000/afterword.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["../routes.py", "%2e%2e/routes.py", "nothing.js"])
def test_only_static_files_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code == 404


def test_libraries_from_elsewhere_are_the_ones_the_manifest_names() -> None:
    manifest = json.loads((ROOT / "vendor/manifest.json").read_text(encoding="utf-8"))
    scripts = {p.name for p in (ROOT / "vendor").glob("*.js")}
    assert scripts == set(manifest)
    for name, entry in manifest.items():
        assert hashlib.sha256((ROOT / "vendor" / name).read_bytes()).hexdigest() == entry["sha256"]


def test_scripts_and_styles_weigh_less_than_60_kilobytes() -> None:
    """Of the main page: what lies in batches/ is loaded by /batches alone."""
    own = [f for name, f in files().items() if name.endswith((".js", ".css")) and not name.startswith("batches/")]
    weight = sum(len(gzip.compress(f.content, 9)) for f in own)
    assert weight < 60_000


def test_the_prompt_pages_are_for_people_and_leave_the_data_address_alone(client: TestClient) -> None:
    assert "<h1>Prompts</h1>" in client.get("/prompts", headers=HTML).text
    assert client.get("/prompts", headers={"accept": "application/json"}).json() == [
        *client.app.state.service.library.names()  # type: ignore[attr-defined]
    ]


def test_two_versions_of_a_prompt_are_compared(client: TestClient) -> None:
    page = client.get("/prompts/thank_you?old=1&new=2", headers=HTML).text
    assert "<ins>" in page
    assert "<del>" in page
    assert client.get("/prompts/thank_you?old=1&new=99", headers=HTML).status_code == 404
    assert client.get("/prompts/poem", headers=HTML).status_code == 404


def test_the_longest_notes_with_very_many_points_are_taken(client: TestClient) -> None:
    notes = "\n".join(f"- они {n}: rye" for n in range(1400))[:20_000]
    fields = [("item", f'[{n}, "rye", "theirs", false, ""]') for n in range(1400)]
    data = {"notes": notes, "csrf": token(client), "item": [v for _, v in fields], "item_owner": ["theirs"] * 1400}
    assert client.post("/understood", data=data).status_code == 200


@pytest.mark.parametrize(
    ("model", "remote", "words"),
    [
        (None, False, "No language model reads your notes"),
        (SimpleNamespace(name="small-one"), False, "read by small-one, on the machine that runs Afterword."),
        (SimpleNamespace(name="big-one"), True, "read by big-one, which your operator has set up."),
    ],
)
def test_who_reads_the_notes_is_said_without_javascript(
    client: TestClient, model: object, remote: bool, words: str
) -> None:
    service: SimpleNamespace = client.app.state.service  # type: ignore[attr-defined]
    service.model, service.remote = model, remote
    assert words in client.get("/").text
