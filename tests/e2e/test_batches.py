"""A coordinator at a career centre works from the page for batches alone."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from pydantic import SecretStr

from service.app import create_app
from service.drafting.judging import NoJudge
from service.models.scripted import ScriptedModel
from service.settings import Settings
from tests.e2e.acts import NOTES
from tests.e2e.conftest import Served, said_back, serving
from tests.e2e.test_accessibility import by_day_and_night, no_sideways_scroll, no_violations, visitor
from tests.reading_shipped import shipped, wordless

NOW = "2026-11-17T18:00:00+01:00"
COHORT = [
    {"ref": "0017", "notes": NOTES, "candidate": {"name": "Mika Sand"}, "kinds": ["thank_you", "linkedin"]},
    {"ref": "0018", "notes": NOTES, "candidate": {"name": "Noor Haddad"}, "language": "tlh"},
    {"ref": "0019", "notes": "Met Tom Reed (foreman) at Hollin Mill.\n- Tom: the new looms halved the noise"},
]


def as_lines(items: list[dict[str, Any]]) -> dict[str, Any]:
    content = "".join(json.dumps(item | {"now": NOW}) + "\n" for item in items).encode()
    return {"name": "Spring cohort.jsonl", "mimeType": "application/jsonl", "buffer": content}


def app_at(folder: Path, **settings: Any) -> Any:
    stated = Settings(model="outline", read_along=False, batches="on", data_dir=folder, grace_s=0, **settings)
    return create_app(stated, model=ScriptedModel(script=said_back), reader=wordless(), judge=NoJudge())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(app_at(tmp_path_factory.mktemp("batches"))) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, served: Served) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=served.url, locale="en-GB", permissions=["clipboard-read", "clipboard-write"], accept_downloads=True
    )
    context.set_default_timeout(40_000)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto("/batches")
    yield page
    assert errors == []
    for batch in (await (await context.request.get("/batches")).json())["batches"]:
        await context.request.delete(f"/batches/{batch['id']}")
    await context.close()


async def submit(page: Page, items: list[dict[str, Any]] = COHORT) -> None:
    await page.locator("#file").set_input_files(as_lines(items))
    await expect(page.locator("#batch-title")).to_have_text("Spring cohort")
    await expect(page.locator("article.batch .status")).to_have_text("Finished", timeout=30_000)


async def test_a_file_becomes_a_batch_and_shows_who_has_what(desk: Page) -> None:
    await submit(desk)
    await expect(desk.locator("article.batch .counts")).to_have_text("3 items: 2 done, 1 failed")
    rows = desk.locator("#batch tbody tr")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(0)).to_contain_text("Mika Sand")
    await expect(rows.nth(0)).to_contain_text("Ines Duarte, Ole Berg, Halden Bakery")
    await expect(rows.nth(1)).to_contain_text("Failed")
    await expect(rows.nth(1).locator(".why")).not_to_be_empty()
    await desk.get_by_label("Show").select_option("failed")
    await expect(rows).to_have_count(1)


async def test_a_file_that_is_dropped_is_taken(desk: Page) -> None:
    table = "ref,recipient,notes\n7,Tom Reed,Met Tom Reed at Hollin Mill.\n"
    transfer = await desk.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "Autumn.csv"));
            return transfer;
        }""",
        table,
    )
    await desk.dispatch_event("#upload", "dragover", {"dataTransfer": transfer})
    await expect(desk.locator("#upload")).to_have_class(re.compile("over"))
    await desk.dispatch_event("#upload", "drop", {"dataTransfer": transfer})
    await expect(desk.locator("#batch-title")).to_have_text("Autumn")
    await expect(desk.locator("#batch tbody tr")).to_contain_text("Tom Reed")


async def test_a_file_that_cannot_be_used_says_which_line_and_why(desk: Page) -> None:
    await desk.locator("#file").set_input_files(as_lines([COHORT[0], {"notes": "", "ref": "x"}]))
    await expect(desk.locator("#problem")).to_be_visible()
    await expect(desk.locator("#problem .faults li")).to_contain_text("Line 2: notes")
    await expect(desk.locator("article.batch")).to_have_count(0)


async def test_who_is_to_be_told_is_asked_only_where_the_service_tells(
    browser: Browser, desk: Page, tmp_path: Path
) -> None:
    await expect(desk.locator("#webhook")).to_have_count(0)
    secret = SecretStr("whsec_" + "A" * 32)
    app = app_at(tmp_path, webhook_hosts=("hooks.example",), webhook_secret=secret, worker_in_api=False)
    with serving(app) as telling:
        async with visitor(browser, telling, "light", path="/batches") as page:
            await no_violations(page)
            told = page.get_by_label("Tell this address when it is done")
            await told.fill("https://elsewhere.example/")
            await page.locator("#file").set_input_files(as_lines(COHORT))
            await expect(page.locator("#problem")).to_contain_text("This host may not be told")
            await told.fill("https://hooks.example/ü")
            async with page.expect_request(lambda r: r.method == "POST") as sent:
                await page.locator("#file").set_input_files(as_lines(COHORT))
            assert (await (await sent.value).all_headers())["webhook-url"] == "https://hooks.example/%C3%BC"
            await expect(page.locator("#batch-title")).to_have_text("Spring cohort")


async def test_a_correction_outlives_the_page_and_is_what_the_download_holds(desk: Page) -> None:
    await submit(desk)
    await desk.get_by_role("button", name="Open 0017").click()
    message = desk.get_by_role("article", name="Thank-you email to Ines Duarte")
    await message.get_by_label("Subject").fill("Thank you, Ines")
    await message.get_by_label("Message").fill("Hi Ines,\n\nThe rye stays with me.\n\nMika")
    await message.get_by_role("button", name="Save the correction").click()
    await expect(message.get_by_text("Corrected by hand")).to_be_visible()
    await desk.reload()
    await expect(desk.locator("#batch tbody tr").nth(0)).to_contain_text("Corrected")
    await desk.get_by_role("button", name="Open 0017").click()
    await expect(message.get_by_label("Message")).to_have_value("Hi Ines,\n\nThe rye stays with me.\n\nMika")
    async with desk.expect_download() as download:
        await desk.get_by_role("link", name="Download the mails").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(await (await download.value).path()).read_bytes()))
    mail = next(archive.read(name).decode() for name in archive.namelist() if "0017-Ines_Duarte" in name)
    assert "The rye stays with me." in mail


async def test_a_message_is_copied_as_it_stands_on_the_page(desk: Page) -> None:
    await submit(desk)
    await desk.get_by_role("button", name="Open 0019").click()
    message = desk.get_by_role("article", name="Thank-you email to Tom Reed")
    await message.get_by_role("button", name="Copy the text").click()
    await expect(desk.locator("#toast")).to_have_text("Text copied.")
    copied = await desk.evaluate("navigator.clipboard.readText()")
    assert copied == await message.get_by_label("Message").input_value()


async def test_what_was_typed_and_not_saved_is_not_lost_without_a_word(desk: Page) -> None:
    await submit(desk)
    await desk.get_by_role("button", name="Open 0019").click()
    text = desk.get_by_role("article", name="Thank-you email to Tom Reed").get_by_label("Message")
    await text.fill("Hi Tom, half")
    await asyncio.sleep(2)  # the list is looked at again meanwhile, and the text stays
    await expect(text).to_have_value("Hi Tom, half")
    await desk.get_by_role("button", name="Open 0017").click()
    await desk.get_by_role("button", name="Leave it", exact=True).click()
    await expect(text).to_have_value("Hi Tom, half")
    await desk.get_by_role("button", name="Open 0017").click()
    await desk.get_by_role("button", name="Leave it unsaved").click()
    await expect(desk.locator(".item h2")).to_have_text("0017")


async def test_failed_items_are_asked_for_again(desk: Page) -> None:
    await submit(desk)
    async with desk.expect_response("**/retry") as answer:
        await desk.get_by_role("button", name="Retry 1 failed item").click()
    assert await (await answer.value).json() == {"again": 1}
    await expect(desk.locator("article.batch .status")).to_have_text("Finished")


ALIKE_NOTES = """Interview today at 14:00, Halden Bakery, night baker
Met Ines Duarte (head baker).
- Ines: they proof the rye for 19 hours in the cellar
- she leads the move to stone ovens, 3 of 11 shops done so far
- she told me how the apprentices choose the loaf of the month themselves
"""
ALIKE = [{"ref": ref, "notes": ALIKE_NOTES, "candidate": {"name": "Mika Sand"}} for ref in ("a", "b")]


async def test_similar_messages_are_seen_and_one_of_each_is_written_again(desk: Page) -> None:
    await submit(desk, ALIKE)
    await desk.get_by_role("button", name="Open b", exact=True).click()
    text = desk.get_by_role("article", name="Thank-you email to Ines Duarte").get_by_label("Message")
    before = await text.input_value()
    await desk.get_by_role("button", name="Look for similar messages").click()
    pairs = desk.get_by_role("list", name="Similar messages").get_by_role("listitem")
    await expect(pairs).to_have_count(1)
    await expect(pairs).to_contain_text("a and b are 100 % the same · to Ines Duarte, Halden Bakery")
    await pairs.get_by_text("Read both").click()
    await expect(pairs.get_by_role("region", name="Message of b")).to_have_text(before)
    await desk.get_by_role("button", name="Write one of each pair again").click()
    await desk.get_by_role("button", name="Leave it", exact=True).click()
    await expect(text).to_have_value(before)
    await desk.get_by_role("button", name="Write one of each pair again").click()
    await desk.get_by_role("button", name="Write them again").click()
    anew = desk.get_by_role("list", name="Written again:", exact=True).get_by_role("listitem")
    await expect(anew).to_contain_text("without “")
    await expect(text).not_to_have_value(before)  # the open item shows what it has now
    await desk.get_by_role("button", name="Open b, written again").click()
    await expect(desk.locator(".item h2")).to_have_text("b")
    await expect(text).not_to_have_value(before)


async def test_where_no_two_are_alike_it_says_so(desk: Page) -> None:
    await submit(desk)
    await desk.get_by_role("button", name="Look for similar messages").click()
    await expect(desk.locator(".alike-found")).to_contain_text("No two of 5 messages")


@by_day_and_night
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_with_two_messages_beside_each_other(
    browser: Browser, served: Served, desk: Page, scheme: str, width: int
) -> None:
    await submit(desk, ALIKE)
    async with visitor(browser, served, scheme, width=width, path="/batches") as page:
        await page.get_by_role("button", name="Open: Spring cohort").click()
        await page.get_by_role("button", name="Look for similar messages").click()
        await page.get_by_text("Read both").click()
        await expect(page.locator(".beside pre")).to_have_count(2)
        await no_violations(page)
        await no_sideways_scroll(page)


async def test_deleting_asks_first_and_leaves_nothing(desk: Page) -> None:
    await submit(desk)
    delete = desk.get_by_role("button", name="Delete: Spring cohort")
    await delete.click()
    await desk.keyboard.press("Escape")
    await expect(desk.locator("article.batch")).to_have_count(1)
    await delete.click()
    await desk.get_by_role("button", name="Delete it").click()
    await expect(desk.locator("article.batch")).to_have_count(0)
    await expect(desk.locator("#batch")).to_be_hidden()


async def test_a_batch_that_nobody_works_on_is_cancelled(browser: Browser, tmp_path: Path) -> None:
    with serving(app_at(tmp_path, worker_in_api=False)) as waiting:
        async with visitor(browser, waiting, "light", path="/batches") as page:
            await page.locator("#file").set_input_files(as_lines(COHORT))
            await expect(page.locator("article.batch .status")).to_have_text("Waiting")
            await page.get_by_role("button", name="Cancel: Spring cohort").click()
            await page.get_by_role("button", name="Cancel the batch").click()
            await expect(page.locator("article.batch .status")).to_have_text("Cancelled")
            await expect(page.locator("#batch tbody .state-cancelled")).to_have_count(3)


async def test_everything_can_be_done_by_keyboard(desk: Page) -> None:
    await submit(desk)
    await expect(desk.locator("#batch-title")).to_be_focused()
    for _ in range(5):  # close, similar messages, the choice of state, the list, its first item
        await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await expect(desk.locator(".item h2")).to_be_focused()
    await desk.get_by_role("button", name="Close").press("Enter")
    await expect(desk.get_by_role("button", name="Open: Spring cohort")).to_be_focused()


@by_day_and_night
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_with_a_batch_open(
    browser: Browser, served: Served, desk: Page, scheme: str, width: int
) -> None:
    await submit(desk)
    async with visitor(browser, served, scheme, width=width, path="/batches") as page:
        await no_violations(page)
        await no_sideways_scroll(page)
        await page.get_by_role("button", name="Open: Spring cohort").click()
        await page.get_by_role("button", name="Open 0018").click()
        await no_violations(page)
        await page.get_by_role("button", name="Open 0017").click()
        await expect(page.locator(".item h2")).to_have_text("0017")
        await no_violations(page)
        await no_sideways_scroll(page)
        await page.get_by_role("button", name="Delete: Spring cohort").click()
        await no_violations(page)


@by_day_and_night
async def test_where_batches_are_off_the_page_says_what_to_set(browser: Browser, scheme: str) -> None:
    with serving(create_app(Settings(model="outline"), reader=shipped(), judge=NoJudge())) as off:
        async with visitor(browser, off, scheme, path="/batches") as page:
            await expect(page.get_by_role("main")).to_contain_text("AFTERWORD_BATCHES=on")
            await expect(page.locator("#upload")).to_have_count(0)
            await no_violations(page)
