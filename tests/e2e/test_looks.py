"""Every state at three widths without a sideways scroll, without accessibility violations, and without jumps."""

from __future__ import annotations

import asyncio

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from service.app import create_app
from service.models.scripted import ScriptedModel, Step
from service.settings import Settings
from tests.e2e.acts import body, card, caret_in, draft, paste
from tests.e2e.conftest import NOW, Served, serving

WIDTHS = (1280, 768, 390)


async def no_violations(page: Page) -> None:
    found = await Axe().run(page)
    assert [f"{v['id']}: {v['nodes'][0]['target']}" for v in found.response["violations"]] == []


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_no_accessibility_violations_from_empty_to_edited(
    browser: Browser, served: Served, scheme: str, width: int
) -> None:
    context = await browser.new_context(
        base_url=served.url, color_scheme=scheme, viewport={"width": width, "height": 850}, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.clock.set_fixed_time(NOW)
    await page.goto("/")
    await no_violations(page)
    await paste(page)
    await expect(page.locator("#understood summary")).to_be_visible()
    if width < 640:
        await page.locator("#understood summary").click()
    await no_violations(page)
    await draft(page, None)
    await caret_in(page, "19 hours")
    await card(page).locator(".scorecard summary").click()
    await no_violations(page)
    async with page.expect_response("**/score"):
        await body(page).fill("Hi Ines,\n\nWe spoke about 57 ovens. Just checking in.")
    await caret_in(page, "57")
    await no_violations(page)
    await context.close()


async def test_no_accessibility_violations_when_answering_failing_or_offline(page: Page) -> None:
    await page.get_by_role("button", name="Answer 5 questions").click()
    await no_violations(page)
    await page.get_by_role("button", name="Paste").click()
    await page.route("**/draft", lambda route: route.abort())
    await draft_attempt(page)
    await expect(page.locator("#problem")).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.locator("#offline")).to_be_visible()
    await no_violations(page)


async def test_no_accessibility_violations_while_a_fact_is_asked_for_and_the_model_has_failed(page: Page) -> None:
    state = {"state": "failed", "name": None, "percent": None, "detail": "3 GB of memory are needed.", "remote": False}
    await page.route("**/model", lambda route: route.fulfill(json=state))
    await page.reload()
    await draft(page, "Met Ines Duarte.\n- Ines: they proof the rye for 19 hours in the cellar\n")
    await expect(page.locator("#asks input").first).to_be_visible()
    await no_violations(page)


async def test_no_accessibility_violations_while_messages_arrive(browser: Browser) -> None:
    held = ScriptedModel(script=lambda request: Step("Never said.", gate=asyncio.Event()))
    with serving(create_app(Settings(model="outline"), model=held)) as served:
        context = await browser.new_context(base_url=served.url, reduced_motion="reduce")
        page = await context.new_page()
        await page.goto("/")
        await draft_attempt(page)
        await expect(card(page).locator(".progress")).to_be_visible()
        await no_violations(page)
        await page.get_by_role("button", name="Cancel").click()
        await context.close()


async def draft_attempt(page: Page) -> None:
    await paste(page)
    await page.get_by_role("button", name="Write my messages").click()


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


async def test_the_prompt_pages_have_no_accessibility_violations(page: Page) -> None:
    for path in ("/prompts", "/prompts/thank_you", "/prompts/nothing"):
        await page.goto(path)
        await no_violations(page)
        await no_sideways_scroll(page)
