"""What was measured of a prompt version; where nothing was, the reason that was written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from service.errors import PromptError
from service.prompting.evidence import CriterionRecord, GateRecord, Measured, read_measured
from service.prompting.library import PromptVersion

_UNMEASURED = re.compile(r"^Released without evidence: *(\S.*)$", re.MULTILINE)
_TITLE = re.compile(r"\A# .*\n+")
_OUTCOMES = {
    "pass": ("now", "no worse than before"),
    "regression": ("overdue", "worse than before"),
    "inconclusive": ("too_early", "not clear yet"),
    "invalid": ("overdue", "comparison not valid"),
}
_VERDICTS = {"better": "better", "non-inferior": "as good", "worse": "worse", "unclear": "not clear"}


@dataclass(frozen=True)
class ScoreRow:
    """One criterion. ``passed`` is the share of messages; the change is against the version compared with."""

    name: str
    before: str
    score: str
    change: str
    interval: str
    passed: str
    verdict: str
    mark: str


@dataclass(frozen=True)
class Scores:
    """``record`` is None where nothing was measured, and ``reason`` then says why; ``is_baseline`` as in Measured."""

    record: GateRecord | None = None
    is_baseline: bool = False
    rows: tuple[ScoreRow, ...] = ()
    outcome: str = ""
    outcome_mark: str = ""
    reason: str = ""


def scores_of(version: PromptVersion, results: Path) -> Scores:
    """What the records in ``results`` say of ``version``; a damaged record is told, not raised: the page goes on."""
    try:
        measured = read_measured(results, version.sha256)
    except PromptError as damaged:
        return Scores(reason=f"The record of its measurement cannot be read. {damaged.detail}")
    if measured is None:
        told = _UNMEASURED.search(version.changelog)
        return Scores(reason=_sentence(told[1]) if told else "No comparison with another version is on record.")
    return _shown(measured)


def changelog_paragraphs(version: PromptVersion) -> tuple[str, ...]:
    """The change log without its title and without the line on evidence, which the scores tell."""
    text = _UNMEASURED.sub("", _TITLE.sub("", version.changelog))
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())


def _shown(measured: Measured) -> Scores:
    record = measured.record
    mark, words = _OUTCOMES[record.gate]
    return Scores(
        record=record,
        is_baseline=measured.is_baseline,
        rows=tuple(_row(c) for c in record.criteria),
        outcome=words,
        outcome_mark=mark,
    )


def _row(c: CriterionRecord) -> ScoreRow:
    known = c.low is not None and c.high is not None
    return ScoreRow(
        name=c.name.replace("_", " ").capitalize(),
        before=_points(c.before),
        score=_points(c.score),
        change=_signed(c.difference),
        interval=f"{_signed(c.low or 0)} to {_signed(c.high or 0)}" if known else "too few interviews",
        passed=f"{c.passed_before:.0%} → {c.passed:.0%}",
        verdict=_VERDICTS.get(c.verdict, c.verdict),
        mark=c.verdict,
    )


def _points(share: float) -> str:
    return f"{share * 100:.1f}"


def _signed(share: float) -> str:
    points = round(share * 100, 1)
    return "0.0" if not points else f"{points:+.1f}".replace("-", "−")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
