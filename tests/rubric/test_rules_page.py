"""The page of rules is complete: nothing is checked or scored that it does not name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import service
from service.rubric.scorecard import CRITERIA

CHECKS = Path(service.__file__).parent / "drafting" / "checks"
PAGE = (Path(service.__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
_SAYS = {"hard", "soft", "say"}


def _reported() -> set[tuple[str, str | None]]:
    """(check, rule) of every violation that the code can report; the rule is None where it comes from data."""
    found = set()
    for file in CHECKS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAYS:
                name, rule = node.args[0], node.args[1]
                assert isinstance(name, ast.Constant)
                found.add((str(name.value), str(rule.value) if isinstance(rule, ast.Constant) else None))
    return found


def _row(name: str) -> str | None:
    return next((line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")), None)


@pytest.mark.parametrize(("check", "rule"), sorted(_reported(), key=str))
def test_every_check_is_documented_with_its_rule(check: str, rule: str | None) -> None:
    row = _row(check)
    assert row is not None, f"docs/rules.md does not name {check}"
    assert rule is None or re.search(rf"\b{rule}\b", row)


@pytest.mark.parametrize("criterion", [c.__name__ for c in CRITERIA])
def test_every_criterion_is_documented(criterion: str) -> None:
    assert _row(criterion) is not None


def test_nothing_is_documented_that_does_not_exist() -> None:
    known = {name for name, _ in _reported()} | {c.__name__ for c in CRITERIA}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == known


def test_every_rule_named_is_explained() -> None:
    explained = set(re.findall(r"^\| (G\d+) \|", PAGE, re.MULTILINE))
    assert {rule for _, rule in _reported() if rule} <= explained
