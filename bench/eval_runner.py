"""What the eval runner costs: beside a bare loop over the SDK, in one run, with a local stand-in that takes 50 ms.

    python bench/eval_runner.py [--outputs 1200] [--concurrency 20] [--rows 5000]

The ratios are what to look at: both sides share the machine with the stand-in, and whatever else runs there. Processor
time an output is the steadier of the two.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import openai

from evals.cassette import Cassette, Recorder, Recording, Replaying
from evals.files import CASES
from evals.rows import read_rows
from evals.run import Plan, plan_run, run
from evals.score import score_run
from service.drafting.pipeline import Drafter
from service.models.heard import Listened
from service.models.limits import Limits
from service.models.openai_compatible import Endpoint, OpenAICompatibleModel
from service.models.port import ChatMessage, ModelRequest
from service.prompting.library import PromptLibrary
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.types import (
    Draft,
    DraftRequest,
    Message,
    MessageKind,
    Recipient,
    Scorecard,
    SendStatus,
    SendWindow,
    Wording,
    WrittenBy,
)

LATENCY_S = 0.05
ANSWER = (
    "Thank you for your time and for speaking so openly about the work. What you said has stayed with me, and I would "
    "love to join the team and help with what comes next."
)
LIMITS = Limits(concurrency=256, total_s=300, first_token_s=300)


@dataclass(frozen=True, order=True)
class Pace:
    rate: float  # outputs a second
    cpu_ms: float  # of this process, for each output


@contextlib.contextmanager
def paced(outputs: int) -> Iterator[list[Pace]]:
    """Fills the list with the pace of what is done inside."""
    found: list[Pace] = []
    started, cpu = time.perf_counter(), time.process_time()
    yield found
    spent = time.process_time() - cpu
    found.append(Pace(outputs / (time.perf_counter() - started), 1000 * spent / outputs))


def _chunk(content: str | None, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "stand-in", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"


STREAM = (_chunk(ANSWER) + _chunk(None, "stop") + "data: [DONE]\n\n").encode()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(STREAM)
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            asked = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(asked.split(b"content-length:")[1].split(b"\r\n")[0]))
            await asyncio.sleep(LATENCY_S)
            writer.write(head + STREAM)
            await writer.drain()
    writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def stand_in() -> Iterator[str]:
    child = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait()


class OneCall:
    """A pipeline that does nothing of its own: one call, one message. What is left is the runner."""

    def __init__(self, model: Listened) -> None:
        self._model = model
        self._facts = read_notes("Interview with Priya Raman", Reader.load(), now=datetime(2026, 11, 17, tzinfo=UTC))

    async def draft(self, request: DraftRequest) -> Draft:
        reply = await self._model.complete(ModelRequest((ChatMessage("user", request.notes),)))
        message = Message(
            kind=request.kinds[0],
            recipient=Recipient("Priya Raman"),
            wording=Wording("Thank you", f"Dear Priya,\n\n{reply.text}"),
            written_by=WrittenBy.MODEL,
            prompt=None,
            evidence=(),
            scorecard=Scorecard(0.0, ()),
            send_window=SendWindow(None, None, SendStatus.NOW, ""),
            raw=reply.text,
        )
        return Draft(
            "drf_1", request.now, "stand-in", "en", self._facts, (message,), replace(reply.usage, seconds=0.05)
        )


def planned(outputs: int) -> Plan:
    one = plan_run(CASES, (), (MessageKind.THANK_YOU,), "stand-in", name="bench")
    return plan_run(
        CASES, (), (MessageKind.THANK_YOU,), "stand-in", name="bench", repeats=max(1, outputs // one.meta.units)
    )


def model(url: str, transport: object = None) -> OpenAICompatibleModel:
    return OpenAICompatibleModel(Endpoint(url, "none", "stand-in", limits=LIMITS), transport=transport)  # type: ignore[arg-type]


async def bare(url: str, plan: Plan, concurrency: int) -> Pace:
    """The same calls in a loop that keeps nothing."""
    client = openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0)
    units = plan.units()

    async def work() -> int:
        done = 0
        for unit in units:
            messages = [{"role": "user", "content": unit.case.notes}]
            stream = await client.chat.completions.create(model="stand-in", messages=messages, stream=True)  # type: ignore[call-overload]
            "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
            done += 1
        return done

    with paced(plan.meta.units) as pace:
        done = sum(await asyncio.gather(*(work() for _ in range(concurrency))))
    await client.close()
    assert done == plan.meta.units, done
    return pace[0]


async def runner(speaker: OpenAICompatibleModel, plan: Plan, concurrency: int, out: Path) -> Pace:
    drafter = OneCall(Listened(speaker))
    with paced(plan.meta.units) as pace:
        outcome = await run(plan, drafter, out, concurrency=concurrency)
    assert outcome.written == plan.meta.units, outcome
    return pace[0]


async def pipeline(url: str, concurrency: int, out: Path) -> Pace:
    """The same with the pipeline that serves users: reading, planning, checking and scoring besides."""
    library = PromptLibrary.load()
    version = library.get("thank_you@1")
    plan = plan_run(CASES, (version,), (MessageKind.THANK_YOU,), "stand-in", name=version.id)
    speaker = Listened(model(url))
    drafter = Drafter(library, lambda: speaker, Reader.load())
    await drafter.draft(plan.cases[0].draft_request)  # the first one loads what all others share
    with paced(plan.meta.units) as pace:
        await run(plan, drafter, out, concurrency=concurrency)
    await speaker.aclose()
    rows = sum(1 for _ in read_rows(out)) / plan.meta.units  # an output a reader: a panel's draft has several
    return Pace(pace[0].rate * rows, pace[0].cpu_ms / rows)


async def replay(url: str, rows: int, concurrency: int, folder: Path) -> tuple[int, Pace, float]:
    """Rows, the pace of replaying them, and the seconds to score them."""
    plan = planned(rows)
    tape = Recorder(folder / "tape.jsonl", {"prompts": {}, "model": "stand-in"})
    speaker = model(url, Recording(tape, url))
    await runner(speaker, plan, 64, folder / "recorded.jsonl")
    await speaker.aclose()
    tape.close()
    player = model(url, Replaying(Cassette.open(folder / "tape.jsonl"), url))
    replayed = await runner(player, plan, concurrency, folder / "replayed.jsonl")
    await player.aclose()
    started = time.perf_counter()
    score_run(folder / "replayed.jsonl", folder / "scores.jsonl", jobs=2)
    return plan.meta.units, replayed, time.perf_counter() - started


def peak_mib(rows: int) -> float:
    """The most memory that a process takes to run and score so many rows."""
    done = subprocess.run([sys.executable, __file__, "--memory", str(rows)], capture_output=True, text=True, check=True)
    return float(done.stdout)


async def _memory(rows: int) -> None:
    class Still(Listened):
        async def complete(self, request: ModelRequest):  # type: ignore[no-untyped-def]
            return await ScriptedModel(script=lambda _: ANSWER).complete(request)

    from service.models.scripted import ScriptedModel

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run.jsonl"
        await run(planned(rows), OneCall(Still(ScriptedModel())), out, concurrency=20)
        score_run(out, Path(folder) / "scores.jsonl")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


async def _measure(options: argparse.Namespace) -> None:
    with stand_in() as url, tempfile.TemporaryDirectory() as name:
        folder, plan = Path(name), planned(options.outputs)
        warm = planned(1)
        await bare(url, warm, options.concurrency)
        rounds = []
        for n in range(3):  # turn about, so that the machine's other work falls on both
            plain = await bare(url, plan, options.concurrency)
            speaker = model(url)
            ours = await runner(speaker, plan, options.concurrency, folder / f"{n}.jsonl")
            await speaker.aclose()
            rounds.append((ours.rate / plain.rate, plain, ours))
        ratio, plain, ours = sorted(rounds)[1]
        print(f"at concurrency {options.concurrency}, median of 3 rounds by ratio")
        for name, pace in (("bare loop over the SDK", plain), ("eval run, one call an output", ours)):
            print(f"{name:<29} {pace.rate:7.1f} outputs/s, {pace.cpu_ms:.2f} ms of processor time each")
        print(f"that is {ratio:.2f} of the bare loop")
        whole = await pipeline(url, options.concurrency, folder / "pipeline.jsonl")
        print(f"{'eval run, whole pipeline':<29} {whole.rate:7.1f} outputs/s, {whole.cpu_ms:.1f} ms each (thank_you@1)")
        rows, replayed, scored = await replay(url, options.rows, options.concurrency, folder)
        seconds = rows / replayed.rate
        print(f"{rows} rows: replayed in {seconds:.1f} s ({replayed.cpu_ms:.2f} ms each), scored in {scored:.1f} s")
    small, large = peak_mib(1000), peak_mib(10_000)
    print(f"peak memory: {small:.0f} MiB at 1,000 rows, {large:.0f} MiB at 10,000 rows")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--outputs", type=int, default=1200)
    parser.add_argument("--concurrency", type=int, default=20)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve())
    elif options.memory:
        asyncio.run(_memory(options.memory))
    else:
        asyncio.run(_measure(options))


if __name__ == "__main__":
    main()
