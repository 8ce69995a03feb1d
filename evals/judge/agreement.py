"""A model's verdicts → how far they agree with the blind readers', and how often one run's message is preferred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.judge.ask import choice
from evals.judge.verdicts import By, VerdictRow
from evals.statistics import Estimate, Interval, Paired, Share, auc, kappa, paired
from evals.validity import agreement as of_readers
from evals.verdicts.data import WORTH, Fault, JudgedMessage, Word

NO_HUMANS = "The blind readers are language models too: agreement with them is no human validity."
NO_READER = "What a model prefers is no reader's judgement: see how far it agrees with them (`afterword eval judge`)."


@dataclass(frozen=True)
class Agreement:
    """Over the messages that got a verdict and on which the readers are not divided."""

    messages: int
    no_verdict: int
    said: Counter[str]
    send: Estimate | None  # kappa of 'send' or not with what most readers say
    auc: Estimate | None  # of its word, 'edit' as half, for 'most readers would send it'
    readers: Estimate | None  # two readers' own kappa on the same messages
    recall: dict[str, Share]
    alarms: dict[str, Share]


@dataclass(frozen=True)
class Preference:
    """Pairs by which message the judge took. The last three say why a pair is a tie; one text twice is a tie too."""

    pairs: int
    a: int
    b: int
    ties: int
    first_twice: int  # whatever stood first
    second_twice: int
    no_verdict: int
    difference: Paired  # b's share less a's


def agreement(rows: Sequence[VerdictRow], messages: Mapping[str, JudgedMessage]) -> Agreement:
    judged = [(row, messages[row.id]) for row in rows if row.said is not None]
    decided = [(row, m) for row, m in judged if m.would_send is not None]
    names = [m.cluster for _, m in decided]
    labels = [bool(m.would_send) for _, m in decided]
    recall, alarms = {}, {}
    for fault in Fault:
        there = [fault in row.faults for row, m in judged if m.has(fault)]
        absent = [fault in row.faults for row, m in judged if m.has(fault) is False]
        recall[fault.value], alarms[fault.value] = Share(sum(there), len(there)), Share(sum(absent), len(absent))
    return Agreement(
        messages=len(rows),
        no_verdict=len(rows) - len(judged),
        said=Counter(str(row.said) for row, _ in judged),
        send=kappa([row.said == "send" for row, _ in decided], labels, names),
        auc=auc([WORTH[Word(str(row.said))] for row, _ in decided], labels, names),
        readers=of_readers([messages[row.id] for row in rows]).send,
        recall=recall,
        alarms=alarms,
    )


def preference(rows: Sequence[VerdictRow]) -> Preference:
    """Raises ValueError for no rows."""
    said = Counter(row.said for row in rows)
    words = [tuple(map(choice, row.answers)) for row in rows]
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


def judge_text(rows: Sequence[VerdictRow], by: By, messages: Mapping[str, JudgedMessage]) -> str:
    """The figures as tables in Markdown, ready for docs/evals.md, and what they do not say."""
    head = f"{by.prompt} ({by.prompt_sha256[:12]}), asked of {by.model} ({by.revision[:12] or 'no revision'})"
    if rows and rows[0].of_pair:
        return "\n".join([head, "", *_preferred(preference(rows)), "", NO_READER])
    return "\n".join([head, "", *_agreed(agreement(rows, messages)), "", NO_HUMANS])


def _agreed(a: Agreement) -> list[str]:
    said = ", ".join(f"{word} {a.said[word]}" for word in Word)
    figures = " | ".join(map(_estimate, (a.send, a.readers, a.auc)))
    lines = [
        "| messages | it says | no verdict | kappa with readers on 'send' | two readers' own kappa | AUC |",
        "|---|---|---|---|---|---|",
        f"| {a.messages} | {said} | {a.no_verdict} | {figures} |",
        "",
        "| fault | named where readers name it | named where no reader does |",
        "|---|---|---|",
    ]
    return lines + [f"| {f} | {_share(a.recall[f])} | {_share(a.alarms[f])} |" for f in a.recall]


def _estimate(e: Estimate | None) -> str:
    return "undefined: all alike" if e is None else f"{e.value:.2f} ({_interval(e.interval, '.2f')})"


def _share(s: Share) -> str:
    return f"{s.hits} of {s.of}" if s.of else "-"


def _interval(interval: Interval | None, form: str) -> str:
    return "no interval" if interval is None else f"{interval.low:{form}} … {interval.high:{form}}"


def _preferred(p: Preference) -> list[str]:
    def share(count: int) -> str:
        return f"{count} ({count / p.pairs:.0%})"

    d = p.difference
    by_chance = f"{d.p:.3f}" if d.p >= 0.001 else "< 0.001"
    figures = " | ".join(map(share, (p.b, p.a, p.ties)))
    why = f"{p.first_twice}, {p.second_twice}, {p.no_verdict}"
    return [
        "| messages of both runs | the second's | the first's | tie | first twice, second twice, no verdict "
        "| second less first | p |",
        "|---|---|---|---|---|---|---|",
        f"| {p.pairs} | {figures} | {why} | {d.mean:+.2f} ({_interval(d.interval, '+.2f')}) | {by_chance} |",
    ]
