"""The main path in the other engine: notes in, what was understood, messages sentence by sentence, an edit and its score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.acts import NOTES
from tests.e2e.conftest import Served
from tests.e2e.firefox import FIREFOX, firefox

pytestmark = [
    pytest.mark.needs_firefox,
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox on this machine; set FIREFOX to its path"),
]
CARD = "section.card:not([hidden])"


async def test_the_main_path_in_firefox(served: Served, tmp_path: Path) -> None:
    async with firefox(tmp_path) as tab:
        await tab.goto(served.url)
        await tab.click("#notes")
        await tab.evaluate(f"document.execCommand('insertText', false, {json.dumps(NOTES)})")
        assert await tab.until("document.querySelector('[name=company]')?.value") == "Halden Bakery"

        await tab.click("#fact-candidate")
        await tab.type("Mika Sand")
        await tab.click("#draft")
        await tab.until("document.querySelector('#draft .label').textContent === 'Write them again'")
        letter = await tab.until(f"document.querySelector('{CARD} .body')?.value")
        assert letter.startswith("Dear Ines,")
        assert letter.rstrip().endswith("Mika Sand")
        hello = letter.index("\n\n") + 2

        await tab.click(f"{CARD} .body")
        await tab.until("document.querySelector('.piece.lit .words, .ground:not([hidden])')?.textContent")
        # The letter names the real day, and so a click on its middle falls anywhere: inside a word, it would hide the phrase.
        await tab.evaluate(f"document.querySelector('{CARD} .body').setSelectionRange({hello}, {hello})")
        await tab.type("Just checking in. ")
        await tab.until(f"document.querySelector('{CARD} .written').textContent === 'Edited by you'")
        await tab.until(f"document.querySelector('{CARD}').textContent.includes('could stand in anyone')")

        assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true"
        assert tab.complaints == []
