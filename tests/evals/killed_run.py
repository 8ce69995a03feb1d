"""A run in a process of its own, slow enough to be killed in the middle: python -m tests.evals.killed_run CASES OUT."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from evals.run import plan_run, run
from service.types import Draft, DraftRequest, MessageKind
from tests.evals.support import FakeDrafter


class Slow(FakeDrafter):
    async def draft(self, request: DraftRequest) -> Draft:
        await asyncio.sleep(0.02)
        return await super().draft(request)


def main() -> None:
    plan = plan_run(Path(sys.argv[1]), (), (MessageKind.THANK_YOU,), "fake", name="fake", repeats=20)
    asyncio.run(run(plan, Slow(recipients=("Ada Pell", "Bo Lund")), Path(sys.argv[2]), concurrency=3))


if __name__ == "__main__":
    main()
