"""Pictures of the page for docs and README, taken in a headless Chromium from a server of their own.

    python bench/screenshots.py [folder]

Needs Chromium (CHROMIUM names another one) and the embedded model's weights. Everything on the pictures comes from the
example that the page offers, and the messages are what the embedded model writes from it, once for all pictures.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from service.app import create_app
from service.settings import Settings

EVENING = "2026-11-17T18:00:00+01:00"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
WIDE, MIDDLE, PHONE = (1280, 900), (768, 1024), (390, 844)


@dataclass(frozen=True)
class Shot:
    """One picture: how far the visitor has come, how wide the screen is, and by day or by night."""

    name: str
    scene: str
    size: tuple[int, int]
    scheme: str = "light"
    whole: bool = False


SHOTS = (
    Shot("wide-empty", "empty", WIDE),
    Shot("wide-draft", "letter", WIDE, whole=True),
    Shot("wide-draft-dark", "letter", WIDE, "dark"),
    Shot("middle-draft", "letter", MIDDLE),
    Shot("phone-empty", "empty", PHONE),
    Shot("phone-draft", "letter", PHONE),
    Shot("phone-draft-dark", "letter", PHONE, "dark"),
    Shot("phone-understood", "understood", PHONE),
    Shot("phone-plan", "plan", PHONE),
    Shot("prompts", "prompts", WIDE),
)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(model="embedded")), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        drafted = draft(browser, url)
        for shot in SHOTS:
            take(browser, url, shot, folder, drafted)
            print(folder / f"{shot.name}.png")
        browser.close()
    server.should_exit = True
    thread.join(10)


def visitor(browser: Browser, url: str, shot: Shot, kept: StorageState | None = None) -> BrowserContext:
    width, height = shot.size
    return browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="Europe/Berlin",
        locale="en-GB",
        storage_state=kept,
    )


def take(browser: Browser, url: str, shot: Shot, folder: Path, drafted: StorageState) -> None:
    """One picture; whoever has drafted already finds it again in the browser's memory."""
    width, _ = shot.size
    context = visitor(browser, url, shot, None if shot.scene in ("empty", "prompts") else drafted)
    page = context.new_page()
    page.clock.set_fixed_time(EVENING)
    page.goto("/prompts" if shot.scene == "prompts" else "/")
    if shot.scene != "prompts":
        page.locator('#model[data-state="ready"]').wait_for()
    if shot.scene not in ("empty", "prompts"):
        page.locator("#understood summary").wait_for()
        page.get_by_role("tab").first.click()
    if shot.scene == "letter":
        light_up_a_sentence(page)
        page.locator(".desk" if width > 1000 else "#results").evaluate("(element) => element.scrollIntoView()")
    elif shot.scene == "understood":
        page.locator("#understood summary").click()
        page.locator("#understood").evaluate("(element) => element.scrollIntoView()")
    elif shot.scene == "plan":
        page.locator("#plan").evaluate("(element) => element.scrollIntoView()")
    page.locator("#toast").evaluate_all("(found) => found.forEach((toast) => (toast.hidden = true))")
    page.screenshot(path=folder / f"{shot.name}.png", full_page=shot.whole)
    context.close()


def light_up_a_sentence(page: Page) -> None:
    """The caret in the first sentence that rests on the notes."""
    page.locator("section.card:not([hidden]) textarea.body").evaluate(
        """(field) => {
            const at = Number(field.parentElement.querySelector(".mirror .evidence").dataset.start) + 1;
            field.focus();
            field.setSelectionRange(at, at);
            field.dispatchEvent(new KeyboardEvent("keyup", { key: "ArrowRight", bubbles: true }));
            field.blur();
        }"""
    )


def draft(browser: Browser, url: str) -> StorageState:
    """What the browser of a visitor holds who has taken the example, said who they are and had it drafted."""
    context = visitor(browser, url, Shot("", "letter", WIDE))
    page = context.new_page()
    page.clock.set_fixed_time(EVENING)
    page.goto("/")
    page.locator('#model[data-state="ready"]').wait_for(timeout=300_000)
    page.get_by_role("button", name="Try an example").click()
    you = page.locator("#understood").get_by_label("You", exact=True)
    you.wait_for()
    if not you.input_value():
        with page.expect_response("**/understood"):
            page.get_by_role("button", name="Sam Keller is me").click()
    page.get_by_role("button", name="Write my messages").click()
    page.get_by_role("button", name="Write them again").wait_for(timeout=600_000)
    page.wait_for_timeout(1_000)  # the page writes to the browser's memory a moment later
    kept = context.storage_state()
    context.close()
    return kept


if __name__ == "__main__":
    main()
