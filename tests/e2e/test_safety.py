"""Whatever stands in notes, names or edits is text on this page, never markup; other sites cannot post to it."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.e2e.acts import NOTES, body, card, draft, paste
from tests.e2e.conftest import Served

CANARY = (
    '<img src=x onerror="pwned=1"></textarea><script>pwned=1</script>"><svg onload=pwned=1> \u202egnp\u202c 𝒫🧑🏽‍🍳'
)


async def untouched(page: Page) -> None:
    assert await page.evaluate("window.pwned === undefined")
    assert await page.locator("img, main script, svg[onload]").count() == 0


async def test_a_canary_in_the_notes_stays_text(page: Page) -> None:
    notes = NOTES.replace("in the cellar", f"in the {CANARY} cellar")
    async with page.expect_response("**/understood"):
        await page.get_by_label("Your notes from the interview").fill(notes)
    await draft(page, None)
    await untouched(page)
    await page.reload()
    await expect(page.get_by_label("Your notes from the interview")).to_have_value(notes)
    await untouched(page)


async def test_a_canary_in_a_name_stays_text(page: Page) -> None:
    await paste(page)
    name = page.locator('input[name="person_name"][value="Ines Duarte"]')
    async with page.expect_response("**/understood"):
        await name.fill(CANARY)
        await name.press("Tab")
    async with page.expect_response("**/understood"):
        await page.get_by_label("Company").fill(CANARY)
        await page.get_by_label("Company").press("Tab")
    await expect(page.get_by_label("Company")).to_have_value(CANARY)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    await untouched(page)


async def test_a_canary_in_an_edit_stays_text(page: Page) -> None:
    await draft(page)
    async with page.expect_response("**/score"):
        await body(page).fill(f"Hi Ines,\n\n{CANARY}\n\nMika")
    await card(page).get_by_label("Subject").fill(CANARY)
    await card(page).locator(".scorecard summary").click()
    assert CANARY in "".join(await card(page).locator(".mirror").all_text_contents())
    await untouched(page)


async def test_the_policy_lets_no_inline_script_run(page: Page) -> None:
    answer = await page.request.get("/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


async def test_without_javascript_the_messages_come_back_as_a_page(browser: Browser, served: Served) -> None:
    context = await browser.new_context(java_script_enabled=False, base_url=served.url)
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_label("Your notes from the interview").fill(NOTES + CANARY)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator(".plain-card")).to_have_count(4)
    await expect(page.locator(".plain-body").first).to_contain_text("Dear Ines,")
    await expect(page.get_by_label("Company")).to_have_value("Halden Bakery")
    await page.get_by_label("Company").fill("Halden and Sons")
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator(".plain-body").first).to_contain_text("Halden and Sons")
    await context.close()


async def test_without_javascript_empty_notes_get_a_sentence(browser: Browser, served: Served) -> None:
    context = await browser.new_context(java_script_enabled=False, base_url=served.url)
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#problem")).to_contain_text("empty")
    await context.close()
