"""The report's three files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from evals.compare import Comparison, CriterionResult
from evals.errors import EvalError
from evals.files import compared, find_run, scores_of
from evals.gate import MARGIN, CriterionVerdict, GateResult, gate
from evals.report import plots
from evals.report.machine import as_json, junit
from evals.report.view import View, view
from evals.rows import read_meta
from evals.run import select
from evals.verdicts.data import HARD


def write_report(
    refs: tuple[str, ...], runs: Path, *, out: Path | None = None, cases: Path | None = None, worst: int = 30
) -> list[Path]:
    """Writes the page and, beside it, JUnit XML and JSON; returns their paths. Raises EvalError, CaseError."""
    if len(refs) > 2:
        raise EvalError("A report is about one run, or about a baseline and a candidate.")
    found = [find_run(ref, runs) for ref in refs]
    sides = [(run, scores_of(run, cases)) for run in found]
    candidate, baseline = sides[-1], sides[0] if len(sides) == 2 else None
    made = compared((str(found[0]), str(found[1])), runs, cases)[0] if baseline else None
    judged = gate(made) if made else None
    known = {c.id: c for run in found for c in _cases(run, cases)}
    seen = view(candidate, baseline, made, known, worst)
    page = out or found[-1].with_suffix(".report.html")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(seen, judged), encoding="utf-8")
    xml, data = page.with_suffix(".xml"), page.with_suffix(".json")
    xml.write_bytes(junit(candidate[1], judged))
    data.write_text(as_json(seen.candidate, seen.baseline, made, judged), encoding="utf-8")
    return [page, xml, data]


def _cases(run: Path, path: Path | None) -> tuple[Any, ...]:
    meta = read_meta(run)
    return select(path or Path(meta.cases_path), meta.selection)


def render(seen: View, judged: GateResult | None) -> str:
    """The page as one string; nothing in it is fetched from anywhere."""
    environment = Environment(
        loader=PackageLoader("evals.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    f = seen.candidate
    verdicts = {v.name: v for v in judged.criteria} if judged else {}
    return environment.get_template("report.html.j2").render(
        seen=seen,
        f=f,
        b=seen.baseline,
        made=seen.comparison,
        gate=judged,
        verdicts=verdicts,
        hard=HARD,
        criteria_plot=_criteria_plot(seen.comparison, judged) if seen.comparison and judged else _means(seen),
        tags_plot=_tags_plot(seen.comparison) if seen.comparison else "",
        scatter=plots.scatter(f.points, "words"),
        writers=[(w, plots.stack(sorted(s.writers.items()))) for w, s in _sides(seen)],
        seconds=plots.histogram([s for s in f.seconds if s > 0], "s"),
    )


def _sides(seen: View) -> list[tuple[str, Any]]:
    sides = [(seen.baseline.meta.name, seen.baseline)] if seen.baseline else []
    return [*sides, (seen.candidate.meta.name, seen.candidate)]


def _means(seen: View) -> str:
    f = seen.candidate
    return plots.bars([(n.replace("_", " "), f.mean(n), f.passed(n), f.interval(n)) for n in f.criteria])


_TONES = {"better": "good", "worse": "bad", "unclear": "unclear", "non-inferior": "plain"}


def _criteria_plot(made: Comparison, judged: GateResult) -> str:
    verdicts = {v.name: v for v in judged.criteria}
    rows = [_estimate(c, verdicts[c.name]) for c in made.criteria]
    return plots.forest(rows, MARGIN)


def _estimate(c: CriterionResult, judged: CriterionVerdict) -> plots.Estimate:
    name, means = c.name.replace("_", " "), (c.baseline, c.candidate)
    return plots.Estimate(name, c.difference, c.interval, _TONES[judged.verdict], means, judged.margin)


def _tags_plot(made: Comparison) -> str:
    """Tags with enough interviews to say anything, those that lost first."""
    rows = [t for t in made.tags if t.clusters >= 3]
    rows = sorted(rows, key=lambda t: t.difference)[:24]
    return (
        plots.forest([plots.Estimate(f"{t.tag} ({t.clusters})", t.difference, t.interval) for t in rows])
        if rows
        else ""
    )
