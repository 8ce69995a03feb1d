"""Hashes of released versions: what was released is what is sent, for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from service.errors import PromptChanged, PromptError

LOCK = "prompts.lock.json"
FILES = ("CHANGELOG.md", "input.schema.json", "output.schema.json", "prompt.yaml", "system.j2", "user.j2")
_SENT = ("input.schema.json", "output.schema.json", "system.j2", "user.j2")
_SENT_KEYS = ("parameters", "style")  # of prompt.yaml; its other keys are bookkeeping


class Entry(BaseModel):
    """One released version: the hash of what is sent, and the hash of every file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    files: dict[str, str]


class _Lock(RootModel[dict[str, Entry]]):
    pass


Lock = Mapping[str, Entry]


def version_folder(root: Path, ref: str) -> Path:
    name, _, number = ref.rpartition("@")
    return root / name / f"v{number}"


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a version, by name. Line ends count as ``\\n``, as git may check them out otherwise."""
    return {p.name: _sha256(_bytes(p)) for p in sorted(folder.iterdir()) if p.is_file()}


def version_sha256(folder: Path) -> str:
    """The hash of what is sent and how: templates, schemas, style and parameters.

    Status, parent, purpose and change log are bookkeeping: releasing a draft does not change its hash, so that
    evidence measured on the draft is evidence for the release.
    """
    manifest = yaml.safe_load(_bytes(folder / "prompt.yaml")) or {}
    sent: dict[str, object] = {name: _sha256(_bytes(folder / name)) for name in _SENT}
    sent["prompt.yaml"] = {key: manifest.get(key) for key in _SENT_KEYS}
    return _sha256(json.dumps(sent, sort_keys=True, separators=(",", ":")).encode())


def entry_for(folder: Path) -> Entry:
    return Entry(sha256=version_sha256(folder), files=file_hashes(folder))


def read_lock(root: Path) -> Lock:
    """The lock of ``root``; empty when nothing was ever released. Raises PromptError."""
    path = root / LOCK
    if not path.is_file():
        return MappingProxyType({})
    try:
        return MappingProxyType(_Lock.model_validate_json(path.read_bytes()).root)
    except ValidationError as error:
        raise PromptError(f"{path} cannot be read as a lock. Restore it from version control.") from error


def write_lock(root: Path, lock: Lock) -> None:
    listed = {ref: lock[ref].model_dump() for ref in sorted(lock)}
    (root / LOCK).write_text(json.dumps(listed, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def verify(root: Path, released: set[str], lock: Lock) -> None:
    """Raises PromptChanged, naming the file and what to do, unless ``released`` and the lock agree byte for byte."""
    for ref in sorted(released - set(lock)):
        raise PromptChanged(f"{ref} says 'released' but is not in {LOCK}. Release it: afterword prompts release {ref}")
    for ref in sorted(set(lock) - released):
        raise PromptChanged(f"{ref} was released, but its folder is gone or its status was changed. {_remedy(ref)}")
    for ref in sorted(released):
        _verify_one(ref, version_folder(root, ref), lock[ref])


def _verify_one(ref: str, folder: Path, entry: Entry) -> None:
    here = file_hashes(folder)
    for name in sorted(here.keys() | entry.files.keys()):
        if name not in here:
            raise PromptChanged(f"{name} of {ref} is missing. {_remedy(ref)}")
        if here[name] != entry.files.get(name):
            what = "changed after its release" if name in entry.files else "added after the release"
            raise PromptChanged(f"{name} of {ref} was {what}. {_remedy(ref)}")
    if version_sha256(folder) != entry.sha256:
        raise PromptChanged(f"The hash of {ref} in {LOCK} was changed. {_remedy(ref)}")


def _remedy(ref: str) -> str:
    name = ref.partition("@")[0]
    return (
        f"A released version stays as it is: restore it from version control, "
        f"and make your change in a new one: afterword prompts new {name} --from {ref}"
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise PromptError(f"{path} cannot be read: {error.strerror}.") from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
