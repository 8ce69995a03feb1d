"""Keys, limits, repeated requests and kept drafts, through the API."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from service.api.metrics import Metrics
from service.api.queueing import Line
from service.api.rate import RateLimiter
from service.errors import QueueFull, TooManyDrafts, TooManyRequests
from service.models.scripted import ScriptedModel, Step
from service.storage.keys import KeyTable
from tests.api.service import NOTES, client, post

DRAFT_KEY, ADMIN_KEY = "0123456789abcdef", "fedcba9876543210"
KEYS = {"api_keys": SecretStr(f"{DRAFT_KEY},admin:{ADMIN_KEY}")}
BEARER = {"Authorization": f"Bearer {DRAFT_KEY}"}
BODY = {"notes": NOTES, "now": "2026-11-17T18:00:00+01:00"}


# Keys


def test_on_this_machine_alone_nobody_is_asked_for_a_key():
    assert post(client(), "/facts").status_code == 200


def test_without_a_key_the_answer_says_how_to_send_one():
    answer = post(client(**KEYS), "/facts")
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-required")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("headers", [BEARER, {"X-API-Key": DRAFT_KEY}, {"Cookie": f"afterword_key={DRAFT_KEY}"}])
def test_a_key_is_taken_in_each_of_its_places(headers):
    assert client(**KEYS).post("/facts", json=BODY, headers=headers).status_code == 200


@pytest.mark.parametrize("address", ["/", "/model", "/prompts", "/metrics", "/drafts/drf_" + "0" * 32])
def test_everything_that_is_not_open_asks_for_a_key(address):
    assert client(**KEYS).get(address).status_code == 401


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/docs", "/openapi.json", "/enter"])
def test_monitors_and_readers_need_no_key(address):
    assert client(**KEYS).get(address).status_code == 200


MEASURING = (
    ("POST", "/score"),
    ("POST", "/facts"),
    ("GET", "/prompts"),
    ("GET", "/prompts/thank_you/1"),
    ("GET", "/model"),
)
DRAFTING = (
    ("POST", "/draft"),
    ("GET", "/"),
    ("GET", "/drafts/drf_" + "0" * 32),
    ("POST", "/batches"),
    ("POST", "/exports/ics"),
)
OPERATING = (("GET", "/metrics"),)


@pytest.mark.parametrize(
    ("scope", "opened", "closed", "wanted"),
    [
        ("draft", MEASURING + DRAFTING, OPERATING, "admin"),
        ("evals", MEASURING, DRAFTING, "draft"),
        ("evals", MEASURING, OPERATING, "admin"),
        ("admin", MEASURING + DRAFTING + OPERATING, (), ""),
    ],
)
def test_a_key_opens_what_its_scope_says_and_nothing_else(scope, opened, closed, wanted):
    c = client(api_keys=SecretStr(f"{scope}:{DRAFT_KEY}"))

    def refusal(method, address):
        """Why the key is not let through; None where it is, whatever the route then makes of an empty body."""
        answer = c.request(method, address, headers=BEARER)
        return answer.json()["detail"] if answer.status_code == 403 else None

    assert [refusal(*one) for one in opened] == [None] * len(opened)
    assert all(f"lacks the scope '{wanted}'" in refusal(*one) for one in closed)


def test_a_key_that_may_not_draft_does_not_open_the_page():
    c = client(api_keys=SecretStr(f"evals:{DRAFT_KEY}"))
    assert c.post("/enter", data={"key": DRAFT_KEY}).status_code == 401
    scored = c.post("/score", json=BODY | {"kind": "thank_you", "body": "Thank you, Ines."}, headers=BEARER)
    assert scored.status_code == 200


def test_what_a_scope_lacks_is_a_problem_of_its_own():
    refused = client(**KEYS).get("/metrics", headers=BEARER)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/key-may-not")


def test_guessing_keys_is_slowed_down_and_the_right_one_still_refused_meanwhile():
    c = client(**KEYS)
    answers = [c.post("/facts", json=BODY, headers={"X-API-Key": f"wrong-key-{n:06}"}).status_code for n in range(22)]
    assert answers[:20] == [401] * 20
    assert answers[-1] == 429
    assert c.post("/facts", json=BODY, headers=BEARER).status_code == 429


def test_a_browser_is_led_to_the_page_that_asks_and_let_in_with_a_key_once():
    c = client(**KEYS)
    led = c.get("/", headers={"accept": "text/html"}, follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/enter")
    assert c.post("/enter", data={"key": "wrong"}).status_code == 401
    entered = c.post("/enter", data={"key": f" {DRAFT_KEY} "}, follow_redirects=False)
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert c.get("/", headers={"accept": "text/html"}).status_code == 200
    assert c.post("/facts", json=BODY).status_code == 200


def test_a_key_of_the_table_works_until_it_is_revoked(tmp_path):
    with client(keys="required", data_dir=tmp_path) as c:
        table: KeyTable = c.app.state.keys.table
        token = c.portal.call(table.create, "site", ("draft",))
        headers = {"Authorization": f"Bearer {token}"}
        assert c.post("/facts", json=BODY, headers=headers).status_code == 200
        c.portal.call(table.revoke, token.split("_")[1])
        assert c.post("/facts", json=BODY, headers=headers).status_code == 401


# Limits


def test_a_limited_answer_says_what_is_left_and_the_last_when_to_come_back():
    c = client(rate_limit="2/minute")
    first, second, third = (post(c, "/facts") for _ in range(3))
    assert first.headers["ratelimit-policy"] == '"requests";q=2;w=60'
    assert first.headers["ratelimit"].startswith('"requests";r=1;t=')
    assert second.status_code == 200
    assert (third.status_code, third.json()["type"]) == (429, "/problems/too-many-requests")
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert third.headers["ratelimit"].startswith('"requests";r=0')
    assert c.get("/model").status_code == 200


def test_each_key_has_a_count_of_its_own():
    c = client(rate_limit="1/minute", **KEYS)
    other = {"Authorization": f"Bearer {ADMIN_KEY}"}
    assert [c.post("/facts", json=BODY, headers=h).status_code for h in (BEARER, BEARER, other)] == [200, 429, 200]


@pytest.mark.needs_redis
async def test_two_machines_count_together_through_redis():
    url = os.environ.get("AFTERWORD_TEST_REDIS_URL")
    if not url:
        pytest.skip("no Redis: AFTERWORD_TEST_REDIS_URL names none; .ci/run starts one")
    caller = f"test-{os.getpid()}-{time.time_ns()}"
    one, two = RateLimiter("3/minute", url), RateLimiter("3/minute", url)
    for machine in (one, two, one):
        await machine.hit(caller)
    with pytest.raises(TooManyRequests):
        await two.hit(caller)
    await one.aclose()
    await two.aclose()


async def test_while_redis_is_gone_each_machine_counts_for_itself(caplog):
    limiter = RateLimiter("1/minute", "redis://127.0.0.1:9/0")
    started = time.perf_counter()
    await limiter.hit("somebody")
    with pytest.raises(TooManyRequests):
        await limiter.hit("somebody")
    assert time.perf_counter() - started < 10
    await limiter.aclose()
    assert [r.getMessage().count("Redis cannot be reached") for r in caplog.records] == [1]


async def test_the_line_is_first_come_first_served_and_bounded():
    line, order, gate = Line(1, 2, 10, Metrics()), [], asyncio.Event()

    async def one(n):
        async with line.turn(f"caller{n}"):
            order.append(n)
            await gate.wait()

    tasks = []
    for n in range(3):
        tasks.append(asyncio.create_task(one(n)))
        await asyncio.sleep(0)
    assert (order, line.drafting) == ([0], 1)
    with pytest.raises(QueueFull) as full:
        await one(3)
    assert full.value.retry_after_s >= 1
    gate.set()
    await asyncio.gather(*tasks)
    assert (order, line.drafting) == ([0, 1, 2], 0)


async def test_one_who_leaves_the_line_leaves_no_gap():
    line, gate = Line(1, 1, 10, Metrics()), asyncio.Event()

    async def one():
        async with line.turn("a"):
            await gate.wait()

    first, second = asyncio.create_task(one()), asyncio.create_task(one())
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.wait({second})
    gate.set()
    await first
    async with line.turn("a"):
        assert line.drafting == 1


async def test_one_caller_does_not_fill_the_line_alone():
    line = Line(4, 4, 1, Metrics())
    async with line.turn("a"):
        with pytest.raises(TooManyDrafts):
            async with line.turn("a"):
                pass
        async with line.turn("b"):
            pass


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_draft_that_takes_too_long_ends_with_its_calls(accept):
    model = ScriptedModel(script=lambda _: Step("never", gate=asyncio.Event()))
    c = client(model=model, request_timeout_s=0.3)
    answer = c.post("/draft", json=BODY, headers={"accept": accept})
    # On a busy machine the time may be over before the stream has begun; then it is an ordinary problem.
    streamed = answer.headers["content-type"].startswith("text/event-stream")
    problem = json.loads(answer.text.rsplit("data: ", 1)[1]) if streamed else answer.json()
    assert problem["type"] == "/problems/deadline-exceeded"
    assert c.app.state.service.drafting == 0
    assert model.cancelled == len(model.requests)


# Repeated requests

ONCE = {"Idempotency-Key": "order-1"}


def test_the_same_request_has_one_answer():
    c = client()
    first = c.post("/draft", json=BODY, headers=ONCE)
    again = c.post("/draft", json=BODY, headers=ONCE)
    assert again.json() == first.json()
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert c.post("/draft", json=BODY).json()["id"] != first.json()["id"]


def test_another_body_under_the_same_key_is_refused():
    c = client()
    c.post("/draft", json=BODY, headers=ONCE)
    refused = c.post("/draft", json=BODY | {"kinds": ["linkedin"]}, headers=ONCE)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_an_answer_that_was_an_error_is_not_kept():
    c = client()
    wrong = BODY | {"prompt": {"thank_you": "thank_you@99"}}
    assert [c.post("/draft", json=wrong, headers=ONCE).status_code for _ in range(2)] == [404, 404]
    assert c.post("/draft", json=BODY, headers=ONCE).status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "schl\u00fcssel".encode("latin-1")])
def test_a_key_that_is_none_is_refused(key):
    assert client().post("/draft", json=BODY, headers={"Idempotency-Key": key}).status_code == 422


def test_a_twin_waits_and_the_model_is_asked_once():
    gate = threading.Event()

    def script(_):
        gate.wait(10)
        return Step("Thank you.")

    model = ScriptedModel(script=script)
    with client(model=model) as c, ThreadPoolExecutor(2) as pool:
        twins = [pool.submit(c.post, "/draft", json=BODY, headers=ONCE) for _ in range(2)]
        time.sleep(0.3)
        gate.set()
        answers = [t.result(30).json() for t in twins]
        calls = len(model.requests)
        third = c.post("/draft", json=BODY, headers=ONCE).json()
    assert answers[0] == answers[1] == third
    assert len(model.requests) == calls


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_twin_in_another_process_is_told_to_come_back_and_then_gets_the_answer(tmp_path, accept):
    begun, gate = threading.Event(), threading.Event()

    def script(_):
        begun.set()
        gate.wait(60)
        return Step("Thank you.")

    def kept(**more):
        return client(keep="always", data_dir=tmp_path, batches="off", **more)

    with kept(model=ScriptedModel(script=script)) as one, kept() as two, ThreadPoolExecutor(1) as pool:
        first = pool.submit(one.post, "/draft", json=BODY, headers=ONCE)
        assert begun.wait(60)
        busy = two.post("/draft", json=BODY, headers=ONCE | {"accept": accept})
        gate.set()
        answered = first.result(60).json()
        again = two.post("/draft", json=BODY, headers=ONCE)
    assert (busy.status_code, busy.json()["type"]) == (409, "/problems/idempotency-key-in-use")
    assert int(busy.headers["retry-after"]) >= 1
    assert (again.json(), again.headers["idempotency-replayed"]) == (answered, "true")


def test_a_repeated_stream_ends_with_the_same_draft():
    c = client()
    first = c.post("/draft", json=BODY, headers=ONCE)
    again = c.post("/draft", json=BODY, headers=ONCE | {"accept": "text/event-stream"})
    names = [line[7:] for line in again.text.splitlines() if line.startswith("event: ")]
    assert names == ["facts", "progress", "delta", "message", "done"]
    assert json.loads(again.text.rsplit("data: ", 1)[1]) == first.json()


def test_a_stream_is_the_first_answer_too():
    c = client()
    first = c.post("/draft", json=BODY, headers=ONCE | {"accept": "text/event-stream"})
    again = c.post("/draft", json=BODY, headers=ONCE)
    assert again.json() == json.loads(first.text.rsplit("data: ", 1)[1])


# Kept drafts


def keeping(tmp_path, keep="asked", **more):
    return client(keep=keep, data_dir=tmp_path, **more)


def test_by_default_nothing_is_kept_and_asking_for_it_is_refused():
    c = client()
    draft = post(c).json()
    assert draft["kept"] is False
    assert c.get(f"/drafts/{draft['id']}").status_code == 404
    refused = post(c, keep=True)
    assert (refused.status_code, "AFTERWORD_KEEP" in refused.json()["detail"]) == (422, True)


def test_a_kept_draft_is_there_until_it_is_deleted(tmp_path):
    with keeping(tmp_path) as c:
        draft = post(c, keep=True).json()
        assert draft["kept"] is True
        there = c.get(f"/drafts/{draft['id']}")
        assert there.json() == draft
        assert there.headers["cache-control"] == "no-store"
        mail = c.get(f"/drafts/{draft['id']}.eml")
        assert mail.headers["content-type"] == "message/rfc822"
        assert b"X-Unsent: 1" in mail.content
        assert "BEGIN:VEVENT" in c.get(f"/drafts/{draft['id']}.ics").text
        assert c.get(f"/drafts/{draft['id']}.eml?message=9").status_code == 404
        assert c.delete(f"/drafts/{draft['id']}").status_code == 204
        assert c.get(f"/drafts/{draft['id']}").status_code == 404
        assert c.delete(f"/drafts/{draft['id']}").status_code == 404


@pytest.mark.parametrize(
    ("zone", "talked", "decide", "check_in"),
    [
        ("Europe/Berlin", "2027-03-24", "2027-03-29", "20270405T090000"),
        ("America/New_York", "2026-10-28", "2026-11-02", "20261109T090000"),
        ("Australia/Lord_Howe", "2027-04-01", "2027-04-05", "20270412T090000"),
    ],
)
def test_a_kept_drafts_reminder_after_the_clocks_change_is_at_the_zones_own_time(
    tmp_path, zone, talked, decide, check_in
):
    """It was an hour off: of the zone only the hours from Greenwich on the day of the draft were kept."""
    stated = {"interview": {"at": talked, "decision_date": decide}, "time_zone": zone}
    with keeping(tmp_path, "always") as c:
        draft = post(c, now=f"{talked}T12:00:00Z", **stated).json()
        calendar = c.get(f"/drafts/{draft['id']}.ics").text
    assert draft["time_zone"] == zone
    assert f"DTSTART;TZID={zone}:{check_in}" in calendar


def test_a_draft_that_was_kept_before_zones_were_has_its_reminders_in_utc(tmp_path):
    with keeping(tmp_path, "always") as c:
        draft = post(c).json()
        assert draft.pop("time_zone") is None
        c.portal.call(c.app.state.service.storage.keep_draft, "drf_" + "0" * 32, "", draft)
        assert "DTSTART:20261202T080000Z" in c.get(f"/drafts/drf_{'0' * 32}.ics").text


@pytest.mark.parametrize(
    ("keep", "asked", "kept"), [("asked", None, False), ("always", None, True), ("always", False, False)]
)
def test_the_operator_sets_and_the_request_chooses(tmp_path, keep, asked, kept):
    with keeping(tmp_path, keep) as c:
        draft = post(c, **({} if asked is None else {"keep": asked})).json()
        assert draft["kept"] is kept
        assert (c.get(f"/drafts/{draft['id']}").status_code == 200) is kept


def test_a_kept_draft_is_its_keys_own(tmp_path):
    with keeping(tmp_path, "always", api_keys=SecretStr(f"{DRAFT_KEY},{DRAFT_KEY}2,admin:{ADMIN_KEY}")) as c:
        draft = c.post("/draft", json=BODY, headers=BEARER).json()
        address = f"/drafts/{draft['id']}"
        seen = {
            k: c.get(address, headers={"X-API-Key": k}).status_code for k in (DRAFT_KEY, DRAFT_KEY + "2", ADMIN_KEY)
        }
        assert list(seen.values()) == [200, 404, 200]


def test_the_answer_to_a_repeated_request_survives_a_restart_where_drafts_are_kept(tmp_path):
    with keeping(tmp_path, "always") as c:
        first = c.post("/draft", json=BODY, headers=ONCE).json()
    with keeping(tmp_path, "always") as c:
        again = c.post("/draft", json=BODY, headers=ONCE)
        assert (again.json(), again.headers["idempotency-replayed"]) == (first, "true")
        c.delete(f"/drafts/{first['id']}")
        assert c.post("/draft", json=BODY, headers=ONCE).json()["id"] != first["id"]


def test_a_database_that_is_gone_loses_no_draft(tmp_path, caplog):
    with keeping(tmp_path, "always") as c:
        c.portal.call(c.app.state.service.storage.engine.dispose)
        for path in tmp_path.iterdir():
            path.unlink()
        (tmp_path / "afterword.db").write_bytes(b"no database" * 1000)
        draft = post(c)
        assert (draft.status_code, draft.json()["kept"]) == (200, False)
        answer = c.get(f"/drafts/{draft.json()['id']}")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/storage-unavailable")
    assert "could not be kept" in caplog.text
    assert "stone ovens" not in caplog.text
