"""The embedded server for real, with the small model. What it says is nonsense; that it says something is the point."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from service.errors import ModelUnavailable, WeightsError
from service.models.embedded import EmbeddedModel
from service.models.embedded_process import ServerSettings
from service.models.port import ChatMessage, ModelReply, ModelRequest
from service.models.registry import Weights
from service.models.weights import Progress
from tests.children import end

SERVER = ServerSettings(slots=2, context=4096, threads=1)
ASK = ModelRequest(
    (ChatMessage("system", "You write one sentence."), ChatMessage("user", "Write about the weather.")),
    max_tokens=8,
)
CHANGES_S = 60


@asynccontextmanager
async def embedded(weights, folder, **options):
    model = EmbeddedModel(weights, folder, server=SERVER, **options)
    model.start()
    try:
        yield model
    finally:
        await model.aclose()


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(CHANGES_S):
        while is_running(pid):  # noqa: ASYNC110  no event tells of another process
            await asyncio.sleep(0.02)


async def until_served_by_another(model: EmbeddedModel, pid: int) -> None:
    async with asyncio.timeout(CHANGES_S):
        while model.server_pid in (None, pid) or model.state.phase != "ready":  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def warmed(model: EmbeddedModel) -> None:
    async with asyncio.timeout(CHANGES_S):
        while model._warming is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await model._warming


def is_running(pid: int) -> bool:
    """A zombie, ended but not yet waited for by its adopted parent, does not run."""
    try:
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.needs_small_model
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:{port}", "socks5://127.0.0.1:{port}"])
async def test_calls_to_the_embedded_model_never_pass_through_a_proxy(small_weights, tmp_path, monkeypatch, proxy):
    """With HTTP_PROXY set, notes for the model on this machine went to the proxy in clear; with SOCKS it never came up."""
    asked: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(200))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.format(port=server.sockets[0].getsockname()[1]))
    async with embedded(small_weights, tmp_path) as model:
        model.warm([ASK])
        assert (await model.ready()).phase == "ready"
        assert (await model.complete(ASK)).text.strip()
        await warmed(model)
    server.close()
    assert asked == []


@pytest.mark.needs_small_model
async def test_the_embedded_model_answers_and_counts(small_weights, tmp_path):
    async with embedded(small_weights, tmp_path) as model:
        assert (await model.ready()).phase == "ready"
        reply = await model.complete(ASK)
        again = await model.complete(ASK)
    assert reply.text.strip()
    assert reply.usage.prompt_tokens > 10
    assert again.usage.cached_tokens > 10


@pytest.mark.needs_small_model
async def test_the_answer_continues_the_prefix_and_does_not_repeat_it(small_weights, tmp_path):
    prefix = "What you said about"
    async with embedded(small_weights, tmp_path) as model:
        await model.ready()
        request = ModelRequest(ASK.messages, prefix=prefix, max_tokens=12)
        whole = await model.complete(request)
        pieces = [p async for p in model.stream(request)]
    assert whole.text.startswith(" ")
    assert prefix not in whole.text
    assert isinstance(pieces[-1], ModelReply)
    assert "".join(p for p in pieces if isinstance(p, str)) == whole.text


@pytest.mark.needs_small_model
async def test_the_chat_template_opens_the_assistants_turn_with_the_prefix(small_weights, tmp_path):
    async with embedded(small_weights, tmp_path) as model:
        await model.ready()
        address = json.loads((tmp_path / "run" / "small.json").read_text())
        turns = [*({"role": m.role, "content": m.content} for m in ASK.messages)]
        body = {"messages": [*turns, {"role": "assistant", "content": "What you said about"}]}
        async with httpx2.AsyncClient(headers={"authorization": f"Bearer {address['key']}"}) as client:
            prompt = (await client.post(f"{address['url']}/apply-template", json=body)).json()["prompt"]
    assert prompt.endswith("Write about the weather.<|im_end|>\n<|im_start|>assistant\nWhat you said about")


@pytest.mark.needs_small_model
async def test_an_answer_follows_a_json_schema(small_weights, tmp_path):
    schema = {"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"], "additionalProperties": False}
    async with embedded(small_weights, tmp_path) as model:
        await model.ready()
        reply = await model.complete(ModelRequest(ASK.messages, json_schema=schema, max_tokens=30))
    assert json.loads(reply.text)["n"] in (1, 2)


@pytest.mark.needs_small_model
async def test_nobody_without_the_key_gets_an_answer(small_weights, tmp_path):
    async with embedded(small_weights, tmp_path) as model:
        await model.ready()
        path = tmp_path / "run" / "small.json"
        assert path.stat().st_mode & 0o077 == 0
        async with httpx2.AsyncClient() as client:
            for page in ("/v1/models", "/slots", "/props"):
                assert (await client.get(json.loads(path.read_text())["url"] + page)).status_code in (401, 404, 501)


@pytest.mark.needs_small_model
async def test_a_server_that_dies_is_started_again(small_weights, tmp_path):
    async with embedded(small_weights, tmp_path) as model:
        await model.ready()
        first = model.server_pid
        os.kill(first, signal.SIGKILL)
        await until_served_by_another(model, first)
        assert (await model.complete(ASK)).text.strip()
        last = model.server_pid
    await until_gone(last)


async def test_a_call_whose_client_was_closed_meanwhile_says_that_the_model_is_unavailable(tmp_path, monkeypatch):
    model = EmbeddedModel(Weights(name="x", title="x", file="x.gguf"), tmp_path)

    class Closed:
        async def complete(self, request):
            monkeypatch.setattr(model, "_client", None)  # what losing the server's owner does
            raise RuntimeError("Cannot send a request, as the client has been closed.")

    monkeypatch.setattr(model, "_client", Closed())
    monkeypatch.setattr(model, "_ready_client", lambda: model._client)
    with pytest.raises(ModelUnavailable, match="started again"):
        await model.complete(ASK)


@pytest.mark.needs_small_model
async def test_workers_share_one_server_and_one_takes_over_when_its_owner_stops(small_weights, tmp_path):
    async with embedded(small_weights, tmp_path) as owner:
        await owner.ready()
        async with embedded(small_weights, tmp_path) as other:
            await other.ready()
            first = other.server_pid
            assert first == owner.server_pid
            assert (await other.complete(ASK)).text.strip()
            await owner.aclose()
            await until_served_by_another(other, first)
            assert (await other.complete(ASK)).text.strip()


PARENT = """
import asyncio, sys
from pathlib import Path
from service.models.embedded import EmbeddedModel
from service.models.embedded_process import ServerSettings
from service.models.registry import Weights
from service.models.weights import Progress

async def main():
    path = Path(sys.argv[1])
    weights = Weights(name="small", title="small", file=path.name, local=path)
    model = EmbeddedModel(weights, Path(sys.argv[2]), server=ServerSettings(slots=1, context=1024, threads=1))
    model.start()
    await model.ready()
    print(model.server_pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.needs_small_model
async def test_the_server_dies_with_its_parent_however_that_ends(small_weights, tmp_path):
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(small_weights.local), str(tmp_path)), stdout=asyncio.subprocess.PIPE
    )
    server = int(await parent.stdout.readline())
    assert is_running(server)
    await end(parent)
    await until_gone(server)


@pytest.mark.needs_small_model
async def test_a_static_prompt_that_was_warmed_comes_from_the_cache_in_every_slot(small_weights, tmp_path):
    other = ChatMessage("system", "Write two sentences. " + "Leave out what is private. " * 20)
    system = ChatMessage("system", "Write one sentence. " + "Keep every number as it stands. " * 20)
    async with embedded(small_weights, tmp_path) as model:
        model.warm([ModelRequest((s, ChatMessage("user", "Note:"))) for s in (system, other)])
        await model.ready()
        await warmed(model)
        # As many at once as there are slots, each of which must find the beginning.
        asks = [ModelRequest((system, ChatMessage("user", f"Note: {n} drivers")), max_tokens=4) for n in range(2)]
        replies = await asyncio.gather(*[model.complete(ask) for ask in asks])
    assert all(reply.usage.cached_tokens > 100 for reply in replies)
    assert not list((tmp_path / "run").glob("*.bin"))


async def test_a_call_before_the_model_is_ready_is_told_so(tmp_path):
    model = EmbeddedModel(Weights(name="x", title="x", file="x.gguf"), tmp_path)
    with pytest.raises(ModelUnavailable, match="not ready"):
        await model.complete(ASK)


async def test_start_returns_at_once_and_progress_is_seen_while_weights_arrive(tmp_path):
    def obtain(weights, folder, *, report, stopped):
        report(Progress("downloading", 43, 100))
        begun.set()
        stopped.wait(10)
        raise WeightsError("stopped")

    begun = threading.Event()
    async with embedded(Weights(name="x", title="x", file="x.gguf"), tmp_path, obtain=obtain) as model:
        assert await asyncio.to_thread(begun.wait, 10)
        assert (model.state.phase, model.state.progress) == ("downloading", 0.43)


async def test_weights_that_cannot_be_had_are_a_failed_state_with_the_reason(tmp_path):
    def obtain(*_, **__):
        raise WeightsError("No source is reachable.")

    async with embedded(Weights(name="x", title="x", file="x.gguf"), tmp_path, obtain=obtain) as model:
        state = await model.ready()
    assert (state.phase, state.detail) == ("failed", "No source is reachable.")


async def test_a_file_that_is_no_model_is_a_failed_state(tmp_path):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"not a model")
    async with embedded(Weights(name="x", title="x", file=path.name, local=path), tmp_path) as model:
        state = await model.ready()
    assert state.phase == "failed"
    assert "no GGUF" in state.detail


async def test_a_machine_without_llama_cpp_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    async with embedded(Weights(name="x", title="x", file="x.gguf"), tmp_path) as model:
        state = await model.ready()
    assert state.phase == "failed"
    assert "OPENAI_BASE_URL" in state.detail
