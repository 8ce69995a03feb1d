"""What leaves the page is read by the libraries that mail programs and calendars are made of."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import icalendar
from playwright.async_api import Page, expect

from tests.e2e.acts import body, card, draft


async def downloaded(page: Page, button: str) -> bytes:
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name=button).click()
    download = await waiting.value
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


async def clipboard(page: Page, kind: str) -> str:
    read = "async (kind) => (await (await navigator.clipboard.read())[0].getType(kind)).text()"
    return str(await page.evaluate(read, kind))


async def test_the_eml_draft_holds_the_edited_message(page: Page) -> None:
    await draft(page)
    await body(page).fill("Hi Ines,\n\nThe rye – 19 hours! 🥐\n\nMika")
    mail = message_from_bytes(await downloaded(page, "Save as .eml draft"), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["X-Unsent"] == "1"
    assert mail["Date"] is None
    assert mail["Subject"] == await card(page).get_by_label("Subject").input_value()
    assert mail.get_content().replace("\r\n", "\n").strip() == "Hi Ines,\n\nThe rye – 19 hours! 🥐\n\nMika"


async def test_the_calendar_holds_the_whole_plan(page: Page) -> None:
    await draft(page)
    calendar = icalendar.Calendar.from_ical(await downloaded(page, "Add to my calendar"))
    events = calendar.walk("VEVENT")
    titles = " ".join(str(e["SUMMARY"]) for e in events)
    assert "thank-you" in titles
    assert "LinkedIn" in titles
    assert "Check in" in titles
    assert all(e.walk("VALARM") for e in events)
    assert len({str(e["UID"]) for e in events}) == len(events)


async def test_the_page_says_which_zone_its_reader_is_in(page: Page) -> None:
    """Without the zone's name a reminder after a change of the clocks is an hour off."""
    await draft(page)
    async with page.expect_request("**/exports/ics") as waiting:
        calendar = await downloaded(page, "Add to my calendar")
    assert (await waiting.value).post_data_json["time_zone"] == "Europe/Berlin"
    assert b"DTSTART;TZID=Europe/Berlin:" in calendar


async def test_the_mail_link_carries_subject_and_body(page: Page) -> None:
    await draft(page)
    link = await card(page).get_by_role("link", name="Open in mail").get_attribute("href")
    assert link is not None
    assert len(link) <= 1900
    fields = parse_qs(urlsplit(link).query)
    assert fields["body"][0].replace("\r\n", "\n") == await body(page).input_value()


async def test_a_message_too_long_for_a_link_says_to_copy(page: Page) -> None:
    await draft(page)
    await body(page).fill("A long story. " * 150)
    await expect(card(page).get_by_text("Too long to open in mail")).to_be_visible()
    await expect(card(page).get_by_role("link", name="Open in mail")).to_have_count(0)


async def test_copy_gives_plain_text_and_paragraphs_that_are_only_text(page: Page) -> None:
    await draft(page)
    await body(page).fill("Hi <b>Ines</b>,\n\nrye & more")
    await card(page).get_by_role("button", name="Copy message").click()
    await expect(page.locator("#toast")).to_have_text("Message copied.")
    assert await clipboard(page, "text/plain") == "Hi <b>Ines</b>,\n\nrye & more"
    rich = await clipboard(page, "text/html")
    assert "&lt;b&gt;Ines&lt;/b&gt;" in rich
    assert rich.count("<p") == 2


async def test_the_linkedin_note_is_copied_with_its_count_in_sight(page: Page) -> None:
    await draft(page)
    await page.get_by_role("tab", name="LinkedIn note Ines").click()
    await expect(card(page).locator(".body-count")).to_contain_text("of 200 characters")
    note = await body(page).input_value()
    await card(page).get_by_role("button", name="Copy note").click()
    assert await clipboard(page, "text/plain") == note
    await body(page).fill("x" * 201)
    await expect(card(page).locator(".body-count")).to_have_class("count body-count over")


async def test_a_subject_stays_one_line_whatever_is_pasted(page: Page) -> None:
    await draft(page)
    await card(page).get_by_label("Subject").fill("Thank you\nBcc: someone@example.org")
    await expect(card(page).get_by_label("Subject")).to_have_value("Thank you Bcc: someone@example.org")
    await card(page).get_by_label("Subject").press("Enter")
    await expect(body(page)).to_be_focused()
    mail = message_from_bytes(await downloaded(page, "Save as .eml draft"), policy=policy.default)
    assert mail["Subject"] == "Thank you Bcc: someone@example.org"
    assert mail["Bcc"] is None
