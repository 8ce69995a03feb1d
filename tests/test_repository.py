"""What the tree may hold, and what its pages promise."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from service.settings import Settings

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


def test_nothing_large_is_tracked() -> None:
    assert [p.relative_to(ROOT) for p in tracked() if p.stat().st_size > 1_048_576] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_every_requirement_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "index-url" not in text
    assert "://" not in text
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, entry.split()[0]


def test_the_serving_lock_holds_no_numerics() -> None:
    assert not re.search(r"^(?:numpy|scipy)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


def test_every_phrase_file_parses_and_says_what_it_is_for() -> None:
    for path in (ROOT / "service" / "phrases").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#"), path.name
        assert yaml.safe_load(text), path.name


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        shown = str(alias.choices[0]) if alias is not None and hasattr(alias, "choices") else f"AFTERWORD_{name.upper()}"
        assert f"`{shown}`" in page, shown


def test_the_readmes_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text())) <= targets
