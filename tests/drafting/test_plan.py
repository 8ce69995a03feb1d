"""Which item goes to whom: the same facts give the same plan, nothing private, and no two readers the same (G28, G30, G38)."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.drafting.outline import Outline, SlotPurpose
from service.drafting.plan import plan_messages, recipients_of
from service.notes.read import read_notes
from service.types import DraftRequest, Given, Length, MessageKind, Owner, Recipient, Tone

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")
KINDS = tuple(MessageKind)
PANEL = """My name is Kit Sorensen. Panel at Ferrow Pots for the glazer job: Omar Aziz (workshop manager), Lena Holt (kiln lead)
- Omar fires 900 pots a week
- Lena runs the night shift with 4 people
- Lena asked about glaze chemistry, I blanked, should have mentioned the raku course
- loved that every pot is glazed by hand
- I told them I cut breakage from 9% to 4%
- I showed my portfolio of 12 murals
- they open a second shop in Harrow
- salary is low, other offer from Nordlys
- decision by Nov 27"""


def plan(notes: str = PANEL, **more: object) -> tuple[Outline, ...]:
    request = DraftRequest(notes, NOW, **({"kinds": KINDS} | more))  # type: ignore[arg-type]
    return plan_messages(read_notes(notes, now=NOW, given=request.given), request)


def of_kind(outlines: tuple[Outline, ...], kind: MessageKind) -> list[Outline]:
    return [o for o in outlines if o.kind is kind]


LINES = st.lists(st.sampled_from(PANEL.splitlines()[1:]), unique=True, min_size=1)


@given(LINES)
@settings(max_examples=25, deadline=None)
def test_whatever_the_notes_hold_the_plan_is_the_same_and_deals_each_item_once(lines: list[str]) -> None:
    notes = "\n".join([PANEL.splitlines()[0], *lines])
    outlines = plan(notes)
    assert outlines == plan(notes)
    private = {i.id for i in read_notes(notes, now=NOW).items if i.owner is Owner.PRIVATE}
    for kind in KINDS:
        ids = [i.id for o in of_kind(outlines, kind) for i in o.items]
        assert len(ids) == len(set(ids))
        assert not private & set(ids)


def test_every_kind_has_one_outline_for_each_interviewer_in_the_order_asked() -> None:
    outlines = plan(kinds=(MessageKind.LINKEDIN, MessageKind.THANK_YOU))
    assert [(o.kind, o.recipient.name) for o in outlines] == [
        (MessageKind.LINKEDIN, "Omar Aziz"),
        (MessageKind.LINKEDIN, "Lena Holt"),
        (MessageKind.THANK_YOU, "Omar Aziz"),
        (MessageKind.THANK_YOU, "Lena Holt"),
    ]


def test_a_kind_asked_for_twice_is_planned_once() -> None:
    assert len(plan(kinds=(MessageKind.THANK_YOU, MessageKind.THANK_YOU))) == 2


def test_the_clarification_goes_to_the_one_who_asked() -> None:
    asked = {
        o.recipient.name: [s for s in o.slots if s.purpose is SlotPurpose.CLARIFICATION]
        for o in plan(kinds=(MessageKind.THANK_YOU,))
    }
    assert [len(asked["Omar Aziz"]), len(asked["Lena Holt"])] == [0, 1]
    assert "raku course" in asked["Lena Holt"][0].fallback
    assert "blanked" not in asked["Lena Holt"][0].fallback


def test_at_most_one_clarification_stands_in_a_message() -> None:
    notes = "Met Omar Aziz at Ferrow Pots.\n- asked about kilns, I rambled, should have mentioned the firing log\n- blanked on chemistry, should have mentioned the raku course"
    (outline,) = plan(notes, kinds=(MessageKind.THANK_YOU,))
    assert sum(s.purpose is SlotPurpose.CLARIFICATION for s in outline.slots) == 1


@pytest.mark.parametrize("kind", [MessageKind.CHECK_IN, MessageKind.LINKEDIN])
def test_a_clarification_stands_in_thank_yous_only(kind: MessageKind) -> None:
    assert all(i.owner is not Owner.CLARIFY for o in plan(kinds=(kind,)) for i in o.items)


def test_what_one_of_the_panel_was_told_goes_to_nobody_else() -> None:
    notes = PANEL.replace("- I told them I cut", "- I told Lena I cut")
    omar, lena = of_kind(plan(notes), MessageKind.THANK_YOU)
    assert not any("breakage" in i.text for i in omar.items)
    assert any("breakage" in i.text for i in lena.items)


def test_a_check_in_mentions_the_surest_topic_not_a_trouble() -> None:
    notes = """Met Omar Aziz at Ferrow Pots.
- Omar said the old kiln leaks and two glazers left
- Omar fires 900 pots a week
- Omar asked how I stack"""
    [check_in] = of_kind(plan(notes), MessageKind.CHECK_IN)
    assert [i.text for i in check_in.items] == ["Omar fires 900 pots a week"]


def test_a_thank_you_greets_thanks_and_signs() -> None:
    for outline in plan(kinds=(MessageKind.THANK_YOU,)):
        purposes = [s.purpose for s in outline.slots]
        assert purposes[:2] == [SlotPurpose.GREETING, SlotPurpose.THANKS]
        assert purposes[-1] is SlotPurpose.SIGNATURE
        assert SlotPurpose.ENTHUSIASM in purposes
        assert outline.recipient.first_name in outline.slots[0].fixed


def test_a_check_in_asks() -> None:
    for outline in plan(kinds=(MessageKind.CHECK_IN,)):
        assert SlotPurpose.ASK in [s.purpose for s in outline.slots]


def test_a_short_thank_you_has_fewer_topics() -> None:
    (standard, _), (short, _) = (
        plan(kinds=(MessageKind.THANK_YOU,)),
        plan(kinds=(MessageKind.THANK_YOU,), length=Length.SHORT),
    )
    assert 0 < len(short.items) < len(standard.items)


@pytest.mark.parametrize("kind", [MessageKind.THANK_YOU, MessageKind.CHECK_IN])
@pytest.mark.parametrize("tone", list(Tone))
def test_subjects_keep_their_limit_and_linkedin_has_none(kind: MessageKind, tone: Tone) -> None:
    for outline in plan(kinds=(kind,), tone=tone):
        assert outline.subject
        assert len(outline.subject) <= 50
    assert all(o.subject is None for o in plan(kinds=(MessageKind.LINKEDIN,), tone=tone))


NAME = st.lists(
    st.sampled_from(
        ["Ngọc", "Maximiliane", "Wolfeschlegelstein", "Ó", "Anne-Marie", "de", "Łukasz", "Abernathy-Featherstonehaugh"]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(NAME, NAME, st.sampled_from([200, 300]))
@settings(max_examples=20, deadline=None)
def test_a_linkedin_note_fits_its_limit_for_any_names(reader: str, candidate: str, limit: int) -> None:
    stated = Given(candidate=candidate, recipients=(Recipient(reader),))
    (outline,) = plan(kinds=(MessageKind.LINKEDIN,), given=stated, linkedin_limit=limit)
    said = " ".join(s.fixed or s.fallback for s in outline.slots)
    assert len(said.encode("utf-16-le")) // 2 <= limit


def test_stated_recipients_are_the_readers_with_the_title_from_the_notes() -> None:
    request = DraftRequest(PANEL, NOW, KINDS, Given(recipients=(Recipient("Lena Holt"),)))
    assert recipients_of(read_notes(PANEL, now=NOW, given=request.given), request) == (
        Recipient("Lena Holt", "kiln lead"),
    )


def test_with_nobody_named_one_message_greets_nobody() -> None:
    (outline,) = plan(
        "Good interview at Ferrow Pots for the glazer job. They fire 900 pots a week.", kinds=(MessageKind.THANK_YOU,)
    )
    assert outline.recipient.name is None
    assert "None" not in " ".join(s.fixed for s in outline.slots)


@pytest.mark.parametrize("kind", KINDS)
def test_notes_with_nothing_in_them_still_plan_a_message_of_fixed_sentences(kind: MessageKind) -> None:
    (outline,) = plan("it went ok", kinds=(kind,))
    assert outline.items == ()
    assert outline.slots
    assert all(s.fixed for s in outline.slots)


def test_an_outline_has_no_blank_left_to_fill() -> None:
    for outline in plan():
        for text in (outline.subject or "", *(s.fixed for s in outline.slots), *(s.fallback for s in outline.slots)):
            assert not set("{}[]") & set(text)
