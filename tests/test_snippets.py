"""The snippets of docs/clients.md and docs/api.md, run as they stand against a real service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.api.service import serving
from tests.reading_shipped import shipped

ROOT = Path(__file__).parents[1]
PAGES = ("clients", "api")
RUNS = {"python": [sys.executable, "-"], "javascript": ["node", "--input-type=module", "-"], "sh": ["sh", "-e"]}


NEEDS = {"javascript": pytest.mark.needs_node, "sh": pytest.mark.needs_curl}


def snippets() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        found += re.findall(r"^```(python|javascript|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture(scope="module")
def url():
    with serving(create_app(Settings(model="outline"), reader=shipped())) as address:
        yield address


def test_there_are_snippets_in_each_language():
    assert {language for language, _ in snippets()} == set(RUNS)


@pytest.mark.parametrize(
    ("language", "code"),
    [pytest.param(*one, marks=[NEEDS[one[0]]] if one[0] in NEEDS else []) for one in snippets()],
    ids=lambda part: part if part in RUNS else "",
)
def test_a_snippet_runs_as_it_stands(language, code, url, tmp_path):
    program = RUNS[language]
    needed = "curl" if language == "sh" else program[0]
    if shutil.which(needed) is None:
        pytest.skip(f"{needed} is not on this machine")
    (tmp_path / "notes.txt").write_text("Met Ines Duarte (head baker) at Rye & Co, Tues Nov 17.", encoding="utf-8")
    done = subprocess.run(
        program,
        input=code.replace("http://127.0.0.1:8000", url),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = done.stdout + "".join(p.read_text(encoding="utf-8", errors="replace") for p in tmp_path.glob("[fr]*.*"))
    assert "problems/" not in written
    assert any(word in written for word in ("Thank you", "Ines", "criteria", "BEGIN:VCALENDAR"))
