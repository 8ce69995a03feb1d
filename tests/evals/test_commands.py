"""The commands as their users give them: what comes out, and what every bad input is told."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evals.commands import eval_group
from evals.reading import ReadingRecord, write_reading
from evals.rows import read_rows
from service.models.limits import Limits
from service.prompting.library import PromptLibrary
from service.reading.reader import Reader
from service.types import MessageKind
from tests.models.upstream import answer, serve

from .support import write_cases

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_model_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AFTERWORD_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write_cases(tmp_path / "cases", clusters=6)


def command(*words: object) -> Result:
    return CliRunner().invoke(eval_group, [str(w) for w in words], catch_exceptions=False)


def outline(cases: Path, out: Path, *more: object) -> Result:
    return command("run", "--model", "outline", "--kind", "thank_you", "--cases", cases, "--out", out, *more)


def told(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return " ".join(result.output.split())


def test_from_run_to_report(cases: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first = outline(cases, a).output
    assert first.startswith(f"6 of 6 drafts in {a}\n\nRead these first:\n\norrin")
    assert first.count("thank-you to ") == 3
    assert "generic: " in first
    assert outline(cases, b).exit_code == 0
    assert "outline on outline: 6 messages in 6 drafts" in command("score", a).output
    compared = command("compare", a, b)
    assert compared.exit_code == 0
    assert "overall" in compared.output
    made = tmp_path / "a--b.comparison.json"
    gated = command("gate", made)
    assert gated.exit_code == 0
    assert "pass: Nothing is worse" in gated.output
    assert json.loads((tmp_path / "a--b.gate.json").read_text(encoding="utf-8"))["gate"] == "pass"
    reported = command("report", a, b)
    assert [Path(p).suffix for p in reported.output.split()] == [".html", ".xml", ".json"]


def test_a_gate_over_few_interviews_is_exit_3(tmp_path: Path) -> None:
    few = write_cases(tmp_path / "few", clusters=2)
    outline(few, tmp_path / "a.jsonl")
    outline(few, tmp_path / "b.jsonl")
    result = command("gate", tmp_path / "a.jsonl", tmp_path / "b.jsonl", "--json")
    assert result.exit_code == 3
    assert json.loads(result.output)["gate"] == "inconclusive"


def test_the_gate_takes_two_runs_and_a_margin(cases: Path, tmp_path: Path) -> None:
    outline(cases, tmp_path / "a.jsonl")
    result = command("gate", tmp_path / "a.jsonl", tmp_path / "a.jsonl", "--margin", "brevity=0.2", "--margin", "0.1")
    assert result.exit_code == 0
    assert "lies above -0.200" in result.output


def test_the_gate_tells_how_well_the_notes_are_read_by_the_readers_hash(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.reading.default_results", lambda _: tmp_path / "none")
    outline(cases, tmp_path / "a.jsonl")
    asked = ("gate", tmp_path / "a.jsonl", tmp_path / "a.jsonl", "--results", tmp_path)
    name = Reader.load().name
    unmeasured = command(*asked)
    assert unmeasured.exit_code == 2
    assert f"{name} is not measured: afterword eval read --record" in unmeasured.output
    assert json.loads((tmp_path / "a--a.gate.json").read_text(encoding="utf-8"))["reading"] is None
    lots = {"dev": {"firm right": (3, 4), "private kept out": (0, 0)}}
    write_reading(tmp_path, ReadingRecord(reader=name, lots=lots, created=datetime(2026, 11, 28, tzinfo=UTC)))
    measured = command(*asked)
    assert measured.exit_code == 0
    assert json.loads(command(*asked, "--json", "--no-record").output)["reading"] == {
        "dev": {"firm right": [3, 4], "private kept out": [0, 0]}
    }
    assert f"{name}, dev: firm right 75%\n" in measured.output
    assert "a release wants one prompt version over all cases" in measured.output


def test_shards_are_run_and_merged(cases: Path, tmp_path: Path) -> None:
    for n in (1, 2):
        outline(cases, tmp_path / f"{n}.jsonl", "--shard", f"{n}/2")
    assert command("merge", tmp_path / "1.jsonl", tmp_path / "2.jsonl", "--out", tmp_path / "m.jsonl").exit_code == 0
    assert len(list(read_rows(tmp_path / "m.jsonl"))) == 6


def test_a_case_with_an_unknown_field(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", clusters=1, colour="blue")
    result = outline(cases, tmp_path / "a")
    assert "there is no field 'cases.0.colour'. Remove it or correct its spelling" in told(result)
    assert len(result.output.splitlines()) == 1


def test_two_cases_with_one_id(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", clusters=1, per_cluster=2, id="orrin")
    assert "Two cases are called 'orrin'. Give each its own id." in told(outline(cases, tmp_path / "a"))


def test_an_unknown_prompt(cases: Path, tmp_path: Path) -> None:
    result = command("run", "--prompt", "thank_you@99", "--cases", cases, "--model", "embedded")
    assert "no prompt version 'thank_you@99'. There are:" in told(result)


def test_an_interrupted_run_given_to_compare(cases: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    outline(cases, a)
    outline(cases, b)
    b.write_bytes(b.read_bytes()[:-200])
    assert "b.jsonl is unfinished. Give its `afterword eval run` command again" in told(command("compare", a, b))
    outline(cases, b)
    assert command("compare", a, b).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("score", "thank_you@2", "--runs", "nowhere"), "There is no run of thank_you@2 in nowhere. Make one:"),
        (("gate", "a", "b", "c"), "Name the baseline and the candidate, or one file"),
        (("gate", "nothing.json"), "nothing.json cannot be read"),
        (("run", "--model", "outline", "--prompt", "thank_you@2"), "The outline uses no prompt"),
        (
            ("run", "--prompt", "thank_you@1", "--prompt", "thank_you@2"),
            "Two versions of one prompt cannot share a run",
        ),
        (("run", "--model", "outline", "--shard", "half"), "--shard takes I/N as 1/4, not 'half'"),
        (("run", "--model", "outline", "--replay"), "The outline asks no model"),
        (("run", "--record", "a.jsonl", "--replay", "b.jsonl", "--model", "embedded"), "records or replays, not both"),
        (("run", "--replay", "none.jsonl", "--model", "embedded"), "none.jsonl is not a cassette"),
        (("candidates", "--model", "outline"), "The outline uses no prompt, so it cannot judge one. Name a model"),
        (("merge", "none.jsonl", "--out", "m.jsonl"), "none.jsonl cannot be read"),
    ],
)
def test_bad_input_is_one_sentence_that_says_what_to_do(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in told(command(*words))


@pytest.mark.parametrize("margin", ["x", "1.5", "-0.1", "brevity=", "=x"])
def test_a_margin_that_is_none(cases: Path, tmp_path: Path, margin: str) -> None:
    outline(cases, tmp_path / "a.jsonl")
    result = command("gate", tmp_path / "a.jsonl", tmp_path / "a.jsonl", "--margin", margin)
    assert "--margin takes a number from 0 to 1" in told(result)


async def test_a_model_behind_an_endpoint_is_recorded_and_replayed(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: command, pipeline, adapter, SDK, transport, cassette; the replay with no endpoint there."""
    from evals.running import Asked, run_asked

    # One call at a time: what the endpoint refuses is learned on the way, and asked otherwise from then on.
    async def say(exchange) -> None:
        await exchange.begin()
        await exchange.send_raw(
            answer(" the 14 mills, and the night shift that runs each with two people, stayed with me.")
        )

    tape = tmp_path / "c.jsonl.gz"
    asked = {
        "prompts": ("thank_you@2",), "kinds": (), "model": "stand-in", "cases": cases, "split": "all", "tags": (),
        "clusters": None, "repeats": 1, "concurrency": 1, "shard": "1/1", "runs": tmp_path, "bare": False,
        "distributed": False,
    }  # fmt: skip
    async with serve(say) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        live = await run_asked(Asked.of({**asked, "out": tmp_path / "live.jsonl", "record": tape, "replay": None}))
        calls = len(upstream.bodies)
        again = await run_asked(Asked.of({**asked, "out": tmp_path / "again.jsonl", "record": None, "replay": tape}))
        assert len(upstream.bodies) == calls > 0
    assert live.written == again.written == 6
    assert not tape.with_suffix("").exists()

    def texts(name: str) -> list[tuple[str | None, str, str | None]]:
        return sorted((r.subject, r.body, r.raw) for r in read_rows(tmp_path / name))

    assert texts("again.jsonl") == texts("live.jsonl")
    assert all(r.raw and r.calls for r in read_rows(tmp_path / "live.jsonl"))
    usual = {**asked, "out": None, "record": None, "replay": tape}
    replayed = await run_asked(Asked.of(usual))
    assert replayed.path.parent == tmp_path / "replayed"
    # Were a second to go on where the first ended, it would find nothing to do and miss nothing, whatever changed.
    replayed.path.write_text("a replay that was made before something changed\n", encoding="utf-8")
    assert (await run_asked(Asked.of(usual))).written == 6
    changed = Asked.of({**asked, "prompts": ("thank_you@3",), "out": None, "record": None, "replay": tape})
    with pytest.raises(Exception, match="recorded with thank_you@2, not with thank_you@3"):
        await run_asked(changed)


async def test_a_candidate_is_run_beside_the_stable_version_and_gated(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def say(exchange) -> None:
        await exchange.begin()
        await exchange.send_raw(answer("Thank you."))

    channels = shutil.copytree(ROOT / "prompts", tmp_path / "prompts") / "channels.yaml"
    stable = PromptLibrary.load(ROOT / "prompts").current(MessageKind.THANK_YOU, "large").id
    served = f"large: {{stable: {stable}}}"
    assert served in channels.read_text(encoding="utf-8")
    contested = channels.read_text(encoding="utf-8").replace(
        served, f"large: {{stable: {stable}, candidate: thank_you@1}}"
    )
    channels.write_text(contested, encoding="utf-8")
    monkeypatch.setenv("AFTERWORD_PROMPTS_DIR", str(tmp_path / "prompts"))
    words = ("candidates", "--model", "stand-in", "--cases", cases, "--runs", tmp_path)
    async with serve(say) as upstream:
        monkeypatch.setenv("OPENAI_BASE_URL", upstream.url)
        result = await asyncio.to_thread(command, *words)
        assert upstream.bodies
    assert f"== thank_you/large: thank_you@1 against {stable}" in result.output
    assert result.exit_code == 0, result.output
    assert f"reading       {Reader.load().name}, dev: " in result.output
    assert len(list(tmp_path.glob("subset-12/thank_you@*.stand-in.jsonl"))) == 2


def test_without_a_candidate_there_is_nothing_to_compare() -> None:
    result = command("candidates", "--model", "embedded")
    assert (result.exit_code, "nothing to compare" in result.output) == (0, True)


def test_help_needs_neither_numpy_nor_the_pipeline() -> None:
    check = (
        "import sys; from evals.commands import eval_group\n"
        "try: eval_group(['gate', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'scipy', 'openai', 'service.drafting.pipeline') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_limits_of_a_run_are_patient() -> None:
    from evals.models import settings_for

    assert settings_for("m").model_timeout_s > Limits().total_s
