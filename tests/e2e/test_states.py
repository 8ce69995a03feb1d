"""The page says what is going on, also when it does not go well, and loses nothing."""

from __future__ import annotations

import asyncio
import json
import re
from functools import partial

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from tests.e2e.acts import NOTES, body, card, draft, paste

PROBLEMS = [
    (422, "notes-unusable", "The notes cannot be read", False),
    (413, "notes-too-long", "The notes are too long", False),
    (422, "unsupported-language", "Messages in this language are not supported yet", False),
    (422, "dates-contradict", "The dates contradict each other", False),
    (404, "unknown-prompt", "There is no such prompt version", False),
    (502, "model-failed", "The model gave no usable answer", True),
    (502, "model-rejected", "The model's endpoint refused the request", True),
    (502, "model-reply-invalid", "The model's reply cannot be used", True),
    (503, "model-unavailable", "The model is not reachable", True),
    (503, "model-overloaded", "The model is overloaded", True),
    (503, "weights-unavailable", "The model's weights are not on this machine", True),
    (504, "model-timeout", "The model took too long", True),
    (429, "too-many-requests", "Too many requests", True),
    (500, "internal", "Something went wrong inside Afterword", True),
]


def event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


FACTS = {"items": [], "missing": [], "interviewers": []}
DELTA = {"index": 0, "kind": "thank_you", "recipient": "Ines Duarte", "text": "Hi Ines,", "item_id": None}


async def _refused(route: Route, *, problem: dict[str, object]) -> None:
    await route.fulfill(status=int(str(problem["status"])), json=problem)


async def test_every_problem_is_said_and_tried_again_only_where_that_can_help(page: Page) -> None:
    await paste(page)
    for status, kind, title, again in PROBLEMS:
        problem = {"type": f"/problems/{kind}", "title": title, "status": status, "detail": f"What to do about {kind}."}
        await page.unroute_all()
        await page.route("**/draft", partial(_refused, problem=problem))
        await page.get_by_role("button", name="Write my messages").click()
        await expect(page.locator("#problem .title")).to_have_text(title)
        await expect(page.locator("#problem .detail")).to_have_text(f"What to do about {kind}.")
        await expect(page.get_by_role("button", name="Try again")).to_be_visible(visible=again)
    await expect(page.get_by_label("Your notes from the interview")).to_have_value(NOTES)


async def test_an_answer_that_is_no_problem_document_is_said_in_our_words(page: Page) -> None:
    html = "<h1>Bad Gateway</h1>"
    await page.route("**/draft", lambda route: route.fulfill(status=502, content_type="text/html", body=html))
    await paste(page)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#problem")).to_contain_text("no usable answer")
    await expect(page.locator("#problem")).not_to_contain_text("Bad Gateway")


async def test_an_error_inside_the_stream_keeps_what_had_arrived(page: Page) -> None:
    problem = {"type": "/problems/model-timeout", "title": "The model took too long", "status": 504, "detail": "Again."}
    stream = event("facts", FACTS) + event("delta", DELTA) + event("error", problem)
    await page.route("**/draft", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    await paste(page)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#problem")).to_contain_text("took too long")
    await expect(body(page)).to_have_value("Hi Ines,")
    await expect(body(page)).to_be_editable()


async def test_a_stream_that_breaks_off_is_told_from_one_that_is_done(page: Page) -> None:
    stream = event("facts", FACTS) + event("delta", DELTA)
    await page.route("**/draft", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    await paste(page)
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#problem")).to_contain_text("broke off")
    await page.unroute("**/draft")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator("#problem")).to_be_hidden()
    await expect(body(page)).to_have_value(re.compile("Mika Sand"))


async def test_cancel_closes_the_connection_and_keeps_the_page_usable(page: Page) -> None:
    held: asyncio.Queue[Route] = asyncio.Queue()
    await page.route("**/draft", held.put)
    await paste(page)
    await page.get_by_role("button", name="Write my messages").click()
    await held.get()
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/draft")):
        await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("#toast")).to_contain_text("Stopped")
    await expect(page.get_by_role("button", name="Write my messages")).to_be_enabled()


async def test_offline_is_said_and_taken_back(page: Page, context: BrowserContext) -> None:
    await context.set_offline(True)
    await expect(page.get_by_text("You are offline.")).to_be_visible()
    await context.set_offline(False)
    await expect(page.get_by_text("You are offline.")).to_be_hidden()


async def test_no_connection_while_drafting_is_said_kindly(page: Page) -> None:
    await paste(page)
    await page.route("**/draft", lambda route: route.abort("connectionrefused"))
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#problem")).to_contain_text("cannot be reached")


async def test_empty_notes_are_asked_for(page: Page) -> None:
    await page.get_by_role("button", name="Write my messages").click()
    await expect(page.locator("#notes-problem")).to_contain_text("Your notes go here first")
    await expect(page.get_by_label("Your notes from the interview")).to_be_focused()


async def test_a_language_that_is_not_supported_is_said_before_drafting(page: Page) -> None:
    async with page.expect_response("**/understood"):
        await page.get_by_label("Your notes from the interview").fill(
            "Ich habe heute mit Frau Schneider gesprochen. Sie hat mir von der neuen Bäckerei erzählt, "
            "und das war sehr interessant."
        )
    await expect(page.locator("#understood .notice")).to_contain_text("English")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"state": "downloading", "percent": 43}, "43 %"),
        ({"state": "loading"}, "waking up"),
        ({"state": "failed", "detail": "Only 2 GB of memory are free; 3 are needed."}, "could not start"),
        ({"state": "ready", "name": "qwen2.5-coder-1.5b-instruct"}, "qwen2.5-coder-1.5b-instruct"),
    ],
)
async def test_the_model_says_where_it_is(page: Page, state: dict[str, object], words: str) -> None:
    answer = {"name": None, "percent": None, "detail": ""} | state
    await page.route("**/model", lambda route: route.fulfill(json=answer))
    await page.reload()
    await expect(page.locator("#model")).to_contain_text(words)
    await expect(page.locator("#privacy")).to_contain_text("Nothing is kept")
    if state["state"] == "failed":
        await expect(page.locator("#privacy")).to_contain_text("Only 2 GB")


async def test_a_dropped_file_becomes_notes_and_a_wrong_one_a_sentence(page: Page) -> None:
    text = {"name": "n.txt", "mimeType": "text/plain", "buffer": b"Met Ines Duarte"}
    await page.locator("#file").set_input_files(text)
    await expect(page.get_by_label("Your notes from the interview")).to_have_value("Met Ines Duarte")
    mail = b"Subject: Interview\r\nContent-Type: text/plain\r\n\r\nMet Ole Berg\r\n"
    await page.locator("#file").set_input_files({"name": "n.eml", "mimeType": "message/rfc822", "buffer": mail})
    await expect(page.get_by_label("Your notes from the interview")).to_have_value("Interview\n\nMet Ole Berg")
    await page.locator("#file").set_input_files({"name": "n.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    await expect(page.locator("#notes-problem")).to_contain_text("Only .txt")


async def test_the_page_works_when_storage_is_switched_off(page: Page) -> None:
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } });"
    await page.add_init_script(denied)
    await page.reload()
    await draft(page)
    await expect(card(page)).to_be_visible()


async def test_a_redraft_that_fails_leaves_the_messages_that_were_there(page: Page) -> None:
    await draft(page)
    await body(page).fill("My own words.")
    await page.route("**/draft", lambda route: route.abort("connectionrefused"))
    await page.get_by_role("button", name="Write them again").click()
    await expect(page.locator("#problem")).to_contain_text("cannot be reached")
    await expect(body(page)).to_have_value("My own words.")
    await expect(page.get_by_role("tab")).to_have_count(4)


async def test_a_redraft_that_breaks_off_keeps_the_messages_it_had_not_replaced_yet(page: Page) -> None:
    await draft(page)
    await page.get_by_role("tab").nth(2).click()
    await body(page).fill("My own words.")
    stream = event("facts", FACTS) + event("delta", DELTA)
    await page.route("**/draft", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    await page.get_by_role("button", name="Write them again").click()
    await expect(page.locator("#problem")).to_contain_text("broke off")
    await expect(page.get_by_role("tab")).to_have_count(4)
    await expect(page.get_by_role("tab").nth(2)).to_have_attribute("aria-selected", "true")
    await expect(body(page)).to_have_value("My own words.")
    await page.get_by_role("tab").first.click()
    await expect(body(page)).to_have_value(re.compile("Mika Sand"))
    await page.reload()
    await expect(page.get_by_role("tab")).to_have_count(4)


async def test_undo_reaches_back_over_a_redraft(page: Page) -> None:
    await draft(page)
    await body(page).fill("My own words.")
    await page.get_by_role("button", name="Write them again").click()
    await expect(body(page)).to_have_value(re.compile("Mika Sand"))
    await expect(page.get_by_role("button", name="Write them again")).to_be_enabled()
    await card(page).get_by_role("button", name="Undo").click()
    await expect(body(page)).to_have_value("My own words.")
