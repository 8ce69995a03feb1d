from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evals.cassette import REPEAT, Cassette, Recorder, Recording, Replaying, call_key, pack
from evals.errors import CassetteError
from service.errors import ModelRejected
from service.models.limits import Limits
from service.models.openai_compatible import Endpoint, OpenAICompatibleModel
from service.models.port import ChatMessage, ModelRequest
from tests.models.upstream import Exchange, answer, serve

HEADER = {"prompts": {"thank_you@2": "a" * 64}, "model": "stand-in"}
BASE = "http://recorded.invalid/v1"


def ask(text: str) -> ModelRequest:
    return ModelRequest((ChatMessage("user", text),))


def model(url: str, transport: Any) -> OpenAICompatibleModel:
    limits = Limits(backoff_s=0.01, total_s=10)
    return OpenAICompatibleModel(Endpoint(url, "a-secret-key", "stand-in", limits=limits), transport=transport)


async def counting(exchange: Exchange) -> None:
    """Answers with the number of the call, so that two answers are never the same."""
    counting.calls += 1  # type: ignore[attr-defined]
    await exchange.begin()
    await exchange.send_raw(answer(f"Answer {counting.calls}", " in é pieces."))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_count() -> None:
    counting.calls = 0  # type: ignore[attr-defined]


async def recorded(path: Path, asked: list[tuple[str, int]]) -> list[str]:
    recorder = Recorder(path, HEADER)
    said = []
    async with serve(counting) as upstream:
        speaker = model(upstream.url, Recording(recorder, BASE))
        for text, repeat in asked:
            REPEAT.set(repeat)
            said.append((await speaker.complete(ask(text))).text)
        await speaker.aclose()
    recorder.close()
    return said


async def replayed(path: Path, asked: list[tuple[str, int]]) -> list[str]:
    said = []
    speaker = model(BASE, Replaying(Cassette.open(path), BASE))
    for text, repeat in asked:
        REPEAT.set(repeat)
        said.append((await speaker.complete(ask(text))).text)
    await speaker.aclose()
    return said


async def test_what_was_recorded_is_played_back_with_its_usage(tmp_path: Path) -> None:
    asked = [("one", 0), ("two", 0), ("one", 1)]
    said = await recorded(tmp_path / "c.jsonl", asked)
    assert said == ["Answer 1 in é pieces.", "Answer 2 in é pieces.", "Answer 3 in é pieces."]
    assert await replayed(tmp_path / "c.jsonl", asked) == said
    REPEAT.set(0)
    speaker = model(BASE, Replaying(Cassette.open(tmp_path / "c.jsonl"), BASE))
    assert (await speaker.complete(ask("one"))).usage.prompt_tokens == 11
    await speaker.aclose()


async def test_a_packed_cassette_says_the_same(tmp_path: Path) -> None:
    asked = [("one", 0), ("two", 0)]
    said = await recorded(tmp_path / "c.jsonl", asked)
    pack(tmp_path / "c.jsonl", tmp_path / "c.jsonl.gz")
    assert await replayed(tmp_path / "c.jsonl.gz", asked) == said


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    Recorder(tmp_path / "c.jsonl", HEADER).close()
    pack(tmp_path / "c.jsonl", tmp_path / "a.gz")
    pack(tmp_path / "c.jsonl", tmp_path / "b.gz")
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


async def test_a_stream_is_kept_byte_for_byte(tmp_path: Path) -> None:
    await recorded(tmp_path / "c.jsonl", [("one", 0)])
    entry = json.loads((tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert entry["body"] == answer("Answer 1", " in é pieces.")


async def test_no_header_and_no_key_is_kept(tmp_path: Path) -> None:
    await recorded(tmp_path / "c.jsonl", [("one", 0)])
    kept = (tmp_path / "c.jsonl").read_text(encoding="utf-8")
    assert "secret" not in kept
    assert "authorization" not in kept.lower()
    assert set(json.loads(kept.splitlines()[1])) == {"key", "status", "body"}


async def test_a_call_that_was_not_recorded_fails_at_once_and_leaves_no_call(tmp_path: Path) -> None:
    await recorded(tmp_path / "c.jsonl", [("one", 0)])
    player = Replaying(Cassette.open(tmp_path / "c.jsonl"), BASE)
    speaker = model(BASE, player)
    REPEAT.set(1)
    with pytest.raises(ModelRejected):
        await speaker.complete(ask("one"))
    await speaker.aclose()
    assert player.missed


async def test_within_a_repeat_the_same_call_is_made_once(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "c.jsonl", HEADER)
    REPEAT.set(0)
    async with serve(counting) as upstream:
        speaker = model(upstream.url, Recording(recorder, BASE))
        said = await asyncio.gather(*(speaker.complete(ask("one")) for _ in range(5)))
        await speaker.aclose()
    recorder.close()
    assert {r.text for r in said} == {"Answer 1 in é pieces."}
    assert len(upstream.bodies) == 1


async def test_an_error_and_a_cut_stream_are_not_kept(tmp_path: Path) -> None:
    async def cut_then_busy_then_good(exchange: Exchange) -> None:
        counting.calls += 1  # type: ignore[attr-defined]
        if counting.calls == 1:  # type: ignore[attr-defined]
            await exchange.send_raw("HTTP/1.1 503 Busy\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            return
        await exchange.begin()
        await exchange.send_raw(answer("At last."))

    recorder = Recorder(tmp_path / "c.jsonl", HEADER)
    REPEAT.set(0)
    async with serve(cut_then_busy_then_good) as upstream:
        speaker = model(upstream.url, Recording(recorder, BASE))
        assert (await speaker.complete(ask("one"))).text == "At last."
        await speaker.aclose()
    recorder.close()
    assert len(Cassette.open(tmp_path / "c.jsonl")) == 1
    assert await replayed(tmp_path / "c.jsonl", [("one", 0)]) == ["At last."]


async def test_a_recording_goes_on_after_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    await recorded(path, [("one", 0)])
    with path.open("ab") as file:
        file.write(b'{"key": "hal')
    assert len(Cassette.open(path)) == 1
    said = await recorded(path, [("one", 0), ("two", 0)])
    assert said[0] == "Answer 1 in é pieces."
    assert len(Cassette.open(path)) == 2


def test_the_key_sees_content_not_spelling() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "é"}], "temperature": 0}
    told = json.dumps(body).encode()
    other = json.dumps(dict(reversed(body.items())), ensure_ascii=False, indent=2).encode()
    assert call_key(told, BASE, 0) == call_key(other, BASE + "/", 0)
    assert call_key(told, BASE, 0) != call_key(told, BASE, 1)
    assert call_key(told, BASE, 0) != call_key(told, "http://elsewhere.invalid/v1", 0)
    assert call_key(told, BASE, 0) != call_key(json.dumps(body | {"temperature": 1}).encode(), BASE, 0)


@pytest.mark.parametrize(
    ("prompts", "name", "told"),
    [
        ({"thank_you@2": "b" * 64}, "stand-in", "thank_you@2 changed since .* was recorded"),
        ({"thank_you@4": "a" * 64}, "stand-in", "recorded with thank_you@2, not with thank_you@4"),
        ({"thank_you@2": "a" * 64}, "another", "answers of stand-in, not of another"),
    ],
)
def test_a_cassette_from_another_prompt_or_model_is_refused(
    tmp_path: Path, prompts: dict[str, str], name: str, told: str
) -> None:
    Recorder(tmp_path / "c.jsonl", HEADER).close()
    with pytest.raises(CassetteError, match=told):
        Cassette.open(tmp_path / "c.jsonl").check(prompts, name)


def test_one_cassette_may_hold_two_prompts(tmp_path: Path) -> None:
    Recorder(tmp_path / "c.jsonl", HEADER).close()
    Recorder(tmp_path / "c.jsonl", {"prompts": {"linkedin@2": "c" * 64}, "model": "stand-in"}).close()
    Cassette.open(tmp_path / "c.jsonl").check({"thank_you@2": "a" * 64, "linkedin@2": "c" * 64}, "stand-in")


@pytest.mark.parametrize(
    "content", [b"no json\n", b"[1]\n", gzip.compress(b"x", mtime=0)], ids=["text", "no header", "no lines"]
)
def test_what_is_no_cassette_is_told(tmp_path: Path, content: bytes) -> None:
    for name in ("c.jsonl", "c.jsonl.gz"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CassetteError, match="is not a cassette"):
            Cassette.open(tmp_path / name)
