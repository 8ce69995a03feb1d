from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from evals.cassette import REPEAT
from evals.errors import CassetteError, EvalError
from evals.merge import merge
from evals.rows import Selection, read_meta, read_rows, read_units
from evals.run import Plan, plan_run, run
from service.drafting.pipeline import Drafter
from service.errors import ModelUnavailable, NotesError
from service.models.heard import HEARD, Listened
from service.models.port import ChatMessage, ModelRequest
from service.models.scripted import NoiseModel, ScriptedModel
from service.prompting.library import PromptLibrary
from service.types import Draft, DraftRequest, MessageKind
from tests.reading_shipped import shipped

from .support import FakeDrafter, write_cases

ROOT = Path(__file__).parents[2]
KINDS = (MessageKind.THANK_YOU,)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write_cases(tmp_path / "cases", clusters=4, per_cluster=2)


def planned(cases: Path, **changes) -> Plan:
    return plan_run(cases, (), KINDS, "fake", name="fake", **changes)


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


async def test_there_is_one_row_per_case_recipient_and_repeat(cases: Path, tmp_path: Path) -> None:
    drafter = FakeDrafter(recipients=("Ada Pell", "Bo Lund"))
    outcome = await run(planned(cases, repeats=3), drafter, tmp_path / "run.jsonl", concurrency=5)
    rows = list(read_rows(tmp_path / "run.jsonl"))
    assert (outcome.units, outcome.written) == (24, 24)
    assert len({r.key for r in rows}) == len(rows) == 48
    assert {r.cluster for r in rows} == {"orrin0", "orrin1", "orrin2", "orrin3"}


async def test_tokens_and_seconds_count_once_for_each_draft(cases: Path, tmp_path: Path) -> None:
    await run(planned(cases), FakeDrafter(recipients=("Ada Pell", "Bo Lund")), tmp_path / "run.jsonl")
    rows = list(read_rows(tmp_path / "run.jsonl"))
    assert sum(r.prompt_tokens for r in rows) == 8 * 10
    assert sum(r.seconds for r in rows) == pytest.approx(8 * 0.5)


async def test_the_drafts_are_asked_for_as_users_ask(cases: Path, tmp_path: Path) -> None:
    drafter = FakeDrafter()
    await run(planned(cases), drafter, tmp_path / "run.jsonl")
    request = drafter.requests[0]
    assert request.kinds == KINDS
    assert request.given.candidate == "Lena Moss"
    assert request.now.isoformat() == "2026-11-17T18:00:00+00:00"
    assert not request.model_only


async def test_a_second_call_makes_only_what_is_missing(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    await run(planned(cases), FakeDrafter(), out)
    whole = out.read_bytes()
    out.write_bytes(b"".join(lines(out)[:4]))
    again = FakeDrafter()
    await run(planned(cases), again, out)
    assert len(again.requests) == 8 - 3
    assert sorted(lines(out)) == sorted(whole.splitlines(keepends=True))


@pytest.mark.parametrize("cut", [1, 40, 400])
async def test_a_torn_last_line_is_cut_off_and_its_draft_made_again(cases: Path, tmp_path: Path, cut: int) -> None:
    out = tmp_path / "run.jsonl"
    drafter = FakeDrafter(recipients=("Ada Pell", "Bo Lund"))
    await run(planned(cases), drafter, out)
    os.truncate(out, out.stat().st_size - cut)
    assert len(list(read_units(out))) == 7
    await run(planned(cases), drafter, out)
    assert len(drafter.requests) == 9
    assert len({r.key for r in read_rows(out)}) == len(list(read_rows(out))) == 16


async def test_a_torn_first_line_is_no_obstacle(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    out.write_bytes(b'{"run": {"na')
    await run(planned(cases), FakeDrafter(), out)
    assert len(list(read_rows(out))) == 8


def test_a_killed_run_loses_no_row_and_makes_none_twice(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    command = [sys.executable, "-m", "tests.evals.killed_run", str(cases), str(out)]
    kept = 0
    for _ in range(2):
        child = subprocess.Popen(command, cwd=ROOT)
        while not (out.exists() and out.stat().st_size > kept + 30_000):
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        kept = out.stat().st_size
    assert len(list(read_units(out))) < 160
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    rows = list(read_rows(out))
    assert len(rows) == 320
    assert set(Counter(r.key for r in rows).values()) == {1}


async def test_a_damaged_line_in_the_middle_is_named(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    await run(planned(cases), FakeDrafter(), out)
    parts = lines(out)
    out.write_bytes(b"".join([*parts[:3], b"{oops}\n", *parts[4:]]))
    with pytest.raises(EvalError, match=r"Line 4 of .* is damaged"):
        await run(planned(cases), FakeDrafter(), out)


async def test_a_run_whose_prompt_changed_underneath_is_refused(cases: Path, tmp_path: Path) -> None:
    version = PromptLibrary.load().get("thank_you@2")
    out = tmp_path / "run.jsonl"

    def plan(sha: str) -> Plan:
        return plan_run(cases, (replace(version, sha256=sha),), KINDS, "fake", name="thank_you@2")

    await run(plan("a" * 64), FakeDrafter(), out)
    with pytest.raises(EvalError, match=r"thank_you@2 changed since .* was begun. Delete that file, or give another"):
        await run(plan("b" * 64), FakeDrafter(), out)


async def test_a_file_of_other_settings_is_refused(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    await run(planned(cases), FakeDrafter(), out)
    with pytest.raises(EvalError, match=r"other settings \(repeats, units\). Give another file"):
        await run(planned(cases, repeats=2), FakeDrafter(), out)


async def test_two_runs_cannot_write_one_file_at_once(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    begun, may_end = asyncio.Event(), asyncio.Event()

    class Waiting(FakeDrafter):
        async def draft(self, request: DraftRequest) -> Draft:
            begun.set()
            await may_end.wait()
            return await super().draft(request)

    first = asyncio.create_task(run(planned(cases), Waiting(), out))
    await begun.wait()
    with pytest.raises(EvalError, match=r"Another run is writing"):
        await run(planned(cases), FakeDrafter(), out)
    may_end.set()
    await first
    assert list(tmp_path.glob("*.lock")) == []


async def test_shards_joined_are_the_whole_run(cases: Path, tmp_path: Path) -> None:
    await run(planned(cases), FakeDrafter(), tmp_path / "whole.jsonl")
    shards = [tmp_path / f"{n}.jsonl" for n in (1, 2, 3)]
    for n, path in enumerate(shards, 1):
        await run(planned(cases, shard=(n, 3)), FakeDrafter(), path)
    merge(shards[::-1], tmp_path / "merged.jsonl")
    assert read_meta(tmp_path / "merged.jsonl") == read_meta(tmp_path / "whole.jsonl")
    assert {r.key for r in read_rows(tmp_path / "merged.jsonl")} == {r.key for r in read_rows(tmp_path / "whole.jsonl")}


async def test_a_missing_shard_is_named(cases: Path, tmp_path: Path) -> None:
    for n in (1, 3):
        await run(planned(cases, shard=(n, 3)), FakeDrafter(), tmp_path / f"{n}.jsonl")
    with pytest.raises(EvalError, match=r"shard 2/3 is missing"):
        merge([tmp_path / "1.jsonl", tmp_path / "3.jsonl"], tmp_path / "merged.jsonl")


async def test_shards_of_different_runs_do_not_merge(cases: Path, tmp_path: Path) -> None:
    await run(planned(cases, shard=(1, 2)), FakeDrafter(), tmp_path / "1.jsonl")
    await run(planned(cases, shard=(2, 2), repeats=2), FakeDrafter(), tmp_path / "2.jsonl")
    with pytest.raises(EvalError, match=r"not a part of the same run"):
        merge([tmp_path / "1.jsonl", tmp_path / "2.jsonl"], tmp_path / "merged.jsonl")


async def test_notes_that_the_pipeline_refuses_are_a_row_of_their_own(cases: Path, tmp_path: Path) -> None:
    def refuse(request: DraftRequest) -> str:
        raise NotesError("The notes are empty.")

    outcome = await run(planned(cases), FakeDrafter(text=refuse), tmp_path / "run.jsonl")
    assert outcome.written == 8
    assert {r.error for r in read_rows(tmp_path / "run.jsonl")} == {("notes-unusable", "The notes are empty.")}


async def test_an_outage_leaves_its_draft_to_the_next_call(cases: Path, tmp_path: Path) -> None:
    """The pipeline would answer with the outline, and the comparison would then judge the wrong text."""
    library, out = PromptLibrary.load(), tmp_path / "run.jsonl"
    broken = Listened(ScriptedModel(script=lambda request: ModelUnavailable("The endpoint is away.")))
    outcome = await run(planned(cases), Drafter(library, lambda: broken, shipped()), out)
    assert outcome.written == 0
    assert outcome.failed == 8
    assert outcome.reason == "The endpoint is away."
    mended = Listened(NoiseModel())
    assert (await run(planned(cases), Drafter(library, lambda: mended, shipped()), out)).written == 8


async def test_a_model_that_stays_away_ends_the_run_early(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "many", clusters=30)
    asked = []

    def away(request: DraftRequest) -> str:
        asked.append(request)
        raise ModelUnavailable("The endpoint is away.")

    await run(planned(cases), FakeDrafter(text=away), tmp_path / "run.jsonl")
    assert len(asked) == 10


async def test_a_useless_reply_stays_in_the_results(cases: Path, tmp_path: Path) -> None:
    silent = Listened(ScriptedModel())
    outcome = await run(
        planned(cases), Drafter(PromptLibrary.load(), lambda: silent, shipped()), tmp_path / "run.jsonl"
    )
    assert outcome.written == 8
    assert {r.written_by for r in read_rows(tmp_path / "run.jsonl")} == {"outline"}


async def test_a_call_that_the_cassette_lacks_stops_the_run(cases: Path, tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"no answer to a call of orrin0-n0 .* Record it again: `make cassette`"):
        await run(planned(cases), FakeDrafter(), tmp_path / "run.jsonl", missed=lambda: True)
    assert list(read_rows(tmp_path / "run.jsonl")) == []


async def test_rows_carry_what_was_sent_and_what_the_model_wrote(cases: Path, tmp_path: Path) -> None:
    model = Listened(NoiseModel())
    version = PromptLibrary.load().get("thank_you@2")
    plan = plan_run(cases, (version,), KINDS, "noise", name=version.id)
    await run(plan, Drafter(PromptLibrary.load(), lambda: model, shipped()), tmp_path / "run.jsonl", model="noise")
    row = next(read_rows(tmp_path / "run.jsonl"))
    assert row.prompt_sha256 == version.sha256
    assert row.rendered_sha256
    assert row.raw
    assert row.calls > 0
    assert row.repaired
    assert read_meta(tmp_path / "run.jsonl").prompts == {version.id: version.sha256}


async def test_each_draft_has_its_own_repeat_and_its_own_calls(cases: Path, tmp_path: Path) -> None:
    seen = []

    class Asking(FakeDrafter):
        async def draft(self, request: DraftRequest) -> Draft:
            await listened.complete(ModelRequest((ChatMessage("user", request.notes),)))
            heard = HEARD.get()
            assert heard is not None
            seen.append((REPEAT.get(), len(heard.requests)))
            return await super().draft(request)

    listened = Listened(ScriptedModel(script=lambda request: "Thanks."))
    await run(planned(cases, repeats=2), Asking(), tmp_path / "run.jsonl", concurrency=4)
    assert Counter(seen) == {(0, 1): 8, (1, 1): 8}


def test_a_subset_takes_one_case_of_clusters_spread_over_all(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", clusters=8, per_cluster=3)
    plan = planned(cases, selection=Selection(clusters=4))
    assert [c.id for c in plan.cases] == ["orrin0-n0", "orrin2-n0", "orrin4-n0", "orrin6-n0"]


def test_a_selection_without_cases_says_what_to_check(cases: Path) -> None:
    with pytest.raises(EvalError, match=r"No case fits"):
        planned(cases, selection=Selection(split="test"))


def test_a_shard_that_does_not_exist_is_told(cases: Path) -> None:
    with pytest.raises(EvalError, match=r"no shard 3 of 2"):
        planned(cases, shard=(3, 2))


def test_the_order_of_files_does_not_change_the_name_of_the_cases(tmp_path: Path) -> None:
    one = planned(write_cases(tmp_path / "a", clusters=3)).meta.cases_sha256
    assert planned(write_cases(tmp_path / "b", clusters=3)).meta.cases_sha256 == one
    assert planned(write_cases(tmp_path / "c", clusters=4)).meta.cases_sha256 != one
