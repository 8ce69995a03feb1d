"""The prompt versions on disk, read once into frozen values.

``<root>/<name>/v<N>/`` holds one version; ``<root>/channels.yaml`` says which version of each kind is current for
small and large models. A released version that differs from ``<root>/prompts.lock.json`` is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import service
from service.errors import PromptError, UnknownPrompt
from service.prompting.lock import FILES, Lock, read_lock, verify, version_sha256

CHANNELS = "channels.yaml"
_FOLDER = re.compile(r"v([1-9]\d*)")


# How a version is used: one sentence, a whole message, reading the notes, a second reading; of the evals, the bare ask
# and judging.
Style = Literal["slots", "whole", "read", "verify", "bare", "judge"]


class Status(StrEnum):
    DRAFT = "draft"  # being written; only pinned by hand
    CANDIDATE = "candidate"  # complete, under comparison
    RELEASED = "released"  # frozen: the lock and the history hold it


@dataclass(frozen=True)
class Parameters:
    temperature: float = 0.0
    max_tokens: int = 400
    candidates: int = 1  # the most calls for one sentence (slots) or one message (whole)
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class PromptVersion:
    """One version. ``sha256`` covers what is sent and how, not the status or the change log (docs/prompts.md)."""

    name: str
    version: int
    status: Status
    parent: str | None
    style: Style
    parameters: Parameters
    purpose: str
    system: str
    user: str
    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any]
    sha256: str
    changelog: str = ""

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"


@dataclass(frozen=True)
class Channel:
    """What models of one size get: ``stable`` now, ``candidate`` when the comparison allows."""

    stable: str
    candidate: str | None = None


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    temperature: float = Field(0.0, ge=0, le=2)
    max_tokens: int = Field(400, ge=1, le=8000)
    candidates: int = Field(1, ge=1, le=8)
    stop: list[str] = []


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    version: int
    status: Status
    parent: str | None = None
    style: Style
    parameters: _Parameters = _Parameters()
    purpose: str = Field(min_length=10)


class _Channel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stable: str
    candidate: str | None = None


class _Channels(BaseModel):
    model_config = ConfigDict(extra="forbid")

    thank_you: dict[Literal["small", "large"], _Channel] = {}
    check_in: dict[Literal["small", "large"], _Channel] = {}
    linkedin: dict[Literal["small", "large"], _Channel] = {}
    read: dict[Literal["small", "large"], _Channel] = {}
    verify: dict[Literal["small", "large"], _Channel] = {}
    retired: list[str] = []


def default_root() -> Path:
    """The prompts of this installation: beside the package in a checkout, inside it when installed."""
    package = Path(service.__file__).parent
    beside = package.parent / "prompts"
    return beside if (beside / CHANNELS).is_file() else package / "_prompts"


@dataclass(frozen=True)
class PromptLibrary:
    root: Path
    prompts: Mapping[str, PromptVersion] = field(repr=False)
    channels: Mapping[str, Mapping[str, Channel]]
    retired: frozenset[str] = frozenset()

    @classmethod
    def load(cls, root: Path | None = None, *, verified: bool = True) -> PromptLibrary:
        """Every version under ``root`` (default: ``default_root()``).

        Raises:
            PromptError: a file is missing or malformed; the sentence names it.
            PromptChanged: a released version differs from the lock. Not with ``verified=False``, which is for the
                commands that mend such a state.
        """
        root = root or default_root()
        if not (root / CHANNELS).is_file():
            raise PromptError(f"There are no prompts in {root}: {CHANNELS} is missing.")
        versions = [read_version(f) for f in version_folders(root)]
        library = cls(root, MappingProxyType({v.id: v for v in versions}), *_read_channels(root / CHANNELS))
        if verified:
            verify(root, {v.id for v in versions if v.status is Status.RELEASED}, library.lock)
        return library

    @property
    def lock(self) -> Lock:
        return read_lock(self.root)

    def get(self, ref: str) -> PromptVersion:
        """The version called ``ref``, as in "thank_you@2". Raises UnknownPrompt."""
        if ref not in self.prompts:
            known = ", ".join(v.id for v in self.prompts.values())
            raise UnknownPrompt(f"There is no prompt version '{ref[:80]}'. There are: {known}.")
        return self.prompts[ref]

    def pinned(self, ref: str) -> PromptVersion:
        """The version that a request may ask for. Raises UnknownPrompt for one that is retired or writes no message."""
        version = self.get(ref)
        if ref in self.retired or version.style not in ("slots", "whole"):
            why = "is retired" if ref in self.retired else "writes no message"
            raise UnknownPrompt(f"'{ref}' {why}. Pin another version, or none to have the current one.")
        return version

    def current(self, name: str, channel: str) -> PromptVersion:
        """The stable version of a kind of message, of 'read' or of 'verify' for ``channel`` ('small' or 'large').

        Raises UnknownPrompt.
        """
        entry = self.channels.get(name, {}).get(channel)
        if entry is None:
            raise UnknownPrompt(f"{CHANNELS} names no version of {name} for the channel '{channel}'.")
        return self.get(entry.stable)

    def versions(self, name: str) -> tuple[PromptVersion, ...]:
        """All versions of one prompt, oldest first. Raises UnknownPrompt."""
        found = tuple(v for v in self.prompts.values() if v.name == name)
        if not found:
            raise UnknownPrompt(f"There is no prompt '{name[:80]}'. There are: {', '.join(self.names())}.")
        return found

    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v.name for v in self.prompts.values()))


def version_folders(root: Path) -> list[Path]:
    """Every ``<name>/v<N>`` under ``root``, by name, then by number."""
    found = [p for p in root.glob("*/v*") if p.is_dir() and _FOLDER.fullmatch(p.name)]
    return sorted(found, key=lambda p: (p.parent.name, int(p.name[1:])))


def read_version(folder: Path) -> PromptVersion:
    """The version in ``folder``. Raises PromptError naming the file that is wrong."""
    for name in FILES:
        if not (folder / name).is_file():
            raise PromptError(f"{folder / name} is missing.")
    manifest = _manifest(folder / "prompt.yaml")
    ref = f"{folder.parent.name}@{folder.name[1:]}"
    if manifest.id != ref or f"v{manifest.version}" != folder.name:
        said = f"'{manifest.id}', version {manifest.version}"
        raise PromptError(f"{folder / 'prompt.yaml'} says {said}; its folder says '{ref}'.")
    p = manifest.parameters
    return PromptVersion(
        name=folder.parent.name,
        version=manifest.version,
        status=manifest.status,
        parent=manifest.parent,
        style=manifest.style,
        parameters=Parameters(p.temperature, p.max_tokens, p.candidates, tuple(p.stop)),
        purpose=manifest.purpose.strip(),
        system=_text(folder / "system.j2"),
        user=_text(folder / "user.j2"),
        input_schema=_schema(folder / "input.schema.json"),
        output_schema=_schema(folder / "output.schema.json"),
        sha256=version_sha256(folder),
        changelog=_text(folder / "CHANGELOG.md"),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PromptError(f"{path} is not UTF-8 text.") from error


def _schema(path: Path) -> Mapping[str, Any]:
    try:
        schema: dict[str, Any] = json.loads(_text(path))
        Draft202012Validator.check_schema(schema)
    except (ValueError, SchemaError) as error:
        raise PromptError(f"{path} is not a JSON Schema.") from error
    return schema


def _manifest(path: Path) -> _Manifest:
    try:
        return _Manifest.model_validate(yaml.safe_load(_text(path)))
    except (yaml.YAMLError, ValidationError) as error:
        raise PromptError(f"{path} is malformed: {error}") from error


def _read_channels(path: Path) -> tuple[Mapping[str, Mapping[str, Channel]], frozenset[str]]:
    """What each channel serves, and the versions that serve nobody any more."""
    try:
        read = _Channels.model_validate(yaml.safe_load(_text(path)))
    except (yaml.YAMLError, ValidationError) as error:
        raise PromptError(f"{path} is malformed: {error}") from error
    rows = {
        name: MappingProxyType({c: Channel(e.stable, e.candidate) for c, e in getattr(read, name).items()})
        for name in _Channels.model_fields
        if name != "retired" and getattr(read, name)
    }
    return MappingProxyType(rows), frozenset(read.retired)
