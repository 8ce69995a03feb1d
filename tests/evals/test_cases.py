"""Cases are consistent, and an inconsistent one is told in a sentence that says what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.cases import Case, CaseError, check_cases, load_cases
from evals.verdicts.data import MORE_CASES
from service.types import MessageKind, Owner
from training.reader import data
from training.reader.cases import case_of, made

ROOT = Path(__file__).parents[2]
CASES = ROOT / "evals" / "cases"

NOTES = "Ada Pell of Orrin Paper, Tue Nov 17, buyer\nshe counts 14 mills\ntold her of my 3 depots\nhear by Fri Nov 20\n"


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases(CASES)


def _written() -> dict[str, Any]:
    return {
        "id": "orrin-bullets",
        "tags": ["buying"],
        "notes": NOTES,
        "now": "2026-11-17T18:00:00+00:00",
        "truth": {
            "candidate": None,
            "company": "Orrin Paper",
            "role": "buyer",
            "interview_date": "2026-11-17",
            "interview_words": "Tue Nov 17",
            "decision_date": "2026-11-20",
            "decision_words": "hear by Fri Nov 20",
            "interviewers": [{"name": "Ada Pell"}],
        },
        "items": [{"quote": "she counts 14 mills", "owner": "theirs", "speaker": "Ada Pell"}],
        "could_mention": ["14 mills"],
        "must_not_appear": ["your 3 depots"],
        "missing": ["candidate"],
    }


def _file(folder: Path, *written: dict[str, Any], cluster: str = "orrin") -> Path:
    file = folder / "orrin.yaml"
    file.write_text(yaml.safe_dump({"cluster": cluster, "split": "dev", "cases": list(written)}), encoding="utf-8")
    return file


def _fault(folder: Path, *written: dict[str, Any], cluster: str = "orrin") -> str:
    with pytest.raises(CaseError) as told:
        load_cases(_file(folder, *written, cluster=cluster))
    return told.value.detail


def _with(**changes: object) -> dict[str, Any]:
    return _written() | changes


def _with_truth(**changes: object) -> dict[str, Any]:
    return _with(truth=_written()["truth"] | changes)


def test_the_cases_in_the_box_are_consistent(cases: tuple[Case, ...]) -> None:
    assert check_cases(cases) == []


def test_there_are_cases_of_a_hundred_and_twenty_interviews(cases: tuple[Case, ...]) -> None:
    assert len({c.cluster for c in cases}) >= 120


def test_a_third_of_the_interviews_written_for_the_evals_is_kept_for_testing(cases: tuple[Case, ...]) -> None:
    by_hand = {c.cluster: c.split for c in cases if "labelled" not in c.tags}
    assert 0.3 <= list(by_hand.values()).count("test") / len(by_hand) <= 0.4


def test_interviews_of_the_readers_test_lots_are_test_cases_and_those_of_development_lots_are_not(
    cases: tuple[Case, ...],
) -> None:
    labelled = {c.cluster: c.split for c in cases if "labelled" in c.tags}
    fresh = {r["id"] for path in data.FOLDER.glob("test-*.jsonl") for r in data.lot(path)}
    assert {cluster for cluster, split in labelled.items() if split == "test"} == fresh
    assert len(fresh) >= 40


def test_the_cases_from_labelled_notes_are_what_the_labels_say_and_no_others(cases: tuple[Case, ...]) -> None:
    """After a change of labels, or with a new lot: python -m training.reader.cases."""
    there = dict(made())
    assert [p.name for p, text in there.items() if not p.is_file() or p.read_text(encoding="utf-8") != text] == []
    assert {c.cluster for c in cases if "labelled" in c.tags} == {p.stem for p in there if p.parent == CASES}
    assert {p.name for p in MORE_CASES.glob("*.yaml")} == {p.name for p in there if p.parent == MORE_CASES}


def test_what_only_private_items_name_must_not_appear() -> None:
    notes = "Ms Ro asked about 40 looms in Leeds. I have an offer from Brakewater, 310 plus, 12 days in Leeds"
    private = {"start": 37, "end": len(notes), "owner": "private", "private": "offers", "person": None, "worth": 0}
    told = {"start": 0, "end": 36, "owner": "theirs", "private": None, "person": "P1", "worth": 2}
    record = {
        "id": "looms", "tags": ["weaving"], "now": "2026-11-17T18:00:00+00:00", "notes": notes, "took_place": True,
        "state": "waiting", "interview": None, "decision": None,
        "people": [{"id": "P1", "name": "Ro", "part": "interviewed", "title": None}],
        "items": [told, private], "marks": [{"start": 3, "end": 5, "kind": "person", "person": "P1"}],
    }  # fmt: skip
    (case,) = case_of(record)["cases"]
    assert case["must_not_appear"] == [r"\b310\b", r"\bBrakewater\b"]
    assert case["could_mention"] == ["Ms Ro asked about 40 looms in Leeds."]
    assert case["missing"] == ["candidate", "company", "role", "interview_at", "decision_date"]


def test_a_case_with_something_to_say_has_items_to_say_it_with(cases: tuple[Case, ...]) -> None:
    bare = [c.id for c in cases if len(c.items) < 3 and "topic" not in c.missing]
    assert bare == []


def test_private_items_are_not_suggested(cases: tuple[Case, ...]) -> None:
    private = [(c.id, i.quote, h) for c in cases for i in c.items for h in c.could_mention if _suggests(i, h)]
    assert private == []


def _suggests(item: Any, hint: str) -> bool:
    return item.owner is Owner.PRIVATE and hint.lower() in item.quote.lower()


def test_two_tellings_of_one_interview_are_not_the_same_text(cases: tuple[Case, ...]) -> None:
    assert len({c.notes for c in cases}) == len(cases)


def test_the_request_carries_what_the_case_states(cases: tuple[Case, ...]) -> None:
    case = next(c for c in cases if c.id == "nameless-clinic-given")
    request = case.draft_request
    assert request.given.recipients[0].name == "Judith Mace"
    assert str(request.given.interview.decision_date) == "2026-11-13"
    assert request.kinds == tuple(MessageKind)
    assert request.now == case.now
    assert request.now.utcoffset() == timedelta(0)


def test_windows_line_ends_reach_the_notes(cases: tuple[Case, ...]) -> None:
    case = next(c for c in cases if c.id == "harbor-legal-crlf")
    assert case.notes.count("\r\n") == case.notes.count("\n") > 5


def test_split_and_tags_select(cases: tuple[Case, ...]) -> None:
    chosen = load_cases(CASES, split="dev", tags=("panel", "bullets"))
    assert chosen
    assert len(chosen) < len(cases)
    assert all(c.split == "dev" and {"panel", "bullets"} <= set(c.tags) for c in chosen)


def test_the_example_in_the_docs_is_a_sound_case(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
    example = tmp_path / "lantern-choir.yaml"
    example.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert load_cases(example)[0].truth.company == "Lantern Choir School"


def test_a_sound_case_loads(tmp_path: Path) -> None:
    (case,) = load_cases(_file(tmp_path, _written()))
    assert (case.cluster, case.split) == ("orrin", "dev")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"colour": "blue"}, "there is no field 'cases.0.colour'"),
        ({"id": "Not An Id"}, "Correct the value"),
        ({"now": "2026-11-17T18:00:00"}, "'cases.0.now'"),
        ({"items": [{"quote": "she counts 15 mills", "owner": "theirs"}]}, "Copy the words from the notes exactly"),
        ({"items": [{"quote": "14 mills", "owner": "hers"}]}, "'cases.0.items.0.owner'"),
        ({"items": [{"quote": "14 mills", "owner": "theirs", "speaker": "Bo Lund"}]}, "the speaker 'Bo Lund'"),
        ({"could_mention": ["15 mills"]}, "could_mention has '15 mills'"),
        ({"must_not_appear": ["14 (mills"]}, "no regular expression"),
        ({"must_not_appear": ["MILLS"]}, "forbids could_mention '14 mills'"),
        ({"missing": []}, "these facts are missing: ['candidate']"),
    ],
)
def test_a_fault_is_told_in_a_sentence(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    assert told in _fault(tmp_path, _with(**changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"interview_date": "2026-11-18"}, "interview_words say 'Tue Nov 17', but 2026-11-18 is a Wednesday"),
        ({"interview_date": "2026-11-10"}, "but interview_date is 2026-11-10"),
        ({"interview_words": "Tue Nov 24"}, "the notes do not hold 'Tue Nov 24'"),
        ({"decision_date": "2026-11-13"}, "decision_date lies before interview_date"),
        ({"interviewers": [{"name": "Ada Bell"}]}, "nobody in the notes or the request is called 'Ada Bell'"),
        ({"not_recipients": ["Ada Pell"]}, "Decide for one"),
    ],
)
def test_a_truth_at_odds_with_the_notes_is_told(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    assert told in _fault(tmp_path, _with_truth(**changes))


def test_a_weekday_that_does_not_fit_its_date_is_told(tmp_path: Path) -> None:
    wrong = _with(notes=NOTES + "second round Mon Nov 24\n")
    assert "the notes say 'Mon Nov 24', but that is a Tuesday" in _fault(tmp_path, wrong)


def test_a_wrong_weekday_may_stand_where_the_case_warns_of_it(tmp_path: Path) -> None:
    meant = _with(notes=NOTES + "second round Mon Nov 24\n", warnings=["weekday_mismatch"])
    assert load_cases(_file(tmp_path, meant))


def test_two_cases_with_one_id_are_refused(tmp_path: Path) -> None:
    assert "Two cases are called 'orrin-bullets'" in _fault(tmp_path, _written(), _written())


def test_a_cluster_named_unlike_its_file_is_refused(tmp_path: Path) -> None:
    assert "Give file and cluster the same name" in _fault(tmp_path, _written(), cluster="birch")


def test_broken_yaml_a_missing_file_and_an_empty_folder_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="There are no cases"):
        load_cases(tmp_path)
    with pytest.raises(CaseError, match="Check the path"):
        load_cases(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("cases: [", encoding="utf-8")
    with pytest.raises(CaseError, match="not valid YAML"):
        load_cases(tmp_path / "bad.yaml")
