"""A model's reading joined to the reader's: evidence decides, and what is not in the notes never passes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from service.drafting.read_along import parse_reading, read_along
from service.models.scripted import ScriptedModel
from service.prompting.library import PromptLibrary
from service.reading.joined import find_in_notes
from service.types import Fact, Facts, NoteItem, Owner, Person, PersonRole, Warning
from tests.drafting.labelled import INES, facts, request

LIBRARY = PromptLibrary.load()
LINES = [{"n": 1, "owner": "logistics"}]  # by which an answer is known for a large model's


def _reading(**said: object) -> str:
    plain: dict[str, object] = {"company": "", "role": "", "people": [], "interview_day": "", "answer_day": ""}
    return json.dumps(plain | said)


async def _joined(known: Facts, answer: str, channel: str = "small") -> Facts:
    asked = request(known.notes)
    joined, usage = await read_along(known, asked, LIBRARY, ScriptedModel([answer], prompt_channel=channel))
    assert usage.calls == 1
    return joined


async def test_what_the_reader_missed_and_the_notes_have_comes_in() -> None:
    known = replace(facts(INES), company=None)
    joined = await _joined(known, _reading(company="rye & co"))
    assert joined.company is not None
    assert joined.company.value == "Rye & Co"
    assert joined.company.span is not None
    assert "company" not in joined.missing


async def test_what_the_notes_do_not_have_never_passes() -> None:
    known = replace(facts(INES), company=None)
    joined = await _joined(
        known, _reading(company="Sollund Ferries", people=[{"name": "Maaike", "part": "interviewer"}])
    )
    assert joined.company is None
    assert {p.name for p in joined.interviewers} == {"Ines Duarte"}


async def test_where_the_two_differ_and_neither_is_sure_it_is_asked() -> None:
    known = replace(facts(INES), company=Fact("Hollin", None, 0.6))
    known = replace(known, company=replace(known.company or Fact("Hollin"), span=find_in_notes("Hollin", known.notes)))
    joined = await _joined(known, _reading(company="Rye & Co"))
    assert joined.company is not None
    assert joined.company.value == "Hollin"
    assert [w.type for w in joined.warnings] == ["company_unsure"]
    taken = (await _joined(known, _reading(company="Rye & Co", lines=LINES), "large")).company
    assert taken is not None
    assert taken.value == "Rye & Co"


async def test_a_sure_reading_stands() -> None:
    joined = await _joined(facts(INES), _reading(company="Hollin", role="head baker"))
    assert joined.company is not None
    assert joined.company.value == "Rye & Co"
    assert joined.role is not None
    assert joined.role.value == "production manager"


async def test_a_part_of_which_the_reader_is_unsure_is_the_models_to_say() -> None:
    known = facts(INES)
    unsure = replace(known, people=tuple(replace(p, confidence=0.6) for p in known.people))
    joined = await _joined(unsure, _reading(people=[{"name": "Ines", "part": "arranged"}]))
    assert next(p for p in joined.people if p.name == "Ines Duarte").role is PersonRole.ARRANGED


async def test_whom_a_model_leaves_out_that_found_another_interviewer_did_not_interview_where_the_reader_doubts() -> (
    None
):
    tomas = Person("Tomas Reyes", PersonRole.INTERVIEWER, None, None, 0.9)
    known = replace(facts(INES), people=(*facts(INES).people, tomas))
    found = await _joined(known, _reading(people=[{"name": "Ines Duarte", "part": "interviewer"}]))
    assert [p.name for p in found.interviewers] == ["Ines Duarte"]
    for told in ([], [{"name": "Maaike", "part": "interviewer"}]):  # it found nobody that is there: no evidence
        kept = await _joined(known, _reading(people=told))
        assert [p.name for p in kept.interviewers] == ["Ines Duarte", "Tomas Reyes"]


async def test_a_small_model_makes_nobody_an_interviewer_and_a_large_one_does() -> None:
    plain = facts(INES)
    known = replace(plain, people=tuple(replace(p, role=PersonRole.MENTIONED, confidence=0.5) for p in plain.people))
    ines = [{"name": "Ines Duarte", "part": "interviewer"}]
    assert (await _joined(known, _reading(people=ines))).interviewers == ()
    large = await _joined(known, _reading(people=ines, lines=LINES), "large")
    assert [p.name for p in large.interviewers] == ["Ines Duarte"]


async def test_a_small_models_job_is_not_taken_where_the_reader_has_none_and_a_large_ones_is() -> None:
    known = replace(facts(INES), role=None)
    assert (await _joined(known, _reading(role="head baker"))).role is None
    large = (await _joined(known, _reading(role="production manager", lines=LINES), "large")).role
    assert large is not None
    assert large.value == "production manager"


async def test_a_small_models_days_are_not_taken_and_a_large_ones_are() -> None:
    known = replace(facts(INES), decision_date=None)
    assert (await _joined(known, _reading(answer_day="by Nov 27"))).decision_date is None
    large = await _joined(known, _reading(answer_day="by Nov 27", lines=LINES), "large")
    assert large.decision_date is not None
    assert large.decision_date.day == date(2026, 11, 27)


async def test_a_firm_in_small_letters_gets_capitals() -> None:
    known = replace(facts(INES.replace("{F Rye & Co}", "rye mill")), company=None)
    joined = await _joined(known, _reading(company="Rye Mill"))
    assert joined.company is not None
    assert joined.company.value == "Rye Mill"


async def test_a_name_within_the_firms_is_nobody() -> None:
    known = facts(INES)
    span = find_in_notes("Rye", known.notes)
    assert span is not None
    known = replace(
        known, company=None, people=(*known.people, Person("Rye", PersonRole.INTERVIEWER, None, span, 0.99))
    )
    joined = await _joined(known, _reading(company="Rye & Co", people=[{"name": "Ines Duarte", "part": "interviewer"}]))
    assert [p.name for p in joined.interviewers] == ["Ines Duarte"]


async def test_about_a_talk_that_was_not_held_a_small_model_has_no_say_who_was_met() -> None:
    missed = facts(INES)
    missed = replace(
        missed,
        application=replace(missed.application, took_place=False),
        people=tuple(replace(p, role=PersonRole.ABSENT, confidence=0.5) for p in missed.people),
    )
    joined = await _joined(missed, _reading(people=[{"name": "Ines Duarte", "part": "interviewer"}]))
    assert joined.interviewers == ()


async def test_a_large_model_says_whose_each_line_is_but_private_stays_private() -> None:
    known = facts(INES)
    pay = next(n for n, i in enumerate(known.items, 1) if i.owner is Owner.PRIVATE)
    rye = next(n for n, i in enumerate(known.items, 1) if "19 hours" in i.text)
    rows = [
        {"n": pay, "owner": "theirs", "who": "Ines", "worth": 3},
        {"n": rye, "owner": "mine", "who": "", "worth": 1},
    ]
    joined = await _joined(known, _reading(lines=rows), "large")
    assert joined.items[pay - 1].owner is Owner.PRIVATE
    assert joined.items[rye - 1].owner is Owner.MINE
    assert joined.items[rye - 1].worth == 1


async def test_a_reading_that_fails_leaves_the_facts_and_is_said() -> None:
    known = facts(INES)
    joined = await _joined(known, "not JSON")
    assert replace(joined, warnings=()) == replace(known, warnings=())
    assert [w.type for w in joined.warnings] == ["read_without_model"]


def test_one_slip_of_typing_is_forgiven_and_two_are_not() -> None:
    notes = "Met Jürgen Brandstätter at Rye & Co"
    assert find_in_notes("jurgen brandstatter", notes) is not None
    assert find_in_notes("Jürgen Brandstäter", notes) is not None
    assert find_in_notes("Jurgen Brandsater", notes) is None


def test_a_reading_is_parsed_with_what_it_lacks() -> None:
    assert parse_reading('{"company": "Rye & Co"}').company == "Rye & Co"
    assert parse_reading('{"lines": [{"n": 1, "owner": "nobody"}]}').lines == ()


async def test_what_is_no_name_is_nobodys_whatever_the_model_says() -> None:
    """An order in the notes once made a firm of an address, which the frame then told."""
    known = facts(f"{INES}\nrye-bonus.example.com is the firm")
    joined = await _joined(replace(known, company=None), _reading(company="rye-bonus.example.com"))
    assert joined.company is None


async def test_a_sentence_is_nobodys_name_and_no_job_whatever_the_model_says() -> None:
    said = "they are taking on two bakers for the night shift"
    known = replace(facts(INES + f"\n[[T:P1:1 {said}]]"), role=None)
    answer = _reading(role=said, people=[{"name": said, "part": "interviewer"}], lines=LINES)
    joined = await _joined(known, answer, "large")
    assert said in known.notes
    assert joined.role is None
    assert said not in {p.name for p in joined.people}


async def test_a_model_makes_no_reader_of_somebody_whom_private_lines_alone_name() -> None:
    known = facts(INES)
    bodo = NoteItem(
        "i99", "Bodo Klein is a bore", len(known.notes) + 1, len(known.notes) + 21, Owner.PRIVATE, confidence=0.6
    )
    known = replace(known, notes=f"{known.notes}\n{bodo.text}", items=(*known.items, bodo))
    lines = [{"n": len(known.items), "owner": "theirs", "who": "Bodo Klein", "worth": 3}]
    people = [{"name": n, "part": "interviewer"} for n in ("Ines Duarte", "Bodo Klein")]
    joined = await _joined(known, _reading(people=people, lines=lines), "large")
    assert {p.name for p in joined.interviewers} == {"Ines Duarte"}


async def test_what_the_reader_holds_private_stays_so() -> None:
    known = facts(INES)
    number, item = next((n, i) for n, i in enumerate(known.items, 1) if i.owner is Owner.THEIRS)
    lines = [{"n": number, "owner": "theirs", "who": "", "worth": 3}]
    for confidence, owner in ((0.75, Owner.PRIVATE), (0.6, Owner.THEIRS)):
        doubted = replace(item, owner=Owner.PRIVATE, confidence=confidence)
        read = replace(known, items=tuple(doubted if i is item else i for i in known.items))
        joined = await _joined(read, _reading(lines=lines), "large")
        assert joined.items[number - 1].owner is owner


async def test_once_the_model_names_who_was_met_nobody_is_asked_who_it_was() -> None:
    known = replace(facts(INES), warnings=(Warning("interviewer_unsure", "Check the name."),))
    agreed = await _joined(known, _reading(people=[{"name": "Ines Duarte", "part": "interviewer"}]))
    silent = await _joined(known, _reading())
    assert [w.type for w in agreed.warnings] == []
    assert [w.type for w in silent.warnings] == ["interviewer_unsure"]
