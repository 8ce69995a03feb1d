"""The prompt pages show what was measured of a version, and say why where nothing was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.prompting.evidence import CriterionRecord, GateRecord, write_evidence
from service.prompting.library import PromptLibrary
from service.web import prompt_pages
from service.web.prompt_scores import changelog_paragraphs, scores_of

LIBRARY = PromptLibrary.load()
OLD, NEW = LIBRARY.get("thank_you@1"), LIBRARY.get("thank_you@2")
SPECIFICITY = CriterionRecord("specificity", 0.512, 0.634, 0.122, 0.081, 0.163, 0.4, 0.55, "better", 120)
RECORD = GateRecord(
    prompt="thank_you@2",
    sha256=NEW.sha256,
    against="thank_you@1",
    against_sha256=OLD.sha256,
    gate="pass",
    summary="Nothing is worse.",
    cases_sha256="c" * 64,
    model="a-model",
    created=datetime(2026, 11, 23, 9, tzinfo=UTC),
    messages=120,
    interviews=60,
    cases=64,
    criteria=(SPECIFICITY,),
    hard_rules_broken=0,
    hard_rules_broken_before=12,
)
HTML = {"Accept": "text/html"}


def page(client: TestClient, path: str = "/prompts") -> str:
    return " ".join(client.get(path, headers=HTML).text.split())


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The records that the pages read, in place of those of this checkout."""
    monkeypatch.setattr(prompt_pages, "default_results", lambda root: tmp_path)
    return tmp_path


def test_a_measured_version_shows_both_means_the_interval_and_the_verdict(client: TestClient, results: Path) -> None:
    write_evidence(results, RECORD)
    shown = page(client)
    assert "120 messages after 60 interviews from 64 cases, written by a-model, 23 November 2026" in shown
    assert "<td>51.2</td><td>63.4</td><td>+12.2 <small>+8.1 to +16.3</small></td><td>40% → 55%</td>" in shown
    assert '<td class="verdict better">better</td>' in shown
    assert "Hard rules broken: 0, before 12." in shown


def test_the_version_it_was_compared_with_shows_its_own_means(client: TestClient, results: Path) -> None:
    write_evidence(results, RECORD)
    assert "as the one that thank_you@2 was compared with" in page(client)
    assert scores_of(OLD, results).is_baseline


def test_a_version_without_measurement_says_why(client: TestClient, results: Path) -> None:
    assert "<b>Not measured.</b> First sentence-by-sentence version; read by eye" in page(client)
    assert "Released without evidence" not in page(client)


def test_no_reason_on_record_is_said_too(results: Path) -> None:
    assert scores_of(replace(NEW, changelog=""), results).reason.startswith("No comparison")


def test_too_few_interviews_give_no_interval(results: Path) -> None:
    few = replace(SPECIFICITY, low=None, high=None, difference=-0.02, verdict="unclear")
    write_evidence(results, replace(RECORD, criteria=(few,)))
    row = scores_of(NEW, results).rows[0]
    assert (row.change, row.interval, row.verdict) == ("−2.0", "too few interviews", "not clear")


def test_a_record_without_figures_is_not_made_up(client: TestClient, results: Path) -> None:
    write_evidence(results, replace(RECORD, criteria=()))
    assert "no worse than before. The figures are not on record." in page(client)


def test_a_damaged_record_does_not_take_the_page_down(client: TestClient, results: Path) -> None:
    (results / f"{NEW.sha256}.json").write_text("{")
    assert "cannot be read" in page(client, "/prompts/thank_you?old=1&new=2")


def test_the_change_log_is_read_as_prose() -> None:
    paragraphs = changelog_paragraphs(NEW)
    assert paragraphs[0].startswith("For small models. Version 1 asked for the whole message at once")
    assert not any("Released without evidence" in p or p.startswith("#") for p in paragraphs)
