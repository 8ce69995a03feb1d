"""What changes prompts on disk: a new draft, and the release of one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

from service.errors import PromptError
from service.prompting.check import SMALL, without_evidence
from service.prompting.evidence import read_evidence, reading_gap
from service.prompting.library import CHANNELS, PromptLibrary, PromptVersion, Status, read_version
from service.prompting.lock import entry_for, verify, version_folder, write_lock
from service.prompting.render import check_templates

BASELINE = "baseline"  # the reason that a first version may be released for: there is nothing to compare it with


def new_version(root: Path, name: str, parent: str | None = None) -> PromptVersion:
    """The next version of ``name``, a draft copied from ``parent`` (default: its newest).

    Raises UnknownPrompt, PromptError.
    """
    library = PromptLibrary.load(root, verified=False)
    versions = library.versions(name)
    source = library.get(parent) if parent else versions[-1]
    if source.name != name:
        raise PromptError(f"{source.id} is not a version of {name}.")
    number = versions[-1].version + 1
    folder = version_folder(root, f"{name}@{number}")
    shutil.copytree(version_folder(root, source.id), folder)
    status = Status.DRAFT.value
    _set_keys(folder / "prompt.yaml", id=f"{name}@{number}", version=number, status=status, parent=source.id)
    _write(folder / "CHANGELOG.md", f"# {name}, version {number}\n\nAgainst {source.id}: say what changed, and why.\n")
    return read_version(folder)


def release(root: Path, results: Path, ref: str, *, channel: str | None = None, reason: str = "") -> PromptVersion:
    """Releases ``ref``: status, lock, and with ``channel`` the version that models of that size get.

    ``reason`` stands in for a passing gate and goes into the change log. Everything is looked at before anything is
    written. Raises UnknownPrompt, PromptChanged, PromptError.
    """
    library = PromptLibrary.load(root, verified=False)
    version = library.get(ref)
    released = {v.id for v in library.prompts.values() if v.status is Status.RELEASED}
    verify(root, released, library.lock)
    if channel is not None and channel not in library.channels.get(version.name, {}):
        raise PromptError(f"{CHANNELS} has no channel '{channel}' for {version.name}.")
    if channel == SMALL and reason and version.parent is not None:
        raise PromptError(
            f"A reason is not enough where small models get {version.id}: the embedded model can measure it. Run "
            f"`afterword eval run --prompt {version.id}` and `afterword eval gate`."
        )
    if version.status is not Status.RELEASED:
        check_templates(version)
        _require_evidence(version, results, reason)
        folder = version_folder(root, ref)
        if reason:
            _write(folder / "CHANGELOG.md", f"{version.changelog.rstrip()}\n\n{without_evidence(reason)}\n")
        _set_keys(folder / "prompt.yaml", status=Status.RELEASED.value)
        write_lock(root, {**library.lock, ref: entry_for(folder)})
    if channel is not None:
        _serve(root / CHANNELS, version, channel)
    return read_version(version_folder(root, ref))


def _require_evidence(version: PromptVersion, results: Path, reason: str) -> None:
    if reason.strip() == BASELINE and version.parent is not None:
        raise PromptError(f"{version.id} follows {version.parent}, so it is no baseline. Compare the two.")
    if reason.strip():
        return
    record = read_evidence(results, version.sha256)
    if record is None:
        raise PromptError(
            f"There is no gate record for {version.id} as it is now. Run `afterword eval run --prompt {version.id}` "
            "and `afterword eval gate`, or give a reason with --without-evidence."
        )
    if record.gate != "pass":
        raise PromptError(f"The gate of {version.id} against {record.against} ended with '{record.gate}'.")
    if gap := reading_gap(results, record):
        raise PromptError(f"The gate record of {version.id} {gap}")


def _set_keys(path: Path, **values: object) -> None:
    """Top-level keys of a YAML file, its comments and order kept."""
    text = path.read_text(encoding="utf-8")
    for key, value in values.items():
        text, count = re.subn(rf"^{key}:.*$", lambda _, k=key, v=value: f"{k}: {v}", text, count=1, flags=re.MULTILINE)  # type: ignore[misc]
        if not count:
            raise PromptError(f"{path} has no line '{key}: …'.")
    _write(path, text)


def _serve(path: Path, version: PromptVersion, channel: str) -> None:
    """Moves ``channel`` to ``version``; a candidate that became stable is no longer one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.rstrip() == f"{version.name}:")
    row = next((n for n in range(start + 1, len(lines)) if re.match(rf"\s+{channel}:", lines[n])), None)
    if row is None:
        raise PromptError(f"{path} has no line '{channel}: …' under {version.name}.")
    entry = yaml.safe_load(lines[row])[channel]
    candidate = entry.get("candidate")
    shown = f"stable: {version.id}" + (f", candidate: {candidate}" if candidate not in (None, version.id) else "")
    lines[row] = f"  {channel}: {{{shown}}}"
    _write(path, "\n".join(lines) + "\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
