"""The cassette that ships: what a clean clone plays first, and what tells of a change in anything a prompt is made from."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.cassette import Cassette
from evals.commands import eval_group
from evals.files import CASSETTE
from evals.rows import read_rows
from service.prompting.library import PromptLibrary
from service.types import MessageKind


def test_it_replays_with_no_model_and_no_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AFTERWORD_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(eval_group, ["run", "--replay"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    rows = list(read_rows(next(tmp_path.glob("runs/replayed/*1.5b.jsonl"))))
    assert {r.kind for r in rows} == {k.value for k in MessageKind}
    assert any(r.written_by == "mixed" and r.calls for r in rows)


def test_it_holds_the_versions_that_small_models_get_now() -> None:
    """After a release, record it again: make cassette."""
    library = PromptLibrary.load()
    current = {v.id: v.sha256 for v in (library.current(kind, "small") for kind in MessageKind)}
    assert Cassette.open(CASSETTE).made_with["prompts"] == current


def test_it_is_small_and_says_nothing_of_the_machine_that_made_it() -> None:
    assert CASSETTE.stat().st_size < 100_000
    for line in gzip.decompress(CASSETTE.read_bytes()).splitlines():
        body = json.loads(line).get("body", "")
        assert not re.search(r'"model":"[^"]*[/\\\\]', body)
