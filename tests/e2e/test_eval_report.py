"""The evals' page as a browser shows it: opened from disk, readable by day and by night, fetching nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from evals.report.write import write_report
from tests.e2e.test_accessibility import by_day_and_night, no_sideways_scroll, no_violations, unfold
from tests.evals.test_report import hostile_once, two_runs


@by_day_and_night
@pytest.mark.parametrize("width", [1280, 390])
async def test_it_opens_from_disk_and_axe_finds_nothing(
    browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    page_file, _, _ = write_report(await two_runs(tmp_path, hostile_once), tmp_path, worst=3)
    # Its own policy would keep axe out as well.
    context = await browser.new_context(
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 850},
    )
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(page_file.as_uri())
    await unfold(page)
    await no_violations(page)
    await no_sideways_scroll(page)
    assert asked == [page_file.as_uri()]
    await context.close()
