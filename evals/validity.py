"""Are the scores right? Held against what blind readers said of the same messages (evals/verdicts).

The readers are language models: what agrees with them agrees with careful readers of one kind, and no human judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evals.cases import Case
from evals.judge.verdicts import VerdictRow
from evals.score import Judge
from evals.statistics import Estimate, Share, auc, kappa, rank_correlation
from evals.verdicts.data import WORTH, Channel, Fault, JudgedMessage, Word
from evals.verdicts.seers import SEERS
from service.reading.reader import Reader
from service.rubric.amounts import values_in
from service.rubric.words import content_words, letter_stems
from service.types import Scorecard


@dataclass(frozen=True)
class Held:
    """A judged message beside its scorecard. ``specifics``: telling words and numbers that the notes have too.

    ``judged``: what a model said of it; ``lot``: what the reader of the notes has of its interview, '' where not known.
    """

    message: JudgedMessage
    card: Scorecard
    specifics: int
    judged: VerdictRow | None = None
    lot: str = ""

    @cached_property
    def seen(self) -> frozenset[str]:
        """The checks that found something and the criteria that were not passed."""
        failed = {c.name for c in self.card.criteria if not c.passed}
        return frozenset(failed | {v.check for v in self.card.violations})

    @property
    def is_ready(self) -> bool:
        """Whether the page would say 'Ready to send' of it."""
        return self.card.is_ready

    def figure(self, name: str) -> float | None:
        """What ``name`` makes of the message: a criterion, 'overall', or a plain baseline. None: not judged."""
        plain = {
            "overall": self.card.overall,
            "words": float(len(self.message.body.split())),
            "specifics": float(self.specifics),
        }
        if name == JUDGE:
            return WORTH[Word(str(self.judged.said))] if self.judged and self.judged.said else None
        if name in plain:
            return plain[name]
        return next((c.score for c in self.card.criteria if c.name == name), None)


BASELINES = ("words", "specifics")
JUDGE = "a model as judge"


def held(
    messages: Sequence[JudgedMessage],
    cases: Mapping[str, Case],
    reader: Reader | None = None,
    judged: Mapping[str, VerdictRow] | None = None,
    lots: Mapping[str, str] | None = None,
) -> list[Held]:
    """Each message with the scorecard that it gets now.

    ``judged``: a model's verdicts, by the message's id; ``lots``: what the reader has of an interview, by its name.
    """
    judge = Judge(dict(cases), reader)
    out = []
    for m in messages:
        case = cases[m.case]
        card = judge.card(_asked(case, m), m.kind, m.recipient, m.wording)
        found = (judged or {}).get(m.id), (lots or {}).get(m.cluster, "")
        out.append(Held(m, card, _specifics(m.body, case.notes), *found))
    return out


def _asked(case: Case, message: JudgedMessage) -> Case:
    """The case as it was asked for: with the name that stands under the message."""
    name = message.candidate or case.request.candidate
    return case.model_copy(update={"request": case.request.model_copy(update={"candidate": name})})


def _specifics(text: str, notes: str) -> int:
    words = ({w.stem for w in content_words(t)} for t in (text, notes))
    return len(set.intersection(*words) - letter_stems()) + len(values_in(text) & values_in(notes))


@dataclass(frozen=True)
class Agreement:
    """Of the first two readers of each message, whoever they are."""

    messages: int
    send: Estimate | None  # 'send' or not
    words: Estimate | None  # send, edit, no
    faults: dict[str, Estimate | None]  # each named or not


@dataclass(frozen=True)
class Ordering:
    """How well a figure orders messages as readers would. ``auc``: for 'most would send it'; ``rank``: Spearman.

    ``kappa``: of what says send or not, the page with 'Ready to send' and the model that judges.
    """

    name: str
    messages: int
    auc: Estimate | None
    rank: Estimate | None
    kappa: Estimate | None = None


@dataclass(frozen=True)
class Seeing:
    """One fault. ``alarms`` are of messages in which no reader names it; those that some name count nowhere."""

    fault: str
    recall: Share
    alarms: Share
    divided: int
    by_anything: Share  # of those with the fault: not 'Ready to send'
    judge_recall: Share  # of what a model gave a verdict on: named by it
    judge_alarms: Share


@dataclass(frozen=True)
class OfLot:
    """The figures of the messages about notes that the reader was trained on, was calibrated on or has not seen."""

    messages: int
    interviews: int
    send: Share
    auc: Estimate | None  # of the overall score
    ready: Share


@dataclass(frozen=True)
class Validity:
    messages: int
    interviews: int
    judges: tuple[str, ...]
    send: Share
    agreement: Agreement
    orderings: tuple[Ordering, ...]
    seeing: tuple[Seeing, ...]
    ready: Share  # of messages said to be ready: those that readers would send
    ready_by_channel: dict[str, Share]
    by_lot: dict[str, OfLot]


def measure(rows: Sequence[Held]) -> Validity:
    """Raises ValueError for no rows."""
    if not rows:
        raise ValueError("there are no judged messages to measure on")
    messages = [r.message for r in rows]
    decided = [r for r in rows if r.message.would_send is not None]
    criteria = dict.fromkeys(c.name for r in rows for c in r.card.criteria)
    ready = [r for r in decided if r.is_ready]
    baselines = (*BASELINES, JUDGE) if any(r.judged for r in rows) else BASELINES
    channels: list[Channel] = list(dict.fromkeys(m.source.channel for m in messages))
    return Validity(
        messages=len(rows),
        interviews=len({m.cluster for m in messages}),
        judges=tuple(sorted({v.judge for m in messages for v in m.verdicts})),
        send=_sent(decided),
        agreement=agreement(messages),
        orderings=tuple(_ordering(name, rows) for name in ("overall", *criteria, *baselines)),
        seeing=tuple(_seeing(fault, rows) for fault in Fault),
        ready=_sent(ready),
        ready_by_channel={c: _sent([r for r in ready if r.message.source.channel == c]) for c in channels},
        by_lot={lot: _of_lot([r for r in rows if r.lot == lot]) for lot in sorted({r.lot for r in rows} - {""})},
    )


def _of_lot(rows: Sequence[Held]) -> OfLot:
    decided = [r for r in rows if r.message.would_send is not None]
    return OfLot(
        messages=len(rows),
        interviews=len({r.message.cluster for r in rows}),
        send=_sent(decided),
        auc=_ordering("overall", rows).auc,
        ready=_sent([r for r in decided if r.is_ready]),
    )


def _sent(rows: Sequence[Held]) -> Share:
    return Share(sum(bool(r.message.would_send) for r in rows), len(rows))


def agreement(messages: Sequence[JudgedMessage]) -> Agreement:
    """How far the first two readers agree beyond chance."""
    pairs = [m.verdicts[:2] for m in messages]
    names = [m.cluster for m in messages]
    first, second = [a.verdict for a, _ in pairs], [b.verdict for _, b in pairs]

    def both(fault: Fault) -> Estimate | None:
        said = [[any(f.fault is fault for f in v.faults) for v in pair] for pair in pairs]
        return kappa([a for a, _ in said], [b for _, b in said], names)

    return Agreement(
        messages=len(messages),
        send=kappa([w is Word.SEND for w in first], [w is Word.SEND for w in second], names),
        words=kappa(first, second, names),
        faults={fault.value: both(fault) for fault in Fault},
    )


def _ordering(name: str, rows: Sequence[Held]) -> Ordering:
    found = [(value, r) for r in rows if (value := r.figure(name)) is not None]
    decided = [(value, r) for value, r in found if r.message.would_send is not None]
    sent, names = [bool(r.message.would_send) for _, r in decided], [r.message.cluster for _, r in decided]
    says = {"overall": [r.is_ready for _, r in decided], JUDGE: [v == WORTH[Word.SEND] for v, _ in decided]}
    return Ordering(
        name,
        len(found),
        auc([v for v, _ in decided], sent, names),
        rank_correlation(
            [v for v, _ in found], [r.message.rank for _, r in found], [r.message.cluster for _, r in found]
        ),
        kappa(says[name], sent, names) if name in says else None,
    )


def _seeing(fault: Fault, rows: Sequence[Held]) -> Seeing:
    there = [r for r in rows if r.message.has(fault)]
    absent = [r for r in rows if r.message.has(fault) is False]
    seers = SEERS[fault]
    return Seeing(
        fault=fault.value,
        recall=Share(sum(bool(r.seen & seers) for r in there), len(there)),
        alarms=Share(sum(bool(r.seen & seers) for r in absent), len(absent)),
        divided=len(rows) - len(there) - len(absent),
        by_anything=Share(sum(not r.is_ready for r in there), len(there)),
        judge_recall=_named(fault, there),
        judge_alarms=_named(fault, absent),
    )


def _named(fault: Fault, rows: Sequence[Held]) -> Share:
    said = [r.judged for r in rows if r.judged and r.judged.said]
    return Share(sum(fault in row.faults for row in said), len(said))


def validity_text(found: Validity) -> str:
    """The figures as tables in Markdown, ready for docs/evals.md."""
    a = found.agreement
    lines = [
        f"{found.messages} messages of {found.interviews} interviews, judged blind by {', '.join(found.judges)}: "
        f"{_share(found.send)} would be sent.",
        f"Two readers agree on 'send' with kappa {_estimate(a.send)}, on send, edit and no with {_estimate(a.words)}.",
        "",
        "| tells what readers would send | messages | AUC | rank correlation | kappa of 'send' |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {o.name} | {o.messages} | {_estimate(o.auc)} | {_estimate(o.rank)} | {_estimate(o.kappa)} |"
        for o in found.orderings
    ]
    has_judge = found.orderings[-1].name == JUDGE
    lines += [
        "",
        "| fault | readers' kappa | seen by its check or criterion | not 'ready' | false alarms | divided |"
        + (" named by the model | named by the model alone |" if has_judge else ""),
        "|---|---|---|---|---|---|" + ("---|---|" if has_judge else ""),
    ]
    lines += [
        f"| {s.fault} | {_estimate(a.faults[s.fault])} | {_share(s.recall)} | {_share(s.by_anything)} | "
        f"{_share(s.alarms)} | {s.divided} |"
        + (f" {_share(s.judge_recall)} | {_share(s.judge_alarms)} |" if has_judge else "")
        for s in found.seeing
    ]
    if found.by_lot:
        lines += [
            "",
            "| the reader | messages | interviews | would be sent | AUC of overall | said to be ready, and sent |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {lot} | {o.messages} | {o.interviews} | {_share(o.send)} | {_estimate(o.auc)} | {_share(o.ready)} |"
            for lot, o in found.by_lot.items()
        ]
    by = ", ".join(f"{c} {_share(s)}" for c, s in found.ready_by_channel.items() if s.of)
    lines += ["", f"Said to be ready to send, and sent by readers: {_share(found.ready)}" + (f" ({by})" if by else "")]
    return "\n".join([*lines, "", "The readers are language models; no human judged."])


def _estimate(e: Estimate | None) -> str:
    if e is None:
        return "-"
    return f"{e.value:.2f}" + (f" ({e.interval.low:.2f} … {e.interval.high:.2f})" if e.interval else "")


def _share(s: Share) -> str:
    if s.value is None or s.interval is None:
        return "-"
    return f"{s.hits} of {s.of}, {s.value:.0%} ({s.interval.low:.0%} … {s.interval.high:.0%})"
