"""One reader against another: the rule of the gate, on answers that are known, and by the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.commands import eval_group
from evals.gate import Exit
from evals.readers import moved, moved_text, verdict_of
from evals.reading import SHOWN, read_reading
from service.reading.reader import Reader

ROOT = Path(__file__).parents[2]
LOTS = ROOT / "training" / "reader" / "data"
RIGHT, WRONG = [True, True], [False, False]


def _read(*private: list[bool]) -> list[dict[str, list[bool]]]:
    return [{**dict.fromkeys(SHOWN, RIGHT), "private kept out": told} for told in private]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ([RIGHT] * 10, [RIGHT] * 10, Exit.PASS),
        ([WRONG] * 10, [RIGHT] * 10, Exit.PASS),
        ([RIGHT] * 10, [WRONG] * 8 + [RIGHT] * 2, Exit.REGRESSION),
        ([RIGHT] * 10, [WRONG] + [RIGHT] * 9, Exit.INCONCLUSIVE),
        ([RIGHT] * 4, [RIGHT] * 4, Exit.INCONCLUSIVE),
        ([[]] * 10, [RIGHT] * 10, Exit.INCONCLUSIVE),
    ],
    ids=["the same", "better", "worse", "one of ten", "four sets", "nothing to count"],
)
def test_a_reader_passes_where_no_figure_may_have_lost_the_margin(
    before: list[list[bool]], after: list[list[bool]], verdict: Exit
) -> None:
    found = moved(_read(*before), _read(*after))
    assert verdict_of(found) is verdict
    assert moved_text(found).endswith(f"{verdict.name.lower()}: reading")


def test_a_figure_is_compared_set_by_set() -> None:
    found = {m.name: m for m in moved(_read(*[RIGHT] * 8), _read(*[RIGHT] * 6, [True, False], WRONG))}
    told = found["private kept out"]
    assert (told.sets, told.before, told.after, told.verdict) == (8, 1.0, 6.5 / 8, "unclear")
    assert found["firm right"].verdict == "not worse"


def test_the_command_ends_as_the_gate_does(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join((LOTS / "dev.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:6]), "utf-8")
    weights = ROOT / "service" / "reading" / "weights"
    same = CliRunner().invoke(eval_group, ["read", str(few), "--gate", "--against", str(weights)])
    assert same.exit_code == 0, same.output
    assert same.output.endswith("pass: reading\n")
    alone = CliRunner().invoke(eval_group, ["read", "--gate"])
    assert alone.exit_code == 2
    assert "name its weights with --against" in alone.output


def test_the_reader_that_ships_is_measured_on_every_development_lot() -> None:
    """After new weights or a new lot: afterword eval read --record."""
    record = read_reading(ROOT / "evals" / "results", Reader.load().name)
    assert record is not None
    assert set(record.lots) == {path.stem for path in LOTS.glob("dev*.jsonl")}
    assert all(set(SHOWN) <= set(figures) for figures in record.lots.values())
