"""The good messages, which are broken on purpose, are what they claim to be."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.cases import Case, load_cases
from service.phrases import load

EVALS = Path(__file__).parents[2] / "evals"
MESSAGES: list[dict[str, Any]] = yaml.safe_load((EVALS / "good_messages.yaml").read_text(encoding="utf-8"))["messages"]


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    return {c.id: c for c in load_cases(EVALS / "cases")}


def _named(message: dict[str, Any]) -> str:
    return f"{message['case']}-{message['kind']}-{message['recipient'].replace(' ', '_')}"


def _whole(message: dict[str, Any]) -> str:
    return f"{message.get('subject', '')}\n{message['body'].rstrip()}"


def test_there_are_forty_messages() -> None:
    assert len({_named(m) for m in MESSAGES}) == len(MESSAGES) >= 40


def test_every_kind_of_message_is_among_them() -> None:
    counts = Counter(m["kind"] for m in MESSAGES)
    assert min(counts[k] for k in ("thank_you", "check_in", "linkedin")) >= 8


@pytest.mark.parametrize("message", MESSAGES, ids=_named)
def test_a_good_message_keeps_to_its_case(message: dict[str, Any], cases: dict[str, Case]) -> None:
    case = cases[message["case"]]
    text = _whole(message)
    assert message["recipient"] in {p.name for p in case.truth.interviewers}
    assert [p for p in case.must_not_appear if re.search(p, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("message", MESSAGES, ids=_named)
def test_a_good_message_keeps_to_the_limits(message: dict[str, Any]) -> None:
    body = message["body"].rstrip()
    if message["kind"] == "linkedin":
        assert "subject" not in message
        assert len(body) <= load("limits")["linkedin_characters"]["hard"]
        return
    limits = load("limits")["body_words"][message["kind"]]
    assert limits["least"] <= len(body.split()) <= limits["most"]
    assert len(message["subject"]) <= load("limits")["subject_characters"]["hard"]


@pytest.mark.parametrize("message", MESSAGES, ids=_named)
def test_a_good_message_has_no_stock_phrase_and_no_dash(message: dict[str, Any]) -> None:
    text = _whole(message)
    patterns = [*load("stock_phrases")["patterns"], load("machine_tells")["dashes"]]
    assert [p for p in patterns if re.search(p, text, re.IGNORECASE)] == []
