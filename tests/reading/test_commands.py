"""afterword read, and afterword eval read: what a person sees and what a program gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from training.reader.data import FOLDER, lot, written

NOTES = "Met Omar Aziz (owner) at Ferrow Tiles about the glazer job today.\n- he runs 3 kilns\n- pay is low\n- decision by Nov 27"
NOW = "2026-11-17T18:00:00+01:00"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text(NOTES, encoding="utf-8")
    return path


def test_what_was_understood_is_printed_with_how_sure_it_is(notes: Path) -> None:
    out = CliRunner().invoke(main, ["read", str(notes), "--now", NOW])
    assert out.exit_code == 0, out.output
    for words in ("Ferrow Tiles", "glazer", "Omar Aziz", "2026-11-17", "2026-11-27", "he runs 3 kilns", "%"):
        assert words in out.output


def test_programs_get_the_facts_as_json(notes: Path) -> None:
    out = CliRunner().invoke(main, ["read", str(notes), "--now", NOW, "--json"])
    facts = json.loads(out.output)
    assert facts["company"]["value"] == "Ferrow Tiles"
    assert facts["decision_date"]["value"] == "2026-11-27"
    assert {i["owner"] for i in facts["items"]} <= {
        "theirs",
        "mine",
        "to_clarify",
        "next_step",
        "logistics",
        "small_talk",
        "private",
    }


def test_a_file_that_is_no_text_or_no_notes_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "notes.bin"
    for content, said in ((b"\xff\xfe\xfa", "not plain text"), (b"   ", "empty")):
        path.write_bytes(content)
        out = CliRunner().invoke(main, ["read", str(path)])
        assert out.exit_code == 2
        assert said in out.output


def test_figures_of_a_lot_come_with_intervals(tmp_path: Path) -> None:
    written(lot(FOLDER / "dev.jsonl")[:3], tmp_path / "few.jsonl")
    out = CliRunner().invoke(main, ["eval", "read", str(tmp_path / "few.jsonl")])
    assert out.exit_code == 0, out.output
    assert "few (reader-" in out.output
    assert "owner right" in out.output
