from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evals.errors import EvalError
from evals.report import plots
from evals.report.view import _marks
from evals.report.write import write_report
from evals.run import plan_run, run
from evals.statistics import Interval
from service.types import DraftRequest, MessageKind, Severity, Span, Violation

from .support import GOOD, FakeDrafter, write_cases

HOSTILE = GOOD.replace("Ada,", "Ada, <script>alert(1)</script><img src=http://elsewhere.invalid/x.png>")


class Page(HTMLParser):
    """What would run, and what would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [v or "" for k, v in attrs if k in ("src", "href", "data", "srcset") and tag != "a"]


async def two_runs(tmp_path: Path, text=lambda request: GOOD) -> tuple[str, str]:
    cases = write_cases(tmp_path / "cases", clusters=6, per_cluster=2)
    for name, written in (("a", lambda request: GOOD), ("b", text)):
        plan = plan_run(cases, (), (MessageKind.THANK_YOU,), "fake", name=name)
        await run(plan, FakeDrafter(text=written), tmp_path / f"{name}.jsonl")
    return str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")


def hostile_once(request: DraftRequest) -> str:
    return HOSTILE if "no 4-1" in request.notes else GOOD


async def test_the_page_fetches_nothing_and_runs_nothing_of_what_was_written(tmp_path: Path) -> None:
    page, _, _ = write_report(await two_runs(tmp_path, hostile_once), tmp_path)
    text = page.read_text(encoding="utf-8")
    read = Page()
    read.feed(text)
    assert "&lt;script&gt;alert(1)" in text
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert "link" not in read.tags
    assert read.fetched == []
    assert not re.search(r"url\(|@import", text)


async def test_the_worst_message_comes_first_with_its_notes_and_reasons(tmp_path: Path) -> None:
    page, _, _ = write_report(await two_runs(tmp_path, hostile_once), tmp_path, worst=3)
    text = page.read_text(encoding="utf-8")
    cards = text.split('<article class="card"')[1:]
    assert len(cards) == 3
    assert "orrin4-n1" in cards[0]
    assert "markup" in cards[0]
    assert "14 mills, the night shift" in cards[0]
    assert "Both wrote the same message." in cards[1]
    assert "<del>" in cards[0]
    assert "<ins>" not in cards[1]


async def test_reasons_stand_above_the_letter_and_what_each_sentence_rests_on_below(tmp_path: Path) -> None:
    page, _, _ = write_report(await two_runs(tmp_path, hostile_once), tmp_path, worst=1)
    card = page.read_text(encoding="utf-8").split('<article class="card"')[1]
    assert "<b>new: form</b>" in card
    candidate = card.split('<section class="message">')[-1]
    assert (
        candidate.index("<b>form</b>") < candidate.index('<div class="letter">') < candidate.index("rests on</summary>")
    )
    assert "<i>on no line of the notes</i>" in candidate


async def test_what_a_version_mends_is_said_of_the_message(tmp_path: Path) -> None:
    before, after = await two_runs(tmp_path, hostile_once)
    page, _, _ = write_report((after, before), tmp_path)
    text = page.read_text(encoding="utf-8")
    (card,) = (c for c in text.split('<article class="card"')[1:] if "orrin4-n1" in c and "<b>mended: form</b>" in c)
    assert "new: " not in card
    assert text.count("<b>mended: ") == card.count("<b>mended: ")


async def test_a_regression_is_said_at_the_top(tmp_path: Path) -> None:
    page, _, _ = write_report(await two_runs(tmp_path, hostile_once), tmp_path)
    top = page.read_text(encoding="utf-8").split("<main>")[0]
    assert "<strong>Regression</strong>" in top
    assert "markup (1)" in top


async def test_junit_fails_the_messages_that_break_a_hard_rule(tmp_path: Path) -> None:
    _, xml, _ = write_report(await two_runs(tmp_path, hostile_once), tmp_path)
    root = ET.fromstring(xml.read_bytes())
    suite = root.find("testsuite[@name='thank_you']")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("12", "1")
    failed = suite.find("testcase[failure]")
    assert failed is not None
    assert failed.get("name") == "orrin4-n1/thank_you/Ada Pell/0"
    assert root.find("testsuite[@name='gate']/testcase[@name='hard rule markup']/failure") is not None


async def test_json_has_the_figures_of_both_sides(tmp_path: Path) -> None:
    _, _, data = write_report(await two_runs(tmp_path), tmp_path)
    found = json.loads(data.read_text(encoding="utf-8"))
    assert found["candidate"]["messages"] == found["baseline"]["messages"] == 12
    assert found["candidate"]["tokens"] == {"prompt": 120, "cached": 0, "completion": 60}
    assert found["gate"]["gate"] == "pass"
    assert found["comparison"]["clusters"] == 6


async def test_one_run_alone_has_a_page_too(tmp_path: Path) -> None:
    _, run_file = await two_runs(tmp_path)
    page, _, data = write_report((run_file,), tmp_path, out=tmp_path / "one.html")
    assert "<strong>" not in page.read_text(encoding="utf-8").split("<main>")[0]
    assert json.loads(data.read_text(encoding="utf-8"))["baseline"] is None
    assert page.read_text(encoding="utf-8").count('class="whisker"') == len(
        json.loads(data.read_text())["candidate"]["criteria"]
    )


async def test_three_runs_are_too_many(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="one run, or about a baseline and a candidate"):
        write_report(("a", "b", "c"), tmp_path)


def test_text_is_cut_where_evidence_and_faults_begin_and_end() -> None:
    fault = Violation("stock_phrase", "G33", Severity.SOFT, "", span=Span(4, 9))
    marks = _marks("one two three four", [(0, 7, 0)], [fault])
    assert "".join(m.text for m in marks) == "one two three four"
    assert [(m.text, m.evidence, bool(m.faults)) for m in marks] == [
        ("one ", 0, False),
        ("two", 0, True),
        (" t", None, True),
        ("hree four", None, False),
    ]


def test_an_interval_is_drawn_where_it_lies() -> None:
    svg = plots.forest([plots.Estimate("a <b>", 0.1, Interval(0.05, 0.15))], margin=0.05)
    ET.fromstring(svg)
    assert "a &lt;b&gt;" in svg
    zero, margin = (float(re.search(rf'class="{name}" x1="([\d.]+)"', svg)[1]) for name in ("axis", "margin"))  # type: ignore[index]
    low, high = (
        float(x) for x in re.search(r'class="reach plain" x1="([\d.]+)" y1="\d+.\d" x2="([\d.]+)"', svg).groups()
    )  # type: ignore[union-attr]
    assert margin < zero < low < high
    assert low - zero == pytest.approx(zero - margin, abs=0.2)


@pytest.mark.parametrize(
    "svg",
    [
        plots.bars([("one", 0.5, 0.7, Interval(0.4, 0.6)), ("two", 0.5, 0.7, None)]),
        plots.scatter([(80, 0.9, "thank_you", "a & b")], "words"),
        plots.scatter([], "words"),
        plots.stack([("model", 3), ("outline", 0), ("mixed", 1)]),
        plots.stack([]),
        plots.histogram([0.1, 0.5, 2.0], "s"),
        plots.forest([]),
    ],
)
def test_every_plot_is_well_formed(svg: str) -> None:
    assert ET.fromstring(svg).tag == "svg"
