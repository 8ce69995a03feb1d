"""The plan: which lines a message's writer may see, and which are whose to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.drafting.frame import Wordings, build_frame
from service.drafting.large import prompt_values
from service.drafting.plan import plan_messages
from service.types import Fact, MessageKind, Occasion, Owner, Recipient, Tone
from tests.drafting.labelled import INES, PANEL, facts, record, request


def test_a_writer_never_sees_what_is_private() -> None:
    known = facts(INES)
    outline = plan_messages(known, request(known.notes)).outlines[0]
    shown = " ".join(line.item.text for line in outline.lines)
    assert "45k" not in shown
    assert "tired" not in shown
    assert "rye for 19 hours" in shown


def test_a_writer_never_sees_what_another_reader_said() -> None:
    known = facts(PANEL)
    for outline in plan_messages(known, request(known.notes)).outlines:
        other = "Tomas Brandt" if outline.recipient.name == "Ines Duarte" else "Ines Duarte"
        assert all(line.item.speaker != other for line in outline.lines)


def test_what_the_candidate_has_done_may_stand_in_every_letter_but_is_a_point_of_one() -> None:
    known = facts(PANEL.replace("[[M:-:2", "[[M:P1:2"))
    mine = [item.id for item in known.items if item.owner is Owner.MINE]
    shown = [
        [(line.item.id, line.is_point) for line in outline.lines if line.item.id in mine]
        for outline in plan_messages(known, request(known.notes)).outlines
    ]
    assert mine
    assert all([item for item, _ in lines] == mine for lines in shown)
    assert all(sum((item, True) in lines for lines in shown) <= 1 for item in mine)


def test_an_answer_is_a_point_of_whoever_asked() -> None:
    asked_by_tomas = PANEL.replace("2030]]\n", "2030]]\n- [[M:-:2 moved two ovens to gas in a night]]\n")
    known = facts(asked_by_tomas)
    outlines = plan_messages(known, request(known.notes)).outlines
    points = {outline.recipient.name: " ".join(p.text for p in outline.points) for outline in outlines}
    assert "two ovens" in points["Tomas Brandt"]
    assert "two ovens" not in points["Ines Duarte"]


def test_no_item_is_a_point_of_two_readers() -> None:
    known = facts(PANEL)
    outlines = plan_messages(known, request(known.notes)).outlines
    told = [point.id for outline in outlines for point in outline.points]
    assert len(told) == len(set(told)) == 4


def test_whoever_only_arranged_it_gets_no_message() -> None:
    known = facts(PANEL)
    assert {o.recipient.name for o in plan_messages(known, request(known.notes)).outlines} == {
        "Ines Duarte",
        "Tomas Brandt",
    }


def test_points_stand_by_worth() -> None:
    known = facts(INES)
    points = plan_messages(known, request(known.notes)).outlines[0].points
    assert [p.worth for p in points] == sorted((p.worth for p in points), reverse=True)
    assert {p.owner for p in points} == {Owner.THEIRS, Owner.MINE, Owner.CLARIFY}


def test_a_question_or_bad_news_is_background_and_no_point() -> None:
    known = facts(
        "P1: Ines Duarte | interviewed | -\n---\n[[L {P1 Ines Duarte}, {I on Tuesday}]]\n[[T:P1:0 three bakers left this year]]\n"
    )
    outline = plan_messages(known, request(known.notes)).outlines[0]
    assert not outline.points
    assert any("three bakers" in line.item.text and not line.is_point for line in outline.lines)


def test_small_talk_is_shown_apart_and_is_no_point() -> None:
    known = facts(INES + "[[S her dog slept under the table]] [[X:opinion smelly dog]]\n")
    outline = plan_messages(known, request(known.notes)).outlines[0]
    values = prompt_values(outline, known)
    assert [line["text"] for line in values["small_talk"]] == ["her dog slept under the table"]
    assert not any("dog" in line["text"] for line in values["lines"])
    assert not any("dog" in point.text for point in outline.points)


def test_a_talk_that_did_not_take_place_is_not_thanked_for() -> None:
    marked = "P1: Dana Whitlock | absent | recruiter\n---\n[[L {P1 Dana Whitlock}, {t1 recruiter} at {F Farrow Freight}, call {I today} about {J depot manager}]]. [[L {noshow she never rang}]]\n"
    known = facts(marked, took_place="no")
    plan = plan_messages(known, request(known.notes, *MessageKind))
    assert [(o.kind, o.occasion) for o in plan.outlines] == [(MessageKind.THANK_YOU, Occasion.REBOOK)]
    assert {w.type for _, w in plan.warnings} == {"rebook", "not_held"}
    assert "thank" not in plan.outlines[0].frame.thanks.lower()


def test_a_talk_still_to_come_is_written_nothing_for() -> None:
    marked = "P1: Dana Whitlock | interviewed | -\n---\n[[L {P1 Dana Whitlock} at {F Farrow Freight}, {cancelled moved to} {I next Tuesday}]]\n"
    known = facts(marked, took_place="no", interview="2026-11-24")
    plan = plan_messages(known, request(known.notes, *MessageKind))
    assert not plan.outlines
    assert {w.type for _, w in plan.warnings} == {"still_to_come"}


def _after(state: str, words: str) -> dict[MessageKind, Occasion]:
    marked = INES + f"[[N Nov 12: {{{state} {words}}}]]\n"
    known = facts(marked, state=state, interview="2026-11-03", decision="2026-11-27")
    plan = plan_messages(known, request(known.notes, MessageKind.THANK_YOU, MessageKind.CHECK_IN))
    return {o.kind: o.occasion for o in plan.outlines}


def test_nothing_is_checked_in_about_once_they_have_answered() -> None:
    assert _after("rejected", "they went with somebody else") == {MessageKind.THANK_YOU: Occasion.AFTER_REJECTION}
    assert _after("offer", "they offered me the job") == {MessageKind.THANK_YOU: Occasion.AFTER_OFFER}
    assert _after("withdrawn", "I withdrew") == {MessageKind.THANK_YOU: Occasion.AFTER_WITHDRAWAL}


def test_a_next_round_is_thanked_for_where_a_check_in_was_asked() -> None:
    assert _after("answered", "second round is the 24th") == {
        MessageKind.THANK_YOU: Occasion.TALK,
        MessageKind.CHECK_IN: Occasion.AFTER_ANSWER,
    }


def test_a_day_that_has_passed_is_not_looked_forward_to() -> None:
    known = facts(INES, interview="2026-11-03", decision="2026-11-10")
    late = request(known.notes, now="2026-11-20T10:00:00+01:00")
    assert "10" not in plan_messages(known, late).outlines[0].frame.interest


def test_a_labelled_set_gives_the_facts_it_states() -> None:
    stated = record(INES, decision="2026-11-27")
    known = facts(INES, decision="2026-11-27")
    assert known.company is not None
    assert known.company.value == "Rye & Co"
    assert known.decision_date is not None
    assert str(known.decision_date.day) == stated["decision"]
    assert "decision_date" not in known.missing


@pytest.mark.parametrize(
    ("called", "name", "greeting"),
    [
        ("Mr. Duarte, the head baker", "Ines Duarte", "Dear Mr Duarte,"),
        ("dr ines duarte (head baker)", "Ines Duarte", "Dear Dr Duarte,"),
        ("mrs ines (head baker)", "Ines Duarte", "Dear Mrs Ines,"),
        ("Ines mam", "Ines", "Dear Ines mam,"),
        ("Ines Duarte. Mr Brandt", "Ines Duarte", "Dear Ines,"),
        ("Sister Ines", "Ines", "Dear Sister Ines,"),
        ("Dame Ines Duarte", "Ines Duarte", "Dear Dame Ines,"),
        ("Ines maam", "Ines", "Dear Ines maam,"),
        ("Mrs (Ines) Duarte", "Ines Duarte", "Dear Ines,"),
        ("the head baker, a lady ines duarte", "Ines Duarte", "Dear Ines,"),
        ("INES DUARTE: Mr Ortiz, welcome.", "Ines Duarte", "Dear Ines,"),
    ],
)
def test_the_reader_is_greeted_with_the_title_that_the_notes_give_them(called: str, name: str, greeting: str) -> None:
    known = facts(INES)
    words = Wordings(replace(known, notes=f"Met {called} on Tuesday."), Recipient(name), Tone.WARM, date(2026, 11, 17))
    assert build_frame(MessageKind.THANK_YOU, Occasion.TALK, words).greeting == greeting


@pytest.mark.parametrize(
    ("firm", "job", "said"),
    [
        ("BELLTIDE SPECIALTY", "CYCLE COUNTER", "about the cycle counter role at Belltide Specialty"),
        ("O'HARE-VOSS LIFTING", "RIGGER", "about the rigger role at O'Hare-Voss Lifting"),
        ("BBC WALES", "HR MANAGER", "about the HR manager role at BBC Wales"),
        ("IKEA", "Deputy Harbour Master", "about the Deputy Harbour Master role at IKEA"),
        ("BLUEGUM", "SRE", "about the SRE role at BLUEGUM"),
    ],
)
def test_what_the_notes_shout_a_letter_says(firm: str, job: str, said: str) -> None:
    shouted = replace(facts(INES), company=Fact(firm), role=Fact(job))
    assert said in Wordings(shouted, Recipient("Ines Duarte"), Tone.WARM, date(2026, 11, 18)).values["role_at"]
