from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import PromptChanged, PromptError, UnknownPrompt
from service.prompting.library import PromptLibrary, Status
from service.prompting.lock import read_lock, version_sha256, write_lock
from service.types import MessageKind
from tests.prompting.conftest import write_version


def test_the_shipped_prompts_load_and_every_kind_has_a_version_for_both_sizes_of_model() -> None:
    library = PromptLibrary.load()
    for kind in MessageKind:
        for channel in ("small", "large"):
            assert library.current(kind, channel).name == kind.value


def test_the_shipped_baselines_are_released() -> None:
    library = PromptLibrary.load()
    assert {library.get(f"{kind.value}@1").status for kind in MessageKind} == {Status.RELEASED}


def test_the_sentence_prompt_is_the_same_text_for_all_kinds_so_that_it_is_read_once() -> None:
    library = PromptLibrary.load()
    assert len({library.get(f"{kind.value}@2").system for kind in MessageKind}) == 1


def test_an_unknown_version_is_refused_with_the_known_ones_named(root: Path) -> None:
    with pytest.raises(UnknownPrompt, match=r"'thank_you@9'.*thank_you@1, thank_you@2"):
        PromptLibrary.load(root).get("thank_you@9")


def test_an_unknown_name_or_channel_is_refused(root: Path) -> None:
    library = PromptLibrary.load(root)
    with pytest.raises(UnknownPrompt, match="thank_you"):
        library.versions("farewell")
    with pytest.raises(UnknownPrompt, match="huge"):
        library.current(MessageKind.THANK_YOU, "huge")


def test_versions_are_in_order_of_their_numbers(root: Path) -> None:
    write_version(root, 10, parent="thank_you@2")
    assert [v.version for v in PromptLibrary.load(root).versions("thank_you")] == [1, 2, 10]


@pytest.mark.parametrize("name", ["system.j2", "user.j2", "prompt.yaml", "CHANGELOG.md", "output.schema.json"])
def test_a_released_version_that_differs_from_the_lock_is_refused_and_the_file_named(root: Path, name: str) -> None:
    path = root / "thank_you" / "v1" / name
    path.write_text(path.read_text() + "\n")
    with pytest.raises(PromptChanged, match=rf"{name} of thank_you@1 .*prompts new thank_you --from thank_you@1"):
        PromptLibrary.load(root)


def test_a_draft_may_change(root: Path) -> None:
    (root / "thank_you" / "v2" / "system.j2").write_text("Another.\n")
    assert PromptLibrary.load(root).get("thank_you@2").system == "Another.\n"


def test_a_file_added_to_a_released_version_is_refused(root: Path) -> None:
    (root / "thank_you" / "v1" / "extra.j2").write_text("more")
    with pytest.raises(PromptChanged, match=r"extra\.j2 .*added"):
        PromptLibrary.load(root)


def test_a_released_version_made_a_draft_again_is_refused(root: Path) -> None:
    path = root / "thank_you" / "v1" / "prompt.yaml"
    path.write_text(path.read_text().replace("status: released", "status: draft"))
    with pytest.raises(PromptChanged, match="status was changed"):
        PromptLibrary.load(root)


def test_a_version_that_calls_itself_released_but_is_not_in_the_lock_is_refused(root: Path) -> None:
    write_lock(root, {})
    with pytest.raises(PromptChanged, match=r"not in prompts\.lock\.json"):
        PromptLibrary.load(root)


def test_line_ends_of_another_system_are_no_change(root: Path) -> None:
    path = root / "thank_you" / "v1" / "system.j2"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    PromptLibrary.load(root)


def test_the_hash_is_of_what_is_sent_and_not_of_the_bookkeeping(root: Path) -> None:
    folder = root / "thank_you" / "v2"
    before = version_sha256(folder)
    manifest = folder / "prompt.yaml"
    manifest.write_text(manifest.read_text().replace("status: draft", "status: candidate"))
    (folder / "CHANGELOG.md").write_text("reworded")
    assert version_sha256(folder) == before
    manifest.write_text(manifest.read_text().replace("max_tokens: 100", "max_tokens: 101"))
    assert version_sha256(folder) != before


def test_the_lock_survives_being_written_and_read(root: Path) -> None:
    lock = read_lock(root)
    write_lock(root, lock)
    assert read_lock(root) == lock
    assert set(lock) == {"thank_you@1"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("prompt.yaml", "id: thank_you@2\nversion: 2\nstatus: done\nstyle: whole\npurpose: for tests\n", "status"),
        (
            "prompt.yaml",
            "id: thank_you@3\nversion: 2\nstatus: draft\nstyle: whole\npurpose: a test of it\n",
            "its folder says",
        ),
        ("input.schema.json", '{"type": 7}', "not a JSON Schema"),
        ("output.schema.json", "{", "not a JSON Schema"),
    ],
)
def test_a_malformed_file_is_named(root: Path, name: str, text: str, said: str) -> None:
    (root / "thank_you" / "v2" / name).write_text(text)
    with pytest.raises(PromptError, match=rf"(?s){name}.*{said}"):
        PromptLibrary.load(root)


def test_a_missing_file_is_named(root: Path) -> None:
    (root / "thank_you" / "v2" / "user.j2").unlink()
    with pytest.raises(PromptError, match=r"user\.j2 is missing"):
        PromptLibrary.load(root)


def test_a_folder_without_prompts_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="no prompts"):
        PromptLibrary.load(tmp_path)
