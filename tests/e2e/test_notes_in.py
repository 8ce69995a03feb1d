"""How notes get onto the page, and how what the visitor chooses gets into the request."""

from __future__ import annotations

import base64
import io

import pytest
from docx import Document
from playwright.async_api import Page, expect

from tests.e2e.acts import body, card, draft, paste

MAIL = b"Subject: Interview\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMet Ole Berg \xf0\x9f\xa5\x90\r\n"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document() -> bytes:
    held = io.BytesIO()
    written = Document()
    written.add_paragraph("Met Ines Duarte at Halden Bakery")
    written.add_paragraph("they proof the rye for 19 hours", style="List Bullet")
    written.save(held)
    return held.getvalue()


async def drop(page: Page, name: str, kind: str, content: bytes) -> None:
    """A file dropped on the page, as a file manager does it."""
    await page.evaluate(
        """([name, type, content]) => {
            const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name, { type }));
            for (const what of ["dragover", "drop"]) {
                const event = new DragEvent(what, { bubbles: true, cancelable: true, dataTransfer });
                document.getElementById("notes").dispatchEvent(event);
            }
        }""",
        [name, kind, base64.b64encode(content).decode()],
    )


@pytest.mark.parametrize(
    ("name", "kind", "content", "notes"),
    [
        ("n.txt", "text/plain", "Met Ines Duarte 🥐".encode(), "Met Ines Duarte 🥐"),
        ("n.md", "text/markdown", b"# Interview\n- Ines Duarte", "# Interview\n- Ines Duarte"),
        ("n.docx", DOCX, document(), "Met Ines Duarte at Halden Bakery\n- they proof the rye for 19 hours"),
        ("n.eml", "message/rfc822", MAIL, "Interview\n\nMet Ole Berg 🥐"),
    ],
)
async def test_a_file_dropped_on_the_page_becomes_notes(
    page: Page, name: str, kind: str, content: bytes, notes: str
) -> None:
    await drop(page, name, kind, content)
    await expect(page.get_by_label("Your notes from the interview")).to_have_value(notes)
    await expect(page.locator("#paste")).not_to_have_class("drop over")


async def test_the_example_is_one_click_away(page: Page) -> None:
    await page.get_by_role("button", name="Try an example").click()
    await expect(page.locator("#understood").get_by_label("Company")).to_have_value("Meridian Freight")


async def test_what_is_chosen_is_what_is_asked_for(page: Page) -> None:
    await paste(page)
    await page.get_by_label("Check-in").check()
    await page.get_by_label("Thank-you").uncheck()
    await page.get_by_role("radio", name="Formal").check()
    await page.get_by_role("radio", name="Short").check()
    await page.get_by_role("radio", name="300").check()
    async with page.expect_response("**/understood"):
        await page.get_by_label("Write to Ole Berg").uncheck()
    async with page.expect_request("**/draft") as asked:
        await page.get_by_role("button", name="Write my messages").click()
    wanted = (await asked.value).post_data_json
    assert {k: wanted[k] for k in ("kinds", "tone", "length", "linkedin_limit")} == {
        "kinds": ["linkedin", "check_in"],
        "tone": "formal",
        "length": "short",
        "linkedin_limit": 300,
    }
    assert [r["name"] for r in wanted["recipients"]] == ["Ines Duarte"]
    await expect(page.get_by_role("tab")).to_have_count(2)
    await expect(card(page).locator(".body-count")).to_contain_text("of 300 characters")


async def test_more_formal_and_warmer_lead_there_and_back(page: Page) -> None:
    await draft(page)
    warm = await body(page).input_value()
    for _ in range(2):
        await expect(card(page).get_by_role("button", name="More formal")).to_be_enabled()
        await card(page).get_by_role("button", name="More formal").click()
        await expect(page.get_by_role("button", name="Write them again")).to_be_enabled()
    assert (await body(page).input_value()).startswith("Dear ")
    await expect(card(page).get_by_role("button", name="More formal")).to_be_disabled()
    await card(page).get_by_role("button", name="Undo").click()
    await expect(card(page).get_by_role("button", name="More formal")).to_be_enabled()
    await card(page).get_by_role("button", name="Undo").click()
    await expect(body(page)).to_have_value(warm)
    await expect(card(page).get_by_role("button", name="Warmer")).to_be_disabled()
