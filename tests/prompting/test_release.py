from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import service
from service.errors import PromptChanged, PromptError
from service.prompting.check import check_prompts
from service.prompting.evidence import (
    CriterionRecord,
    GateRecord,
    Measured,
    default_results,
    read_evidence,
    read_measured,
    write_evidence,
)
from service.prompting.library import PromptLibrary, Status
from service.prompting.release import new_version, release
from service.types import MessageKind
from tests.prompting.conftest import results

READER = "reader-1.onnx"


def record(root: Path, gate: str = "pass", sha256: str = "") -> GateRecord:
    version = PromptLibrary.load(root, verified=False).get("thank_you@2")
    made = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return GateRecord(
        "thank_you@2", sha256 or version.sha256, "thank_you@1", gate, "c" * 64, "scripted", made, reader=READER
    )  # type: ignore[arg-type]


def written(root: Path, made: GateRecord) -> Path:
    """A record as a gate leaves it: beside the figures of the reader that read the notes."""
    (results(root) / "readers").mkdir(parents=True, exist_ok=True)
    (results(root) / "readers" / f"{READER}.json").write_text("{}")
    return write_evidence(results(root), made)


def test_a_record_is_read_as_it_was_written(root: Path) -> None:
    made = record(root)
    path = write_evidence(results(root), made)
    assert path.name == f"{made.sha256}.json"
    assert read_evidence(results(root), made.sha256) == made


def test_a_version_without_a_gate_record_is_not_released(root: Path) -> None:
    with pytest.raises(PromptError, match="no gate record"):
        release(root, results(root), "thank_you@2")
    assert PromptLibrary.load(root).get("thank_you@2").status is Status.DRAFT


@pytest.mark.parametrize("gate", ["regression", "inconclusive", "invalid"])
def test_a_version_whose_gate_did_not_pass_is_not_released(root: Path, gate: str) -> None:
    written(root, record(root, gate))
    with pytest.raises(PromptError, match=gate):
        release(root, results(root), "thank_you@2")


def test_evidence_about_an_earlier_wording_does_not_count(root: Path) -> None:
    written(root, record(root))
    (root / "thank_you" / "v2" / "system.j2").write_text("Reworded after the gate.\n")
    with pytest.raises(PromptError, match="no gate record"):
        release(root, results(root), "thank_you@2")


def test_a_passing_gate_releases_locks_and_moves_only_the_named_channel(root: Path) -> None:
    written(root, record(root))
    release(root, results(root), "thank_you@2", channel="small")
    library = PromptLibrary.load(root)
    assert set(library.lock) == {"thank_you@1", "thank_you@2"}
    assert library.current(MessageKind.THANK_YOU, "small").id == "thank_you@2"
    assert library.current(MessageKind.THANK_YOU, "large").id == "thank_you@1"
    assert library.channels["thank_you"]["small"].candidate is None
    assert (root / "channels.yaml").read_text().startswith("# who gets what\n")
    assert check_prompts(root, results(root)).problems == ()


def test_releasing_does_not_change_the_hash_of_what_is_sent(root: Path) -> None:
    before = PromptLibrary.load(root).get("thank_you@2").sha256
    assert release(root, results(root), "thank_you@2", reason="a typo in the first").sha256 == before


def test_a_reason_in_place_of_evidence_stands_in_the_change_log(root: Path) -> None:
    release(root, results(root), "thank_you@2", reason="the gate needs\na machine we lack")
    log = (root / "thank_you" / "v2" / "CHANGELOG.md").read_text()
    assert "Released without evidence: the gate needs a machine we lack\n" in log
    assert check_prompts(root, results(root)).problems == ()


def test_only_a_first_version_is_a_baseline(root: Path) -> None:
    with pytest.raises(PromptError, match="no baseline"):
        release(root, results(root), "thank_you@2", reason="baseline")


def test_a_changed_release_must_be_mended_before_another_is_released(root: Path) -> None:
    (root / "thank_you" / "v1" / "system.j2").write_text("Changed.\n")
    with pytest.raises(PromptChanged):
        release(root, results(root), "thank_you@2", reason="in a hurry")


def test_a_template_that_shows_a_bare_value_is_not_released(root: Path) -> None:
    (root / "thank_you" / "v2" / "user.j2").write_text("{{ notes }}")
    with pytest.raises(PromptError, match="fence"):
        release(root, results(root), "thank_you@2", reason="in a hurry")


def test_a_released_version_can_be_served_again_later(root: Path) -> None:
    release(root, results(root), "thank_you@2", channel="large", reason="trial")
    release(root, results(root), "thank_you@1", channel="large")
    assert PromptLibrary.load(root).current(MessageKind.THANK_YOU, "large").id == "thank_you@1"


def test_a_new_version_is_a_draft_with_the_next_number_and_its_parent_named(root: Path) -> None:
    version = new_version(root, "thank_you", "thank_you@1")
    assert (version.id, version.status, version.parent) == ("thank_you@3", Status.DRAFT, "thank_you@1")
    assert version.sha256 == PromptLibrary.load(root).get("thank_you@1").sha256


def test_the_check_finds_a_release_whose_evidence_is_gone(root: Path) -> None:
    path = written(root, record(root))
    release(root, results(root), "thank_you@2")
    path.unlink()
    [problem] = check_prompts(root, results(root)).problems
    assert "thank_you@2 is released without a gate record" in problem


def test_what_small_models_get_is_measured_whatever_the_reason(root: Path) -> None:
    with pytest.raises(PromptError, match="the embedded model can measure it"):
        release(root, results(root), "thank_you@2", channel="small", reason="in a hurry")
    release(root, results(root), "thank_you@2", reason="nobody has run it yet")
    release(root, results(root), "thank_you@2", channel="small")
    [problem] = check_prompts(root, results(root)).problems
    assert "then: afterword eval gate thank_you@1 thank_you@2" in problem
    written(root, record(root))
    assert check_prompts(root, results(root)).problems == ()


def test_a_reason_does_not_excuse_a_gate_that_failed(root: Path) -> None:
    release(root, results(root), "thank_you@2", reason="nobody has run it yet")
    written(root, record(root, "regression"))
    [problem] = check_prompts(root, results(root)).problems
    assert "ended with 'regression'" in problem


def test_a_gate_over_a_reader_that_nobody_measured_releases_nothing(root: Path) -> None:
    write_evidence(results(root), record(root))
    with pytest.raises(PromptError, match=rf"rests on {READER}, whose reading is not measured: afterword eval read"):
        release(root, results(root), "thank_you@2")
    write_evidence(results(root), replace(record(root), reader=""))
    with pytest.raises(PromptError, match="does not say which reader read the notes"):
        release(root, results(root), "thank_you@2")
    assert PromptLibrary.load(root).get("thank_you@2").status is Status.DRAFT


def test_the_check_finds_what_is_served_on_a_gate_whose_reading_is_not_measured(root: Path) -> None:
    written(root, record(root))
    release(root, results(root), "thank_you@2", channel="small")
    (results(root) / "readers" / f"{READER}.json").unlink()
    [problem] = check_prompts(root, results(root)).problems
    assert f"The gate record of thank_you@2 rests on {READER}" in problem
    write_evidence(results(root), replace(record(root), reader=""))
    [problem] = check_prompts(root, results(root)).problems
    assert "does not say which reader read the notes" in problem


def test_the_check_finds_a_channel_that_serves_a_draft_and_one_that_names_nothing(root: Path) -> None:
    (root / "channels.yaml").write_text("thank_you:\n  small: {stable: thank_you@2}\n  large: {stable: thank_you@7}\n")
    first, second = check_prompts(root, results(root)).problems
    assert "thank_you@2, which is not released" in first
    assert "thank_you@7, which does not exist" in second


def test_the_check_says_everything_that_is_wrong_at_once(root: Path) -> None:
    (root / "thank_you" / "v1" / "system.j2").write_text("Changed.\n")
    (root / "thank_you" / "v2" / "user.j2").write_text("{% include 'x' %}")
    problems = "\n".join(check_prompts(root, results(root)).problems)
    assert "system.j2 of thank_you@1" in problems
    assert "takes in another file" in problems


def test_the_shipped_prompts_are_in_order() -> None:
    library = PromptLibrary.load()
    assert check_prompts(library.root, results(library.root)).problems == ()


def with_figures(root: Path) -> GateRecord:
    rises = CriterionRecord("overall", 0.8, 0.9, 0.1, 0.05, 0.15, 0.7, 1.0, "better", 20)
    against = PromptLibrary.load(root, verified=False).get("thank_you@1").sha256
    return replace(record(root), against_sha256=against, criteria=(rises,), messages=20, interviews=10, cases=12)


def test_figures_are_kept_with_the_record_and_speak_of_both_versions(root: Path) -> None:
    measured = with_figures(root)
    write_evidence(results(root), measured)
    assert read_measured(results(root), measured.sha256) == Measured(measured)
    assert read_measured(results(root), str(measured.against_sha256)) == Measured(measured, is_baseline=True)
    assert read_measured(results(root), "f" * 64) is None


def test_records_of_an_installed_package_lie_beside_it() -> None:
    package = Path(service.__file__).parent
    assert default_results(package / "_prompts") == package.parent / "evals" / "results"
    assert default_results(package.parent / "prompts") == package.parent / "evals" / "results"
