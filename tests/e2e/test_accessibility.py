"""axe-core finds nothing in any state of any page, by day and by night."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, expect

from service.app import create_app
from service.drafting.judging import NoJudge
from service.models.scripted import ScriptedModel, Step
from service.settings import Settings
from tests.e2e.acts import NOTES, body, card, caret_in, draft, paste
from tests.e2e.conftest import NOW, Served, serving
from tests.reading_shipped import wordless

SCHEMES = ("light", "dark")
by_day_and_night = pytest.mark.parametrize("scheme", SCHEMES)


async def no_violations(page: Page) -> None:
    found = await Axe().run(page)
    assert [f"{v['id']}: {v['nodes'][0]['target']}" for v in found.response["violations"]] == []


async def no_sideways_scroll(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def unfold(page: Page) -> None:
    await page.locator("main details").evaluate_all("(all) => all.forEach((details) => (details.open = true))")


async def _shown_again(route: Route, *, html: str) -> None:
    await route.fulfill(body=html, content_type="text/html")


@asynccontextmanager
async def visitor(
    browser: Browser, served: Served, scheme: str, *, width: int = 1280, script: bool = True, path: str = "/"
) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=served.url,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 850},
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    context.set_default_timeout(40_000)
    page = await context.new_page()
    if script:
        await page.clock.set_fixed_time(NOW)
    await page.goto(path)
    yield page
    await context.close()


@by_day_and_night
@pytest.mark.parametrize("width", [1280, 390])
async def test_from_empty_to_edited(browser: Browser, served: Served, scheme: str, width: int) -> None:
    async with visitor(browser, served, scheme, width=width) as page:
        await no_violations(page)
        await paste(page)
        await expect(page.locator("#understood summary")).to_be_visible()
        if width < 640:
            await page.locator("#understood summary").click()
        await page.locator(".piece", has_text="proof the rye").get_by_role("combobox").focus()
        await no_violations(page)
        await page.get_by_label("Check-in").check()
        await draft(page, None)
        await caret_in(page, "19 hours")
        await card(page).locator(".scorecard summary").click()
        await no_violations(page)
        async with page.expect_response("**/score"):
            await body(page).fill("Hi Ines,\n\nWe spoke about 57 ovens. Just checking in.")
        await caret_in(page, "57")
        await expect(card(page).locator(".mirror .unsupported").first).to_be_attached()
        await no_violations(page)
        await page.get_by_role("tab", name="LinkedIn note Ines").click()
        await body(page).fill("x" * 201)
        await no_violations(page)
        await page.locator("#plan").scroll_into_view_if_needed()
        await page.get_by_role("button", name="Clear").click()
        await expect(page.locator("#toast").get_by_role("button", name="Undo")).to_be_visible()
        await no_violations(page)


@by_day_and_night
async def test_the_five_questions_a_wrong_file_and_notes_that_cannot_be_read(
    browser: Browser, served: Served, scheme: str
) -> None:
    async with visitor(browser, served, scheme) as page:
        await page.get_by_role("button", name="Answer 5 questions").click()
        await no_violations(page)
        await page.get_by_role("button", name="Paste").click()
        wrong = {"name": "n.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
        await page.locator("#file").set_input_files(wrong)
        await expect(page.locator("#notes-problem")).not_to_be_empty()
        await no_violations(page)
        async with page.expect_response("**/understood"):
            await page.get_by_label("Your notes from the interview").fill(
                "Ich habe heute mit Frau Schneider gesprochen. Sie hat mir von der neuen Bäckerei erzählt, "
                "und das war sehr interessant."
            )
        await expect(page.locator("#understood .notice")).to_contain_text("English")
        await no_violations(page)


@by_day_and_night
async def test_facts_that_are_asked_for_and_dates_that_are_not_known(
    browser: Browser, served: Served, scheme: str
) -> None:
    async with visitor(browser, served, scheme) as page:
        await page.get_by_label("Check-in").check()
        undated = NOTES.replace("- Ole said they decide by Friday 27 November\\n", "")
        await paste(page, undated.replace(" and Ole Berg (owner).", ", Ole Berg (owner) and Mika Sand."), me="")
        async with page.expect_response("**/understood"):
            await page.get_by_label("Write to Mika Sand").uncheck()
        await expect(page.get_by_role("button", name="Mika Sand is me")).to_be_visible()
        await draft(page, None)
        await expect(page.locator("#asks").get_by_role("button", name="I am Mika Sand")).to_be_visible()
        await no_violations(page)


@by_day_and_night
@pytest.mark.parametrize(
    "state",
    [
        {"state": "downloading", "percent": 43},
        {"state": "loading"},
        {"state": "ready", "name": "qwen2.5-coder-1.5b-instruct"},
        {"state": "failed", "detail": "Only 2 GB of memory are free; 3 are needed."},
    ],
    ids=lambda state: state["state"],
)
async def test_each_state_of_the_model(browser: Browser, served: Served, scheme: str, state: dict[str, object]) -> None:
    async with visitor(browser, served, scheme) as page:
        answer = {"name": None, "percent": None, "detail": "", "remote": False} | state
        await page.route("**/model", lambda route: route.fulfill(json=answer))
        await page.reload()
        await expect(page.locator("#model")).to_have_attribute("data-state", str(state["state"]))
        await no_violations(page)


@by_day_and_night
async def test_offline_with_a_request_that_failed(browser: Browser, served: Served, scheme: str) -> None:
    async with visitor(browser, served, scheme) as page:
        await page.route("**/draft", lambda route: route.abort())
        await paste(page)
        await page.get_by_role("button", name="Write my messages").click()
        await expect(page.locator("#problem")).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.locator("#offline")).to_be_visible()
        await no_violations(page)


@by_day_and_night
@pytest.mark.parametrize(("read_along", "shown"), [(True, "#reading"), (False, "section.card:not([hidden]) .progress")])
async def test_while_reading_while_writing_and_when_it_takes_long(
    browser: Browser, scheme: str, read_along: bool, shown: str
) -> None:
    """A model that never answers holds the page at reading, or, where code alone reads, at writing."""
    held = ScriptedModel(script=lambda request: Step("Never said.", gate=asyncio.Event()))
    settings = Settings(model="outline", read_along=read_along)
    with serving(create_app(settings, model=held, reader=wordless(), judge=NoJudge())) as slow:
        async with visitor(browser, slow, scheme) as page:
            await page.clock.install()
            await paste(page)
            await page.get_by_role("button", name="Write my messages").click()
            await expect(page.locator(shown)).to_be_visible()
            await no_violations(page)
            await page.clock.fast_forward(16_000)
            await expect(page.locator("html")).to_have_class(re.compile("slow"))
            await no_violations(page)
            await page.get_by_role("button", name="Cancel").click()
            await expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
            await no_violations(page)


@by_day_and_night
async def test_the_page_that_comes_back_without_javascript(browser: Browser, served: Served, scheme: str) -> None:
    """axe needs a script of its own: the posted page is shown again where scripts run, with its own left out."""
    async with visitor(browser, served, scheme, script=False) as plain:
        await plain.get_by_label("Your notes from the interview").fill(NOTES)
        await plain.get_by_role("button", name="Write my messages").click()
        await expect(plain.locator(".plain-card")).to_have_count(4)
        drafted = await plain.content()
        await plain.goto("/")
        await plain.get_by_role("button", name="Write my messages").click()
        await expect(plain.locator("#problem")).to_contain_text("empty")
        refused = await plain.content()
    async with visitor(browser, served, scheme, width=390) as page:
        await page.route("**/static/**/*.js", lambda route: route.abort())
        for html in (drafted, refused):
            still = html.replace("<noscript>", "").replace("</noscript>", "")
            await page.route("**/posted", partial(_shown_again, html=still))
            await page.goto("/posted")
            await no_violations(page)
            await no_sideways_scroll(page)
            await unfold(page)
            await no_violations(page)
            await page.unroute("**/posted")


@by_day_and_night
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/prompts", "/prompts/thank_you", "/prompts/nothing", "/docs"])
async def test_the_other_pages(browser: Browser, served: Served, path: str, width: int, scheme: str) -> None:
    async with visitor(browser, served, scheme, width=width, path=path) as page:
        await no_violations(page)
        await unfold(page)
        await no_violations(page)
        await no_sideways_scroll(page)
