"""What users of comparable tools have met, through POST /draft: the model's letter where there is one, else a word why not."""

from __future__ import annotations

import json
import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from service.app import create_app
from service.settings import Settings
from tests.reading_shipped import shipped

from .makers import delta, openai_error, usage, whole
from .server import Said, as_events, as_json

NOTES = (
    "Interview with Ines Duarte (head baker) at Rye & Co, production manager role, Tues Nov 17.\n"
    "- Ines leads the move to stone ovens, 3 of 11 shops done\n- the rye is proofed for 19 hours\n"
    "- I told her I cut waste from 9% to 4% at Hollin Mill\n- hear back by Nov 25"
)
REQUEST = {
    "notes": NOTES,
    "kinds": ["thank_you"],
    "candidate": {"name": "Sam Ortiz"},
    "now": "2026-11-17T18:00:00+01:00",
}
SENTENCES = [
    ("Thank you for meeting me on Tuesday about the production manager role at Rye & Co.", [], True),
    (
        "You lead the move to stone ovens, and hearing that 3 of 11 shops are done made me want to help with the rest.",
        [2],
        True,
    ),
    ("As I told you, I cut waste from 9% to 4% at Hollin Mill.", [4], False),
    ("I would like this job, and I look forward to hearing from you by November 25.", [], True),
]
LETTER = json.dumps(
    {
        "subject": "Thank you for our talk on Tuesday",
        "greeting": "Hi Ines,",
        "sentences": [{"text": t, "lines": n, "new_paragraph": p} for t, n, p in SENTENCES],
    }
)
THOUGHT = "The candidate seems nervous about this role. I wonder whether the waste figure is true. I will mention it."


@dataclass
class Upstream:
    url: str
    bodies: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def upstream(manners):
    """A server in a thread of its own: the app under test runs in another loop."""
    here = Upstream("")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Silence."""

        def do_GET(self) -> None:
            self._send(as_json({}, 404))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            here.bodies.append(body)
            self._send(manners(body))

        def _send(self, said: Said) -> None:
            data = b"".join(said.blocks)
            self.send_response(said.status)
            self.send_header("content-type", said.content_type)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def service(url: str, key: str = "k", **settings: Any):
    """One call a draft: the letter's. The model's two readings are asked in the same way, and tested where they are made."""
    alone = {"read_along": False, "verify": False}
    app = create_app(
        Settings(openai_base_url=url, openai_api_key=SecretStr(key), model="stand-in", **alone | settings),
        reader=shipped(),
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def drafted(manners, **more: Any) -> tuple[dict[str, Any], Upstream]:
    with upstream(manners) as there, service(there.url) as client:
        answer = client.post("/draft", json=REQUEST | more)
    assert answer.status_code == 200, answer.text
    return answer.json(), there


def by_the_model(manners) -> Upstream:
    draft, there = drafted(manners)
    (message,) = draft["messages"]
    assert message["written_by"] == "model", message["warnings"]
    assert "19 hours" in message["body"] or "stone ovens" in message["body"]
    assert "nervous" not in message["body"]
    assert "wrote the message" not in message["body"]
    return there


def says(text: str):
    return lambda body: as_events(delta(text), delta("", "stop"), usage())


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\n{THOUGHT}\n</think>\n{LETTER}",
        f"Sure, I wrote the message for you. It stays close to the notes. I hope it helps.\n{LETTER}",
        f"{LETTER}\nEach sentence rests on one item. Let me know if you want it shorter.",
        f"```json\n{LETTER}\n```",
        f"<thinking>{THOUGHT}</thinking>```json\n{LETTER}\n```\nShorter?",
    ],
    ids=["thought", "preface", "trailer", "fence", "all"],
)
def test_the_letter_is_the_json_and_not_what_stands_around_it(text):
    by_the_model(says(text))


def test_a_thought_alone_is_no_letter():
    draft, _ = drafted(says(f"<think>\n{THOUGHT}\n</think>\n"))
    (message,) = draft["messages"]
    assert message["written_by"] == "outline"
    assert "model_failed" in [w["type"] for w in message["warnings"]]
    assert "nervous" not in json.dumps(message)


def test_content_in_parts_is_read_and_its_thinking_left_out():
    thought = [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}]
    by_the_model(lambda b: as_events(delta(thought), delta([{"type": "text", "text": LETTER}]), delta("", "stop")))


@pytest.mark.parametrize("finish", ["STOP", "eos_token", "end_turn", "", None, "COMPLETE", "somebody's own word"])
def test_a_whole_answer_is_used_whatever_its_end_is_called(finish):
    by_the_model(lambda b: as_events(delta(LETTER), delta("", finish)))


def test_json_where_a_stream_was_asked_is_an_answer():
    by_the_model(lambda b: as_json(whole(LETTER)))


def test_an_endpoint_without_response_format_is_asked_without_it():
    refusal = as_json({"error": {"message": "This type of response_format is not offered here", "param": None}}, 400)
    there = by_the_model(lambda b: refusal if "response_format" in b else says(LETTER)(b))
    assert ["response_format" in b for b in there.bodies][-1] is False


FORBIDDEN = {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "not permitted"}]}


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("stream_options", 422, {"object": "error", "message": FORBIDDEN, "param": None, "code": None}),
        ("stream_options", 400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}),
        ("temperature", 400, {"error": {"message": "does not support parameters: ['temperature']", "code": "400"}}),
        ("temperature", 400, [{"error": {"code": 400, "message": 'Unknown name "temperature": Cannot find field.'}}]),
        ("temperature", 400, "temperature: extra fields not permitted"),
        ("max_tokens", 400, openai_error("Unsupported parameter", code="unsupported_parameter", param="max_tokens")[1]),
    ],
)
def test_an_unknown_field_is_left_out_however_the_error_names_it(name, status, error):
    there = by_the_model(lambda b: as_json(error, status) if name in b else says(LETTER)(b))
    assert [name in b for b in there.bodies].count(True) == 1


TROUBLES = [
    (401, {"error": "Unauthorized"}, "model-key-refused", "OPENAI_API_KEY"),
    (404, {"error": {"message": "The model `stand-in` does not exist"}}, "model-missing", "AFTERWORD_MODEL"),
    (402, {"error": {"message": "Insufficient Balance"}}, "model-quota-spent", "quota"),
]


@pytest.mark.parametrize(("status", "error", "type_", "named"), TROUBLES, ids=[t[2] for t in TROUBLES])
def test_what_is_wrong_with_the_endpoint_shows_everywhere(status, error, type_, named, caplog):
    caplog.set_level(logging.WARNING, "afterword.models")
    with upstream(lambda b: as_json(error, status)) as there, service(there.url) as client:
        assert client.get("/model").json()["state"] == "ready"
        message = client.post("/draft", json=REQUEST).json()["messages"][0]
        model, ready = client.get("/model").json(), client.get("/readyz").json()
        metrics = client.get("/metrics").text
        again = client.post("/draft", json=REQUEST | {"model_only": True})
    assert message["written_by"] == "outline"
    assert named in " ".join(w["detail"] for w in message["warnings"])
    assert model["state"] == ready["model"] == "failed"
    assert named in model["detail"]
    assert named in ready["detail"]
    assert f'afterword_model_trouble{{type="{type_}"}} 1.0' in metrics
    assert f'afterword_model_calls_total{{outcome="{type_}"}} 1.0' in metrics
    assert (again.status_code, again.json()["type"]) == (502, f"/problems/{type_}")
    assert [named in r.getMessage() for r in caplog.records] == [True]
    assert "Hollin" not in caplog.text


def test_a_trouble_that_is_over_shows_nowhere(caplog):
    broken = [True]
    manners = lambda b: as_json({"error": "no"}, 401) if broken.pop() else says(LETTER)(b)  # noqa: E731
    with upstream(manners) as there, service(there.url) as client:
        client.post("/draft", json=REQUEST)
        assert client.get("/model").json()["state"] == "failed"
        broken[:] = [False] * 9
        client.post("/draft", json=REQUEST)
        assert client.get("/model").json() == {
            "state": "ready",
            "name": "stand-in",
            "percent": None,
            "detail": "",
            "remote": True,
        }
        assert "afterword_model_trouble{" not in client.get("/metrics").text


def test_an_endpoint_that_is_not_there_shows_before_the_first_draft():
    with service("http://127.0.0.1:9/v1") as client:
        for _ in range(200):
            state = client.get("/model").json()
            if state["state"] == "failed":
                break
            threading.Event().wait(0.02)
    assert "reached" in state["detail"]
