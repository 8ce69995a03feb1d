"""Good messages broken on purpose: each way breaks something, and what is there to notice it does."""

from __future__ import annotations

import re

import pytest

from evals.cases import load_cases
from evals.files import CASES, EVALS
from evals.mutations import MUTATIONS, GoodMessage, Mutation, load_good_messages, mutated
from evals.score import Judge
from service.types import Wording
from tests.reading_shipped import shipped

# What no check of code sees (docs/evals.md): whose word a sentence tells, a regret in words of its own, one sentence in
# another language. Of a large model's letters a second reading judges these.
UNSEEN = {"swap who did what", "add a confession", "add another language"}


@pytest.fixture(scope="module")
def messages() -> tuple[GoodMessage, ...]:
    return load_good_messages(EVALS / "good_messages.yaml", {c.id: c for c in load_cases(CASES)})


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge({c.id: c for c in load_cases(CASES)}, shipped())


def noticed(judge: Judge, m: GoodMessage, wording: Wording) -> set[str]:
    card = judge.card(m.case, m.kind, m.recipient.name, wording)
    return {v.check for v in card.violations} | {c.name for c in card.criteria if not c.passed}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name.replace(" ", "_"))
def test_each_way_applies_to_several_messages_and_changes_them(
    mutation: Mutation, messages: tuple[GoodMessage, ...]
) -> None:
    changed = list(mutated(messages, mutation))
    assert len(changed) >= 9
    assert all(wording != message.wording for message, wording in changed)


@pytest.mark.parametrize(
    "mutation", [m for m in MUTATIONS if m.name not in UNSEEN], ids=lambda m: m.name.replace(" ", "_")
)
def test_what_is_there_to_notice_it_does(mutation: Mutation, messages: tuple[GoodMessage, ...], judge: Judge) -> None:
    """Of kinds that are asked for what is broken: a LinkedIn note is asked for no thanks."""
    broken = list(mutated(messages, mutation))
    if mutation.name == "drop the thanks":
        broken = [(m, w) for m, w in broken if m.kind != "linkedin"]
    missed = [(m.case.id, m.kind.value) for m, w in broken if not noticed(judge, m, w) & mutation.meant]
    assert len(missed) <= 0.1 * len(broken), missed


def test_dropping_the_thanks_leaves_the_rest(messages: tuple[GoodMessage, ...]) -> None:
    drop = next(m for m in MUTATIONS if m.name == "drop the thanks")
    for message, wording in mutated(messages, drop):
        assert not re.search(r"\bthank", wording.body, re.IGNORECASE)
        assert set(wording.body.split()) <= set(message.wording.body.split())


def test_swapping_turns_a_deed_round(messages: tuple[GoodMessage, ...]) -> None:
    swap = next(m for m in MUTATIONS if m.name == "swap who did what")
    bodies = [w.body for _, w in mutated(messages, swap)]
    assert any("What I said about the nurse-led swallow screen" in body for body in bodies)
