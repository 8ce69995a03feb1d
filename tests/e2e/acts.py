"""What a visitor does, in the page's own words."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

NOTES = """Interview today at 14:00, Halden Bakery, night baker
Met Ines Duarte (head baker) and Ole Berg (owner).
- Ines: they proof the rye for 19 hours in the cellar
- Ines said the new deck oven saved them 3 hours a night
- I described the sourdough course I ran for 30 apprentices
- Ole runs the delivery round, 42 cafes before 6 am
- would have liked to say more about the shift rota I rebuilt
- salary was mentioned, 2,400 a month, too low
- Ole said they decide by Friday 27 November
"""


async def paste(page: Page, notes: str = NOTES, *, me: str = "Mika Sand") -> None:
    """Notes in, what was understood on the page, and the visitor's own name beside it."""
    async with page.expect_response("**/understood"):
        await page.get_by_label("Your notes from the interview").fill(notes)
    await expect(page.locator("#understood")).to_have_attribute("data-given", "{}")
    if me:
        await sign(page, me)


async def sign(page: Page, me: str) -> None:
    """The visitor's name, typed into the panel, which on a phone is folded before and after."""
    panel = page.locator("#understood details")
    folded = not await panel.evaluate("(details) => details.open")
    if folded:
        await panel.locator("summary").click()
    name = page.locator("#understood").get_by_label("You", exact=True)
    async with page.expect_response("**/understood"):
        await name.fill(me)
        await name.press("Tab")
    await expect(page.locator("#understood")).to_have_attribute("data-given", re.compile(re.escape(me)))
    if folded:
        await panel.locator("summary").click()


async def draft(page: Page, notes: str | None = NOTES, *, me: str = "Mika Sand") -> Locator:
    """The first message's card, after all have been written."""
    if notes is not None:
        await paste(page, notes, me=me)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.get_by_role("button", name="Write them again")).to_be_enabled(timeout=20_000)
    return card(page)


def card(page: Page) -> Locator:
    """The message that is shown."""
    return page.locator("section.card:not([hidden])")


def body(page: Page) -> Locator:
    return card(page).locator("textarea.body")


async def caret_in(page: Page, words: str) -> None:
    """Puts the caret into the sentence that holds ``words``, as the arrow keys would."""
    await body(page).evaluate(
        """(field, words) => {
            const at = field.value.indexOf(words);
            field.focus();
            field.setSelectionRange(at + 1, at + 1);
            field.dispatchEvent(new KeyboardEvent("keyup", { key: "ArrowRight", bubbles: true }));
        }""",
        words,
    )


async def lit(page: Page) -> list[str]:
    """The words marked in the message."""
    return [t for t in await card(page).locator(".mirror .lit").all_text_contents() if t.strip()]
