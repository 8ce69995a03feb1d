"""What the page shows, gathered from rows and scores: figures for all messages, and a few of them in full."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from evals.cases import Case
from evals.compare import Comparison
from evals.rows import Row, RunMeta, read_meta, read_rows
from evals.score import Judge
from evals.scores import Scored, read_scores
from evals.statistics import Interval, paired
from evals.verdicts.seers import objections
from evals.word_diff import Diff, word_diff
from service.drafting.checks import check_message
from service.rubric.letter import read_letter
from service.types import Facts, MessageKind, Violation, Wording

_POINTS = 1200  # dots in a plot; more tell no more


@dataclass(frozen=True)
class Mark:
    """A stretch of text. ``evidence`` is one number in message and notes; ``faults`` say what is wrong with it."""

    text: str
    evidence: int | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resting:
    """A sentence and the stretches of the notes that it rests on; none for what belongs to any letter."""

    sentence: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """One run's message on a card."""

    row: Row
    scored: Scored
    subject: tuple[Mark, ...]
    body: tuple[Mark, ...]
    objections: tuple[tuple[str, str], ...]  # fault as readers call it, reason; the gravest first
    passed: tuple[tuple[str, str], ...]  # criterion, reason
    rests: tuple[Resting, ...]


@dataclass(frozen=True)
class Card:
    case: Case
    facts: Facts
    notes: tuple[Mark, ...]
    candidate: Shown
    baseline: Shown | None = None  # None also where it is the same message
    same: bool = False

    @property
    def broken(self) -> tuple[str, ...]:
        """Hard rules that the baseline's message keeps."""
        before = self.baseline.scored.broken if self.baseline else {}
        return () if self.same else tuple(name for name in self.candidate.scored.broken if name not in before)

    @property
    def review(self) -> tuple[tuple[str, str, str], ...]:
        """What a reader of both would say of the change: 'new' or 'mended', the fault, the reason."""
        if self.baseline is None:
            return ()
        before, after = self.baseline.objections, self.candidate.objections
        new = [("new", fault, reason) for fault, reason in after if fault not in dict(before)]
        return (*new, *(("mended", fault, reason) for fault, reason in before if fault not in dict(after)))

    @property
    def changes(self) -> tuple[Diff, ...]:
        """Subject and body, word by word, where two messages can be held side by side."""
        if self.baseline is None or self.baseline.row.error or self.candidate.row.error:
            return ()
        before, after = (f"{r.subject or ''}\n\n{r.body}".strip() for r in (self.baseline.row, self.candidate.row))
        return word_diff(before, after)


@dataclass
class Figures:
    """Sums over all rows of one run, made in one pass."""

    meta: RunMeta
    rows: int = 0
    drafts: int = 0
    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    clusters: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # of the same messages
    passes: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    writers: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    seconds: list[float] = field(default_factory=list)
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    model_seconds: float = 0.0
    points: list[tuple[float, float, str, str]] = field(default_factory=list)

    @property
    def overall(self) -> float:
        return self.mean("overall")

    def mean(self, name: str) -> float:
        found = self.scores[name]
        return sum(found) / len(found) if found else 0.0

    def passed(self, name: str) -> float:
        return self.passes[name] / max(1, len(self.scores[name]))

    def interval(self, name: str) -> Interval | None:
        """95 % around the mean, by interviews; scores end at 0 and 1, so it does too."""
        found = paired(self.scores[name], self.clusters[name]).interval
        return Interval(max(0.0, found.low), min(1.0, found.high)) if found else None

    @property
    def criteria(self) -> list[str]:
        return [name for name in self.scores if name != "overall"]

    def take(self, row: Scored) -> None:
        self.rows += 1
        self._take_score("overall", row.overall, row)
        for name, (score, passed, *_) in row.criteria.items():
            if score is not None:
                self._take_score(name, score, row)
                self.passes[name] += passed
        self.broken.update(row.broken.keys())
        self.writers[row.written_by] += 1
        self.repaired += row.repaired > 0
        if row.first:
            self._take_draft(row)
        if len(self.points) < _POINTS:
            self.points.append((float(row.words), row.overall, row.kind, f"{row.key}: {row.overall:.2f}"))

    def _take_score(self, name: str, score: float, row: Scored) -> None:
        self.scores[name].append(score)
        self.clusters[name].append(row.cluster)

    def _take_draft(self, row: Scored) -> None:
        self.drafts += 1
        self.seconds.append(row.seconds)
        self.calls += row.calls
        self.prompt_tokens += row.prompt_tokens
        self.cached_tokens += row.cached_tokens
        self.completion_tokens += row.completion_tokens
        self.model_seconds += row.model_seconds


def figures(scores: Path, meta: RunMeta) -> Figures:
    found = Figures(meta)
    for row in read_scores(scores):
        found.take(row)
    return found


def worst_keys(candidate: Path, baseline: Path | None, count: int) -> list[str]:
    """The messages to look at first: newly broken hard rules, then what lost most, then what is worst."""
    before = {r.key: (r.overall, set(r.broken)) for r in read_scores(baseline)} if baseline else {}

    def badness(row: Scored) -> tuple[int, int, float, float]:
        was, had = before.get(row.key, (row.overall, set()))
        failed = sum(not c[1] for c in row.criteria.values())
        return len(set(row.broken) - had), len(row.broken), was - row.overall + 0.1 * failed, 1 - row.overall

    ranked = heapq.nlargest(count, read_scores(candidate), key=badness)
    return [row.key for row in ranked]


def cards(
    keys: Sequence[str], candidate: tuple[Path, Path], baseline: tuple[Path, Path] | None, cases: dict[str, Case]
) -> list[Card]:
    """The messages called ``keys``, from a run and its scores, beside what another run wrote for the same."""
    judge, wanted = Judge(cases), set(keys)
    after = _shown(wanted, *candidate, judge, cases)
    before = _shown(wanted, *baseline, judge, cases) if baseline else {}
    out = []
    for key in keys:
        shown = after[key]
        case = cases[shown.row.case]
        places = [(s, e, n) for n, (_, _, s, e) in enumerate(shown.row.evidence)]
        notes = _marks(case.notes, places, ())
        facts = _unread(case) if shown.row.error else judge.facts(case)
        other = before.get(key)
        same = other is not None and (other.row.subject, other.row.body) == (shown.row.subject, shown.row.body)
        out.append(Card(case, facts, notes, shown, None if same else other, same))
    return out


def _unread(case: Case) -> Facts:
    return Facts(case.notes, "en", ())


def _shown(wanted: set[str], run: Path, scores: Path, judge: Judge, cases: dict[str, Case]) -> dict[str, Shown]:
    scored = {r.key: r for r in read_scores(scores) if r.key in wanted}
    return {r.key: _message(r, scored[r.key], judge, cases) for r in read_rows(run) if r.key in scored}


def _message(row: Row, scored: Scored, judge: Judge, cases: dict[str, Case]) -> Shown:
    wording = Wording(row.subject, row.body)
    found: tuple[Violation, ...] = ()
    if not row.error:
        found = check_message(wording, judge.context(cases[row.case], MessageKind(row.kind), row.recipient))
    evidence = [(s, e, n) for n, (s, e, _, _) in enumerate(row.evidence)]
    judged = [(name, c[3], c[1]) for name, c in scored.criteria.items()]
    return Shown(
        row=row,
        scored=scored,
        subject=_marks(row.subject or "", (), [v for v in found if v.where == "subject"]),
        body=_marks(row.body, evidence, [v for v in found if v.where == "body"]),
        objections=tuple((fault.value, reason) for fault, reason in objections(scored.criteria, scored.broken)),
        passed=tuple((n, r) for n, r, passed in judged if passed),
        rests=_rests(row, cases[row.case].notes),
    )


def _rests(row: Row, notes: str) -> tuple[Resting, ...]:
    out = []
    for s in read_letter(row.body).main:
        lines = [notes[a:b] for start, end, a, b in row.evidence if start < s.end and s.start < end]
        out.append(Resting(s.text, tuple(dict.fromkeys(lines))))
    return tuple(out)


def _marks(text: str, evidence: Iterable[tuple[int, int, int]], faults: Iterable[Violation]) -> tuple[Mark, ...]:
    """``text`` cut wherever a stretch of evidence or a fault begins or ends."""
    evidence = [(max(0, s), min(len(text), e), n) for s, e, n in evidence]
    placed = [(v.span.start, v.span.end, f"{v.check.replace('_', ' ')} ({v.rule})") for v in faults if v.span]
    cuts = sorted(
        {0, len(text), *(c for s, e, _ in evidence for c in (s, e)), *(c for s, e, _ in placed for c in (s, e))}
    )
    marks = []
    for start, end in pairwise(cuts):
        number = next((n for s, e, n in evidence if s <= start and end <= e), None)
        told = tuple(dict.fromkeys(said for s, e, said in placed if s <= start and end <= e))
        if start < end:
            marks.append(Mark(text[start:end], None if number is None else number % 6, told))
    return tuple(marks)


@dataclass(frozen=True)
class View:
    candidate: Figures
    baseline: Figures | None
    comparison: Comparison | None
    cards: list[Card]


def view(
    candidate: tuple[Path, Path],
    baseline: tuple[Path, Path] | None,
    comparison: Comparison | None,
    cases: dict[str, Case],
    worst: int,
) -> View:
    """Each side is a run and its scores."""
    keys = worst_keys(candidate[1], baseline[1] if baseline else None, worst)
    return View(
        candidate=figures(candidate[1], read_meta(candidate[0])),
        baseline=figures(baseline[1], read_meta(baseline[0])) if baseline else None,
        comparison=comparison,
        cards=cards(keys, candidate, baseline, cases),
    )
