"""Traces, as a collector on loopback gets them: what is told of a request and its calls, and that no word of notes is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from service.app import create_app
from service.settings import Settings
from service.telemetry import open_tracing
from service.tracing import UNTOLD
from tests.api.service import NOTES, NOW, serving
from tests.endpoints.test_field import LETTER
from tests.models.upstream import Exchange, Upstream, answer, serve
from tests.reading_shipped import shipped

ROOT = Path(__file__).parents[1]
SENTENCE = "the move to stone ovens, 3 of 11 shops done so far, has stayed with me."
OUR_OWN = {"interview", "notes", "message", "read", "check", "manager"}  # words of the notes that may stand in names


class Collector:
    """``bodies`` are what was sent, ``spans`` what is in them by name."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    @property
    def requests(self) -> list[ExportTraceServiceRequest]:
        return [ExportTraceServiceRequest.FromString(body) for body in self.bodies]

    @property
    def spans(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for request in self.requests:
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        found.setdefault(span.name, []).append(span)
        return found


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collector.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


async def writes(exchange: Exchange) -> None:
    """Facts of no use where JSON is asked for, else a sentence made of the notes."""
    await exchange.begin()
    await exchange.send_raw(answer("{}" if "response_format" in exchange.body else SENTENCE))


async def writes_whole(exchange: Exchange) -> None:
    """A large model's letter, whatever it is asked for."""
    await exchange.begin()
    await exchange.send_raw(answer(LETTER))


async def refuses(exchange: Exchange) -> None:
    """As some endpoints do: the refusal quotes the prompt."""
    said = f'{{"error": {{"message": "cannot answer: {NOTES.splitlines()[1]}"}}}}'
    await exchange.send_raw(
        f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(said)}\r\nconnection: close\r\n\r\n{said}"
    )


async def traced(
    behaviour: Any, *, accept: str = "application/json", channel: str = "small", **headers: str
) -> Collector:
    async with serve(behaviour) as upstream:
        with collecting() as (collector, endpoint):
            await drafted(upstream, endpoint, {"Accept": accept, **headers}, channel)
            return collector


async def drafted(upstream: Upstream, endpoint: str, headers: dict[str, str], channel: str) -> None:
    """One draft, and a request that is refused. Ends when the service has stopped, and so everything is sent."""
    app = create_app(
        Settings(
            model="stand-in",
            openai_base_url=upstream.url,
            openai_api_key="sk-not-to-be-told",
            prompt_channel=channel,
            otlp_endpoint=endpoint,
        ),
        reader=shipped(),
    )
    body = {"notes": NOTES, "now": NOW, "candidate": {"name": "Sam Ortiz"}}
    with serving(app) as url:
        async with httpx2.AsyncClient(base_url=url, timeout=60, headers=headers) as caller:
            assert (await caller.post("/draft", json=body)).status_code == 200
            assert (await caller.post("/draft", json={"notes": NOTES, "recipient": "Ines"})).status_code == 422
            assert (await caller.get("/nowhere/Ines-Duarte?of=Rye")).status_code == 404
            assert (await caller.get("/healthz")).status_code == 200


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: _value(a.value) for a in span.attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return [_value(v) for v in value.array_value.values] if kind == "array_value" else getattr(value, kind)


async def test_a_request_its_steps_and_its_calls_are_told_as_one_trace() -> None:
    spans = (await traced(writes)).spans
    request = next(s for s in spans["POST /draft"] if attributes(s)["http.response.status_code"] == 200)
    steps = {name: spans[name][0] for name in ("read notes", "read along", "plan messages", "write message")}
    assert all(step.parent_span_id == request.span_id for step in steps.values())
    assert attributes(spans["check message"][0])["afterword.written_by"] in ("model", "mixed")
    calls = spans["chat stand-in"]
    parents = {steps["read along"].span_id, steps["write message"].span_id}
    assert {call.parent_span_id for call in calls} == parents
    assert {s.trace_id for s in [*steps.values(), *calls]} == {request.trace_id}


async def test_a_call_is_told_in_the_words_of_the_conventions() -> None:
    (call, *_) = [
        s for s in (await traced(writes)).spans["chat stand-in"] if attributes(s)["gen_ai.output.type"] == "text"
    ]
    told = attributes(call)
    assert call.kind == call.SPAN_KIND_CLIENT
    assert told.pop("afterword.prompt").startswith("thank_you@")
    assert told.pop("gen_ai.request.max_tokens") > 0
    assert told.pop("gen_ai.request.temperature") >= 0
    assert told == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "stand-in",
        "gen_ai.output.type": "text",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 11,
        "gen_ai.usage.output_tokens": 1,
        "gen_ai.usage.cache_read.input_tokens": 7,
    }


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(
    ("behaviour", "channel", "calls"),
    [(writes, "small", 2), (refuses, "small", 2), (writes_whole, "large", 2), (refuses, "large", 2)],
)
async def test_no_word_of_the_notes_a_name_or_a_message_is_told(
    behaviour: Any, channel: str, calls: int, accept: str
) -> None:
    collector = await traced(behaviour, accept=accept, channel=channel)
    told = b"".join(collector.bodies).lower()
    assert len(collector.spans["chat stand-in"]) >= calls
    said = f"{NOTES} stayed Hollin Mill waste forward hearing Sam Ortiz sk-not-to-be-told"  # of notes and letters
    notes = "".join(c if c.isalnum() else " " for c in said.lower()).split()
    private = [w for w in notes if len(w) > 3 and w not in OUR_OWN]
    assert len(private) > 15
    assert [w for w in private if w.encode() in told] == []


async def test_a_call_that_fails_is_told_by_its_type_alone() -> None:
    call = (await traced(refuses)).spans["chat stand-in"][0]
    assert attributes(call)["error.type"] == "model-rejected"
    assert (call.status.code, call.status.message, list(call.events)) == (call.status.STATUS_CODE_ERROR, "", [])


async def test_addresses_are_told_by_route_and_health_not_at_all() -> None:
    spans = (await traced(writes)).spans
    assert sorted(attributes(s)["http.response.status_code"] for s in spans["POST /draft"]) == [200, 422]
    assert attributes(spans["GET"][0])["http.response.status_code"] == 404
    assert "GET /healthz" not in spans


async def test_a_callers_own_trace_goes_on() -> None:
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    spans = (await traced(writes, traceparent=f"00-{trace}-{span}-01")).spans
    assert {s.trace_id.hex() for s in spans["POST /draft"]} == {trace}
    assert {s.parent_span_id.hex() for s in spans["POST /draft"]} == {span}


async def test_the_service_says_its_name_which_the_usual_variable_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    for stated, named in ((None, "afterword"), ("letters", "letters")):
        if stated is not None:
            monkeypatch.setenv("OTEL_SERVICE_NAME", stated)
        collector = await traced(writes)
        resource = collector.requests[0].resource_spans[0].resource
        assert attributes(resource)["service.name"] == named


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:9"])
def test_it_is_loaded_where_there_is_an_endpoint_and_nowhere_else(endpoint: str) -> None:
    """Of the packages that send traces; the library for Redis loads those for metrics wherever they are installed."""
    code = (
        "import sys; from service.app import create_app; from service.settings import Settings;"
        "create_app(Settings(model='outline'));"
        "print(any(m.startswith(('opentelemetry.sdk.trace', 'opentelemetry.exporter')) for m in sys.modules))"
    )
    env = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env, timeout=60, check=True
    )
    assert done.stdout.strip() == str(bool(endpoint))


def test_where_the_packages_are_missing_it_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    assert open_tracing(Settings(model="outline", otlp_endpoint="http://127.0.0.1:9")) is UNTOLD
    assert "install opentelemetry-sdk" in caplog.text
