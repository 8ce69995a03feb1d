"""Every style of prompt is rendered for a case before it may serve: a slip in any of them is found, and named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evals.rendering import unrendered
from tests.reading_shipped import shipped

ROOT = Path(__file__).parents[2]
CASE = ROOT / "evals" / "cases" / "bakery-bookkeeper.yaml"


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("thank_you@5", "note"),
        ("thank_you@6", "today"),
        ("read@1", "notes"),
        ("verify@1", "candidate"),
        ("judge@1", "message"),
        ("prefer@1", "first"),
        ("bare@1", "notes"),
    ],
    ids=["slots", "whole", "read", "verify", "judge", "judge of two", "bare"],
)
def test_a_slip_in_any_style_of_prompt_is_found(tmp_path: Path, ref: str, value: str) -> None:
    """No look at the template alone can: 'titel' is no name of a value, but a part of one."""
    root = shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    name, version = ref.split("@")
    template = root / name / f"v{version}" / "user.j2"
    whole = template.read_text(encoding="utf-8")
    template.write_text(
        whole + f"{{% if {value} %}}{{{{ {value}.titel | fence_line }}}}{{% endif %}}", encoding="utf-8"
    )
    (said,) = unrendered(root, CASE, shipped())
    assert said.startswith(f"{ref} cannot be rendered for the case bakery-bookkeeper")


def test_the_prompts_that_ship_are_rendered_for_it() -> None:
    assert list(unrendered(ROOT / "prompts", CASE, shipped())) == []
