"""Drafting through the service, a direct call by the openai SDK, and LiteLLM's proxy, in one run against one stand-in.

    python bench/side_by_side.py [--requests 200] [--concurrency 1,16,64,256] [--litellm FOLDER]

The stand-in answers after 50 ms with the same tokens to each. FOLDER is a virtual environment with 'litellm[proxy]' in it;
without one it is left out. Each drafts or passes through as often, streamed and not, one after the other, so that what else
the machine does falls on all of them. 'per core' counts processor time of the one process that serves: what a machine
with nothing else to do would reach on one core. 'one call' is the service without the calls that read and check along
(AFTERWORD_READ_ALONG, AFTERWORD_VERIFY), so that like stands beside like; 'as it comes' makes three calls a draft.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2

from bench.draft import NOTES
from bench.processes import afterword, cpu_s, free_port, quantile, running, stand_in

NOW = "2026-11-17T18:00:00+01:00"
MESSAGES = [{"role": "system", "content": "Write a letter. " * 120}, {"role": "user", "content": NOTES[0]}]
Ask = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Found:
    who: str
    streamed: bool
    concurrency: int
    p50_ms: float
    p99_ms: float
    cpu_ms: float  # a request
    failed: int


async def load(ask: Ask, requests: int, concurrency: int) -> tuple[list[float], int]:
    """Seconds of each request that was answered, and how many were not."""
    seconds: list[float] = []
    left, failed = iter(range(requests)), 0

    async def one_after_the_other() -> None:
        nonlocal failed
        for number in left:
            began = time.perf_counter()
            try:
                await ask(number)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is no answer)
                failed += 1
                print(f"  {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
            else:
                seconds.append(time.perf_counter() - began)

    await asyncio.gather(*(one_after_the_other() for _ in range(concurrency)))
    return seconds, failed


@contextlib.asynccontextmanager
async def http(url: str, body: dict[str, object], headers: dict[str, str], ends: str) -> AsyncIterator[Ask]:
    """Posts to ``url``; an answer without ``ends`` in it is none."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=256)
    async with httpx2.AsyncClient(timeout=240, limits=limits, trust_env=False, headers=headers) as caller:

        async def ask(_: int) -> None:
            answer = await caller.post(url, json=body)
            if answer.status_code != 200 or ends not in answer.text:
                raise ValueError(f"{answer.status_code} {answer.text[:200]}")

        yield ask


async def measured(who: str, streamed: bool, ask: Ask, pid: int, requests: int, concurrency: int) -> Found:
    requests = max(requests, 2 * concurrency)  # or fewer would be under way than the row says
    await load(ask, min(20, 2 * concurrency), concurrency)
    used = cpu_s(pid)
    seconds, failed = await load(ask, requests, concurrency)
    used = cpu_s(pid) - used
    p50, p99 = (quantile(seconds, 0.5), quantile(seconds, 0.99)) if seconds else (float("nan"),) * 2
    return Found(who, streamed, concurrency, p50, p99, 1000 * used / requests, failed)


async def direct(upstream: str, requests: int, concurrency: int, streamed: bool) -> Found:
    """In a process of its own, which is measured whole but for its start."""
    said = await _told(
        sys.executable,
        __file__,
        "--direct",
        upstream,
        str(requests),
        str(concurrency),
        "stream" if streamed else "whole",
    )
    return Found("openai SDK", streamed, concurrency, said["p50_ms"], said["p99_ms"], said["cpu_ms"], said["failed"])


async def _told(*words: str) -> dict[str, float]:
    child = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    found: dict[str, float] = json.loads(said)
    return found


async def directly(upstream: str, requests: int, concurrency: int, streamed: bool) -> None:
    import openai

    client = openai.AsyncOpenAI(base_url=upstream, api_key="none", max_retries=0)
    turns = asyncio.Semaphore(48)

    async def ask(_: int) -> None:
        async with turns:
            answer = await client.chat.completions.create(model="stand-in", messages=MESSAGES, stream=streamed)
            if streamed:
                async for _chunk in answer:
                    pass

    found = await measured("", streamed, ask, os.getpid(), requests, concurrency)
    await client.close()
    print(json.dumps({"p50_ms": found.p50_ms, "p99_ms": found.p99_ms, "cpu_ms": found.cpu_ms, "failed": found.failed}))


@contextlib.asynccontextmanager
async def litellm(folder: Path, upstream: str) -> AsyncIterator[tuple[str, int]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as here:
        config = Path(here) / "config.yaml"
        params = {"model": "openai/stand-in", "api_base": upstream, "api_key": "none"}
        config.write_text(json.dumps({"model_list": [{"model_name": "stand-in", "litellm_params": params}]}))
        words = (str(folder / "bin/litellm"), "--config", str(config), "--port", str(port), "--host", "127.0.0.1")
        url = f"http://127.0.0.1:{port}"
        # It takes a list of prices from elsewhere unless told not to, and wants a key even on loopback.
        local = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true"}
        async with running(words, f"{url}/health/liveliness", **local) as pid:
            yield f"{url}/v1/chat/completions", pid


async def compare(requests: int, concurrencies: list[int], peer: Path | None) -> list[Found]:
    found: list[Found] = []

    def tell(row: Found) -> None:
        found.append(row)
        print(
            f"{row.who:<24}{'stream' if row.streamed else 'whole':<8}{row.concurrency:>5}{row.p50_ms:>9.0f}{row.p99_ms:>9.0f}"
            f"{row.cpu_ms:>9.1f}{1000 / max(row.cpu_ms, 0.01):>9.0f}{row.failed:>7}",
            flush=True,
        )

    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {requests} requests a row")
    print(f"{'':<32}{'at once':>7}{'p50 ms':>7}{'p99 ms':>9}{'cpu ms':>9}{'/s core':>9}{'failed':>7}")
    plain = {"AFTERWORD_READ_ALONG": "false", "AFTERWORD_VERIFY": "false", "AFTERWORD_MAX_QUEUE": "512"}
    async with contextlib.AsyncExitStack() as held:
        upstream = await held.enter_async_context(stand_in())
        one_call = await held.enter_async_context(afterword(upstream, **plain))
        as_it_comes = await held.enter_async_context(afterword(upstream, AFTERWORD_MAX_QUEUE="512"))
        proxy = await held.enter_async_context(litellm(peer, upstream)) if peer is not None else None
        for streamed in (False, True):
            accept = {"Accept": "text/event-stream" if streamed else "application/json"}
            for concurrency in concurrencies:
                tell(await direct(upstream, requests, concurrency, streamed))
                for who, (url, pid) in (("Afterword, one call", one_call), ("Afterword, as it comes", as_it_comes)):
                    body = {"notes": NOTES[0], "now": NOW, "model_only": True}
                    async with http(f"{url}/draft", body, accept, '"written_by"') as ask:
                        tell(await measured(who, streamed, ask, pid, requests, concurrency))
                if proxy is not None:
                    body = {"model": "stand-in", "messages": MESSAGES, "stream": streamed}
                    async with http(proxy[0], body, {}, "[DONE]" if streamed else "proof") as ask:
                        tell(await measured("LiteLLM proxy", streamed, ask, proxy[1], requests, concurrency))
    print(f"load average {os.getloadavg()[0]:.1f} at the end")
    return found


def ratios(found: list[Found]) -> None:
    """Added time at one at a time, and drafts a second per core as a share of what LiteLLM passes through."""
    rows = {(r.who, r.streamed, r.concurrency): r for r in found}
    for (who, streamed, concurrency), row in rows.items():
        how = "streamed" if streamed else "whole"
        base = rows[("openai SDK", streamed, concurrency)]
        if concurrency == 1 and who != base.who:
            print(f"added at 1, {how}: {who} {row.p50_ms - base.p50_ms:+.0f} ms")
        proxy = rows.get(("LiteLLM proxy", streamed, concurrency))
        if proxy is not None and who.startswith("Afterword"):
            print(
                f"per core at {concurrency}, {how}: {who} {proxy.cpu_ms / row.cpu_ms:.2f} of what LiteLLM passes through"
            )


def main() -> None:
    if sys.argv[1:2] == ["--direct"]:
        upstream, requests, concurrency, how = sys.argv[2:]
        asyncio.run(directly(upstream, int(requests), int(concurrency), how == "stream"))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--concurrency", default="1,16,64,256")
    parser.add_argument("--litellm", type=Path, help="a virtual environment with litellm[proxy]")
    asked = parser.parse_args()
    ratios(asyncio.run(compare(asked.requests, [int(c) for c in asked.concurrency.split(",")], asked.litellm)))


if __name__ == "__main__":
    main()
