"""Scores held against blind readings: figures whose answer is known, and the command over the service's own scores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.cases import load_cases
from evals.commands import _lots, eval_group
from evals.files import CASES
from evals.judge.items import judged_items
from evals.judge.verdicts import VerdictRow
from evals.validity import Held, held, measure, validity_text
from evals.verdicts.data import Fault, JudgedMessage, load_verdicts, part_of
from evals.verdicts.seers import SEERS, objections
from service.types import Score, Scorecard, Severity, Violation
from tests.reading_shipped import shipped
from training.reader import data

CASE = "arden-search-markdown"
GOOD = (
    "Dear Ingrid,\n\nThank you for your time on Thursday. What you said about one supply plan instead of four, for "
    "a company with 4 plants and 1,900 people, has stayed with me, and I would gladly take up that task as Chief "
    "Operating Officer.\n\nKind regards,\nMarguerite Oyelaran"
)


def _message(n: int, *said: str, body: str = GOOD, faults: Sequence[str] = (), channel: str = "large") -> JudgedMessage:
    """Judged with ``said``; everyone who would not send it names ``faults``, of the whole."""
    found = [{"fault": f} for f in faults]
    verdicts = [{"judge": f"r{k}", "verdict": v, "faults": [] if v == "send" else found} for k, v in enumerate(said)]
    return JudgedMessage.model_validate({
        "id": f"m{n}", "case": CASE, "cluster": f"c{n}", "kind": "thank_you", "recipient": "Ingrid Halvorsen",
        "subject": "Thank you", "body": body, "source": {"channel": channel}, "part": "test", "verdicts": verdicts,
    })  # fmt: skip


def _held(message: JudgedMessage, overall: float, *seen: str, passed: bool = True) -> Held:
    criteria = (Score("grounding", overall, passed, "G35", ""),)
    found = tuple(Violation(name, "G35", Severity.HARD, "") for name in seen)
    return Held(message, Scorecard(overall, criteria, found), 0)


def test_a_score_that_orders_as_readers_do_has_an_auc_of_one() -> None:
    rows = [_held(_message(n, *["no", "no"] if n < 3 else ["send", "send"], faults=["form"]), n / 10) for n in range(6)]
    overall = measure(rows).orderings[0]
    assert overall.name == "overall"
    assert overall.auc is not None
    assert overall.auc.value == 1.0
    assert overall.rank is not None
    assert overall.rank.value == pytest.approx(0.878, abs=1e-3)  # 1 but for the ties within both halves


def test_a_divided_message_is_ranked_but_is_neither_sent_nor_not() -> None:
    rows = [_held(_message(0, "send", "send"), 0.9), _held(_message(1, "no", "no", faults=["form"]), 0.1)]
    found = measure([*rows, _held(_message(2, "send", "no", faults=["form"]), 0.0)])
    assert (found.send.hits, found.send.of) == (1, 2)
    assert [o.messages for o in found.orderings if o.name == "overall"] == [3]
    assert found.orderings[0].auc is not None
    assert found.orderings[0].auc.value == 1.0


def test_recall_counts_messages_with_the_fault_and_false_alarms_those_in_which_nobody_names_it() -> None:
    rows = [
        _held(_message(0, "no", "no", faults=["false"]), 0.5, "ungrounded_number"),
        _held(_message(1, "no", "no", faults=["false"]), 0.5),
        _held(_message(2, "send", "no", faults=["false"]), 0.5, "ungrounded_name"),
        _held(_message(3, "send", "send"), 0.5, "ungrounded_day"),
        _held(_message(4, "send", "send"), 0.5, "ungrounded_date"),
    ]
    seen = measure(rows).seeing[0]
    assert seen.fault == "false"
    assert (seen.recall.hits, seen.recall.of, seen.alarms.hits, seen.alarms.of, seen.divided) == (1, 2, 1, 2, 1)


def test_ready_to_send_counts_what_nothing_speaks_against_whoever_wrote_it() -> None:
    rows = [
        _held(_message(0, "send", "send"), 1.0),
        _held(_message(1, "no", "no", faults=["form"]), 1.0),
        _held(_message(2, "no", "no", faults=["form"]), 0.2, passed=False),
        _held(_message(3, "no", "no", faults=["form"], channel="outline"), 1.0),
        _held(_message(4, "no", "no", faults=["form"]), 1.0, "dash"),
    ]
    found = measure(rows)
    assert (found.ready.hits, found.ready.of) == (1, 3)
    assert (found.ready_by_channel["outline"].hits, found.ready_by_channel["outline"].of) == (0, 1)


def test_readers_who_say_the_same_agree_wholly() -> None:
    rows = [_held(_message(n, *(["send"] * 2 if n % 2 else ["no"] * 2), faults=["padding"]), 0.5) for n in range(6)]
    found = measure(rows).agreement
    assert found.send is not None
    assert found.send.value == 1.0
    assert found.faults["padding"] is not None
    assert found.faults["swapped"] is None  # nobody names it: nothing to agree on


def test_the_service_scores_the_messages_itself() -> None:
    wrong = GOOD.replace("4 plants", "17 plants").replace("Dear Ingrid", "Dear Gunther")
    cases = {c.id: c for c in load_cases(CASES)}
    sound, broken = held([_message(0, "send", "send"), _message(1, "no", "no", body=wrong)], cases, shipped())
    assert not sound.seen & SEERS[Fault.FALSE]
    assert broken.seen >= {"ungrounded_number", "wrong_greeting"}
    assert broken.card.overall < sound.card.overall
    assert sound.specifics > 4


def test_a_baseline_is_beaten_or_not_on_the_same_messages() -> None:
    """Here readers send the short ones, whatever the score says."""
    rows = [
        _held(_message(n, *["send" if n < 3 else "no"] * 2, body=GOOD + " More." * n, faults=["form"]), 0.5)
        for n in range(6)
    ]
    rows = [replace(r, specifics=9 - r.message.cluster.count("5")) for r in rows]
    found = {o.name: o for o in measure(rows).orderings}
    words, overall = found["words"], found["overall"]
    assert rows[2].figure("words") == len(GOOD.split()) + 2
    assert words.auc is not None
    assert words.rank is not None
    assert (words.auc.value, words.messages, overall.rank) == (0.0, 6, None)
    assert words.rank.value == pytest.approx(-0.878, abs=1e-3)
    assert found["specifics"].auc is not None
    assert found["specifics"].auc.value == pytest.approx((3 + 0.5 * 6) / 9)
    assert "a model as judge" not in found


def _judged(n: int, said: str | None, *faults: str) -> VerdictRow:
    by = {"prompt": "judge@1", "prompt_sha256": "a" * 64, "model": "stand-in", "revision": "b" * 64}
    row = {"id": f"m{n}", "cluster": f"c{n}", "said": said, "faults": faults, "answers": (), "texts_sha256": "c" * 64}
    return VerdictRow.model_validate(row | by)


def test_a_model_as_judge_stands_in_the_same_tables() -> None:
    rows = [_held(_message(n, *["send" if n < 2 else "no"] * 2, faults=["false"]), 0.5) for n in range(5)]
    said = [
        _judged(0, "send"),
        _judged(1, "edit", "false"),
        _judged(2, "no", "false"),
        _judged(3, "no"),
        _judged(4, None),
    ]
    found = measure([replace(r, judged=j) for r, j in zip(rows, said, strict=True)])
    judge = found.orderings[-1]
    assert (judge.name, judge.messages) == ("a model as judge", 4)  # the one without a verdict counts nowhere
    assert judge.auc is not None
    assert judge.auc.value == 1.0
    assert judge.kappa is not None
    assert judge.kappa.value == pytest.approx(0.5)  # 3 of 4 agree, half by chance
    false = found.seeing[0]
    assert (false.judge_recall.hits, false.judge_recall.of) == (1, 2)
    assert (false.judge_alarms.hits, false.judge_alarms.of) == (1, 2)
    text = validity_text(found)
    assert "| a model as judge | 4 | 1.00" in text
    assert "1 of 2, 50% (9% … 91%) | 1 of 2, 50% (9% … 91%) |" in text
    tables = [line.split("|") for line in text.splitlines() if line.startswith("|")]
    assert {len(t) for t in tables} == {7, 10}


def test_figures_are_told_by_what_the_reader_of_the_notes_has_of_them() -> None:
    rows = [_held(_message(n, *["send" if n % 2 else "no"] * 2, faults=["form"]), n / 10) for n in range(6)]
    lots = ["was trained on them", "was trained on them", "has not seen them", "has not seen them", "", ""]
    found = measure([replace(r, lot=lot) for r, lot in zip(rows, lots, strict=True)])
    unseen = found.by_lot["has not seen them"]
    assert (unseen.messages, unseen.interviews, unseen.send.hits, unseen.ready.of) == (2, 2, 1, 2)
    assert unseen.auc is not None
    assert unseen.auc.value == 1.0
    assert list(found.by_lot) == ["has not seen them", "was trained on them"]
    assert "| has not seen them | 2 | 2 | 1 of 2" in validity_text(found)


def test_every_judged_interview_is_of_a_lot_whose_part_in_the_reader_is_known() -> None:
    lots = _lots()
    assert {lots.get(m.cluster) for m in load_verdicts()} <= {
        "was trained on them", "was calibrated on them", "has not seen them",
    }  # fmt: skip
    assert lots[data.lot(data.FOLDER / "a1.jsonl")[0]["id"]] == "was trained on them"
    assert lots[data.lot(data.FOLDER / "dev.jsonl")[0]["id"]] == "was calibrated on them"


def test_what_is_to_see_a_fault_is_a_check_or_criterion_that_there_is() -> None:
    rules = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", rules, re.MULTILINE))
    assert set(SEERS) == set(Fault)
    assert {f: names - listed for f, names in SEERS.items() if names - listed} == {}


def test_the_command_counts_only_the_part_that_is_asked_for(tmp_path: Path) -> None:
    assert part_of("arden-search") == "tune"
    rows = [_message(n, *(["send"] * 2 if n else ["no"] * 2), faults=["false"]) for n in range(3)]
    path = tmp_path / "v.jsonl"
    tune = [m.model_copy(update={"part": "tune", "cluster": "arden-search"}) for m in rows]
    path.write_text("".join(m.model_dump_json() + "\n" for m in tune), encoding="utf-8")
    result = CliRunner().invoke(eval_group, ["validity", "--part", "tune", "--verdicts", str(path)])
    assert result.exit_code == 0, result.output
    assert "3 messages of 1 interviews, judged blind by r0, r1" in result.output
    assert "| overall | 3 |" in result.output
    assert "was calibrated on them" not in result.output  # an interview written for the evals is of no lot
    notes = judged_items(tune, {c.id: c for c in load_cases(CASES)})
    told = [
        r.model_copy(update={"texts_sha256": i.texts_sha256})
        for r, i in zip(map(_judged, range(3), ["no", "send", "send"]), notes, strict=True)
    ]
    judge = tmp_path / "judge.jsonl"
    judge.write_text("".join(r.model_dump_json() + "\n" for r in told), encoding="utf-8")
    both = CliRunner().invoke(
        eval_group, ["validity", "--part", "tune", "--verdicts", str(path), "--judge", str(judge)]
    )
    assert both.exit_code == 0, both.output
    assert "| a model as judge | 3 | 1.00 | 1.00 | 1.00 |" in both.output
    for text, said in (("", "is about other messages"), ("{}\n", "holds no verdicts of a judge")):
        judge.write_text(text, encoding="utf-8")
        other = CliRunner().invoke(
            eval_group, ["validity", "--part", "tune", "--verdicts", str(path), "--judge", str(judge)]
        )
        assert (other.exit_code, said in other.output) == (2, True)
    none = CliRunner().invoke(eval_group, ["validity", "--verdicts", str(path)])
    assert none.exit_code == 2
    assert "no judged message of the test part" in none.output


def test_a_figure_that_is_not_defined_is_a_dash() -> None:
    text = validity_text(measure([_held(_message(0, "send", "send"), 0.5)]))
    assert "| overall | 1 | - | - |" in text
    assert "| false | - | - | - | 0 of 1, 0%" in text


def test_what_fails_is_said_in_the_words_of_the_guide_the_gravest_first() -> None:
    criteria = {
        "gratitude": (0.0, False, "G4", "Nobody is thanked."),
        "specificity": (0.9, True, "G3", "Fine."),
        "grounding": (0.2, False, "G35", "'17' is not in the notes."),
    }
    assert list(objections(criteria, ["ungrounded_number"])) == [
        (Fault.FALSE, "'17' is not in the notes."),
        (Fault.MISSING, "Nobody is thanked."),
    ]
