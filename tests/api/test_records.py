"""What is kept of a request: enough to find a fault, and no word of the notes."""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from service.api.records import JsonLines
from service.app import create_app
from service.models.scripted import ScriptedModel, Step
from service.settings import Settings
from tests.api.service import NOTES, NOW, client, post, serving
from tests.reading_shipped import shipped

CANARY = "zanzibarcanary"


def written(caplog: pytest.LogCaptureFixture) -> str:
    """Every record as the service would write it, and as a plain formatter with a traceback would."""
    plain = logging.Formatter("%(message)s %(args)s")
    return "\n".join(f(r) for r in caplog.records for f in (JsonLines().format, plain.format))


def broken(_: Any) -> Step:
    raise RuntimeError(f"cannot cope with {CANARY}")


def test_what_was_sent_is_never_echoed_logged_or_counted(outline: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        post(outline, notes=f"Met Ines. salary {CANARY}", kinds=["thank_you"])
        post(outline, "/score", notes=f"Met Ines {CANARY}", kind="thank_you", body=f"Hi {CANARY}")
        wrong = post(outline, notes=f"Met Ines {CANARY}", kinds=[CANARY])
        cut = outline.post(
            "/draft", content=f'{{"notes": "{CANARY}'.encode(), headers={"content-type": "application/json"}
        )
        outline.get(f"/{CANARY}?q={CANARY}")
    assert CANARY not in wrong.text + cut.text
    assert CANARY not in outline.get("/metrics").text
    ours = [r for r in caplog.records if not r.name.startswith("httpx2")]  # the test's own client tells its addresses
    caplog.records[:] = ours
    assert CANARY not in written(caplog)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_failure_inside_reaches_neither_caller_nor_log_with_its_words(
    accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(model="outline"), model=ScriptedModel(script=broken), reader=shipped())
    with serving(app) as url, caplog.at_level(logging.DEBUG):
        answer = httpx2.post(f"{url}/draft", json={"notes": NOTES, "now": NOW}, headers={"accept": accept}, timeout=30)
    assert '"/problems/internal"' in answer.text
    assert "request_id" in answer.text
    assert CANARY not in answer.text + written(caplog)
    assert "RuntimeError at " in written(caplog)
    assert "test_records.py:" in written(caplog)


@pytest.mark.parametrize("path", ["/draft", "/facts", "/nowhere"])
def test_what_answers_notes_is_not_cached(outline: TestClient, path: str) -> None:
    assert post(outline, path).headers["cache-control"] == "no-store"


def test_every_answer_carries_an_id_and_a_problem_repeats_it(outline: TestClient) -> None:
    fine, refused = outline.get("/healthz"), outline.get("/nowhere")
    assert fine.headers["x-request-id"] != refused.headers["x-request-id"]
    assert refused.json()["request_id"] == refused.headers["x-request-id"]


@pytest.mark.parametrize(
    ("given", "kept"), [("trace-7.a_b", True), ("a b", False), ("x" * 65, False), ('"};alert', False)]
)
def test_a_callers_own_id_is_kept_where_it_is_plain(outline: TestClient, given: str, kept: bool) -> None:
    answer = outline.get("/healthz", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_requests_are_counted_by_route_not_by_address() -> None:
    c = client()
    c.get("/prompts/thank_you/1")
    c.get("/prompts/thank_you/99")
    c.get("/wp-login.php")
    text = c.get("/metrics").text
    assert 'afterword_http_requests_total{method="GET",route="/prompts/{name}/{version}",status="200"} 1.0' in text
    assert 'afterword_http_requests_total{method="GET",route="/prompts/{name}/{version}",status="404"} 1.0' in text
    assert 'route="other"' in text
    assert "wp-login" not in text


def test_drafts_are_counted_by_kind_and_writer() -> None:
    c = client()
    post(c, kinds=["thank_you", "linkedin"])
    text = c.get("/metrics").text
    assert "afterword_drafts_total 1.0" in text
    assert 'afterword_messages_total{kind="linkedin",written_by="outline"} 1.0' in text


def test_the_time_of_each_step_is_counted() -> None:
    c = client(ScriptedModel(script=lambda _: "."))
    post(c)
    counted = set(
        re.findall(r'^afterword_step_seconds_count{step="([^"]+)"} 1.0$', c.get("/metrics").text, re.MULTILINE)
    )
    assert counted == {"read notes", "read along", "plan messages", "write message", "check message"}


def test_repairs_are_counted_by_check() -> None:
    c = client(ScriptedModel(script=lambda _: " Gunther Abernathy of Initech sends his regards."))
    post(c)
    assert 'afterword_repairs_total{check="' in c.get("/metrics").text


def test_a_log_line_is_json_and_leaves_an_errors_words_out() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_records.py:")
    assert CANARY not in json.dumps(line)


def test_the_dashboard_asks_for_metrics_that_there_are(outline: TestClient) -> None:
    panels = json.loads((Path(__file__).parents[2] / "docs" / "grafana" / "afterword.json").read_text())["panels"]
    asked = {m for p in panels for t in p["targets"] for m in re.findall(r"afterword_\w+", t["expr"])}
    text = outline.get("/metrics").text
    there = set(re.findall(r"^# TYPE (afterword_\w+) ", text, re.MULTILINE))
    assert len(panels) == 12
    assert {re.sub(r"_bucket$", "", m) for m in asked} <= there
