"""A real server on loopback and a real headless Chromium for all end-to-end tests; each test has its own profile."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from service.app import create_app
from service.drafting.judging import NoJudge
from service.models.port import ModelRequest
from service.models.scripted import ScriptedModel
from service.settings import Settings
from tests.reading_shipped import wordless

_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NOW = "2026-11-17T18:00:00+01:00"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if item.get_closest_marker("needs_firefox"):
                continue
            item.add_marker(pytest.mark.needs_chromium)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine; set CHROMIUM to its path"))


@dataclass(frozen=True)
class Served:
    url: str


@contextmanager
def serving(app: FastAPI) -> Iterator[Served]:
    """``app`` on a free port of loopback, in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=2))
    started = threading.Event()
    startup = server.startup

    async def startup_and_tell(sockets: object = None) -> None:
        await startup()
        started.set()

    server.startup = startup_and_tell  # type: ignore[method-assign,assignment]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield Served(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The app as users get it, with a model that says each note back and is always asked: fast, and the same every time."""
    settings = Settings(model="outline", read_along=False)
    app = create_app(settings, model=ScriptedModel(script=said_back), reader=wordless(), judge=NoJudge())
    with serving(app) as served:
        yield served


def said_back(asked: ModelRequest) -> str:
    """' she proofs the rye for 19 hours.' from the note in the request."""
    found = re.search(r"<note>(.*?)</note>", asked.messages[-1].content, re.DOTALL)
    return f" {found[1].strip().rstrip('.')}." if found else " that."


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, served: Served) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        base_url=served.url,
        viewport={"width": 1280, "height": 900},
        timezone_id="Europe/Berlin",
        locale="en-GB",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(40_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """The open page, on the evening of 17 November 2026; any error in its scripts fails the test."""
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if _is_error(message) else None)
    await page.clock.set_fixed_time(NOW)
    await page.goto("/")
    yield page
    assert errors == []


def _is_error(message: ConsoleMessage) -> bool:
    """Whether a script went wrong.

    Not errors: an answer that is not 2xx, which the tests provoke, and a request that a newer one replaced
    (`hx-sync="this:replace"`), of which htmx speaks as of an error.
    """
    expected = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
    return message.type == "error" and not any(words in message.text for words in expected)
