"""The scorecard says how good a follow-up is, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.drafting.checks import check_message
from service.rubric import CheckContext, has_thanks, score_message
from service.types import Fact, Facts, MessageKind, PersonRole, Recipient, Score, Scorecard, Wording
from tests.drafting.checks.letters import Letter, good_letter, make_facts

GENERIC = """Hi Priya,

Thank you for taking the time to speak with me about the Senior Platform Engineer role at Meridian Freight. I enjoyed
our conversation and learning more about the team, the company and its culture.

I believe that I could contribute from the first day, and I was impressed by the values of the company and by how people
work together. I am excited about the position and about everything that I could learn from such a strong team.

Please let me know if there is anything else that you need. I look forward to the next steps.

Best regards,
Sam Okafor"""


def _card(letter: Letter, body: str | None = None) -> Scorecard:
    wording = letter.wording if body is None else replace(letter.wording, body=body)
    return score_message(wording, letter.context, check_message(wording, letter.context))


def _score(card: Scorecard, name: str) -> Score:
    return next(c for c in card.criteria if c.name == name)


def _number(card: Scorecard, name: str) -> float:
    value = _score(card, name).score
    assert value is not None
    return value


@pytest.mark.parametrize("times", [1, 2])
def test_generic_text_is_not_specific_however_long(times: int) -> None:
    letter = good_letter("platform-0-thank_you")
    body = GENERIC.replace(
        "I look forward", "I was impressed by the values of the company. " * (times - 1) + "I look forward"
    )
    assert _number(_card(letter, body), "specificity") <= 0.1


def test_generic_text_scores_lower_overall_than_the_letter_from_the_notes() -> None:
    letter = good_letter("platform-0-thank_you")
    assert _card(letter, GENERIC).overall < _card(letter).overall - 0.2


def test_the_reason_names_what_was_taken_up_in_the_words_of_the_message() -> None:
    reason = _score(_card(good_letter("platform-0-thank_you")), "specificity").reason
    assert "from the conversation are mentioned" in reason
    assert "rambled" not in reason


def test_one_telling_word_or_number_is_enough_for_a_short_note() -> None:
    facts = make_facts(
        [
            ("theirs", "she let me hold an old barometer and said a third has no photo", "June"),
            ("theirs", "14,000 objects"),
        ]
    )
    context = CheckContext(MessageKind.LINKEDIN, facts, Recipient("June"))
    for said in ("holding the barometer", "the 14,000 objects"):
        card = score_message(Wording(None, f"Hi June, thank you. I enjoyed {said}."), context, ())
        assert "from the conversation is mentioned" in _score(card, "specificity").reason


def test_interest_in_something_said_is_no_interest_in_the_post() -> None:
    letter = good_letter("platform-0-thank_you")
    said = "Hi Priya,\n\nThank you for Tuesday. I liked what you said about billing, and it has stayed with me."
    assert not _score(_card(letter, said), "enthusiasm").passed
    assert _score(_card(letter, f"{said} I liked the role."), "enthusiasm").passed


@pytest.mark.parametrize(
    "said",
    [
        "I would be honoured to join Meridian Freight.",
        "I would still very much like to be part of it.",
        "The role interests me.",
    ],
)
def test_interest_in_the_post_is_heard_in_other_words(said: str) -> None:
    letter = good_letter("platform-0-thank_you")
    assert _score(_card(letter, f"Hi Priya,\n\nThank you for Tuesday. {said}"), "enthusiasm").passed


PANEL = make_facts(
    [
        ("theirs", "maths is taught at mixed tables", "Mark Tully"),
        ("to_clarify", "the quiet-corner card for any child"),
    ],
    people=[{"name": n, "role": "interviewer"} for n in ("Hope Adeleke", "Mark Tully")],
)
TO_MARK = "Hi Mark,\n\nThank you for Monday. I liked the mixed tables."


@pytest.mark.parametrize(("elsewhere", "scored"), [(None, []), (True, []), (False, [0.0])])
def test_a_point_that_another_of_the_panel_is_told_is_not_missed_here(
    elsewhere: bool | None, scored: list[float]
) -> None:
    context = CheckContext(MessageKind.THANK_YOU, PANEL, Recipient("Mark Tully"), clarified_elsewhere=elsewhere)
    card = score_message(Wording("Hello", TO_MARK), context, ())
    assert [c.score for c in card.criteria if c.name == "clarification"] == scored


def test_a_point_is_missed_where_there_is_one_reader_or_this_one_asked() -> None:
    asked = replace(PANEL, items=(PANEL.items[0], replace(PANEL.items[1], speaker="Mark Tully")))
    for facts in (replace(PANEL, people=PANEL.people[1:]), asked):
        context = CheckContext(MessageKind.THANK_YOU, facts, Recipient("Mark Tully"))
        assert _score(score_message(Wording("Hello", TO_MARK), context, ()), "clarification").score == 0.0


def test_thin_notes_ask_for_no_more_than_they_hold() -> None:
    assert _score(_card(good_letter("nobody-0-thank_you")), "specificity").passed


def test_thin_notes_are_not_asked_for_anything_specific() -> None:
    context = CheckContext(MessageKind.THANK_YOU, Facts("", "en", ()), Recipient(None))
    card = score_message(Wording("Hello", "Hello,\n\nI enjoyed our talk about the role."), context, ())
    assert "specificity" not in {c.name for c in card.criteria}


def test_a_fact_taken_out_lowers_specificity() -> None:
    letter = good_letter("warehouse-1-check_in")
    body = letter.wording.body.replace("voice picking and your aim to bring errors under 0.5 by spring", "the work")
    assert _number(_card(letter, body), "specificity") < _number(_card(letter), "specificity")


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("Thank you for taking the time to talk", "I am glad that we talked", 0.0),
        ("Thank you for taking the time to talk on Tuesday about the Senior Platform Engineer role.", "Thanks!", 0.5),
        ("Thank you", "Thank you", 1.0),
    ],
)
def test_gratitude_is_full_only_when_it_says_what_for(was: str, now: str, expected: float) -> None:
    letter = good_letter("platform-0-thank_you")
    assert _number(_card(letter, letter.wording.body.replace(was, now)), "gratitude") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much!",
        "thx for the talk",
        "I am much obliged.",
        "I appreciate your time.",
        "tysm, this helped",
        "I’m indebted to you.",
    ],
)
def test_thanks_are_recognised_in_many_forms(text: str) -> None:
    assert has_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "No thanks.",
        "no, thank you",
        "Thanks to the rain the match was off.",
        "I don't appreciate this.",
        "Gee, thanks.",
        "Thanks for nothing.",
    ],
)
def test_what_only_looks_like_thanks_is_not(text: str) -> None:
    assert not has_thanks(text)


def test_brevity_falls_on_both_sides_of_the_range() -> None:
    letter = good_letter("platform-0-thank_you")
    long = letter.wording.body.replace("I am keen", "I am glad about the work and the people. " * 6 + "I am keen")
    short = "Hi Priya,\n\nThank you for your time on Tuesday.\n\nBest regards,\nSam"
    assert _number(_card(letter), "brevity") == 1.0
    assert _number(_card(letter, long), "brevity") < 1.0
    assert _number(_card(letter, short), "brevity") < 0.5


def test_a_linkedin_note_over_its_limit_has_no_brevity() -> None:
    letter = good_letter("platform-2-linkedin")
    assert _number(_card(letter, letter.wording.body + " So much more to say."), "brevity") == 0.0
    longer = replace(letter, context=replace(letter.context, char_limit=300))
    assert _number(_card(longer, letter.wording.body + " So much more to say."), "brevity") == 1.0


def test_a_letter_without_interest_lacks_enthusiasm() -> None:
    letter = good_letter("bakery-0-thank_you")
    body = letter.wording.body.replace("I look forward to the trial shift", "The trial shift is")
    assert _number(_card(letter, body), "enthusiasm") < _number(_card(letter), "enthusiasm")
    denied = letter.wording.body.replace("I look forward to", "I am not interested in")
    assert not _score(_card(letter, denied), "enthusiasm").passed


def test_a_stock_phrase_costs_professionalism() -> None:
    letter = good_letter("platform-0-thank_you")
    body = letter.wording.body.replace("Thank you for taking", "I hope this email finds you well. Thank you for taking")
    assert _number(_card(letter, body), "professionalism") == 0.8


def test_an_invented_fact_fails_grounding() -> None:
    letter = good_letter("platform-0-thank_you")
    body = letter.wording.body.replace("3 of 11", "4 of 11")
    assert not _score(_card(letter, body), "grounding").passed


def test_a_missing_clarification_is_said_only_where_the_notes_want_one() -> None:
    letter = good_letter("platform-0-thank_you")
    body = letter.wording.body.replace("To add to my k8s answer: I ran three clusters at Bluebird for two years.", "")
    assert _number(_card(letter, body), "clarification") == 0.0
    assert all(c.name != "clarification" for c in _card(good_letter("warehouse-0-thank_you")).criteria)


@pytest.mark.parametrize(
    "pressing", ["I need your answer.", "I still have not heard from you.", "Please reply by Friday."]
)
def test_a_check_in_that_presses_fails_persistence(pressing: str) -> None:
    letter = good_letter("platform-1-check_in")
    body = letter.wording.body.replace("Is there any news", f"{pressing} Is there any news")
    assert not _score(_card(letter, body), "persistence").passed


def test_a_note_that_does_not_say_which_conversation_fails_the_reminder() -> None:
    letter = good_letter("platform-2-linkedin")
    assert not _score(_card(letter, "Hi Priya, thanks. I'd be glad to stay in touch. Sam"), "reminder").passed


def test_criteria_that_do_not_apply_are_left_out() -> None:
    names = {c.name for c in _card(good_letter("platform-2-linkedin")).criteria}
    assert names == {"specificity", "greeting", "brevity", "professionalism", "reminder", "grounding"}


def test_every_score_has_a_rule_and_a_reason() -> None:
    facts = make_facts([("theirs", "the kiln runs at night")])
    facts = replace(facts, company=Fact("Ember Pottery"))
    for kind in MessageKind:
        context = CheckContext(kind, facts, Recipient("Ida Moss"))
        card = score_message(Wording("Thanks", "Hi Ida, thank you for the kiln talk."), context, ())
        assert all(c.rule.startswith("G") and c.reason for c in card.criteria)
        assert 0 <= card.overall <= 1


@pytest.mark.parametrize(
    ("body", "passed"),
    [
        ("Thank you for your time.\n\nKind regards,\nSam Okafor", True),
        ("Thank you for your time.\n\nSam", True),
        ("Thank you for your time.\n\nKind regards,", False),
        ("Thank you for your time.", False),
    ],
)
def test_a_mail_whose_writer_nobody_named_wants_a_name_under_it(body: str, passed: bool) -> None:
    letter = good_letter("platform-0-thank_you")
    others = tuple(p for p in letter.context.facts.people if p.role is not PersonRole.CANDIDATE)
    unnamed = replace(letter.context, facts=replace(letter.context.facts, people=others))
    wording = Wording("Thank you", f"Hi Priya,\n\n{body}")
    assert _score(score_message(wording, unnamed, ()), "signature").passed is passed
    for context in (letter.context, replace(unnamed, kind=MessageKind.LINKEDIN)):
        assert "signature" not in {c.name for c in score_message(wording, context, ()).criteria}
