"""Who said what is offered by name, and what the candidate chooses is what the messages rest on."""

from __future__ import annotations

import json

import pytest

from service.errors import RequestError
from service.types import ItemCorrection, NoteItem, Owner
from service.web.corrections import item_mark, owner_choices, read_corrections

TEXT = "they proof the rye for 19 hours"
PEOPLE = ("Ines Duarte", "Ole Berg")


def said(speaker: str | None, owner: Owner = Owner.THEIRS) -> NoteItem:
    return NoteItem("i1", TEXT, 0, len(TEXT), owner, speaker)


def corrected(item: NoteItem, chosen: str, **renamed: str) -> tuple[ItemCorrection, ...]:
    return read_corrections([item_mark(item, TEXT)], [chosen], TEXT, renamed)


def test_everybody_who_was_met_may_have_said_it() -> None:
    assert [c.words for c in owner_choices(said("Ines Duarte"), PEOPLE)][:2] == ["Ines said", "Ole said"]


def test_who_said_it_is_chosen_and_nobody_else() -> None:
    assert [c.words for c in owner_choices(said("Ole Berg"), PEOPLE) if c.chosen] == ["Ole said"]
    assert [c.words for c in owner_choices(said(None), PEOPLE) if c.chosen] == ["They said"]
    assert [c.words for c in owner_choices(said(None, Owner.PRIVATE), PEOPLE) if c.chosen] == ["Keep out"]


def test_a_speaker_who_is_not_in_the_list_is_still_offered() -> None:
    assert [c.words for c in owner_choices(said("Kaia Moe"), PEOPLE) if c.chosen] == ["Kaia said"]


def test_people_of_one_first_name_are_told_apart() -> None:
    words = [c.words for c in owner_choices(said(None), ("Ines Duarte", "Ines Moe", "Mr Berg"))]
    assert words[:3] == ["Ines Duarte said", "Ines Moe said", "Mr Berg said"]


def test_another_speaker_is_a_correction() -> None:
    assert corrected(said("Ines Duarte"), "theirs|Ole Berg") == (
        ItemCorrection(0, len(TEXT), Owner.THEIRS, "Ole Berg"),
    )


def test_the_choice_that_was_shown_is_no_correction() -> None:
    assert corrected(said("Ines Duarte"), "theirs|Ines Duarte") == ()
    assert corrected(said("Ines Duarte", Owner.CLARIFY), "to_clarify") == ()


def test_a_speaker_chosen_by_hand_is_renamed_with_the_person() -> None:
    item = said("Ines Duarte")
    found = read_corrections([item_mark(item, TEXT)], ["theirs|Ole Berg"], TEXT, {"Ole Berg": "Ole Bergh"})
    assert found[0].speaker == "Ole Bergh"


@pytest.mark.parametrize("chosen", ["", "|", "nobody", "nobody|Ole Berg"])
def test_an_owner_that_the_page_does_not_offer_is_refused(chosen: str) -> None:
    with pytest.raises(RequestError, match="is not one of"):
        corrected(said("Ines Duarte"), chosen)


@pytest.mark.parametrize("mark", ["", "[1]", "{}", '["x", "y", "z", 0, ""]', "[null, null, null, null, null]"])
def test_a_damaged_item_is_refused_with_what_to_do(mark: str) -> None:
    with pytest.raises(RequestError, match="Reload the page"):
        read_corrections([mark], ["theirs"], TEXT, {})


def test_a_mark_survives_every_character() -> None:
    words = 'rye "and" |\u202e 🥐'
    item = NoteItem("i1", words, 0, len(words), Owner.MINE)
    assert json.loads(item_mark(item, words))[1] == words


def test_a_correction_of_what_stands_on_two_lines_is_found_in_the_notes() -> None:
    """It is shown in one line, and was once looked for, in vain, as it is shown."""
    notes = "they proof the rye\nfor 19 hours"
    item = NoteItem("i1", notes.replace("\n", " "), 0, len(notes), Owner.THEIRS)
    found = read_corrections([item_mark(item, notes)], ["private"], notes, {})
    assert found == (ItemCorrection(0, len(notes), Owner.PRIVATE),)
