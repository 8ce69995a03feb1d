"""Messages of a cohort that are nearly the same."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rensa import RMinHashLSH

from service.jobs import likeness
from service.jobs.likeness import MOST_PAIRS, CohortMessage, alike

TALK = "Thank you for talking with me about the move to stone ovens, and how 3 of 11 shops have made it already"
OTHER = "It was good to hear how the rye is proofed for 19 hours before anybody touches it, and why the mill matters"


def message(n: int, text: str, company: str = "Rye & Co", recipient: str = "Ines Duarte", k: int = 0) -> CohortMessage:
    return CohortMessage(n, k, str(n), company, recipient, f"Hi Ines,\n\n{text}.\n\nBest wishes,\nSam")


def pairs(*messages: CohortMessage) -> list[tuple[int, int]]:
    return [(found.first.n, found.second.n) for found in alike(messages).pairs]


def frame_letters(count: int, firms: int) -> list[CohortMessage]:
    """As the outline writes them: one frame, and in every second letter a line of the talk."""
    dice = random.Random(38)
    words = [f"word{n}" for n in range(3000)]

    def letter(n: int) -> CohortMessage:
        firm, reader = f"Firm {dice.randrange(firms)} & Co", dice.choice(("Ines", "Tom", "Mika"))
        day = dice.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
        role = f"{dice.choice(('senior', 'junior', 'lead', 'night'))} {dice.choice(('baker', 'miller', 'buyer', 'planner'))}"
        told = f" {' '.join(dice.choices(words, k=14))}." if dice.random() < 0.5 else ""
        text = (
            f"Thank you for talking with me on {day} about the {role} role at {firm}.{told}\n\nI would very much like to "
            "take on this role, and I am happy to send anything that would help you decide. I look forward to hearing from "
            f"you around November {dice.randrange(20, 30)}"
        )
        return message(n, text, firm, f"{reader} of {firm}")

    return [letter(n) for n in range(count)]


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


@pytest.mark.parametrize("firms", [500, 1])
def test_letters_of_one_frame_are_not_compared_by_all_pairs_either(monkeypatch: pytest.MonkeyPatch, firms: int) -> None:
    """Each of them was near to all that lay in the one index, to whatever firm it went: time grew with the square."""
    near: list[int] = []

    class Counted:
        def __init__(self, **stated: Any) -> None:
            self.index = RMinHashLSH(**stated)
            self.insert = self.index.insert

        def query(self, sketch: Any) -> list[int]:
            found: list[int] = self.index.query(sketch)
            near.append(len(found))
            return found

    monkeypatch.setattr(likeness, "RMinHashLSH", Counted)
    count = 4000
    found = alike(frame_letters(count, firms))
    assert len(near) == 2 * count  # once among those to the company, once among those to the reader
    assert max(near) < 1000
    assert sum(near) < 200 * count
    assert (found.compared, found.truncated) == (count, True)


def test_it_is_said_when_pairs_are_cut() -> None:
    few = alike([message(n, TALK) for n in range(4)])
    assert (few.found, len(few.pairs), few.truncated) == (6, 6, False)
    many = alike([message(n, TALK, f"Firm {n // 10}", f"Reader {n // 10}") for n in range(400)])
    assert (many.found, len(many.pairs), many.truncated) == (40 * 45, MOST_PAIRS, True)


def test_the_most_alike_are_named_first() -> None:
    far = TALK.replace("already", "by now")
    assert pairs(message(0, TALK), message(1, far), message(2, TALK)) == [(0, 2), (0, 1), (1, 2)]
