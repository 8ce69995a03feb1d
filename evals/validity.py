"""Are the scorers right? Held against human labels, ordered texts, and good messages broken on purpose.

Ladders and good messages were written for the purpose by the project's authors: agreement with them is no human
validity. Only the gratitude labels are other people's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evals.cases import load_cases
from evals.errors import EvalError
from evals.files import CASES, EVALS
from evals.mutations import MUTATIONS, GoodMessage, load_good_messages, mutated
from evals.score import Judge
from evals.statistics import partial_spearman, spearman
from service.drafting.scoring import score_text
from service.reading.reader import Reader
from service.rubric.gratitude import has_thanks
from service.rubric.purpose import clarifies
from service.rubric.specificity import specificity_of_text
from service.rubric.words import content_words
from service.types import Scorecard, Severity, Wording

GRATITUDE = "15"  # GoEmotions' label
_PLAIN = re.compile(r"thank|grateful|appreciat", re.IGNORECASE)

BASELINES: dict[str, Callable[[str], float]] = {
    "words": lambda text: len(text.split()),
    "content words": lambda text: len(content_words(text)),
    "digits and capitals": lambda text: sum(c.isdigit() or c.isupper() for c in text),
}


def measure(goemotions: Path | None, cases: Path | None = None) -> dict[str, Any]:
    """Everything that can be measured here, as plain data."""
    known = {c.id: c for c in load_cases(cases or CASES)}
    messages = load_good_messages(EVALS / "good_messages.yaml", known)
    found: dict[str, Any] = {} if goemotions is None else {"gratitude": gratitude(goemotions)}
    ladders = yaml.safe_load((EVALS / "ladders.yaml").read_text(encoding="utf-8"))["ladders"]
    return found | {
        "specificity": specificity([ladder["levels"] for ladder in ladders]),
        "mutations": sensitivity(messages, Reader.load()),
    }


def gratitude(path: Path) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of ours and of the plain pattern. Raises EvalError for another kind of file."""
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    except OSError as error:
        raise EvalError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    if not rows or any(len(row) < 2 for row in rows):
        raise EvalError(
            f"{path} is no GoEmotions file: each line holds a comment, its labels and an id, tab-separated."
        )
    truth = [GRATITUDE in row[1].split(",") for row in rows]
    judges: dict[str, Callable[[str], bool]] = {"has_thanks": has_thanks, "plain pattern": _has_pattern}
    return {name: _agreement([judge(row[0]) for row in rows], truth) for name, judge in judges.items()}


def _has_pattern(text: str) -> bool:
    return bool(_PLAIN.search(text))


def _agreement(said: Sequence[bool], truth: Sequence[bool]) -> dict[str, float]:
    hits = sum(s and t for s, t in zip(said, truth, strict=True))
    precision, recall = hits / max(1, sum(said)), hits / max(1, sum(truth))
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "n": len(truth), "positives": sum(truth)}


def specificity(ladders: Sequence[Sequence[str]]) -> dict[str, dict[str, float]]:
    """How far ours and each baseline put texts into the order they were written in.

    ``spearman`` is over all texts, with a text's place in its ladder (0 to 1) as the truth; ``partial`` has length in
    words taken out; ``ordered`` is the share of ladders in strictly rising order; ``steps`` of neighbouring rungs.
    """
    judges: dict[str, Callable[[str], float]] = {"specificity": specificity_of_text, **BASELINES}
    texts = [text for ladder in ladders for text in ladder]
    places = [n / (len(ladder) - 1) for ladder in ladders for n in range(len(ladder))]
    lengths = [float(len(text.split())) for text in texts]
    found = {}
    for name, judge in judges.items():
        values = [judge(text) for text in texts]
        rising = [[judge(b) > judge(a) for a, b in pairwise(ladder)] for ladder in ladders]
        steps = [step for ladder in rising for step in ladder]
        found[name] = {
            "spearman": spearman(values, places),
            "ordered": sum(all(steps) for steps in rising) / len(ladders),
            "steps": sum(steps) / len(steps),
            "ladders": len(ladders),
        }
        if name != "words":
            found[name]["partial"] = partial_spearman(values, places, lengths)
    return found


def sensitivity(messages: tuple[GoodMessage, ...], reader: Reader) -> dict[str, Any]:
    """For every way of breaking a message: how often anything notices, how often what is meant to, and what does."""
    elsewhere = {id(m): _clarified_elsewhere(m, messages, reader) for m in messages}
    sound = {id(m): _noticed(m, m.wording, reader, elsewhere[id(m)]) for m in messages}
    classes = {}
    for mutation in MUTATIONS:
        new = [
            {n.by for n in _noticed(m, w, reader, elsewhere[id(m)]) - sound[id(m)]}
            for m, w in mutated(messages, mutation)
        ]
        counts = Counter(name for names in new for name in names)
        classes[mutation.name] = {
            "rule": mutation.rule,
            "n": len(new),
            "caught": _share([bool(names) for names in new]),
            "as_meant": _share([bool(names & mutation.meant) for names in new]),
            "by": {name: count / len(new) for name, count in counts.most_common()},
        }
    alarms = [
        {"case": m.case.id, "kind": m.kind.value, "by": {n.by: n.what for n in sorted(sound[id(m)])}}
        for m in messages
        if sound[id(m)]
    ]
    return {"messages": len(messages), "false_alarms": alarms, "classes": classes}


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


class Noticed(NamedTuple):
    """A check or criterion that speaks up, and for a check what it says: a second fault of one kind is a new one."""

    by: str
    what: str


def _clarified_elsewhere(m: GoodMessage, messages: Sequence[GoodMessage], reader: Reader) -> bool | None:
    """Whether the message to another member of the panel puts the point better; None where only this one is known."""
    judge = Judge({m.case.id: m.case}, reader)
    peers = [o for o in messages if o is not m and o.case.id == m.case.id and o.kind is m.kind]
    told = [clarifies(o.wording, judge.context(o.case, o.kind, o.recipient.name)) for o in peers]
    return any(told) if told else None


def _noticed(m: GoodMessage, wording: Wording, reader: Reader, elsewhere: bool | None = None) -> frozenset[Noticed]:
    card = scorecard(m, wording, reader, elsewhere)
    broken = {
        Noticed(v.check, v.detail) for v in card.violations if v.severity is Severity.HARD or v.check in _SOFT_ALARMS
    }
    return frozenset(broken | {Noticed(c.name, "not passed") for c in card.criteria if not c.passed})


# Soft checks that say something is wrong; the others are remarks on length and style that a good message may earn.
_SOFT_ALARMS = frozenset({"no_thanks", "stock_phrase", "machine_tell"})


def scorecard(m: GoodMessage, wording: Wording, reader: Reader, elsewhere: bool | None = None) -> Scorecard:
    request = m.case.draft_request
    return score_text(
        m.case.notes,
        m.kind,
        wording.subject,
        wording.body,
        reader,
        now=m.case.now,
        given=request.given,
        recipient=m.recipient,
        linkedin_limit=request.linkedin_limit,
        clarified_elsewhere=elsewhere,
    )


def validity_text(found: dict[str, Any]) -> str:
    """The figures as tables in Markdown, ready for docs/evals.md."""
    lines: list[str] = []
    if "gratitude" in found:
        lines += ["| gratitude, GoEmotions | precision | recall | F1 | n |", "|---|---|---|---|---|"]
        for name, f in found["gratitude"].items():
            figures = f"{f['precision']:.3f} | {f['recall']:.3f} | {f['f1']:.3f}"
            lines.append(f"| {name} | {figures} | {f['n']} ({f['positives']}) |")
        lines.append("")
    lines += ["| ladders | Spearman | given length | rising steps | ladders in order |", "|---|---|---|---|---|"]
    for name, f in found["specificity"].items():
        partial = f"{f['partial']:.3f}" if "partial" in f else "-"
        lines.append(f"| {name} | {f['spearman']:.3f} | {partial} | {f['steps']:.0%} | {f['ordered']:.0%} |")
    mutations = found["mutations"]
    lines += ["", "| mutation | rule | n | caught | by what is meant to | noticed by |", "|---|---|---|---|---|---|"]
    for name, f in mutations["classes"].items():
        by = ", ".join(f"{who} {share:.0%}" for who, share in list(f["by"].items())[:4])
        caught, meant = (f"{f[k]:.0%}" if f["n"] else "-" for k in ("caught", "as_meant"))
        lines.append(f"| {name} | {f['rule']} | {f['n']} | {caught} | {meant} | {by} |")
    alarms = mutations["false_alarms"]
    share = len(alarms) / mutations["messages"]
    lines += ["", f"False alarms: {len(alarms)} of {mutations['messages']} untouched messages ({share:.1%})."]
    for a in alarms:
        told = "; ".join(f"{by} ({what})" for by, what in a["by"].items())
        lines.append(f"- {a['case']}, {a['kind']}: {told}")
    return "\n".join(lines)
