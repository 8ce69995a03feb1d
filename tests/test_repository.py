"""What the tree may hold, and what its pages promise."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from service.errors import AfterwordError
from service.settings import Settings, shown_name
from service.settings_page import settings_page
from service.types import Facts, Occasion
from tests.conftest import NEEDS

ROOT = Path(__file__).parents[1]


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[Path, str]:
    found = {}
    for path in tracked():
        try:
            found[path] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    hosts = "|".join(("pypi", "pythonhosted", "npm" + "js", "deb" + "ian"))
    wrong = re.compile(rf"https?://[a-z0-9.-]*(?:{hosts})\.[a-z]+|(?<![\w/])/(?:work|root|home/\w+)/\w")
    assert [p.relative_to(ROOT) for p, text in texts().items() if wrong.search(text) and p != Path(__file__)] == []


def test_nothing_large_is_tracked_but_the_one_file_of_the_reader() -> None:
    card = json.loads((ROOT / "service/reading/weights/reader.json").read_text(encoding="utf-8"))
    weights = ROOT / "service/reading/weights" / card["file"]
    assert [p.relative_to(ROOT) for p in tracked() if p.stat().st_size > 1_048_576 and p != weights] == []
    assert weights.stat().st_size < 30 * 1_048_576


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_every_requirement_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "index-url" not in text
    assert "://" not in text
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, entry.split()[0]


def test_the_serving_lock_holds_nothing_of_training_and_evals() -> None:
    """The reader needs numpy and onnxruntime to run; what it was trained and is measured with stays out."""
    lock = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^onnxruntime==", lock, re.MULTILINE)
    assert not re.search(r"^(?:scipy|torch|transformers|scikit-learn|pandas|matplotlib)==", lock, re.MULTILINE)


def test_every_phrase_file_parses_and_says_what_it_is_for() -> None:
    for path in (ROOT / "service" / "phrases").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#"), path.name
        assert yaml.safe_load(text), path.name


def test_the_page_of_settings_is_as_the_class_writes_it() -> None:
    """After a change of settings: .venv/bin/afterword settings > docs/settings.md"""
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page()
    assert "(settings.md)" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_a_line_that_says_what_it_does(name: str) -> None:
    (row,) = (line for line in settings_page().splitlines() if line.startswith(f"| `{shown_name(name)}` |"))
    assert all(cell.strip() for cell in row.strip("|").split("|"))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_commands_that_pages_name_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^ {4}make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets


def test_the_catalogue_of_problems_is_the_codes_own() -> None:
    """Each type with its status, a cause and a remedy; none that no code can answer with."""
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `/problems/([a-z-]+)` \| (\d+) \| ([^|]+) \| ([^|]*) \|$", page, re.MULTILINE)
    stated = {slug: int(status) for slug, status, _, _ in rows}
    assert len(stated) == len(rows)
    for slug, _, cause, remedy in rows:
        assert cause.strip(), slug
        assert remedy.strip(), slug
    assert stated == problem_types()


def problem_types() -> dict[str, int]:
    """Every type of problem with its status: those of the service's errors, those said in place, and those of HTTP itself.

    The evals' errors are of the same tree, and no answer of the API, whether a test before this one loaded them or not.
    """
    importlib.import_module("service.app")
    kinds: list[type[AfterwordError]] = [AfterwordError]
    found = {"not-found": 404, "method-not-allowed": 405}
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("service."):
            found[kind.type] = kind.status
    for path in (ROOT / "service" / "api").glob("*.py"):
        said = re.findall(r'problem\(\s*(\d+),\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
        found |= {slug: int(status) for status, slug in said}
    return found


def test_the_catalogue_of_warnings_is_the_codes_own() -> None:
    """Each type with a cause and a remedy; none that no code can give."""
    page = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    stated = [name for names, _, _ in rows for name in re.findall(r"`([a-z_]+)`", names)]
    assert len(stated) == len(set(stated))
    assert set(stated) == warning_types()


def warning_types() -> set[str]:
    """Every type of warning: those that code names, those of a fact that is missing or doubted, those of an occasion."""
    missing = {f"missing_{fact}" for fact in Facts("", "en", ()).missing}
    doubted = {f"{what}_unsure" for what in ("company", "role")}
    found = missing | doubted
    for path in (ROOT / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Warning", "_warning") and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    found.add(str(name.value))
    return found | {o.value for o in Occasion if o.value.startswith("after_")}


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in (p for p in tracked() if p.suffix == ".md"):
        for target in re.findall(r"\]\((?![a-z]+:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_whatever_a_test_may_need_is_asked_for_where_none_may_be_skipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {m.partition(":")[0] for m in project["tool"]["pytest"]["ini_options"]["markers"]}
    assert {m for m in named if m.startswith("needs_")} == set(NEEDS)


def test_a_build_that_may_skip_nothing_fails_where_there_is_no_node(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pytest", "tests/web/test_text_module.py", "tests/test_snippets.py", "-k", "not sh"]
    env = os.environ | {"PATH": str(tmp_path), "AFTERWORD_NO_SKIPS": "1"}
    done = subprocess.run([*words, "-rf"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    failed = re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    assert {name.partition("::")[0] for name in failed} == {"tests/web/test_text_module.py", "tests/test_snippets.py"}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": [d for ds in project["optional-dependencies"].values() for d in ds]
        + project["dependencies"],
    }
    for lock, dependencies in wanted.items():
        pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        named = {name_of(d) for d in dependencies} - {"afterword"}
        assert named <= pinned, lock


def test_every_library_of_the_serving_code_is_accounted_for() -> None:
    """A row with what it is for, why this one, and its licence; as much for the extras that users install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {name_of(d) for d in (*project["dependencies"], *(d for ds in extras.values() for d in ds))}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [[c.strip() for c in row.strip("|").split("|")] for row in re.findall(r"^\| .+ \|$", page, re.MULTILINE)]
    assert [row for row in rows if len(row) != 4 or not all(row)] == []
    named = {word for row in rows for word in re.findall(r"[a-z0-9-]+", row[0])}
    assert {n for n in wanted if not n.startswith("types-")} - named == {"afterword"}


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower().replace("_", "-")
