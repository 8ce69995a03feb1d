"""The posted form is read as what the candidate states: changed values win, untouched ones stay the notes' own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from starlette.datastructures import FormData

from service.drafting.send_window import SendRules
from service.errors import RequestError
from service.types import MessageKind, Owner, Recipient
from service.web.form import read_form, shown_people
from service.web.understanding import understand
from tests.reading_shipped import shipped

NOTES = """Interview 10am, Halden Bakery, night baker. Met Ines Duarte (head baker).
- Ines: they proof the rye for 19 hours
- salary was 2,400
"""
NOW = "2026-11-17T18:00:00+00:00"


def posted(*pairs: tuple[str, str]) -> FormData:
    return FormData([("notes", NOTES), ("now", NOW), *pairs])


def person(name: str, title: str, shown: str, was: str = "Ines Duarte") -> list[tuple[str, str]]:
    return [("person_name", name), ("person_title", title), ("person_was", was), ("person_shown", shown)]


def item(
    text: str, owner: str, was: str, *, start: int = 0, fixed: bool = False, speaker: str = ""
) -> list[tuple[str, str]]:
    return [("item", json.dumps([start, text, was, fixed, speaker])), ("item_owner", owner)]


def test_an_untouched_fact_is_not_stated() -> None:
    form = read_form(posted(("company", "Halden Bakery"), ("company_was", "Halden Bakery")))
    assert form.given().interview.company is None


def test_a_changed_fact_wins_and_stays_through_the_next_post() -> None:
    changed = read_form(posted(("company", "Halden & Sons"), ("company_was", "Halden Bakery")))
    again = read_form(posted(("company", "Halden & Sons"), ("company_was", "Halden & Sons"), ("kept", "company")))
    assert changed.given().interview.company == again.given().interview.company == "Halden & Sons"


def test_a_cleared_fact_is_read_from_the_notes_again() -> None:
    form = read_form(posted(("company", ""), ("company_was", "Halden & Sons"), ("kept", "company")))
    assert form.given().interview.company is None


def test_a_typed_time_keeps_the_day_beside_it() -> None:
    pairs = [("interview_day", "2026-11-17"), ("interview_day_was", "2026-11-17"), ("interview_time", "09:30")]
    assert read_form(posted(*pairs)).given().interview.at == datetime(2026, 11, 17, 9, 30, tzinfo=UTC)


def test_a_typed_decision_date_is_a_day() -> None:
    assert read_form(posted(("decision_date", "2026-11-27"))).given().interview.decision_date == date(2026, 11, 27)


def test_untouched_people_are_not_stated() -> None:
    row = person("Ines Duarte", "head baker", "1|Ines Duarte|head baker")
    assert read_form(posted(*row, ("person_to", "0"))).given().recipients == ()


def test_a_renamed_person_is_the_recipient_and_keeps_what_they_said() -> None:
    row = person("Inês Duarte", "head baker", "1|Ines Duarte|head baker")
    said = item("they proof the rye for 19 hours", "theirs", "theirs", speaker="Ines Duarte")
    given = read_form(posted(*row, ("person_to", "0"), *said)).given()
    assert given.recipients == (Recipient("Inês Duarte", "head baker"),)
    assert given.corrections[0].speaker == "Inês Duarte"


def test_somebody_unticked_gets_no_message() -> None:
    rows = person("Ines Duarte", "", "1|Ines Duarte|") + person("Ole Berg", "", "1|Ole Berg|", "Ole Berg")
    assert read_form(posted(*rows, ("person_to", "1"))).given().recipients == (Recipient("Ole Berg"),)


def test_a_person_read_later_joins_a_list_that_was_changed() -> None:
    form = read_form(posted(*person("Ole Berg", "", "", "Ole Berg"), ("kept", "people"), ("person_to", "0")))
    facts = understand(form, shipped(), SendRules()).facts
    assert facts is not None
    assert [p.name for p in shown_people(form, facts)] == ["Ole Berg", "Ines Duarte"]


def test_a_corrected_owner_is_kept_where_its_text_moved_to() -> None:
    text = "they proof the rye for 19 hours"
    form = read_form(posted(*item(text, "private", "theirs", start=3)))
    correction = form.corrections[0]
    assert NOTES[correction.start : correction.end] == text
    assert correction.owner is Owner.PRIVATE


def test_a_correction_is_dropped_with_its_text() -> None:
    assert read_form(posted(*item("they bake in Oslo", "private", "theirs"))).corrections == ()


def test_posted_line_breaks_count_once() -> None:
    form = read_form(FormData([("notes", "one\r\ntwo\rthree")]))
    assert form.notes == "one\ntwo\nthree"


def test_answers_to_the_questions_become_notes() -> None:
    form = read_form(FormData([("notes", ""), ("reflect_talked", "the rye"), ("reflect_next", "they call on Friday")]))
    assert form.notes == "We talked about:\nthe rye\n\nNext steps:\nthey call on Friday"


def test_kinds_and_limit_are_read() -> None:
    form = read_form(posted(("kinds", "linkedin"), ("kinds", "check_in"), ("linkedin_limit", "300")))
    assert (form.kinds, form.linkedin_limit) == ((MessageKind.LINKEDIN, MessageKind.CHECK_IN), 300)


@pytest.mark.parametrize("pair", [("kinds", "poem"), ("tone", "pirate"), ("length", "epic")])
def test_a_value_that_the_page_does_not_offer_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(RequestError, match="is not one of"):
        read_form(posted(pair))


@pytest.mark.parametrize("pair", [("decision_date", "soon"), ("interview_day", "2026-13-01")])
def test_a_date_that_is_none_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(RequestError, match="day, a month and a year"):
        read_form(posted(pair)).given()
