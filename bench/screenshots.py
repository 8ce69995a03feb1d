"""Pictures of the page for docs and README, taken in a headless Chromium from a server of their own.

    python bench/screenshots.py [folder]

Needs Chromium (CHROMIUM names another one). Everything on the pictures comes from the example that the page offers, and
no model is asked.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

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
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(model="outline")), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for shot in SHOTS:
            take(browser, url, shot, folder)
            print(folder / f"{shot.name}.png")
        browser.close()
    server.should_exit = True
    thread.join(10)


def take(browser: Browser, url: str, shot: Shot, folder: Path) -> None:
    width, height = shot.size
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        reduced_motion="reduce",
        timezone_id="Europe/Berlin",
        locale="en-GB",
    )
    page = context.new_page()
    page.clock.set_fixed_time(EVENING)
    page.goto("/prompts" if shot.scene == "prompts" else "/")
    if shot.scene not in ("empty", "prompts"):
        draft(page)
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


def draft(page: Page) -> None:
    page.get_by_role("button", name="Try an example").click()
    page.locator("#understood summary").wait_for()
    page.get_by_label("Check-in").check()
    page.get_by_role("button", name="Write my messages").click()
    page.get_by_role("button", name="Write them again").wait_for(timeout=30_000)


if __name__ == "__main__":
    main()
