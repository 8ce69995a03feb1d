"""An endpoint's faults as a matrix, through POST /draft: what the caller sees, in how long, and that nothing leaks."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.leaks import leaks

from .makers import delta, usage, whole
from .server import Said, as_events, as_json
from .test_field import LETTER, REQUEST, says, service

SECRET = "unmistakable"
HANG = threading.Event()


class Faulty(BaseHTTPRequestHandler):
    """``fault`` is called with this handler and writes what it likes."""

    fault: Any
    calls: list[float]

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self.say(as_json({}, 404))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.calls.append(time.monotonic())
        type(self).fault(self)

    def say(self, said: Said, length: bool = True) -> None:
        data = b"".join(said.blocks)
        self.send_response(said.status)
        self.send_header("content-type", said.content_type)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if length:
            self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


@contextmanager
def endpoint(fault):
    handler = type("Handler", (Faulty,), {"fault": staticmethod(fault), "calls": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", handler
    finally:
        server.shutdown()
        server.server_close()


def hang(handler):
    HANG.wait(3)


def stall(handler):
    handler.say(as_events(delta('{"subject": "'), done=False), length=False)
    HANG.wait(3)


def hang_up_mid_token(handler):
    handler.say(Said(200, (b'data: {"choices": [{"index": 0, "delta": {"con',), "text/event-stream"), length=False)
    handler.connection.close()


def refuses(handler):
    handler.connection.close()


def saying(said):
    return lambda handler: handler.say(said)


ERROR = {"error": {"message": f"internal: {SECRET}", "type": "server_error"}}
HUGE = as_events(*[delta("x" * 65_536) for _ in range(160)], delta("", "stop"))

# Fault, status and type with model_only, calls.
FAULTS = {
    "hangs up on the request": (refuses, 503, "model-unavailable", 4),
    "hangs before the first byte": (hang, 504, "model-timeout", 1),
    "stalls in the stream": (stall, 504, "model-timeout", 1),
    "hangs up in the middle of a token": (hang_up_mid_token, 502, "model-reply-invalid", 1),
    "429 without Retry-After": (saying(as_json(ERROR, 429)), 503, "model-overloaded", 4),
    "429 with a long Retry-After": (
        saying(as_json(ERROR, 429, **{"retry-after": "6000"})), 503, "model-overloaded", 1,
    ),
    "500": (saying(as_json(ERROR, 500)), 503, "model-overloaded", 4),
    "503": (saying(as_json(ERROR, 503)), 503, "model-overloaded", 4),
    "200 with broken JSON": (saying(Said(200, (b'{"choices": [',))), 502, "model-reply-invalid", 1),
    "200 with a web page": (
        saying(Said(200, (b"<html>Sign in</html>",), "text/html")), 502, "model-reply-invalid", 1,
    ),
    "another shape": (saying(as_json(whole('{"letter": 1}'))), 502, "model-reply-invalid", 2),
    "prose where JSON was asked": (saying(as_json(whole("Dear Ines, thanks."))), 502, "model-reply-invalid", 2),
    "nothing": (saying(as_events(delta("", "stop"), usage())), 502, "model-reply-invalid", 1),
    "a refusal": (
        saying(as_events(delta(refusal="I cannot."), delta("", "stop"))), 502, "model-reply-invalid", 1,
    ),
    "held back by a filter": (
        saying(as_events(delta("{"), delta("", "content_filter"))), 502, "model-reply-invalid", 1,
    ),
    "an error inside the stream": (saying(as_events(delta("{"), ERROR)), 503, "model-overloaded", 1),
    "an error in place of the stream": (saying(as_events(ERROR)), 503, "model-overloaded", 4),
    "ten megabytes": (saying(HUGE), 502, "model-reply-invalid", 1),
}  # fmt: skip
QUICK = {"first_token_timeout_s": 1.0, "model_timeout_s": 2.0, "connect_timeout_s": 1.0}
# What ends by itself, at once or after its tries, is told by these from what waits for a limit.
PATIENT = {"first_token_timeout_s": 600.0, "model_timeout_s": 600.0, "connect_timeout_s": 600.0}
ENDLESS = ("hangs before the first byte", "stalls in the stream")
BUSY_S = 120  # what a busy machine may take
STREAM = "text/event-stream"


def problem_of(answer):
    """The problem, also where it is the last event of a stream that had begun."""
    if not answer.headers["content-type"].startswith(STREAM):
        return answer.json()
    *_, (name, data) = re.findall(r"^event: (\w+)\ndata: (.+)$", answer.text, re.MULTILINE)
    assert name == "error"
    return json.loads(data)


@pytest.mark.parametrize("accept", ["application/json", STREAM])
@pytest.mark.parametrize("name", FAULTS)
def test_with_model_only_the_caller_sees_a_problem_in_time(name, accept, caplog):
    fault, status, type_, calls = FAULTS[name]
    caplog.set_level(logging.DEBUG)
    with endpoint(fault) as (url, handler), service(url, **QUICK if name in ENDLESS else PATIENT) as client:
        client.post("/facts", json={"notes": REQUEST["notes"]})  # what is loaded once is not the fault's time
        started = time.monotonic()
        answer = client.post("/draft", json=REQUEST | {"model_only": True}, headers={"accept": accept})
        took = time.monotonic() - started
        metrics = client.get("/metrics").text
    problem = problem_of(answer)
    assert (problem["status"], problem["type"]) == (status, f"/problems/{type_}")
    assert took < BUSY_S
    assert len(handler.calls) == calls
    streamed = answer.headers["content-type"].startswith(STREAM)
    assert streamed is (accept == STREAM)
    assert answer.status_code == (200 if streamed else status)
    if status == 503 and not streamed:
        assert int(answer.headers["retry-after"]) >= 1
    told = {"problem": str(problem), "log": caplog.text, "metrics": metrics}
    assert "afterword_model_calls_total" in metrics
    assert leaks([SECRET, "Hollin Mill"], **told) == []
    # What was understood goes back to whoever sent it; no word of the endpoint's does.
    assert leaks([SECRET], answer=answer.text) == []


def test_a_short_retry_after_is_waited_for_and_the_draft_is_the_models():
    asked = []

    def busy_once(handler):
        asked.append(time.monotonic())
        busy = as_json(ERROR, 429, **{"retry-after": "2"})
        handler.say(busy if len(asked) == 1 else says(LETTER)({}))

    with endpoint(busy_once) as (url, _), service(url, **PATIENT) as client:
        message = client.post("/draft", json=REQUEST).json()["messages"][0]
        metrics = client.get("/metrics").text
    assert message["written_by"] == "model"
    assert len(asked) == 2
    assert asked[1] - asked[0] > 1.9  # left to itself it asks again after half a second
    assert 'afterword_model_retries_total{reason="model-overloaded"} 1.0' in metrics


@pytest.mark.parametrize("name", ["hangs before the first byte", "500", "another shape", "ten megabytes"])
@pytest.mark.parametrize("accept", ["application/json", STREAM])
def test_otherwise_the_caller_gets_a_message_that_says_why_the_model_wrote_none(name, accept):
    fault = FAULTS[name][0]
    with endpoint(fault) as (url, _), service(url, **QUICK) as client:
        answer = client.post("/draft", json=REQUEST, headers={"accept": accept})
    draft = json.loads(answer.text.rpartition("data: ")[2])
    (message,) = draft["messages"]
    assert message["written_by"] == "outline"
    assert "model_failed" in [w["type"] for w in message["warnings"]]
    assert SECRET not in answer.text


def test_an_endpoint_that_takes_no_connection_is_a_problem_in_time():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with service(f"http://127.0.0.1:{port}/v1", **QUICK) as client:
        answer = client.post("/draft", json=REQUEST | {"model_only": True})
        message = client.post("/draft", json=REQUEST).json()["messages"][0]
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/model-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert message["written_by"] == "outline"
    assert "model_failed" in [w["type"] for w in message["warnings"]]


def test_after_a_fault_the_next_draft_is_the_models_again():
    broken = [True]

    def once(handler):
        handler.say(as_json(ERROR, 401) if broken and broken.pop() else says(LETTER)({}))

    with endpoint(once) as (url, _), service(url, **QUICK) as client:
        first, second = (client.post("/draft", json=REQUEST).json()["messages"][0]["written_by"] for _ in range(2))
    assert (first, second) == ("outline", "model")
