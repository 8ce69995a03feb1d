from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.compare import Comparison, compare, read_comparison, write_comparison
from evals.errors import EvalError
from evals.files import find_run, scores_of
from evals.gate import Exit, gate, gate_json, read_by, record
from evals.reading import ReadingRecord, read_reading
from evals.rows import Selection, read_rows
from evals.run import plan_run, run
from evals.score import score_run
from evals.scores import is_complete, read_scores, read_scores_meta
from evals.word_diff import Diff, plain_diff, word_diff
from service.prompting.evidence import read_evidence
from service.prompting.library import PromptLibrary
from service.types import DraftRequest, MessageKind

from .support import GOOD, FakeDrafter, write_cases

NO_TOPIC = (
    GOOD.replace("telling me about the 14 mills", "a most pleasant talk")
    .replace(
        "the counting scales that I put into the dye house at Selby, and how the stock came right within a month",
        "my work so far",
    )
    .replace(
        "I have thought about them since, and about the night shift that runs each of them with two people",
        "I have thought of it since",
    )
)
NO_THANKS = GOOD.replace("Thank you for your time on Tuesday and for telling", "It was on Tuesday that you told")
LEAK = GOOD.replace("Kind regards", "The pay is poor, I know.\n\nKind regards")

Text = Callable[[DraftRequest], str]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write_cases(tmp_path / "cases", clusters=6, per_cluster=2)


async def scored(
    cases: Path, out: Path, text: Text = lambda request: GOOD, recipients=("Ada Pell",), **changes
) -> Path:
    plan = plan_run(cases, (), (MessageKind.THANK_YOU,), "fake", name=out.stem, **changes)
    await run(plan, FakeDrafter(text=text, recipients=recipients), out)
    scores = out.with_suffix(".scores.jsonl")
    score_run(out, scores)
    return scores


async def compared(cases: Path, tmp_path: Path, text: Text, **changes) -> Comparison:
    before = await scored(cases, tmp_path / "a.jsonl", **changes)
    return compare(before, await scored(cases, tmp_path / "b.jsonl", text, **changes))


def by_name(made: Comparison, name: str):
    return next(c for c in made.criteria if c.name == name)


async def test_scores_are_those_of_the_product(cases: Path, tmp_path: Path) -> None:
    row = next(read_scores(await scored(cases, tmp_path / "a.jsonl")))
    assert row.criteria["gratitude"][1]
    assert row.criteria["worth_mentioning"][0] == 1.0
    assert row.broken == {}
    assert row.overall > 0.8


async def test_scoring_twice_gives_the_same_file(cases: Path, tmp_path: Path) -> None:
    first = (await scored(cases, tmp_path / "a.jsonl")).read_bytes()
    score_run(tmp_path / "a.jsonl", tmp_path / "again.jsonl", jobs=2)
    assert (tmp_path / "again.jsonl").read_bytes() == first


async def test_many_drafts_are_scored_by_several_processes_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = write_cases(tmp_path / "cases", clusters=30)
    alone = (await scored(cases, tmp_path / "a.jsonl", repeats=3)).read_bytes()
    monkeypatch.setattr("evals.score._ALONE", 20)
    monkeypatch.setattr("evals.score._BATCH", 7)
    score_run(tmp_path / "a.jsonl", tmp_path / "many.jsonl", jobs=2)
    assert (tmp_path / "many.jsonl").read_bytes() == alone
    assert [r.key for r in read_scores(tmp_path / "many.jsonl")] == [r.key for r in read_rows(tmp_path / "a.jsonl")]


async def test_what_the_case_forbids_breaks_a_hard_rule(cases: Path, tmp_path: Path) -> None:
    row = next(read_scores(await scored(cases, tmp_path / "a.jsonl", lambda request: LEAK)))
    assert row.broken["must_not_appear"] == 1


async def test_other_cases_than_those_of_the_run_are_refused(cases: Path, tmp_path: Path) -> None:
    await scored(cases, tmp_path / "a.jsonl")
    other = write_cases(tmp_path / "other", clusters=6, per_cluster=2, must_not_appear=["salary"])
    with pytest.raises(EvalError, match=r"not those that .* was made with. Name those with --cases, or run again"):
        score_run(tmp_path / "a.jsonl", tmp_path / "s.jsonl", cases_path=other)


async def test_scores_are_made_again_when_the_run_has_grown(cases: Path, tmp_path: Path) -> None:
    scores = await scored(cases, tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines[:-1]))
    assert is_complete(scores)
    again = scores_of(tmp_path / "a.jsonl")
    assert not is_complete(again)
    assert len(list(read_scores(again))) == 11


async def test_a_run_and_itself_differ_in_nothing_and_pass(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: GOOD)
    assert {(c.difference, c.p, c.wins, c.losses) for c in made.criteria} == {(0.0, 1.0, 0, 0)}
    assert made.flips == ()
    assert gate(made).exit is Exit.PASS


async def test_a_worse_run_is_a_regression(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: NO_THANKS)
    gratitude = by_name(made, "gratitude")
    assert (gratitude.baseline, gratitude.candidate, gratitude.losses) == (1.0, 0.0, 12)
    assert (gratitude.passes_lost, gratitude.p_mcnemar) == (12, pytest.approx(2 / 2**12))
    result = gate(made)
    assert (result.exit, result.word) == (Exit.REGRESSION, "regression")
    assert "gratitude" in result.summary


async def test_a_better_run_is_said_to_be_better(tmp_path: Path) -> None:
    # With six interviews no sign flip can come out under 2 in 64, so Holm would never grant the claim.
    cases = write_cases(tmp_path / "cases", clusters=12)
    worse = await scored(cases, tmp_path / "a.jsonl", lambda request: NO_TOPIC)
    result = gate(compare(worse, await scored(cases, tmp_path / "b.jsonl")))
    assert result.exit is Exit.PASS
    assert {v.name for v in result.criteria if v.verdict == "better"} >= {"specificity", "worth_mentioning"}


async def test_one_new_leak_is_a_regression_however_good_the_rest(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: LEAK if "no 3-1" in request.notes else GOOD)
    result = gate(made, margin=0.9)
    assert result.exit is Exit.REGRESSION
    assert result.new_failures["must_not_appear"] == ("orrin3-n1/thank_you/Ada Pell/0",)


async def test_a_leak_that_was_there_before_is_no_new_failure(cases: Path, tmp_path: Path) -> None:
    leaking = await scored(cases, tmp_path / "a.jsonl", lambda request: LEAK)
    made = compare(leaking, await scored(cases, tmp_path / "b.jsonl", lambda request: LEAK))
    assert gate(made).exit is Exit.PASS
    assert next(i for i in made.invariants if i.name == "must_not_appear").candidate == 12


async def test_a_message_that_is_no_longer_written_is_a_new_failure(cases: Path, tmp_path: Path) -> None:
    before = await scored(cases, tmp_path / "a.jsonl", recipients=("Ada Pell", "Bo Lund"))
    made = compare(before, await scored(cases, tmp_path / "b.jsonl"))
    assert len(made.only_baseline) == 12
    assert gate(made).new_failures["not_written"] == made.only_baseline


async def test_too_few_interviews_are_inconclusive_even_without_a_difference(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", clusters=4, per_cluster=5)
    result = gate(await compared(cases, tmp_path, lambda request: GOOD))
    assert result.exit is Exit.INCONCLUSIVE
    assert "would take about 5 interviews (25 cases)" in result.summary


async def test_a_wide_interval_is_inconclusive_and_says_how_many_cases_it_takes(tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", clusters=10)
    before = await scored(cases, tmp_path / "a.jsonl", lambda r: NO_TOPIC if "no 1-" in r.notes else GOOD)
    after = await scored(cases, tmp_path / "b.jsonl", lambda r: NO_TOPIC if "no 2-" in r.notes else GOOD)
    result = gate(compare(before, after))
    assert result.exit is Exit.INCONCLUSIVE
    unclear = [v for v in result.criteria if v.verdict == "unclear"]
    assert max(v.clusters_needed for v in unclear if v.clusters_needed) > 10
    assert "interviews" in result.summary


async def test_what_few_messages_are_judged_on_has_a_margin_that_can_be_decided(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: GOOD)
    rare = made.criteria[0].model_copy(update={"name": "clarification"})
    made = made.model_copy(update={"criteria": (rare,)})
    margins = [
        gate(made, **given).criteria[0].margin for given in ({}, {"margin": 0.3}, {"margins": {rare.name: 0.05}})
    ]
    assert margins == [0.15, 0.3, 0.05]


async def test_a_margin_can_be_set_for_one_criterion(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: GOOD)
    assert next(v for v in gate(made, margins={"brevity": 0.2}).criteria if v.name == "brevity").margin == 0.2
    with pytest.raises(EvalError, match=r"no criterion 'brevty' here. There are: brevity"):
        gate(made, margins={"brevty": 0.2})


async def test_flipped_messages_come_with_reasons_and_changed_words(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: NO_THANKS if "no 3-1" in request.notes else GOOD)
    (flip,) = made.flips
    assert flip.lost == ("gratitude",)
    assert flip.reasons["gratitude"][1] == "Nobody is thanked."
    assert Diff("gone", "Thank ") in flip.body or any(d.kind == "gone" and "Thank" in d.text for d in flip.body)


async def test_results_are_cut_by_tag(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: NO_THANKS if "-1," in request.notes else GOOD)
    by_tag = {t.tag: t for t in made.tags}
    assert by_tag["bullets"].difference < 0 == by_tag["prose"].difference
    assert by_tag["warehouse"].rows == 12


async def test_an_interrupted_run_is_not_compared(cases: Path, tmp_path: Path) -> None:
    before = await scored(cases, tmp_path / "a.jsonl")
    run_file = tmp_path / "b.jsonl"
    await scored(cases, run_file)
    run_file.write_bytes(run_file.read_bytes()[:-30])
    with pytest.raises(EvalError, match=r"b.jsonl is unfinished. Give its `afterword eval run` command again"):
        compare(before, scores_of(run_file))


async def test_runs_without_common_cases_are_not_compared(cases: Path, tmp_path: Path) -> None:
    before = await scored(cases, tmp_path / "a.jsonl")
    single = tmp_path / "single"
    single.mkdir()
    text = (cases / "orrin0.yaml").read_text(encoding="utf-8").replace("orrin0", "birch")
    (single / "birch.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=r"no message in common. Run both over the same cases"):
        compare(before, await scored(single, tmp_path / "b.jsonl"))


async def test_a_case_that_changed_between_two_runs_is_named(cases: Path, tmp_path: Path) -> None:
    before = await scored(cases, tmp_path / "a.jsonl")
    other = write_cases(tmp_path / "other", clusters=6, per_cluster=2, could_mention=["14 mills"])
    with pytest.raises(EvalError, match=r"orrin0-n0 is not the same in the two runs"):
        compare(before, await scored(other, tmp_path / "b.jsonl"))


async def test_a_shard_alone_is_not_compared(cases: Path, tmp_path: Path) -> None:
    before = await scored(cases, tmp_path / "a.jsonl")
    with pytest.raises(EvalError, match=r"is a shard. Join the shards"):
        compare(before, await scored(cases, tmp_path / "b.jsonl", shard=(1, 2)))


async def test_scores_by_different_rules_are_not_compared(cases: Path, tmp_path: Path) -> None:
    before, after = await scored(cases, tmp_path / "a.jsonl"), await scored(cases, tmp_path / "b.jsonl")
    known = read_scores_meta(after).rubric_sha256
    after.write_text(after.read_text(encoding="utf-8").replace(known, "0" * 64), encoding="utf-8")
    with pytest.raises(EvalError, match=r"scored by different rules"):
        compare(before, after)


async def test_a_comparison_reads_back_as_it_was_written(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: NO_THANKS)
    write_comparison(made, tmp_path / "c.json")
    assert read_comparison(tmp_path / "c.json") == made
    (tmp_path / "d.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EvalError, match=r"is no comparison"):
        read_comparison(tmp_path / "d.json")


async def test_a_pass_over_all_cases_is_recorded_as_evidence(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: GOOD)
    version = PromptLibrary.load().get("thank_you@2")
    side = made.candidate.model_copy(update={"prompts": {version.id: version.sha256}})
    made = made.model_copy(update={"candidate": side})
    whole = side.cases_sha256
    now = datetime(2026, 11, 23, tzinfo=UTC)
    reading = ReadingRecord(reader="reader-1", lots={"dev": {"firm right": (3, 4)}}, created=now)
    unread = read_by(gate(made), "reader-1", None)
    assert (unread.exit, record(made, unread, tmp_path / "results", now, whole)) == (Exit.INVALID, None)
    result = read_by(gate(made), "reader-1", reading)
    assert record(made, result, tmp_path / "results", now, "another set of cases") is None
    assert record(made, replace(result, exit=Exit.INCONCLUSIVE), tmp_path / "results", now, whole) is None
    assert record(made, result, tmp_path / "results", now, whole)
    assert read_reading(tmp_path / "results", "reader-1") == reading  # a release asks for both
    kept = read_evidence(tmp_path / "results", version.sha256)
    assert kept is not None
    assert (kept.gate, kept.against, kept.cases_sha256, kept.reader) == ("pass", "a", whole, "reader-1")
    assert (kept.messages, kept.interviews, kept.cases) == (made.rows, made.clusters, made.cases)
    assert {c.margin for c in kept.criteria} == {0.05}
    assert {c.name: (c.before, c.score, c.messages) for c in kept.criteria} == {
        c.name: (round(c.baseline, 4), round(c.candidate, 4), c.rows) for c in made.criteria
    }


async def test_a_gate_tells_programs_what_its_reading_is_worth_and_never_passes_without(
    cases: Path, tmp_path: Path
) -> None:
    made = await compared(cases, tmp_path, lambda request: GOOD)
    reading = ReadingRecord(
        reader="reader-1", lots={"dev": {"firm right": (3, 4)}}, created=datetime(2026, 11, 29, tzinfo=UTC)
    )
    told = gate_json(read_by(gate(made), "reader-1", reading))
    assert (told["exit"], told["reader"], told["reading"]) == (0, "reader-1", {"dev": {"firm right": [3, 4]}})
    unread = gate_json(read_by(gate(made), "reader-1", None))
    assert (unread["gate"], unread["exit"], unread["reading"]) == ("invalid", 2, None)
    assert "reader-1 reads the notes, and is not measured: afterword eval read --record" in unread["summary"]
    worse = await compared(cases, tmp_path / "worse", lambda request: NO_THANKS)
    assert read_by(gate(worse), "reader-1", None).exit is Exit.REGRESSION  # the worst is said, whoever read


async def test_a_subset_is_no_evidence(cases: Path, tmp_path: Path) -> None:
    made = await compared(cases, tmp_path, lambda request: GOOD, selection=Selection(clusters=6))
    assert not made.whole


async def test_a_run_is_found_by_its_prompt(cases: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    await scored(cases, runs / "thank_you@2.small.jsonl")
    (runs / "thank_you@22.small.jsonl").touch()
    (runs / "thank_you@2.small.1of2.jsonl").touch()
    assert find_run("thank_you@2", runs) == runs / "thank_you@2.small.jsonl"
    with pytest.raises(EvalError, match=r"Make one: afterword eval run --prompt thank_you@3"):
        find_run("thank_you@3", runs)
    with pytest.raises(EvalError, match=r"There is no file .*a\.jsonl\. Give a run's path"):
        find_run(str(tmp_path / "a.jsonl"), runs)
    (runs / "thank_you@2.large.jsonl").touch()
    with pytest.raises(EvalError, match=r"several runs of thank_you@2. Name one"):
        find_run("thank_you@2", runs)


def test_a_word_diff_rebuilds_both_texts() -> None:
    before, after = "Thank you for  the talk.\n\nBest", "Thanks for  the long talk.\n\nBest"
    runs = word_diff(before, after)
    assert "".join(d.text for d in runs if d.kind != "new") == before
    assert "".join(d.text for d in runs if d.kind != "gone") == after
    assert plain_diff(word_diff("a b c", "a x c")) == "a [-b-] {+x+} c"


def test_the_comparison_file_holds_plain_json(tmp_path: Path) -> None:
    assert json.loads(json.dumps(word_diff("a", "b"))) == [["gone", "a"], ["new", "b"]]
