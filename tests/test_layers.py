"""Imports point inward, each library has one home, and importing does nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOMES = {
    "fastapi": ("api", "web", "app.py", "serving.py"),
    "starlette": ("api", "web", "app.py", "mcp_endpoint.py"),
    "uvicorn": ("serving.py",),
    "prometheus_client": ("api",),
    "openai": ("models",),
    "langchain_core": ("models", "langchain_runnable.py"),
    "httpx2": ("models", "client", "jobs/webhooks.py"),
    "huggingface_hub": ("models",),
    "xllamacpp": ("models",),
    "jinja2": ("prompting", "web"),
    "icalendar": ("exports",),
    "sqlalchemy": ("storage", "app.py", "batching.py"),
    "alembic": ("storage",),
    "dbos": ("jobs",),
    "rensa": ("jobs",),
    "cryptography": ("storage",),
    "limits": ("api",),
    "redis": ("api",),
    "idna": ("exports",),
    "mcp": ("mcp_tools.py", "mcp_endpoint.py"),
    "docx": ("web",),
    "opentelemetry": ("telemetry.py",),
    "linkify_it": ("reading",),
}
PURE = ("notes", "rubric", "drafting/checks", "drafting/plan.py", "drafting/send_window.py")
IMPURE = {"os", "random", "secrets", "socket", "subprocess", "time", "uuid", "httpx2", "service.settings"}


def modules(folder: Path = ROOT / "service") -> list[Path]:
    return [folder] if folder.is_file() else sorted(folder.rglob("*.py"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_is_known_in_its_home_alone(library: str) -> None:
    homes = tuple(ROOT / "service" / home for home in HOMES[library])
    users = [p for p in modules() if any(i == library or i.startswith(library + ".") for i in imported(p))]
    assert users, f"{library} is imported nowhere: take it off the list and out of pyproject.toml"
    assert [p.relative_to(ROOT) for p in users if not any(h == p or h in p.parents for h in homes)] == []


@pytest.mark.parametrize("part", PURE)
def test_the_middle_knows_no_clock_environment_or_chance(part: str) -> None:
    for path in modules(ROOT / "service" / part):
        assert imported(path) & IMPURE == set(), path.relative_to(ROOT)
        text = path.read_text(encoding="utf-8")
        for clock in ("datetime.now(", "date.today(", "datetime.utcnow("):
            assert clock not in text, path.relative_to(ROOT)


def test_importing_everything_neither_prints_nor_writes_nor_starts_anything(tmp_path: Path) -> None:
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in modules() if p.name != "__init__.py"]
    code = f"import importlib, threading\nfor name in {names!r}: importlib.import_module(name)\nassert threading.active_count() == 1"
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(tmp_path),
        "OPENAI_API_KEY": "",
        "AFTERWORD_MODEL": "no such model",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
