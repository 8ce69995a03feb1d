"""The command line, run as its users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTES = "Interview w/ Ines Duarte (head baker) at Rye & Co, production manager, Tues Nov 17\n- she leads the move to stone ovens, 3 of 11 shops done\n- hear back by Nov 25"
NOW = "2026-11-17T18:00:00+01:00"
ROOT = Path(__file__).parents[1]


def afterword(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | {"AFTERWORD_MODEL": "outline", "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-m", "service.cli", *words], input=given, capture_output=True, text=True, env=env, timeout=60, check=False)


def test_a_draft_comes_out_ready_to_copy() -> None:
    done = afterword("draft", "-", "--kind", "thank_you", "--kind", "linkedin", "--candidate", "Sam Ortiz", "--now", NOW, given=NOTES)
    assert done.returncode == 0
    assert "Subject: Thank you" in done.stdout
    assert "stone ovens" in done.stdout
    assert "Hi Ines, " in done.stdout
    assert "---" not in done.stdout


def test_json_is_what_the_api_answers() -> None:
    done = afterword("draft", "-", "--json", "--now", NOW, given=NOTES)
    assert json.loads(done.stdout)["facts"]["company"] == "Rye & Co"


@pytest.mark.parametrize(("words", "given"), [(("draft", "-"), ""), (("draft", "-", "--now", "soon"), NOTES)])
def test_what_cannot_be_used_is_one_sentence_and_exit_2(words: tuple[str, ...], given: str) -> None:
    done = afterword(*words, given=given)
    assert done.returncode == 2
    assert done.stderr.startswith("afterword: ")
    assert "Traceback" not in done.stderr


def test_any_message_can_be_scored(tmp_path: Path) -> None:
    notes, message = tmp_path / "notes.txt", tmp_path / "message.txt"
    notes.write_text(NOTES)
    message.write_text("Subject: Hello\n\nHi Ines,\n\nThank you for your time.\n\nBest,\n[Name]")
    done = afterword("score", str(notes), "--message", str(message), "--now", NOW)
    assert done.returncode == 0
    assert "specificity" in done.stdout
    assert "placeholder" in done.stdout


def test_help_loads_no_framework() -> None:
    code = "import sys; from service.cli import main; main(['--help'], standalone_mode=False); print(sorted(m for m in ('fastapi', 'openai', 'textblob', 'uvicorn', 'pydantic') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("group", ["model", "prompts"])
def test_groups_answer_for_help(group: str) -> None:
    assert afterword(group, "--help").returncode == 0
