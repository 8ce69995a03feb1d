"""An endpoint's faults as a matrix, through POST /draft: what the caller sees, in how long, and that nothing leaks."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

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

# fault, the status with model_only, the type, most seconds, most calls
FAULTS = {
    "hangs up on the request": (refuses, 503, "model-unavailable", 6, 4),
    "hangs before the first byte": (hang, 504, "model-timeout", 6, 1),
    "stalls in the stream": (stall, 504, "model-timeout", 6, 1),
    "hangs up in the middle of a token": (hang_up_mid_token, 502, "model-reply-invalid", 6, 4),
    "429 without Retry-After": (saying(as_json(ERROR, 429)), 503, "model-overloaded", 8, 4),
    "429 with a long Retry-After": (
        saying(as_json(ERROR, 429, **{"retry-after": "600"})),
        503,
        "model-overloaded",
        3,
        1,
    ),
    "500": (saying(as_json(ERROR, 500)), 503, "model-overloaded", 8, 4),
    "503": (saying(as_json(ERROR, 503)), 503, "model-overloaded", 8, 4),
    "200 with broken JSON": (saying(Said(200, (b'{"choices": [',))), 502, "model-reply-invalid", 3, 1),
    "200 with a web page": (
        saying(Said(200, (b"<html>Sign in</html>",), "text/html")),
        502,
        "model-reply-invalid",
        3,
        1,
    ),
    "another shape": (saying(as_json(whole('{"letter": 1}'))), 502, "model-reply-invalid", 3, 2),
    "prose where JSON was asked": (saying(as_json(whole("Dear Ines, thanks."))), 502, "model-reply-invalid", 3, 2),
    "nothing": (saying(as_events(delta("", "stop"), usage())), 502, "model-reply-invalid", 3, 1),
    "a refusal": (saying(as_events(delta(refusal="I cannot."), delta("", "stop"))), 502, "model-reply-invalid", 3, 1),
    "held back by a filter": (
        saying(as_events(delta("{"), delta("", "content_filter"))),
        502,
        "model-reply-invalid",
        3,
        1,
    ),
    "an error inside the stream": (saying(as_events(delta("{"), ERROR)), 503, "model-overloaded", 8, 4),
    "ten megabytes": (saying(HUGE), 502, "model-reply-invalid", 6, 1),
}
QUICK = {"first_token_timeout_s": 1.0, "model_timeout_s": 2.0, "connect_timeout_s": 1.0}


@pytest.mark.parametrize("name", FAULTS)
def test_with_model_only_the_caller_sees_a_problem_in_time(name, caplog):
    fault, status, type_, seconds, calls = FAULTS[name]
    caplog.set_level(logging.DEBUG)
    with endpoint(fault) as (url, handler), service(url, **QUICK) as client:
        client.post("/facts", json={"notes": REQUEST["notes"]})  # what is loaded once is not the fault's time
        started = time.monotonic()
        answer = client.post("/draft", json=REQUEST | {"model_only": True})
        took = time.monotonic() - started
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type_}")
    assert took < seconds + 10  # a busy machine takes some of its own
    assert 1 <= len(handler.calls) <= calls
    if status == 503:
        assert int(answer.headers["retry-after"]) >= 1
    for told in (answer.text, caplog.text):
        assert SECRET not in told
        assert "Hollin Mill" not in told


@pytest.mark.parametrize("name", ["hangs before the first byte", "500", "another shape", "ten megabytes"])
def test_otherwise_the_caller_gets_a_message_that_says_why_the_model_wrote_none(name):
    fault = FAULTS[name][0]
    with endpoint(fault) as (url, _), service(url, **QUICK) as client:
        message = client.post("/draft", json=REQUEST).json()["messages"][0]
    assert message["written_by"] == "outline"
    assert "model_failed" in [w["type"] for w in message["warnings"]]
    assert SECRET not in str(message)


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
