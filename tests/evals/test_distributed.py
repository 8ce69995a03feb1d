"""A run that workers make: the rows of one process, whatever is killed on the way."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.standin import content_for
from evals.cases import load_cases
from evals.errors import EvalError
from evals.files import CASES
from evals.rows import Row, read_rows
from evals.running import Asked, run_asked
from service.api.problems import of_error
from service.app import create_worker
from service.drafting.pipeline import Drafter
from service.jobs.measured import Setup, measured_body, measured_of, measuring
from service.prompting.library import PromptLibrary
from service.settings import Settings
from service.storage.batches import BatchStore
from service.storage.database import open_engine
from service.storage.sealing import Plain
from service.types import DraftRequest, Given, Interview
from tests.children import end
from tests.models.upstream import Exchange, Upstream, answer, serve
from tests.reading_shipped import shipped

from .support import write_cases

ROOT = Path(__file__).parents[2]
ASKED = {
    "candidate": "Lena Moss",
    "kinds": ["thank_you", "check_in", "linkedin"],
    "interview": {"company": "Orrin Paper"},
}


@dataclass
class Standing:
    """The stand-in for a model: what it says depends on what is asked and on nothing else."""

    upstream: Upstream = field(default_factory=lambda: Upstream(""))
    open: asyncio.Event = field(default_factory=asyncio.Event)  # answers wait for it
    down: bool = False

    async def say(self, exchange: Exchange) -> None:
        await self.open.wait()
        if self.down:
            await exchange.send_raw("HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return
        await exchange.begin()
        await exchange.send_raw(answer(content_for(exchange.body)))

    @property
    def calls(self) -> list[str]:
        return sorted(json.dumps(body["messages"]) for body in self.upstream.bodies)


@pytest.fixture
async def standing(monkeypatch, tmp_path, database_url) -> AsyncIterator[Standing]:
    model = Standing()
    model.open.set()
    async with serve(model.say) as model.upstream:
        for name, value in {
            "OPENAI_BASE_URL": model.upstream.url,
            "OPENAI_API_KEY": "",
            "AFTERWORD_MODEL": "stand-in",
            "AFTERWORD_BATCHES": "on",
            "AFTERWORD_BATCH_PATIENCE_S": "0",
            "AFTERWORD_GRACE_S": "0",
            "AFTERWORD_DATA_DIR": str(tmp_path / "data"),
            "AFTERWORD_DATABASE_URL": database_url or "",
        }.items():
            monkeypatch.setenv(name, value)
        yield model


@pytest.fixture
def cases(tmp_path) -> Path:
    return write_cases(tmp_path / "cases", clusters=4, request=ASKED)


@asynccontextmanager
async def working(**settings: Any) -> AsyncIterator[None]:
    async with create_worker(Settings(**settings), reader=shipped()).running():
        yield


def rows(path: Path) -> list[Row]:
    """In one order, without what the clock says."""
    return sorted((replace(r, seconds=0.0, model_seconds=0.0) for r in read_rows(path)), key=lambda r: r.key)


async def test_the_rows_are_those_of_one_process(standing, cases, tmp_path):
    alone, shared = tmp_path / "alone.jsonl", tmp_path / "shared.jsonl"
    await run_asked(Asked(cases=cases, repeats=2, out=alone))
    before = standing.calls
    standing.upstream.bodies.clear()
    async with working():
        made = await run_asked(Asked(cases=cases, repeats=2, out=shared, distributed=True))
    assert (made.units, made.written, made.failed) == (24, 24, 0)
    assert rows(shared) == rows(alone)
    assert sum(r.calls for r in rows(shared)) == len(before) > 24
    assert standing.calls == before
    assert {r.written_by for r in rows(shared)} & {"model", "mixed"}
    assert not Path(f"{shared}.batch").exists()
    assert await kept() == []


async def kept() -> list[str]:
    """Batches that anybody who looks at them sees."""
    engine = open_engine(Settings().database_url, Settings().folder)
    try:
        return [b.id for b in await BatchStore(engine, Plain(), None).listed(None)]  # type: ignore[arg-type]
    finally:
        await engine.dispose()


async def test_killed_in_the_middle_and_given_again_it_goes_on_and_pays_nothing_twice(standing, cases, tmp_path):
    alone, shared = tmp_path / "alone.jsonl", tmp_path / "shared.jsonl"
    await run_asked(Asked(cases=cases, out=alone))
    before = standing.calls
    standing.upstream.bodies.clear()
    standing.open.clear()
    command = ("-m", "service.cli", "eval", "run", "--distributed", "--cases", str(cases), "--out", str(shared))
    async with working():
        first = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        while not standing.upstream.bodies:  # noqa: ASYNC110 (what is waited for is another process)
            await asyncio.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        await end(first)
        assert Path(f"{shared}.batch").exists()
        assert await kept() == []  # nobody's batch to look at
        standing.open.set()
        made = await run_asked(Asked(cases=cases, out=shared, distributed=True))
    assert (made.units, made.written) == (12, 12)
    assert rows(shared) == rows(alone)
    assert standing.calls == before


async def test_what_an_outage_left_out_is_made_by_the_next_command(standing, cases, tmp_path):
    out = tmp_path / "run.jsonl"
    standing.down = True
    async with working():
        made = await run_asked(Asked(cases=cases, kinds=("linkedin",), out=out, distributed=True))
        assert (made.units, made.written, made.failed) == (4, 0, 4)
        assert made.reason
        standing.down = False
        made = await run_asked(Asked(cases=cases, kinds=("linkedin",), out=out, distributed=True))
    assert (made.written, made.failed) == (4, 0)


async def test_a_worker_with_another_model_writes_no_row(standing, cases, tmp_path):
    async with working(model="another"):
        with pytest.raises(EvalError, match="A worker drafts with model another, not stand-in"):
            await run_asked(Asked(cases=cases, out=tmp_path / "run.jsonl", distributed=True))
    assert list(read_rows(tmp_path / "run.jsonl")) == []
    assert standing.calls == []
    assert not (tmp_path / "run.jsonl.batch").exists()


async def test_a_file_that_was_deleted_is_made_anew(standing, cases, tmp_path):
    """What workers made for the one that is gone is not taken for it."""
    out = tmp_path / "run.jsonl"
    note = tmp_path / "run.jsonl.batch"
    note.write_text("evl_of_old", encoding="utf-8")
    async with working():
        made = await run_asked(Asked(cases=cases, kinds=("linkedin",), out=out, distributed=True))
    assert made.written == 4
    assert not note.exists()


@pytest.mark.parametrize(
    "at",
    [
        date(2026, 11, 17),
        datetime(2026, 11, 17),  # noqa: DTZ001 (midnight where the talk was, as notes have it)
        datetime(2026, 11, 17, 9, tzinfo=UTC),
    ],
)
async def test_a_request_reaches_the_worker_as_it_was(at):
    asked = []

    class Chain(Drafter):
        async def draft(self, request: DraftRequest) -> Any:
            asked.append(request)
            return await super().draft(request)

    chain = Chain(PromptLibrary.load(), lambda: None, shipped())
    setup = Setup.of(chain.library, chain.reader, None)
    work = measuring(chain, of_error, None)  # type: ignore[arg-type]
    stated = Given(interview=Interview(at=at))
    requests = [replace(case.draft_request, given=stated) for case in load_cases(CASES)[:3]]
    for request in requests:
        body = json.loads(json.dumps(measured_body(request, setup, ("a", "b", 0))))
        outcome = await work(body, None)
        assert measured_of(outcome.result).draft.messages
    assert asked == requests


async def test_a_refused_request_is_an_outcome_and_says_why():
    chain = Drafter(PromptLibrary.load(), lambda: None, shipped())
    request = DraftRequest("Met Ada.", datetime(2026, 11, 17, tzinfo=UTC), given=Given(language="tlh"))
    body = measured_body(request, Setup.of(chain.library, chain.reader, None), ("a", "b", 0))
    outcome = await measuring(chain, of_error, None)(body, None)  # type: ignore[arg-type]
    assert outcome.state == "done"
    assert measured_of(outcome.result).refused[0] == "unsupported-language"
