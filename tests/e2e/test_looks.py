"""Three widths without a sideways scroll, everything by keyboard, nothing that jumps, and nothing slow."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.e2e.acts import body, card, caret_in, draft

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
