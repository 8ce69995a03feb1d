"""Messages of a cohort that are nearly the same."""

from __future__ import annotations

import random

from service.jobs.likeness import CohortMessage, alike

TALK = "Thank you for talking with me about the move to stone ovens, and how 3 of 11 shops have made it already"
OTHER = "It was good to hear how the rye is proofed for 19 hours before anybody touches it, and why the mill matters"


def message(n: int, text: str, company: str = "Rye & Co", recipient: str = "Ines Duarte", k: int = 0) -> CohortMessage:
    return CohortMessage(n, k, str(n), company, recipient, f"Hi Ines,\n\n{text}.\n\nBest wishes,\nSam")


def pairs(*messages: CohortMessage) -> list[tuple[int, int]]:
    return [(found.first.n, found.second.n) for found in alike(messages)]


def test_two_candidates_with_the_same_words_to_one_reader_are_found() -> None:
    assert pairs(message(0, TALK), message(1, OTHER), message(2, TALK.replace("already", "by now"))) == [(0, 2)]


def test_to_one_company_is_enough_and_to_strangers_is_no_fault() -> None:
    assert pairs(message(0, TALK), message(1, TALK, recipient="Tom Reed")) == [(0, 1)]
    assert pairs(message(0, TALK), message(1, TALK, "Other Ltd", "Tom Reed")) == []
    assert pairs(message(0, TALK, "", ""), message(1, TALK, "", "")) == []


def test_the_messages_of_one_item_are_its_drafts_own_matter() -> None:
    assert pairs(message(0, TALK), message(0, TALK, k=1)) == []


def test_ten_thousand_messages_to_one_company_are_not_compared_by_all_pairs() -> None:
    dice = random.Random(38)
    words = [f"word{n}" for n in range(3000)]
    cohort = [message(n, " ".join(dice.choices(words, k=60))) for n in range(10_000)]
    cohort[7_000] = message(7_000, cohort[12].body.split("\n")[2].rstrip("."))
    assert pairs(*cohort) == [(12, 7_000)]
