"""Three widths without a sideways scroll, everything by keyboard, nothing that jumps, and nothing slow."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.acts import NOTES, body, card, caret_in, draft, paste
from tests.e2e.conftest import Served

WIDTHS = (1280, 768, 390)


async def no_sideways_scroll(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
async def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 850})
    await no_sideways_scroll(page)
    await draft(page)
    await caret_in(page, "19 hours")
    await card(page).locator(".scorecard summary").click()
    await no_sideways_scroll(page)
    await body(page).fill("Donaudampfschifffahrtsgesellschaft" * 20)
    await no_sideways_scroll(page)


async def test_everything_is_reached_and_done_by_keyboard(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    await page.get_by_role("button", name="Try an example").focus()
    async with page.expect_response("**/understood"):
        await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Write my messages").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Write them again")).to_be_enabled()
    await page.get_by_role("tab").first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab").nth(1)).to_be_focused()
    await expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Home")
    await expect(page.get_by_role("tab").first).to_have_attribute("aria-selected", "true")


async def test_nothing_jumps_while_messages_arrive(page: Page) -> None:
    await page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    await page.reload()
    await draft(page)
    assert await page.evaluate("window.shift") < 0.05


async def test_typing_far_into_long_notes_asks_for_nothing_on_each_key(page: Page) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/understood") else None)
    async with page.expect_response("**/understood"):
        await page.get_by_label("Your notes from the interview").fill("They proof the rye for 19 hours. " * 600)
    count = len(asked)
    async with page.expect_response("**/understood"):
        await page.get_by_label("Your notes from the interview").press_sequentially("and bake at dawn")
    assert len(asked) == count + 1


async def test_print_holds_every_message_and_the_plan_and_no_buttons(page: Page) -> None:
    await draft(page)
    await page.emulate_media(media="print")
    letters = page.locator("textarea.body")
    await expect(letters).to_have_count(4)
    for letter in await letters.all():
        await expect(letter).to_be_visible()
        assert await letter.evaluate("(field) => field.scrollHeight <= field.clientHeight + 1")
    await expect(page.locator("#plan .step").first).to_be_visible()
    await expect(page.locator("#notes-form")).to_be_hidden()
    assert await page.locator("button:visible, a.button:visible").count() == 0


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
async def test_nothing_moves_for_those_who_want_no_motion(
    page: Page, motion: Literal["reduce", "no-preference"]
) -> None:
    await page.emulate_media(reduced_motion=motion)
    await page.route("**/draft", lambda route: None)
    await paste(page)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#reading .spinner")).to_be_visible()
    running = await page.evaluate("document.getAnimations().length")
    scrolls = await page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    assert (running == 0, scrolls) == (motion == "reduce", "auto" if motion == "reduce" else "smooth")


async def test_fields_are_large_enough_for_fingers_and_do_not_make_a_phone_zoom(
    browser: Browser, served: Served
) -> None:
    context = await browser.new_context(
        base_url=served.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto("/")
    await paste(page, NOTES.replace(" and Ole Berg (owner).", ", Ole Berg (owner) and Mika Sand."), me="")
    await page.locator("#understood summary").click()
    async with page.expect_response("**/understood"):
        await page.get_by_label("Write to Mika Sand").uncheck()
    await draft(page, None)
    await expect(page.get_by_role("button", name="Mika Sand is me")).to_be_visible()
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, .tick, .segments label, .to, input, textarea, nav a, a.button")]
            .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.matches(".unseen, .tick input, .to input"))
            .map((e) => [e, e.getBoundingClientRect().height, parseFloat(getComputedStyle(e).fontSize)])
            .filter(([e, height, type]) => height < 40 || (e.matches("input, select, textarea") && type < 16))
            .map(([e, height, type]) => `${e.outerHTML.slice(0, 60)} ${height} ${type}`)"""
    )
    assert small == []
    await context.close()


async def test_on_a_phone_what_comes_next_is_always_on_the_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 700})
    await paste(page)
    await page.evaluate("scrollTo(0, 0)")
    await expect(page.get_by_role("button", name="Write my messages")).to_be_in_viewport(ratio=1)
    async with page.expect_request("**/draft"):
        await page.route("**/draft", lambda route: None)
        await page.get_by_role("button", name="Write my messages").click()
    await expect(page.get_by_role("button", name="Cancel")).to_be_in_viewport(ratio=1)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    await page.unroute("**/draft")
    await draft(page, None)
    await expect(card(page).get_by_role("link", name="Open in mail")).to_be_in_viewport(ratio=1)
