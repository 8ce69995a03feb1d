"""Scores held against blind readings: figures whose answer is known, and the command over the service's own scores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.cases import load_cases
from evals.commands import eval_group
from evals.files import CASES
from evals.validity import Held, held, measure, validity_text
from evals.verdicts.data import Fault, JudgedMessage, part_of
from evals.verdicts.seers import SEERS, objections
from service.types import Score, Scorecard, Severity, Violation
from tests.reading_shipped import shipped

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


def test_ready_to_send_counts_what_passes_everything_whoever_wrote_it() -> None:
    rows = [
        _held(_message(0, "send", "send"), 1.0),
        _held(_message(1, "no", "no", faults=["form"]), 1.0),
        _held(_message(2, "no", "no", faults=["form"]), 0.2, passed=False),
        _held(_message(3, "no", "no", faults=["form"], channel="outline"), 1.0),
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
