"""The measuring itself: what a mutation does to a message, and how figures are counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evals.cases import load_cases
from evals.errors import EvalError
from evals.files import CASES, EVALS
from evals.mutations import MUTATIONS, GoodMessage, load_good_messages, mutated
from evals.validity import gratitude, sensitivity, specificity, validity_text
from tests.reading_shipped import shipped

GOEMOTIONS = Path(__file__).parents[3] / "shared" / "data" / "goemotions" / "dev.tsv"


@pytest.fixture(scope="module")
def messages() -> tuple[GoodMessage, ...]:
    return load_good_messages(EVALS / "good_messages.yaml", {c.id: c for c in load_cases(CASES)})


@pytest.fixture(scope="module")
def broken(messages: tuple[GoodMessage, ...]) -> dict[str, list[tuple[GoodMessage, str]]]:
    return {m.name: [(g, w.body) for g, w in mutated(messages, m)] for m in MUTATIONS}


def test_there_are_enough_ways_of_breaking_a_message() -> None:
    assert len({m.name for m in MUTATIONS}) == len(MUTATIONS) >= 12


def test_what_is_meant_to_notice_is_a_check_or_criterion_that_there_is() -> None:
    rules = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", rules, re.MULTILINE))
    assert [(m.name, sorted(m.meant - listed)) for m in MUTATIONS if not m.meant or m.meant - listed] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name.replace(" ", "_"))
def test_each_way_applies_to_several_messages_and_changes_them(mutation, messages: tuple[GoodMessage, ...]) -> None:
    changed = list(mutated(messages, mutation))
    assert len(changed) >= 9
    assert all(wording != message.wording for message, wording in changed)


def test_dropping_the_thanks_leaves_the_rest(broken: dict[str, list[tuple[GoodMessage, str]]]) -> None:
    for message, body in broken["drop the thanks"]:
        assert not re.search(r"\bthank", body, re.IGNORECASE)
        assert set(body.split()) <= set(message.wording.body.split())


def test_the_specificity_of_ladders_is_measured_beside_plain_baselines() -> None:
    rising = [[f"It was nice to talk to you about work{' and life' * n}." for n in range(3)]] * 3
    found = specificity(rising)
    assert found["words"]["ordered"] == 1.0
    assert found["words"]["spearman"] == pytest.approx(1.0)
    assert "partial" not in found["words"]


def test_an_untouched_message_that_is_reported_counts_as_a_false_alarm(messages: tuple[GoodMessage, ...]) -> None:
    sound = messages[0]
    bad = GoodMessage(sound.case, sound.kind, sound.recipient, MUTATIONS[0].apply(sound))  # type: ignore[arg-type]
    found = sensitivity((bad,), shipped())
    assert found["false_alarms"][0]["case"] == sound.case.id
    assert "no_thanks" in found["false_alarms"][0]["by"]


def test_what_was_wrong_before_is_not_counted_as_noticed(messages: tuple[GoodMessage, ...]) -> None:
    bad = GoodMessage(messages[0].case, messages[0].kind, messages[0].recipient, MUTATIONS[0].apply(messages[0]))  # type: ignore[arg-type]
    again = sensitivity((bad,), shipped())["classes"]["add a stock phrase"]["by"]
    assert "no_thanks" not in again
    assert "stock_phrase" in again


def test_labels_are_counted_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "g.tsv").write_text("Thank you!\t15\ta\nThanks for nothing\t3\tb\nCheers mate\t0,15\tc\nNo.\t27\td\n")
    plain = gratitude(tmp_path / "g.tsv")["plain pattern"]
    assert (plain["precision"], plain["recall"], plain["f1"]) == (0.5, 0.5, 0.5)
    assert (plain["n"], plain["positives"]) == (4, 2)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "g.tsv").write_text("no tabs here\n")
    with pytest.raises(EvalError, match="is no GoEmotions file"):
        gratitude(tmp_path / "g.tsv")
    with pytest.raises(EvalError, match="Check the path"):
        gratitude(tmp_path / "none.tsv")


@pytest.mark.skipif(not GOEMOTIONS.is_file(), reason="GoEmotions is not on this machine")
def test_gratitude_beats_the_plain_pattern_on_human_labels() -> None:
    found = gratitude(GOEMOTIONS)
    assert found["has_thanks"]["f1"] > found["plain pattern"]["f1"] > 0.9


def test_the_figures_read_as_tables(messages: tuple[GoodMessage, ...]) -> None:
    found = {"specificity": specificity([["a b", "a b 3"]] * 3), "mutations": sensitivity(messages[:2], shipped())}
    text = validity_text(found)
    assert "| drop the thanks | G4 | 2 | 100% |" in text
    assert "False alarms:" in text
