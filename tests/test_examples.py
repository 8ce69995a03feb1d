"""What the pages tell a reader to type does what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.api.service import NOTES, serving
from tests.reading_shipped import shipped

ROOT = Path(__file__).parents[1]
PORT = "http://127.0.0.1:8000"
FENCED = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    curl .*?\n(?=\n|\Z)", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Language and text of every example that calls the API."""
    fenced = [(m[1], m[2]) for m in FENCED.finditer((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))]
    shown = [("sh", textwrap.dedent(m[0])) for m in INDENTED.finditer((ROOT / "README.md").read_text(encoding="utf-8"))]
    return [(language, text) for language, text in fenced + shown if PORT in text]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(create_app(Settings(model="outline"), reader=shipped())) as address:
        yield address


def test_there_are_examples_in_both_pages() -> None:
    assert len(examples()) >= 6


@pytest.mark.parametrize(
    "example",
    [pytest.param(e, marks=[pytest.mark.needs_curl] if e[0] == "sh" else []) for e in examples()],
    ids=lambda e: re.sub(r"\W+", " ", f"{e[0]} {e[1]}")[:50],
)
def test_an_example_runs_as_written(example: tuple[str, str], url: str, tmp_path: Path) -> None:
    language, text = example
    if language == "sh" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    (tmp_path / "notes.txt").write_text(NOTES, encoding="utf-8")
    text = text.replace(PORT, url).replace("curl -s", "curl --fail -s")
    argv = [sys.executable, "-c", text] if language == "python" else ["sh", "-ec", text]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout + "".join(f.read_text(encoding="utf-8") for f in tmp_path.iterdir() if f.name != "notes.txt")
    assert re.search("Ines|BEGIN:VEVENT|overall", said)
