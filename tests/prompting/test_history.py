from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.prompting.history import read_history
from service.prompting.library import PromptLibrary
from service.prompting.lock import entry_for, read_lock, write_lock
from tests.prompting.conftest import commit, git


@pytest.fixture
def history(root: Path) -> Path:
    """The prompts in a repository whose first commit releases thank_you@1."""
    git(root.parent, "init", "-q")
    commit(root, "release")
    return root


def test_an_untouched_release_is_in_order(history: Path) -> None:
    (history / "thank_you" / "v2" / "system.j2").write_text("A better draft.\n")
    commit(history, "work on the draft")
    found = read_history(history)
    assert found.touched == ()
    assert found.unknown == ""


def test_editing_a_released_file_and_the_lock_together_is_caught(history: Path) -> None:
    folder = history / "thank_you" / "v1"
    (folder / "system.j2").write_text("Something else.\n")
    write_lock(history, {**read_lock(history), "thank_you@1": entry_for(folder)})
    commit(history, "quietly")
    PromptLibrary.load(history)  # the lock alone sees nothing
    [said] = read_history(history).touched
    assert said.startswith("thank_you/v1/system.j2 was changed by commit ")


def test_an_edit_not_yet_committed_is_caught(history: Path) -> None:
    (history / "thank_you" / "v1" / "user.j2").write_text("{{ notes | fence }}")
    [said] = read_history(history).touched
    assert said.startswith("thank_you/v1/user.j2 differs from what was released")


def test_a_change_that_was_taken_back_later_is_still_told(history: Path) -> None:
    path = history / "thank_you" / "v1" / "system.j2"
    before = path.read_text()
    path.write_text("Something else.\n")
    commit(history, "try")
    path.write_text(before)
    commit(history, "take it back")
    assert len(read_history(history).touched) == 1


def test_a_release_turned_back_into_a_draft_to_edit_it_is_caught(history: Path) -> None:
    path = history / "thank_you" / "v1" / "prompt.yaml"
    path.write_text(path.read_text().replace("status: released", "status: draft"))
    write_lock(history, {})
    commit(history, "not released after all")
    assert "thank_you/v1/prompt.yaml" in read_history(history).touched[0]


def test_a_deleted_release_is_caught(history: Path) -> None:
    shutil.rmtree(history / "thank_you" / "v1")
    write_lock(history, {})
    commit(history, "away with it")
    assert any(said.startswith("thank_you/v1/system.j2") for said in read_history(history).touched)


def test_a_draft_may_change_until_the_commit_that_releases_it(history: Path) -> None:
    path = history / "thank_you" / "v2" / "prompt.yaml"
    path.write_text(path.read_text().replace("purpose: a prompt", "purpose: another prompt"))
    commit(history, "reword")
    path.write_text(path.read_text().replace("status: draft", "status: released"))
    commit(history, "release")
    assert read_history(history).touched == ()


def test_without_a_repository_it_is_said_that_nothing_was_looked_at(root: Path) -> None:
    found = read_history(root)
    assert found.touched == ()
    assert "not a git checkout" in found.unknown


def test_a_shallow_clone_is_said_to_be_too_short(history: Path, tmp_path: Path) -> None:
    (history / "thank_you" / "v2" / "system.j2").write_text("A better draft.\n")
    commit(history, "second")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{history.parent}", "shallow")
    assert "shallow" in read_history(tmp_path / "shallow" / "prompts").unknown


def test_a_machine_without_git_is_said_so(history: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert "git is not installed" in read_history(history).unknown
