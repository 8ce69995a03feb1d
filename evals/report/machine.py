"""The same results for machines: JUnit XML for a build's display, JSON for everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from evals.compare import Comparison
from evals.gate import GateResult, gate_json
from evals.report.view import Figures
from evals.scores import Scored, read_scores

_OUTCOME = {"worse": "failure", "unclear": "skipped"}


def junit(scores: Path, gate: GateResult | None) -> bytes:
    """A test case per message, failed where a hard rule is broken; with a gate, one per criterion besides."""
    root = ET.Element("testsuites", name="afterword eval")
    suites: dict[str, ET.Element] = {}
    for row in read_scores(scores):
        if row.kind not in suites:
            suites[row.kind] = ET.SubElement(root, "testsuite", name=row.kind)
        _message(suites[row.kind], row)
    if gate is not None:
        _gate(ET.SubElement(root, "testsuite", name="gate"), gate)
    for suite in root:
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _message(suite: ET.Element, row: Scored) -> None:
    case = ET.SubElement(suite, "testcase", classname=row.cluster, name=row.key, time=f"{row.seconds:.3f}")
    failed = [f"{name}: {c[3]}" for name, c in row.criteria.items() if not c[1]]
    if row.broken:
        told = ", ".join(f"{name} {count}" for name, count in row.broken.items())
        ET.SubElement(case, "failure", message=f"hard rules broken: {told}")
    if failed:
        ET.SubElement(case, "system-out").text = _plain("\n".join(failed))


def _gate(suite: ET.Element, gate: GateResult) -> None:
    for verdict in gate.criteria:
        case = ET.SubElement(suite, "testcase", classname="gate", name=verdict.name)
        if verdict.verdict in _OUTCOME:
            ET.SubElement(case, _OUTCOME[verdict.verdict], message=verdict.reason)
    for name, keys in gate.new_failures.items():
        case = ET.SubElement(suite, "testcase", classname="gate", name=f"hard rule {name}")
        ET.SubElement(case, "failure", message=f"newly broken in {len(keys)} messages").text = "\n".join(keys)


def _plain(text: str) -> str:
    """Without the control characters that XML has no room for."""
    return "".join(c for c in text if c >= " " or c in "\n\t")


def as_json(candidate: Figures, baseline: Figures | None, made: Comparison | None, gate: GateResult | None) -> str:
    found: dict[str, Any] = {"candidate": _side(candidate), "baseline": _side(baseline) if baseline else None}
    found["comparison"] = made.model_dump(mode="json", exclude={"flips"}) if made else None
    found["gate"] = gate_json(gate) if gate else None
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _side(f: Figures) -> dict[str, Any]:
    return {
        "name": f.meta.name,
        "model": f.meta.model,
        "messages": f.rows,
        "drafts": f.drafts,
        "overall": round(f.overall, 4),
        "criteria": {n: {"mean": round(f.mean(n), 4), "passed": round(f.passed(n), 4)} for n in f.criteria},
        "hard_rules_broken": dict(f.broken),
        "written_by": dict(f.writers),
        "tokens": {"prompt": f.prompt_tokens, "cached": f.cached_tokens, "completion": f.completion_tokens},
        "calls": f.calls,
        "seconds": round(sum(f.seconds), 3),
    }
