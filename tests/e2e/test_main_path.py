"""From pasted notes to a message that is sent with the visitor's own tools."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import BrowserContext, Page, Route, expect

from evals.validity import Held
from evals.verdicts.data import load_verdicts
from service.app import create_app
from service.drafting.judging import NoJudge
from service.models.scripted import ScriptedModel
from service.settings import Settings
from service.types import Score, Scorecard, Severity, Violation
from tests.e2e.acts import NOTES, body, card, caret_in, draft, lit, paste
from tests.e2e.conftest import said_back, serving
from tests.e2e.test_exports import downloaded
from tests.reading_shipped import wordless


async def test_under_a_path_of_a_proxys_everything_is_found(context: BrowserContext) -> None:
    settings = Settings(model="outline", read_along=False, root_path="/letters")
    app = create_app(settings, model=ScriptedModel(script=said_back), reader=wordless(), judge=NoJudge())
    with serving(app) as served:
        page = await context.new_page()
        elsewhere: list[str] = []
        page.on("request", lambda request: elsewhere.append(request.url))
        await page.goto(f"{served.url}/letters/")
        await draft(page)
        saved = await downloaded(page, "Save as .eml draft")
        await page.close()
    assert b"X-Unsent: 1" in saved
    assert [url for url in elsewhere if not url.startswith((f"{served.url}/letters/", "blob:", "data:"))] == []


async def test_notes_become_one_message_for_each_person_and_kind(page: Page) -> None:
    await draft(page)
    tabs = page.get_by_role("tab")
    assert [(await t.inner_text()).replace("\n", " ") for t in await tabs.all()] == [
        "Thank-you email Ines Duarte",
        "Thank-you email Ole Berg",
        "LinkedIn note Ines Duarte",
        "LinkedIn note Ole Berg",
    ]
    text = await body(page).input_value()
    assert text.startswith("Dear Ines,")
    assert text.rstrip().endswith("Mika Sand")
    assert "2,400" not in text


async def test_what_was_understood_is_shown_while_typing_stops(page: Page) -> None:
    await paste(page)
    panel = page.locator("#understood")
    await expect(panel.get_by_label("Company")).to_have_value("Halden Bakery")
    await expect(panel.get_by_label("You", exact=True)).to_have_value("Mika Sand")
    await expect(panel.get_by_label("They decide by", exact=True)).to_have_value("2026-11-27")
    assert await panel.locator('input[name="person_name"]').first.input_value() in ("Ines Duarte", "Ole Berg")


async def test_a_point_kept_out_by_hand_is_in_no_message(page: Page) -> None:
    await paste(page)
    point = page.locator(".piece", has_text="proof the rye")
    async with page.expect_response("**/understood"):
        await point.get_by_role("combobox").select_option("private")
    await expect(page.locator(".piece", has_text="proof the rye")).to_have_class(re.compile("owner-private"))
    await draft(page, None)
    assert "19 hours" not in await body(page).input_value()


async def test_what_was_said_goes_to_whoever_is_chosen_as_having_said_it(page: Page) -> None:
    await paste(page)
    async with page.expect_response("**/understood"):
        await page.locator(".piece", has_text="proof the rye").get_by_role("combobox").select_option(label="Ole said")
    await expect(page.locator(".piece", has_text="proof the rye").get_by_role("combobox")).to_have_value(
        "theirs|Ole Berg"
    )
    await draft(page, None)
    assert "19 hours" not in await body(page).input_value()
    await page.get_by_role("tab", name="Thank-you email Ole").click()
    assert "19 hours" in await body(page).input_value()


async def test_a_corrected_name_is_the_one_that_is_greeted(page: Page) -> None:
    await paste(page)
    name = page.locator('input[name="person_name"][value="Ines Duarte"]')
    async with page.expect_response("**/understood"):
        await name.fill("Inês Duarte")
        await name.press("Tab")
    await draft(page, None)
    assert "Dear Inês," in await body(page).input_value()


async def test_the_page_says_ready_of_just_what_the_evals_count_as_ready(page: Page) -> None:
    """The page once asked for a name and more than the frame, where the evals did not."""
    await draft(page, me="")
    good = (
        "Dear Ines,\n\nThank you for your time today. What you said about proofing the rye for 19 hours in the cellar "
        "has stayed with me, and so has the deck oven that saved you 3 hours a night. I was glad to tell you about the "
        "sourdough course I ran for 30 apprentices, and I would very much like to bring what I learned there to your "
        "bakery.\n\nI would be glad to join Halden Bakery as night baker, and I look forward to hearing from you.\n\n"
        "Kind regards,\nMika Sand"
    )
    bodies = {good: True, good.removesuffix("\nMika Sand"): False, good.replace("19", "17"): False}
    bodies[good.replace("today. What", "today – what")] = False  # a soft violation fails no criterion
    bodies[good.replace("What you said about proofing", "Proofing")] = True
    judged = load_verdicts()[0]  # any: what it says is not looked at
    for text, ready in bodies.items():
        async with page.expect_response("**/score") as answer:
            await body(page).fill(text)
        told = await (await answer.value).json()
        told = told.get("scorecard", told)
        found = (Violation(v["check"], v["rule"], Severity(v["severity"]), v["detail"]) for v in told["violations"])
        card_told = Scorecard(0, tuple(Score(**c) for c in told["criteria"]), tuple(found))
        assert Held(judged, card_told, 0).is_ready is ready, card_told
        say = expect(card(page).locator(".grade"))
        await (say.to_have_text("Ready to send") if ready else say.not_to_have_text("Ready to send"))
    await body(page).fill(good.removesuffix("\nMika Sand"))
    await expect(card(page).locator(".why")).to_have_text("Your name is missing under it.")


async def test_an_edit_changes_counts_and_score(page: Page) -> None:
    await draft(page)
    grade = card(page).locator(".hint")
    before = await grade.inner_text()
    async with page.expect_response("**/score"):
        await body(page).fill("Hi Ines,\n\nJust checking in. I hope this email finds you well.\n\nMika")
    await expect(card(page).locator(".body-count")).to_contain_text("13 words")
    await expect(grade).not_to_have_text(before)
    await expect(card(page).locator(".grade")).not_to_have_text("Ready to send")
    await card(page).locator(".scorecard summary").click()
    await expect(card(page).locator(".criteria .failed").first).to_be_visible()


async def test_an_invented_fact_is_marked_as_not_in_the_notes(page: Page) -> None:
    await draft(page)
    text = await body(page).input_value()
    async with page.expect_response("**/score"):
        await body(page).fill(text.replace("19 hours", "57 hours"))
    await expect(card(page).locator(".mirror .unsupported").first).to_contain_text("57")
    await caret_in(page, "57 hours")
    await expect(card(page).locator(".ground")).to_contain_text("Not in your notes")


async def test_a_sentence_lights_up_the_notes_it_came_from(page: Page) -> None:
    await draft(page)
    await caret_in(page, "19 hours")
    await expect(page.locator(".piece.lit")).to_have_count(1)
    await expect(page.locator(".piece.lit")).to_contain_text("proof the rye for 19 hours")
    await expect(card(page).locator(".ground q")).to_contain_text("proof the rye")
    assert "19 hours" in " ".join(await lit(page))


async def test_a_point_lights_up_the_sentence_made_from_it(page: Page) -> None:
    await draft(page)
    await page.mouse.move(0, 0)  # resting on another point after the focus has scrolled, it would light that one
    await page.locator(".piece", has_text="proof the rye").get_by_role("combobox").focus()
    assert "19 hours" in " ".join(await lit(page))


async def test_hovering_a_sentence_lights_up_its_point(page: Page) -> None:
    await draft(page)
    sentence = card(page).locator(".mirror span", has_text="19 hours").first
    await sentence.scroll_into_view_if_needed()
    line = await sentence.evaluate("(span) => span.getClientRects()[0].toJSON()")  # it may begin within a line
    await page.mouse.move(line["x"] + 20, line["y"] + 8)
    await expect(page.locator(".piece.lit")).to_contain_text("proof the rye for 19 hours")


async def test_marks_follow_the_text_through_an_edit_before_them(page: Page) -> None:
    await draft(page)
    text = await body(page).input_value()
    await body(page).fill("🥐 " + text)
    await caret_in(page, "19 hours")
    assert "19 hours" in " ".join(await lit(page))


async def test_undo_and_redo_walk_through_edits(page: Page) -> None:
    await draft(page)
    text = await body(page).input_value()
    await body(page).press("Control+End")
    await body(page).press_sequentially(" PS")
    await card(page).get_by_role("button", name="Undo").click()
    await expect(body(page)).to_have_value(text)
    await body(page).press("Control+Shift+z")
    await expect(body(page)).to_have_value(text + " PS")


async def test_shorter_is_shorter_and_undo_brings_the_long_one_back(page: Page) -> None:
    await draft(page)
    long = await body(page).input_value()
    await card(page).get_by_role("button", name="Shorter").click()
    await expect(page.locator("#toast")).to_contain_text("Undo")
    assert len(await body(page).input_value()) < len(long)
    await expect(card(page).get_by_role("button", name="Shorter")).to_be_disabled()
    await card(page).get_by_role("button", name="Undo").click()
    await expect(body(page)).to_have_value(long)
    await expect(card(page).get_by_role("button", name="Shorter")).to_be_enabled()


async def test_another_point_asks_for_a_message_without_the_one_at_the_caret(page: Page) -> None:
    await draft(page)
    await caret_in(page, "19 hours")
    async with page.expect_request("**/draft") as asked:
        await card(page).get_by_role("button", name="Use another point").click()
    correction = (await asked.value).post_data_json["corrections"][0]
    assert correction["owner"] == "private"
    assert "19 hours" in NOTES[correction["start"] : correction["end"]]
    await expect(page.locator("#toast")).to_contain_text("point")
    told = await page.locator("#toast").inner_text()
    assert ("19 hours" in await body(page).input_value()) == ("no other point" in told)


ONE_POINT = """Interview today at 14:00, Halden Bakery, night baker
Met Ines Duarte (head baker).
- Ines: they proof the rye for 19 hours in the cellar
"""


async def test_one_point_fewer_is_not_another_point(page: Page) -> None:
    await draft(page, ONE_POINT)
    before = await body(page).input_value()
    await card(page).get_by_role("button", name="Use another point").click()
    await expect(page.locator("#toast")).to_contain_text("There is no other point in your notes")
    await expect(body(page)).to_have_value(before)


async def test_one_sentence_is_rewritten_and_the_rest_stays(page: Page) -> None:
    await draft(page)
    before = await body(page).input_value()
    await caret_in(page, "Thank you")
    await card(page).get_by_role("button", name="Rewrite this sentence").click()
    await expect(page.locator("#toast")).to_contain_text("sentence")
    after = await body(page).input_value()
    assert after != before
    assert after.split("\n\n")[2:] == before.split("\n\n")[2:]


UNDATED = NOTES.replace("- Ole said they decide by Friday 27 November\n", "")


async def test_a_missing_date_is_asked_for_and_only_what_needs_it_is_written_again(page: Page) -> None:
    await page.get_by_label("Check-in").check()
    await draft(page, UNDATED)
    await page.get_by_role("tab", name="LinkedIn note Ines").click()
    note = await body(page).input_value()
    async with page.expect_request("**/draft") as asked:
        await page.get_by_label("When do they decide?").fill("2026-11-27")
        await page.locator("#asks").get_by_role("button", name="Add").last.click()
    assert sorted((await asked.value).post_data_json["kinds"]) == ["check_in", "thank_you"]
    await expect(page.locator("#toast")).to_contain_text("written again where it matters")
    await expect(page.locator(".step.check_in .when")).to_contain_text("4 Dec")
    await expect(page.locator("#asks")).to_be_empty()
    assert await body(page).input_value() == note
    await page.get_by_role("tab", name="Check-in Ines").click()
    assert "27" in await body(page).input_value()


async def test_two_answers_in_a_row_both_count(page: Page) -> None:
    await page.get_by_label("Check-in").check()
    await draft(page, UNDATED, me="")
    await page.get_by_label("What is your name, for the signature?").fill("Mika Sand")
    await page.keyboard.press("Enter")
    await page.get_by_label("When do they decide?").fill("2026-11-27")
    await page.keyboard.press("Enter")
    await page.get_by_role("tab", name="Check-in Ole").click()
    await expect(body(page)).to_have_value(re.compile("27"))
    await expect(body(page)).to_have_value(re.compile(r"Mika Sand\s*$"))


async def test_whoever_turns_out_to_be_the_candidate_is_written_to_no_more(page: Page) -> None:
    await draft(page, UNDATED.replace(" and Ole Berg (owner).", ", Ole Berg (owner) and Mika Sand."), me="")
    await expect(page.get_by_role("tab")).to_have_count(6)
    await page.get_by_label("What is your name, for the signature?").fill("Mika Sand")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("tab")).to_have_count(4)
    await expect(body(page)).to_have_value(re.compile(r"Mika Sand\s*$"))
    await expect(page.get_by_role("tab", name="Mika")).to_have_count(0)


async def test_whoever_stands_in_the_notes_becomes_the_candidate_with_one_tap(page: Page) -> None:
    await paste(page, NOTES.replace(" and Ole Berg (owner).", ", Ole Berg (owner) and Mika Sand."), me="")
    async with page.expect_response("**/understood"):
        await page.get_by_label("Write to Mika Sand").uncheck()
    async with page.expect_response("**/understood"):
        await page.get_by_role("button", name="Mika Sand is me").click()
    await expect(page.locator("#understood").get_by_label("You", exact=True)).to_have_value("Mika Sand")
    await expect(page.get_by_label("Write to Mika Sand")).to_have_count(0)
    await draft(page, None)
    await expect(body(page)).to_have_value(re.compile(r"Mika Sand\s*$"))


async def test_the_question_for_a_name_offers_whoever_may_be_the_candidate(page: Page) -> None:
    await paste(page, NOTES.replace(" and Ole Berg (owner).", ", Ole Berg (owner) and Mika Sand."), me="")
    async with page.expect_response("**/understood"):
        await page.get_by_label("Write to Mika Sand").uncheck()
    await draft(page, None)
    await page.locator("#asks").get_by_role("button", name="I am Mika Sand").click()
    await expect(page.get_by_role("button", name="Write them again")).to_be_enabled()
    await expect(body(page)).to_have_value(re.compile(r"Mika Sand\s*$"))


async def test_enter_in_a_fact_drafts_with_that_fact(page: Page) -> None:
    """The field's own news came after the draft had begun with what stood there before."""
    await paste(page, me="")
    name = page.locator("#understood").get_by_label("You", exact=True)
    await name.fill("Mika Sand")
    async with page.expect_request("**/draft") as asked:
        await name.press("Enter")
    assert (await asked.value).post_data_json["candidate"] == {"name": "Mika Sand"}


async def test_what_is_typed_while_an_answer_is_on_its_way_stays(page: Page) -> None:
    await paste(page, me="")
    typed = asyncio.Event()

    async def late(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/understood", late)
    async with page.expect_request("**/understood"):
        await page.get_by_label("Company").fill("Halden and Sons")
        await page.get_by_label("Company").press("Tab")
    await page.get_by_label("Role").fill("night baker, rye")
    async with page.expect_response("**/understood"):
        typed.set()
    await expect(page.get_by_label("Company")).to_have_value("Halden and Sons")
    await expect(page.get_by_label("Role")).to_have_value("night baker, rye")
    async with page.expect_request("**/draft") as asked:
        await page.get_by_label("Role").press("Enter")
    interview = (await asked.value).post_data_json["interview"]
    assert (interview["company"], interview["role"]) == ("Halden and Sons", "night baker, rye")


async def test_what_became_of_it_since_is_understood_and_drafted_from(page: Page) -> None:
    await paste(page)
    async with page.expect_response("**/understood"):
        await page.get_by_label("Since then").select_option(label="They decided for somebody else")
    async with page.expect_request("**/draft") as asked:
        await page.get_by_role("button", name="Write my messages").click()
    assert (await asked.value).post_data_json["interview"]["state"] == "rejected"


async def test_an_answer_leaves_a_message_that_was_edited_by_hand(page: Page) -> None:
    await draft(page, UNDATED)
    await body(page).fill("My own words.")
    await page.get_by_label("When do they decide?").fill("2026-11-27")
    await page.keyboard.press("Enter")
    await expect(page.locator("#toast")).to_contain_text("What you edited yourself stays")
    await expect(body(page)).to_have_value("My own words.")


async def test_a_reload_loses_nothing_and_clear_leaves_nothing(page: Page) -> None:
    await draft(page)
    await body(page).fill("My own words.")
    await page.reload()
    await expect(body(page)).to_have_value("My own words.")
    await expect(page.get_by_label("Your notes from the interview")).to_have_value(NOTES)
    await page.get_by_role("button", name="Clear").click()
    await page.reload()
    await expect(page.get_by_label("Your notes from the interview")).to_have_value("")
    await expect(page.get_by_text("Your messages will be written here.")).to_be_visible()


async def test_a_clear_by_mistake_can_be_undone(page: Page) -> None:
    await draft(page)
    await body(page).fill("My own words.")
    await page.get_by_role("button", name="Clear").click()
    await expect(page.get_by_label("Your notes from the interview")).to_have_value("")
    await expect(page.get_by_role("button", name="Clear")).to_be_disabled()
    await page.locator("#toast").get_by_role("button", name="Undo").click()
    await expect(body(page)).to_have_value("My own words.")
    await expect(page.get_by_label("Your notes from the interview")).to_have_value(NOTES)


async def test_a_correction_survives_a_reload(page: Page) -> None:
    await paste(page)
    async with page.expect_response("**/understood"):
        await page.locator(".piece", has_text="proof the rye").get_by_role("combobox").select_option("private")
    await page.reload()
    await expect(page.locator(".piece", has_text="proof the rye")).to_have_class(re.compile("owner-private"))


async def test_the_five_questions_become_notes(page: Page) -> None:
    await page.get_by_role("button", name="Answer 5 questions").click()
    await page.get_by_label("What did you talk about?").fill("Ines Duarte from Halden Bakery proofs rye for 19 hours")
    await page.get_by_label("What happens next?").fill("They decide by Friday")
    async with page.expect_response("**/understood"):
        await page.get_by_role("button", name="Use these as my notes").click()
    notes = await page.get_by_label("Your notes from the interview").input_value()
    assert notes.startswith("We talked about:\nInes Duarte")
    assert notes.endswith("Next steps:\nThey decide by Friday")


async def test_the_plan_says_what_to_send_when(page: Page) -> None:
    await paste(page)
    steps = page.locator("#plan .step")
    await expect(steps).to_have_count(6)
    assert "applying" in await page.locator(".step.keep_applying").inner_text()
    assert "two check-ins" in (await page.locator(".step.stop").inner_text()).lower()


async def test_the_prompt_pages_show_versions_and_what_changed(page: Page) -> None:
    await page.get_by_role("link", name="Prompts").click()
    await page.get_by_role("link", name="Thank-you email").click()
    await expect(page.locator(".diff ins").first).to_be_visible()
    async with page.expect_response("**/prompts/thank_you?*"):
        await page.get_by_label("From").select_option("1")
    await expect(page.get_by_label("From")).to_have_value("1")
