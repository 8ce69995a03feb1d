"""What the panel shows of what was read: what is sure, what is not, and who the candidate may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from service.drafting.send_window import SendRules
from service.types import Facts, NoteItem, Owner, Person, PersonRole
from service.web import understanding
from service.web.form import PageForm
from service.web.understanding import Understanding, understand
from tests.reading_shipped import shipped

NOTES = "Met Ines Duarte. Mika Sand\nInes: they proof the rye for 19 hours"
INES = Person("Ines Duarte", PersonRole.INTERVIEWER)
MIKA = Person("Mika Sand", PersonRole.MENTIONED, confidence=0.5)
LABEL = NoteItem("i1", "Ines", 27, 31, Owner.THEIRS, "Ines Duarte", worth=0)
POINT = NoteItem("i2", "they proof the rye for 19 hours", 33, 64, Owner.THEIRS, "Ines Duarte")
READ = Facts(NOTES, "en", (LABEL, POINT), (INES, MIKA))


def shown(monkeypatch: pytest.MonkeyPatch, facts: Facts, form: PageForm | None = None) -> Understanding:
    monkeypatch.setattr(understanding, "read_notes", lambda *notes, **given: facts)
    form = form or PageForm(notes=NOTES, now=datetime.fromisoformat("2026-11-17T18:00:00+01:00"))
    return understand(form, shipped(), SendRules())


def test_a_part_that_is_not_sure_is_marked_and_one_that_is_sure_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(p.row.name, p.unsure) for p in shown(monkeypatch, READ).people] == [
        ("Ines Duarte", False),
        ("Mika Sand", True),
    ]


def test_how_much_there_is_to_check_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, READ).doubts == 1
    assert shown(monkeypatch, replace(READ, people=(INES,))).doubts == 0
    unsure = replace(READ, items=(LABEL, replace(POINT, confidence=0.5)))
    assert shown(monkeypatch, unsure).doubts == 2


def test_while_nobody_is_the_candidate_whoever_is_not_written_to_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [p.row.name for p in shown(monkeypatch, READ).people if p.may_be_me] == ["Mika Sand"]
    known = replace(READ, people=(INES, MIKA, Person("Sam Weir", PersonRole.CANDIDATE)))
    assert not any(p.may_be_me for p in shown(monkeypatch, known).people)


def test_whoever_is_the_candidate_leaves_the_list_of_those_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = replace(READ, people=(INES, replace(MIKA, role=PersonRole.CANDIDATE)))
    rows = tuple(p.row for p in shown(monkeypatch, READ).people)
    form = PageForm(notes=NOTES, people=rows, people_given=True)
    assert [p.row.name for p in shown(monkeypatch, facts, form).people] == ["Ines Duarte"]


def test_a_name_before_what_was_said_is_no_point_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = shown(monkeypatch, READ).pieces
    assert [p.text for p in pieces if p.item] == ["they proof the rye for 19 hours"]
    owed = replace(LABEL, text="Ines owes me an answer", end=49)
    assert "Ines owes me an answer" in [p.text for p in shown(monkeypatch, replace(READ, items=(owed,))).pieces]
