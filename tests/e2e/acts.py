"""What a visitor does, in the page's own words."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

NOTES = """Interview today at 14:00, Halden Bakery, night baker
Met Ines Duarte (head baker) and Ole Berg (owner). I'm Mika Sand.
- Ines: they proof the rye for 19 hours in the cellar
- Ines said the new deck oven saved them 3 hours a night
- Ole showed me the delivery round, 42 cafes before 6 am
- I talked about the sourdough course I ran for 30 apprentices
- fumbled the question on scheduling, wanted to mention the shift rota I rebuilt
- salary was mentioned, 2,400 a month, too low
- Ole said they decide by Friday 27 November
"""


async def paste(page: Page, notes: str = NOTES) -> None:
    """Notes in, and what was understood on the page."""
    async with page.expect_response("**/understood"):
        await page.get_by_label("Your notes from the interview").fill(notes)
    await expect(page.locator("#understood")).to_have_attribute("data-given", "{}")


async def draft(page: Page, notes: str | None = NOTES) -> Locator:
    """The first message's card, after all have been written."""
    if notes is not None:
        await paste(page, notes)
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
