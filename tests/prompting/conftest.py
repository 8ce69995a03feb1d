"""A small prompt folder of its own for each test, so that a test may break it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from service.prompting.release import release

SCHEMA = {"type": "object", "required": ["notes"], "properties": {"notes": {"type": "string"}}}
MANIFEST = """\
id: thank_you@{n}
version: {n}
status: draft
parent: {parent}
style: whole
parameters: {{temperature: 0.2, max_tokens: 100}}
purpose: a prompt for tests
"""


USER = "<notes>{{ notes | fence }}</notes>\n"


def write_version(root: Path, n: int = 1, parent: str = "null", user: str = USER) -> Path:
    folder = root / "thank_you" / f"v{n}"
    folder.mkdir(parents=True)
    (folder / "prompt.yaml").write_text(MANIFEST.format(n=n, parent=parent))
    (folder / "system.j2").write_text("Write a letter.\n")
    (folder / "user.j2").write_text(user)
    (folder / "input.schema.json").write_text(json.dumps(SCHEMA))
    (folder / "output.schema.json").write_text('{"type": "string"}')
    (folder / "CHANGELOG.md").write_text(f"# thank_you, version {n}\n")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """thank_you@1 released as the baseline, thank_you@2 a draft after it."""
    root = tmp_path / "prompts"
    write_version(root, 1)
    write_version(root, 2, parent="thank_you@1", user="<notes>\n{{ notes | fence }}\n</notes>\n")
    rows = "\n".join(f"  {size}: {{stable: thank_you@1, candidate: thank_you@2}}" for size in ("small", "large"))
    (root / "channels.yaml").write_text(f"# who gets what\nthank_you:\n{rows}\n")
    release(root, results(root), "thank_you@1", reason="baseline")
    return root


def results(root: Path) -> Path:
    return root.parent / "evals" / "results"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ines Vale", "-c", "user.email=ines@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(root: Path, message: str) -> None:
    git(root.parent, "add", "-A")
    git(root.parent, "commit", "-q", "-m", message)
