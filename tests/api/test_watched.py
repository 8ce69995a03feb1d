"""What an operator watches, at a service on loopback whose endpoint fails, answers badly, and is slow."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from service.app import create_app
from service.settings import Settings
from tests.api.service import serving, until
from tests.endpoints.server import Said, as_json
from tests.endpoints.test_faults import endpoint
from tests.endpoints.test_field import LETTER, REQUEST, says
from tests.reading_shipped import shipped

Answer = Callable[[], Said]


def counted(url: str) -> Callable[[str], float]:
    """A series' value as /metrics has it now; 0 for one that it does not have."""
    text = httpx2.get(f"{url}/metrics", timeout=30).text

    def value(series: str) -> float:
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    return value


def good() -> Said:
    return says(LETTER)({})


def naming_a_stranger() -> Said:
    return says(LETTER.replace("by November 25", "from Gunther Abernathy"))({})


def busy() -> Said:
    return as_json({"error": "busy"}, 503)


def test_retries_fallbacks_tokens_checks_and_the_time_of_each_step_are_counted() -> None:
    queue: list[Answer] = []
    with endpoint(lambda handler: handler.say((queue.pop(0) if queue else busy)())) as (at, _):
        settings = Settings(openai_base_url=at, model="stand-in", read_along=False, verify=False, model_timeout_s=3)
        with serving(create_app(settings, reader=shipped())) as url, httpx2.Client(timeout=60) as caller:
            queue += [busy, good]
            caller.post(f"{url}/draft", json=REQUEST)
            once = counted(url)
            queue += [naming_a_stranger, good]
            caller.post(f"{url}/draft", json=REQUEST)
            repaired = counted(url)
            caller.post(f"{url}/draft", json=REQUEST)
            failed = counted(url)
    assert once('afterword_model_retries_total{reason="model-overloaded"}') == 1
    assert once('afterword_model_calls_total{outcome="answered"}') == 1
    assert once("afterword_model_call_seconds_count") == 1
    assert once("afterword_model_call_seconds_sum") > 0
    assert once("afterword_model_seconds_total") > 0
    assert once('afterword_tokens_total{direction="out"}') > 0
    for step in ("read notes", "plan messages", "write message", "check message"):
        assert once(f'afterword_step_seconds_count{{step="{step}"}}') == 1
    assert once('afterword_messages_total{kind="thank_you",written_by="model"}') == 1
    assert once('afterword_repairs_total{check="ungrounded_name"}') == 0
    assert repaired('afterword_repairs_total{check="ungrounded_name"}') >= 1
    assert repaired('afterword_model_calls_total{outcome="answered"}') == 3
    assert failed('afterword_messages_total{kind="thank_you",written_by="outline"}') == 1
    assert failed('afterword_model_calls_total{outcome="model-overloaded"}') == 1
    assert failed('afterword_model_retries_total{reason="model-overloaded"}') > 1


def test_a_field_that_the_endpoint_refuses_is_a_try_beyond_the_first() -> None:
    def refuses(handler: object) -> None:
        refused = as_json({"error": {"message": "Unrecognized request argument supplied: stream_options"}}, 400)
        handler.say(refused if len(handler.calls) == 1 else good())  # type: ignore[attr-defined]

    with endpoint(refuses) as (at, _):
        settings = Settings(openai_base_url=at, model="stand-in", read_along=False, verify=False)
        with serving(create_app(settings, reader=shipped())) as url, httpx2.Client(timeout=60) as caller:
            for _ in range(2):
                caller.post(f"{url}/draft", json=REQUEST)
            now = counted(url)
    assert now('afterword_model_retries_total{reason="model-rejected"}') == 1


def test_the_line_shows_its_length_while_it_is_there() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(handler: object) -> None:
        asked.set()
        go_on.wait(30)
        handler.say(good())  # type: ignore[attr-defined]

    with endpoint(slow) as (at, _):
        settings = Settings(
            openai_base_url=at, model="stand-in", read_along=False, verify=False, max_concurrent_drafts=1
        )
        with serving(create_app(settings, reader=shipped())) as url, ThreadPoolExecutor(3) as callers:
            drafts = [callers.submit(httpx2.post, f"{url}/draft", json=REQUEST, timeout=60) for _ in range(3)]
            assert asked.wait(30)
            until(lambda: counted(url)("afterword_drafts_waiting") == 2)
            now = counted(url)
            go_on.set()
            assert [d.result().status_code for d in drafts] == [200] * 3
            after = counted(url)
    assert now("afterword_drafts_in_flight") == 1
    assert now("afterword_model_calls_in_flight") == 1
    for gauge in ("afterword_drafts_waiting", "afterword_drafts_in_flight", "afterword_model_calls_in_flight"):
        assert after(gauge) == 0


def test_each_metric_stands_in_the_operators_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    with serving(create_app(Settings(model="outline"), reader=shipped())) as url:
        text = httpx2.get(f"{url}/metrics", timeout=30).text
    families = {m for m in re.findall(r"^# TYPE (afterword_\w+) ", text, re.MULTILINE) if not m.endswith("_created")}
    assert len(families) > 12
    assert [m for m in sorted(families) if m not in page] == []
