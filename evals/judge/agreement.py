"""Verdicts → how far they agree with the labels, and how often one text is preferred to the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evals.judge.ask import first_word
from evals.judge.verdicts import By, VerdictRow
from evals.statistics import Estimate, Interval, Paired, kappa, paired

NO_HUMANS = (
    "The labels were written for the purpose, by the people who wrote the scorers: agreement with them is no human "
    "validity."
)
NO_READER = "What a model prefers is no reader's judgement: see how far it agrees with labels (`afterword eval judge`)."


@dataclass(frozen=True)
class Agreement:
    """One criterion over its labelled texts. ``agreed`` and ``kappa`` are over those that got a verdict."""

    criterion: str
    texts: int
    labelled_yes: int
    said_yes: int
    no_verdict: int
    agreed: float | None  # None: no text got a verdict
    kappa: Estimate | None  # None: not defined, as for labels that are all alike


@dataclass(frozen=True)
class Preference:
    """Pairs by which text the judge took. The last three say why a pair is a tie; one text twice is a tie too."""

    pairs: int
    a: int
    b: int
    ties: int
    first_twice: int  # whatever stood first
    second_twice: int
    no_verdict: int
    difference: Paired  # b's share less a's


def agreement(criterion: str, rows: Sequence[VerdictRow]) -> Agreement:
    """``rows``: the labelled verdicts on one criterion."""
    judged = [row for row in rows if row.said is not None]
    said, labels = [row.said == "yes" for row in judged], [row.label == "yes" for row in judged]
    return Agreement(
        criterion=criterion,
        texts=len(rows),
        labelled_yes=sum(row.label == "yes" for row in rows),
        said_yes=sum(said),
        no_verdict=len(rows) - len(judged),
        agreed=sum(s == t for s, t in zip(said, labels, strict=True)) / len(judged) if judged else None,
        kappa=kappa(said, labels, [row.cluster for row in judged]),
    )


def preference(rows: Sequence[VerdictRow]) -> Preference:
    """Raises ValueError for no rows."""
    said = Counter(row.said for row in rows)
    words = [tuple(map(first_word, row.answers)) for row in rows]
    return Preference(
        pairs=len(rows),
        a=said["a"],
        b=said["b"],
        ties=said["tie"],
        first_twice=words.count(("first", "first")),
        second_twice=words.count(("second", "second")),
        no_verdict=sum(not {"first", "second"}.issuperset(pair) for pair in words),
        difference=paired([(row.said == "b") - (row.said == "a") for row in rows], [row.cluster for row in rows]),
    )


def judge_text(rows: Sequence[VerdictRow], by: By) -> str:
    """The figures as tables in Markdown, ready for docs/evals.md, and what they do not say."""
    lines = [f"{by.prompt} ({by.prompt_sha256[:12]}), asked of {by.model} ({by.revision[:12] or 'no revision'})", ""]
    single = [row for row in rows if not row.of_pair]
    if single:
        lines += ["| criterion | texts | said yes | agreement | kappa | no verdict |", "|---|---|---|---|---|---|"]
        for criterion in dict.fromkeys(row.criterion for row in single):
            lines.append(_agreement_line(agreement(criterion, [row for row in single if row.criterion == criterion])))
        lines.append("")
    pairs = [row for row in rows if row.of_pair]
    if labelled := [row for row in pairs if row.label is not None]:
        lines += _pair_lines("steps of ladders", "right", "wrong", preference(labelled))
    if others := [row for row in pairs if row.label is None]:
        lines += _pair_lines("messages of both runs", "the second's", "the first's", preference(others))
    return "\n".join([*lines, "", NO_READER if others else NO_HUMANS])


def _agreement_line(a: Agreement) -> str:
    agreed = "-" if a.agreed is None else f"{a.agreed:.0%}"
    beyond_chance = "undefined: all labels alike"
    if a.kappa is not None:
        beyond_chance = f"{a.kappa.value:.2f} ({_interval(a.kappa.interval, '.2f')})"
    elif a.agreed is None:
        beyond_chance = "-"
    texts = f"{a.texts} ({a.labelled_yes} yes)"
    return f"| {a.criterion} | {texts} | {a.said_yes} | {agreed} | {beyond_chance} | {a.no_verdict} |"


def _interval(interval: Interval | None, form: str) -> str:
    return "no interval" if interval is None else f"{interval.low:{form}} … {interval.high:{form}}"


def _pair_lines(what: str, good: str, bad: str, p: Preference) -> list[str]:
    def share(count: int) -> str:
        return f"{count} ({count / p.pairs:.0%})"

    d = p.difference
    by_chance = f"{d.p:.3f}" if d.p >= 0.001 else "< 0.001"
    figures = " | ".join(map(share, (p.b, p.a, p.ties)))
    why = f"{p.first_twice}, {p.second_twice}, {p.no_verdict}"
    return [
        f"| {what} | {good} | {bad} | tie | first twice, second twice, no verdict | {good} less {bad} | p |",
        "|---|---|---|---|---|---|---|",
        f"| {p.pairs} | {figures} | {why} | {d.mean:+.2f} ({_interval(d.interval, '+.2f')}) | {by_chance} |",
    ]
