"""A service under load for a while, against an endpoint that fails one call in five.

    python bench/soak.py [--minutes 10] [--clients 64] [--errors 0.2]

Every client drafts again as soon as it is answered, half of them as a stream. Reported: that every request was answered,
how (a draft by the model, or by the frame where the endpoint failed too often), memory from the end of the first fifth to
the end, latencies. Exits with 1 where a request went unanswered or memory grew by more than 5 %.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2

from bench.draft import NOTES
from bench.processes import afterword, cpu_s, quantile, rss_mib, stand_in

NOW = "2026-11-17T18:00:00+01:00"
SAMPLE_S = 2.0
WARM = 0.2  # of the time, in which pools and caches fill


@dataclass
class Seen:
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


async def client(number: int, url: str, until: float, seen: Seen) -> None:
    stream = number % 2 == 0
    headers = {"Accept": "text/event-stream" if stream else "application/json"}
    turn = number
    async with httpx2.AsyncClient(timeout=240, trust_env=False, headers=headers) as caller:
        while time.monotonic() < until:
            turn += 1
            began = time.perf_counter()
            try:
                answer = await caller.post(f"{url}/draft", json={"notes": NOTES[turn % len(NOTES)], "now": NOW})
            except httpx2.HTTPError as error:
                seen.outcomes[f"unanswered: {type(error).__name__}"] += 1
                continue
            seen.seconds.append(time.perf_counter() - began)
            seen.outcomes[_outcome(answer, stream)] += 1


def _outcome(answer: httpx2.Response, stream: bool) -> str:
    if answer.status_code != 200:
        return f"status {answer.status_code}"
    if stream and "event: done" not in answer.text:
        return "a stream without an end"
    by = [w for w in ("model", "mixed", "outline") if f'"written_by":"{w}"' in answer.text.replace(": ", ":")]
    return f"a draft by {'/'.join(by)}"


async def watch(pid: int, began: float, whole_s: float, seen: Seen) -> None:
    while True:
        await asyncio.sleep(SAMPLE_S)
        if time.monotonic() - began > WARM * whole_s:
            seen.memory.append(rss_mib(pid))


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--errors", type=float, default=0.2)
    asked = parser.parse_args()
    whole_s, seen = asked.minutes * 60, Seen()
    async with stand_in(errors=asked.errors) as upstream, afterword(upstream, AFTERWORD_MAX_QUEUE="256") as (url, pid):
        began, used = time.monotonic(), cpu_s(pid)
        watching = asyncio.create_task(watch(pid, began, whole_s, seen))
        await asyncio.gather(*(client(n, url, began + whole_s, seen) for n in range(asked.clients)))
        watching.cancel()
        used = cpu_s(pid) - used
    return _report(seen, whole_s, used)


def _report(seen: Seen, whole_s: float, used_s: float) -> int:
    answered = sum(n for outcome, n in seen.outcomes.items() if outcome.startswith("a draft by"))
    tenth = max(1, len(seen.memory) // 10)
    first, last = statistics.median(seen.memory[:tenth]), statistics.median(seen.memory[-tenth:])
    grown = last / first - 1
    print(f"{whole_s:.0f} s, load average {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
    print(f"requests: {sum(seen.outcomes.values())}, of them answered with a draft: {answered}")
    for outcome, count in seen.outcomes.most_common():
        print(f"  {outcome}: {count}")
    p = {share: quantile(seen.seconds, share) for share in (0.5, 0.95, 0.99)}
    print(f"ms: p50 {p[0.5]:.0f}, p95 {p[0.95]:.0f}, p99 {p[0.99]:.0f}, longest {1000 * max(seen.seconds):.0f}")
    print(f"processor: {1000 * used_s / max(1, answered):.1f} ms a draft, {answered / used_s:.1f} drafts/s per core")
    print(f"MiB: {first:.0f} after the first fifth, {last:.0f} at the end ({grown:+.1%}), most {max(seen.memory):.0f}")
    return 0 if answered == sum(seen.outcomes.values()) and grown <= 0.05 else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
