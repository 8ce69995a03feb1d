"""Behind a proxy: a path of its own, another name, another caller; and in front of monitors."""

from __future__ import annotations

import re

import pytest

from service.errors import RequestError
from service.settings import read_settings
from tests.api.service import NOTES, client, post

ORIGIN = "https://notes.example.com"
PROXIED = {"Host": "127.0.0.1:8105", "Origin": ORIGIN}
FORWARDED = {"X-Forwarded-Host": "notes.example.com", "X-Forwarded-Proto": "https"}


def form(c, headers):
    page = c.get("/", headers=headers)
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token is not None
    sent = {"x-csrf-token": token[1], "cookie": f"afterword_csrf={token[1]}"}
    return c.post("/understood", data={"notes": NOTES}, headers=headers | sent)


@pytest.mark.parametrize("stripped", [True, False], ids=["stripped", "passed-on"])
@pytest.mark.parametrize("page", ["/", "/prompts", "/docs", "/prompts/thank_you"])
def test_under_a_path_every_address_on_a_page_is_under_it_and_there(stripped, page):
    c = client(root_path="/afterword")
    prefix = "" if stripped else "/afterword"
    answer = c.get(prefix + page, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert '<meta name="afterword-root" content="/afterword">' in answer.text
    links = set(re.findall(r'(?:href|src|action|hx-get|hx-post)="(/[^"#]*)', answer.text))
    assert links
    for link in links:
        assert link.startswith("/afterword/"), link
        if link != "/afterword/understood":  # takes a form alone
            there = link.removeprefix("/afterword") if stripped else link
            assert c.get(there, headers={"accept": "text/html"}).status_code == 200, link


def test_under_a_path_the_api_answers_and_says_where_it_is():
    c = client(root_path="/afterword")
    assert post(c, "/afterword/facts").status_code == post(c, "/facts").status_code == 200
    assert c.get("/openapi.json").json()["servers"] == [{"url": "/afterword"}]
    assert "Path=/afterword/" in c.get("/").headers["set-cookie"]


def test_the_larger_bodies_of_the_page_hold_under_a_path_too():
    c = client(root_path="/afterword")
    assert c.post("/afterword/notes/import", content=b"x" * 300_000).status_code != 413


@pytest.mark.parametrize(("said", "meant"), [("afterword/", "/afterword"), ("/", ""), ("/a//b", "/a/b")])
def test_a_path_is_read_as_people_write_it(said, meant):
    assert read_settings(root_path=said).root_path == meant


def test_a_path_that_is_none_stops_the_start():
    with pytest.raises(RequestError, match="AFTERWORD_ROOT_PATH"):
        read_settings(root_path="https://example.com/afterword")


def test_a_form_behind_a_proxy_that_rewrites_the_host_says_what_to_do():
    refused = form(client(allowed_hosts=("127.0.0.1",)), PROXIED | FORWARDED)
    assert refused.status_code == 403
    for named in ("Host header", "AFTERWORD_TRUSTED_PROXIES", "AFTERWORD_ALLOWED_ORIGINS"):
        assert named in refused.json()["detail"]


def test_a_form_passes_where_the_origin_is_listed():
    assert form(client(allowed_origins=(ORIGIN,)), PROXIED).status_code == 200


def test_a_form_passes_where_the_proxy_is_named():
    c = client(trusted_proxies="127.0.0.0/8")
    assert form(from_address(c, "203.0.113.9"), PROXIED | FORWARDED).status_code == 403
    assert form(from_address(c, "127.0.0.1"), PROXIED | FORWARDED).status_code == 200


def test_a_form_of_another_site_does_not_pass_by_any_of_this():
    c = client(trusted_proxies="127.0.0.0/8", allowed_origins=(ORIGIN,))
    evil = {"Host": "127.0.0.1:8105", "Origin": "https://evil.example"}
    assert form(from_address(c, "127.0.0.1"), evil | FORWARDED).status_code == 403
    assert form(from_address(c, "203.0.113.9"), evil | FORWARDED).status_code == 403


def from_address(c, address):
    c._transport.client = (address, 1)
    return c


def test_the_secure_mark_of_the_cookie_follows_the_callers_scheme():
    c = from_address(client(trusted_proxies="127.0.0.1"), "127.0.0.1")
    assert "Secure" in c.get("/", headers=FORWARDED).headers["set-cookie"]
    assert "Secure" not in from_address(c, "203.0.113.9").get("/", headers=FORWARDED).headers["set-cookie"]


def test_a_prefix_from_a_named_proxy_places_the_page_and_anybody_elses_does_not():
    c = from_address(client(trusted_proxies="127.0.0.1"), "127.0.0.1")
    assert 'content="/notes"' in c.get("/", headers={"X-Forwarded-Prefix": "/notes/"}).text
    assert 'content=""' in c.get("/", headers={"X-Forwarded-Prefix": '/"><script>'}).text
    assert 'content=""' in from_address(c, "203.0.113.9").get("/", headers={"X-Forwarded-Prefix": "/notes"}).text


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics", "/model", "/", "/openapi.json"])
def test_a_monitor_that_asks_with_head_gets_the_headers(address):
    c = client()
    answer = c.head(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == c.get(address).headers["content-type"]


def test_head_on_nothing_is_404():
    assert client().head("/nothing").status_code == 404


def test_the_pointer_of_a_field_named_body_is_its_own():
    errors = client().post("/exports/eml", json={"subject": 5, "body": 7}).json()["errors"]
    assert [e["pointer"] for e in errors] == ["/subject", "/body"]


def test_the_pointer_of_the_whole_body_is_empty():
    (error,) = client().post("/exports/eml", json=[]).json()["errors"]
    assert error["pointer"] == ""


def test_a_pointer_escapes_what_rfc_6901_asks():
    (error,) = post(client(), "/draft", **{"a/b~c": 1}).json()["errors"]
    assert error["pointer"] == "/a~1b~0c"


def test_an_empty_calendar_is_a_problem_that_says_which_date_is_wanted():
    answer = client().post("/exports/ics", json={"notes": "asdf", "now": "2026-11-17T10:00:00+01:00"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/nothing-to-remind")
    assert "interview.at" in answer.json()["detail"]


def test_a_calendar_in_a_named_zone_is_at_the_zones_own_time():
    body = {"interview": {"at": "2027-03-24", "decision_date": "2027-03-29"}, "time_zone": "Europe/Berlin"}
    answer = post(client(), "/exports/ics", now="2027-03-24T18:00:00+01:00", **body)
    assert "TZID=Europe/Berlin:20270405T090000" in answer.text


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "x" * 61, "/etc/localtime"])
def test_a_zone_that_is_none_is_pointed_at(zone):
    answer = post(client(), "/facts", time_zone=zone)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/time_zone"
