"""The page with a model behind it: one that can be held, and the real ones where their weights are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from playwright.async_api import Browser, Page, expect

from service.app import create_app
from service.drafting.judging import NoJudge
from service.errors import ModelUnavailable
from service.models.port import ModelRequest
from service.models.registry import load_registry
from service.models.scripted import ScriptedModel, Step
from service.models.weights import find_weights, models_dir
from service.settings import Settings
from tests.e2e.acts import body, card, draft, paste
from tests.e2e.conftest import NOW, Served, said_back, serving
from tests.reading_shipped import shipped, wordless


async def opened(browser: Browser, served: Served) -> Page:
    context = await browser.new_context(base_url=served.url, timezone_id="Europe/Berlin", reduced_motion="reduce")
    page = await context.new_page()
    await page.clock.set_fixed_time(NOW)
    await page.goto("/")
    return page


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 (what is waited for happens in another thread, which knows no event of ours)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("read_along", "progress", "words"),
    [(True, "#reading", "Reading your notes"), (False, "section.card:not([hidden]) .progress", "Writing for Ines")],
)
async def test_cancel_ends_the_calls_to_the_model(
    browser: Browser, read_along: bool, progress: str, words: str
) -> None:
    never = asyncio.Event()
    model = ScriptedModel(script=lambda request: Step("Never said.", gate=never))
    settings = Settings(model="outline", read_along=read_along)
    with serving(create_app(settings, model=model, reader=wordless(), judge=NoJudge())) as served:
        page = await opened(browser, served)
        await paste(page)
        await page.get_by_role("button", name="Write my messages").click()
        await until(lambda: bool(model.requests))
        await expect(page.locator(progress)).to_contain_text(words)
        await page.get_by_role("button", name="Cancel").click()
        await until(lambda: model.cancelled == len(model.requests))
        await expect(page.locator("#toast")).to_contain_text("Stopped")
        await expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
        await page.context.close()


async def test_a_model_that_fails_leaves_messages_that_say_who_wrote_them(browser: Browser) -> None:
    with serving(create_app(Settings(model="outline"), model=ScriptedModel(), reader=wordless())) as served:
        page = await opened(browser, served)
        await draft(page)
        await expect(card(page).locator(".written")).to_contain_text("without a model")
        assert (await body(page).input_value()).startswith("Dear Ines,")
        await page.context.close()


async def test_a_message_in_the_notes_own_words_is_not_called_the_models(browser: Browser) -> None:
    model = ScriptedModel()
    with serving(create_app(Settings(model="outline"), model=model, reader=shipped(), judge=NoJudge())) as served:
        page = await opened(browser, served)
        await draft(page)
        await expect(card(page).locator(".written")).to_contain_text("sentences about your talk")
        await expect(body(page)).to_have_value(re.compile("(I enjoyed hearing|Thank you for telling me|I was glad)"))
        await page.context.close()


async def test_a_message_that_the_model_failed_at_is_tried_again_with_one_tap(browser: Browser) -> None:
    """The model does not answer at first, as one that is overloaded, and then does."""
    up = asyncio.Event()

    def answer(request: ModelRequest) -> str | Exception:
        return said_back(request) if up.is_set() else ModelUnavailable("Nothing listens there yet.")

    model, settings = ScriptedModel(script=answer), Settings(model="outline", read_along=False)
    app = create_app(settings, model=model, reader=wordless(), judge=NoJudge())
    with serving(app) as served:
        page = await opened(browser, served)
        await draft(page)
        await expect(card(page).locator(".grade")).to_have_text("Only the frame")
        await expect(card(page).locator(".warnings")).to_contain_text("The model could not write this")
        up.set()
        await card(page).get_by_role("button", name="Try again").click()
        await expect(body(page)).to_have_value(re.compile("19 hours"))
        await expect(card(page).locator(".grade")).not_to_have_text("Only the frame")
        await expect(card(page).locator(".warnings")).not_to_contain_text("The model could not write this")
        await expect(card(page).get_by_role("button", name="Use another point")).to_be_enabled()
        await page.context.close()


async def test_a_frame_is_never_called_ready_until_something_of_the_talk_is_in_it(browser: Browser) -> None:
    app = create_app(Settings(model="outline"), reader=shipped(), judge=NoJudge())
    with serving(app) as served:
        page = await opened(browser, served)
        await page.get_by_label("Check-in").check()
        await draft(page)
        grade = card(page).locator(".grade")
        for tab in await page.get_by_role("tab").all():
            await tab.click()
            await expect(grade).to_have_text("Only the frame")
            async with page.expect_response("**/score"):
                await body(page).press("Control+End")
                await body(page).press_sequentially(" PS")
            await expect(grade).to_have_text("Only the frame")
        await page.get_by_role("tab").first.click()
        text = await body(page).input_value()
        told = "The 19 hours that you proof the rye in the cellar have stayed with me."
        async with page.expect_response("**/score"):
            await body(page).fill(text.replace("Dear Ines,", f"Dear Ines,\n\n{told}").removesuffix(" PS"))
        await expect(grade).not_to_have_text("Only the frame")
        await page.context.close()


@pytest.fixture
def real(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The service with the named model of its own, as ``make run`` starts it once the weights are there."""
    entry = load_registry().resolve(request.param)
    if find_weights(entry, models_dir(None)) is None:
        pytest.skip(f"the weights are not on this machine: afterword model pull {request.param}")
    with serving(create_app(Settings(model=request.param), reader=shipped())) as served:
        yield served


# Every text that the first message had, in the order in which the visitor saw them.
SEEN = """() => {
    window.seen = [];
    new MutationObserver(() => {
        const text = document.querySelector("#message-0 .mirror")?.textContent.replace("\\u200b", "").trimEnd();
        if (text && text !== window.seen.at(-1)) window.seen.push(text);
    }).observe(document.getElementById("messages"), { childList: true, subtree: true });
}"""
SMALL = pytest.param("smollm2-135m", marks=pytest.mark.needs_small_model)
DEFAULT = pytest.param("embedded", marks=pytest.mark.needs_model)


@pytest.mark.parametrize("real", [SMALL, DEFAULT], indirect=True)
async def test_the_main_path_with_a_real_model(browser: Browser, real: Served) -> None:
    page = await opened(browser, real)
    await expect(page.locator("#model")).to_have_attribute("data-state", "ready", timeout=120_000)
    await expect(page.locator("#privacy")).to_contain_text("on the machine that runs Afterword")
    await paste(page)
    await page.get_by_label("LinkedIn note").uncheck()
    async with page.expect_response("**/understood"):
        await page.get_by_label("Write to Ole Berg").uncheck()
    await page.evaluate(SEEN)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.get_by_role("button", name="Write them again")).to_be_enabled(timeout=180_000)
    seen = await page.evaluate("window.seen")
    assert len(seen) > 3, "the text arrives piece by piece"
    assert all(after.startswith(before) for before, after in pairwise(seen)), "nothing shown is taken back"
    text = await body(page).input_value()
    assert text.startswith("Dear Ines,")
    assert text.rstrip().endswith("Mika Sand")
    assert "2,400" not in text
    await expect(page.locator("#problem")).to_be_hidden()
    await page.context.close()
