from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.prompting.commands import prompts

ONE_CASE = str(Path(__file__).parents[2] / "evals" / "cases" / "bakery-bookkeeper.yaml")


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(prompts, [*arguments, "--root", str(root)])


def check(root: Path) -> Result:
    return run(root, "check", "--cases", ONE_CASE)


def test_list_shows_each_version_with_its_status_and_channels(root: Path) -> None:
    lines = run(root, "list").output.splitlines()
    assert lines[0].split()[:3] == ["thank_you@1", "released", "whole"]
    assert lines[0].endswith("small now, large now")
    assert lines[1].endswith("small candidate, large candidate")


def test_show_prints_every_file(root: Path) -> None:
    output = run(root, "show", "thank_you@1").output
    assert "--- system.j2\nWrite a letter." in output
    assert "--- CHANGELOG.md" in output


def test_diff_shows_changed_lines_only(root: Path) -> None:
    output = run(root, "diff", "thank_you@1", "thank_you@2").output
    assert "+++ thank_you@2/user.j2" in output
    assert "system.j2" not in output


def test_new_edit_release_is_the_whole_path_of_an_author(root: Path) -> None:
    assert "thank_you@3 is a draft, copied from thank_you@2" in run(root, "new", "thank_you").output
    (root / "thank_you" / "v3" / "system.j2").write_text("Write a warm letter.\n")
    done = run(root, "release", "thank_you@3", "--channel", "large", "--without-evidence", "only the tone changed")
    assert "thank_you@3 is released and is what large models get" in done.output
    assert check(root).exit_code == 0


@pytest.mark.parametrize("arguments", [("show", "thank_you@9"), ("new", "farewell"), ("release", "thank_you@2")])
def test_what_cannot_be_done_is_said_in_one_sentence(root: Path, arguments: tuple[str, ...]) -> None:
    done = run(root, *arguments)
    assert done.exit_code == 1
    assert done.output.startswith("Error: There is no")


def test_check_fails_with_the_file_and_what_to_do(root: Path) -> None:
    (root / "thank_you" / "v1" / "system.j2").write_text("Changed.\n")
    done = check(root)
    assert done.exit_code == 1
    assert "system.j2 of thank_you@1 was changed after its release" in done.output


def test_check_says_when_there_is_no_history_to_look_at(root: Path) -> None:
    assert "note: This is not a git checkout" in check(root).output


def test_check_finds_a_slip_in_a_branch_that_only_some_notes_meet(root: Path) -> None:
    """No look at the template alone can: 'titel' is no name of a value, but a part of one."""
    assert check(root).exit_code == 0
    branch = "{% if notes | length > 400 %}{{ notes.titel | fence }}{% endif %}"
    (root / "thank_you" / "v2" / "user.j2").write_text("{{ notes | fence }}" + branch)
    assert check(root).exit_code == 1
    assert "thank_you@2 cannot be rendered for the case bakery-bookkeeper" in check(root).output


def test_commands_take_the_folder_that_the_environment_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_PROMPTS_DIR", str(root))
    listed = CliRunner().invoke(prompts, ["list"]).output.splitlines()
    assert [line.split()[0] for line in listed] == ["thank_you@1", "thank_you@2"]
    assert CliRunner().invoke(prompts, ["check", "--cases", ONE_CASE]).exit_code == 0
