"""What git knows of released versions: nothing touched one after the commit that released it.

The lock alone would not notice somebody editing a file and the lock together.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

_MANIFEST = re.compile(r"[^/]+/v[1-9]\d*/prompt\.yaml")


@dataclass(frozen=True)
class History:
    """``touched`` has a sentence for each file that broke the rule; ``unknown`` says why git could not tell, or ''."""

    touched: tuple[str, ...] = ()
    unknown: str = ""


def read_history(root: Path) -> History:
    """Every version that any commit before HEAD released, and the working tree, held against the rule."""
    root = root.resolve()
    try:
        inside = _git(root, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError:
        return History(unknown="git is not installed, so the history was not checked.")
    if inside != "true" or _git(root, "rev-parse", "HEAD") is None:
        return History(unknown="This is not a git checkout, so the history was not checked.")
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        return History(unknown="This clone is shallow, so the history was not checked. Run: git fetch --unshallow")
    return History(tuple(said for folder in _ever_there(root) for said in _touched(root, folder)))


def _ever_there(root: Path) -> list[str]:
    """The folders of all versions in the history, those deleted or made drafts again included."""
    names = _git(root, "log", "--format=", "--name-only", "--relative", "--", ".") or ""
    found = {Path(name).parent.as_posix() for name in names.splitlines() if _MANIFEST.fullmatch(name)}
    return sorted(found)


def _touched(root: Path, folder: str) -> list[str]:
    """What happened to the version after the first commit in which its prompt.yaml says 'released'."""
    commits = (_git(root, "log", "--format=%H", "--reverse", "--full-history", "--", folder) or "").split()
    release = next((commit for commit in commits if _is_released(root, commit, folder)), None)
    if release is None:
        return []
    said: dict[str, str] = {}
    since = ("--reverse", "--full-history", "--ancestry-path", f"{release}..HEAD")
    later = _git(root, "log", "--format=%H", *since, "--", folder)
    for commit in (later or "").split():
        for name in _changed(root, f"{release}..{commit}", folder):
            said.setdefault(name, f"was changed by commit {commit[:10]}, after the release in {release[:10]}")
    for name in _changed(root, release, folder):
        said.setdefault(name, f"differs from what was released in {release[:10]}")
    return [f"{name} {what}." for name, what in said.items()]


def _is_released(root: Path, commit: str, folder: str) -> bool:
    text = _git(root, "show", f"{commit}:./{folder}/prompt.yaml")
    try:
        manifest = yaml.safe_load(text or "")
    except yaml.YAMLError:
        return False
    return isinstance(manifest, dict) and manifest.get("status") == "released"


def _changed(root: Path, commits: str, folder: str) -> list[str]:
    return (_git(root, "diff", "--name-only", "--relative", commits, "--", folder) or "").splitlines()


def _git(folder: Path, *arguments: str) -> str | None:
    """The command's output, or None when git says no."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
