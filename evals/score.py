"""Rows → scores: the product's own checks and rubric over what a run wrote, and what only the case's truth can tell."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path

import service
from evals.cases import Case
from evals.errors import EvalError
from evals.rows import Row, RunMeta, read_meta, read_units
from evals.run import cases_sha256, select
from evals.scores import Scored, ScoresMeta, write_scores
from service.drafting.checks import check_message
from service.reading.read import read_notes
from service.reading.reader import Reader
from service.rubric.context import CheckContext
from service.rubric.ground import item_stems
from service.rubric.letter import read_letter
from service.rubric.purpose import clarifies
from service.rubric.scorecard import score_message
from service.types import Facts, MessageKind, Recipient, Score, Scorecard, Severity, Wording

_REMEMBERED = 2048  # texts whose scores are kept: repeats at temperature 0 mostly say the same again
_ALONE = 400  # drafts scored before a second process is thought of
_BATCH = 40
_HITS = {MessageKind.THANK_YOU: 2, MessageKind.CHECK_IN: 1, MessageKind.LINKEDIN: 1}
_Judged = tuple[dict[str, tuple[float | None, bool, str, str]], float, dict[str, int]]


def score_run(run: Path, out: Path, *, cases_path: Path | None = None, jobs: int = 1) -> ScoresMeta:
    """Scores every row of ``run`` into ``out``; needs no model, and gives the same result every time.

    Raises EvalError when the cases are not those of the run.
    """
    meta = read_meta(run)
    cases = _cases(meta, cases_path or Path(meta.cases_path), run)
    units = _Counted(read_units(run))
    scores = ScoresMeta(meta, str(run), file_sha256(run), rubric_sha256())
    write_scores(out, scores, _scored(units, cases, jobs), lambda: units.count == meta.units)
    return scores


class _Counted:
    """Drafts on their way through, counted, since a run's own count may be of a run that was killed."""

    def __init__(self, units: Iterator[list[Row]]) -> None:
        self._units = units
        self.count = 0

    def __iter__(self) -> Iterator[list[Row]]:
        for unit in self._units:
            self.count += 1
            yield unit


def _scored(units: _Counted, cases: dict[str, Case], jobs: int) -> Iterator[Scored]:
    judge = Judge(cases)
    rows = iter(units)
    for unit in islice(rows, _ALONE):
        yield from judge.unit(unit)
    # Other processes would read every case's notes again: that pays for long runs that keep saying new things.
    parallel = jobs > 1 and judge.fresh_share > 0.6 and units.count >= _ALONE
    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(cases,)) if parallel else nullcontext() as pool:
        waiting: list[Callable[[], list[Scored]]] = []
        while batch := list(islice(rows, _BATCH)):
            if pool is None:
                yield from judge.units(batch)
                continue
            waiting.append(pool.submit(_judge_batch, batch).result)
            if len(waiting) > 2 * jobs:  # as many as keep everyone busy, whatever the length of the run
                yield from waiting.pop(0)()
        for result in waiting:
            yield from result()


_JUDGE: list[Judge] = []  # one per worker process, made when the process begins


def _begin(cases: dict[str, Case]) -> None:
    _JUDGE[:] = [Judge(cases)]


def _judge_batch(units: Sequence[list[Row]]) -> list[Scored]:
    return _JUDGE[0].units(units)


class Judge:
    """Scores drafts, reading each case's notes once."""

    def __init__(self, cases: dict[str, Case], reader: Reader | None = None) -> None:
        self._cases = cases
        self._reader = reader or Reader.load()
        self._facts: dict[tuple[str, str | None], Facts] = {}
        self._known: OrderedDict[tuple[object, ...], _Judged] = OrderedDict()
        self._asked = self._fresh = 0

    @property
    def fresh_share(self) -> float:
        """How much of what came was not said before."""
        return self._fresh / max(1, self._asked)

    def units(self, units: Sequence[list[Row]]) -> list[Scored]:
        return [scored for unit in units for scored in self.unit(unit)]

    def unit(self, rows: Sequence[Row]) -> list[Scored]:
        """The scores of one draft's rows; a message is also held against those before it (G38)."""
        thanks = [row for row in rows if row.kind == MessageKind.THANK_YOU and not row.error]
        carriers = {id(row) for row in thanks if len(thanks) > 1 and self._clarifies(row)}
        return [
            self._row(row, tuple(r.body for r in rows[:n]), bool(carriers - {id(row)})) for n, row in enumerate(rows)
        ]

    def _clarifies(self, row: Row) -> bool:
        """Whether the message puts what the candidate wished to put better; one of a panel's is to (G6, G28)."""
        context = self.context(self._cases[row.case], MessageKind.THANK_YOU, row.recipient)
        return clarifies(Wording(row.subject, row.body), context)

    def _row(self, row: Row, others: tuple[str, ...], elsewhere: bool) -> Scored:
        criteria, overall, broken = ({}, 0.0, {"refused": 1}) if row.error else self._judged(row, others, elsewhere)
        return Scored(
            key=row.key,
            case=row.case,
            case_sha=row.case_sha,
            cluster=row.cluster,
            split=row.split,
            tags=row.tags,
            kind=row.kind,
            repeat=row.repeat,
            overall=overall,
            criteria=criteria,
            broken=broken,
            repaired=len(row.repaired),
            written_by=row.written_by,
            words=len(row.body.split()),
            characters=len(row.body.encode("utf-16-le")) // 2,
            calls=row.calls,
            prompt_tokens=row.prompt_tokens,
            cached_tokens=row.cached_tokens,
            completion_tokens=row.completion_tokens,
            seconds=row.seconds,
            model_seconds=row.model_seconds,
            first=row.index == 0,
        )

    def _judged(self, row: Row, others: tuple[str, ...], elsewhere: bool) -> _Judged:
        key = (row.case, row.kind, row.recipient, row.subject, row.body, others, elsewhere)
        self._asked += 1
        if key in self._known:
            self._known.move_to_end(key)
        else:
            self._fresh += 1
            self._known[key] = self._judge(row, others, elsewhere)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    def _judge(self, row: Row, others: tuple[str, ...], elsewhere: bool) -> _Judged:
        case, kind, wording = self._cases[row.case], MessageKind(row.kind), Wording(row.subject, row.body)
        card = self.card(case, kind, row.recipient, wording, others, elsewhere)
        criteria = {
            c.name: (None if c.score is None else round(c.score, 4), c.passed, c.rule, c.reason)
            for c in (*card.criteria, *_truthful(case, kind, wording))
        }
        broken = Counter(v.check for v in card.violations if v.severity is Severity.HARD)
        broken.update(_broken_truths(case, row.recipient, wording))
        return criteria, round(card.overall, 4), dict(broken)

    def card(
        self,
        case: Case,
        kind: MessageKind,
        recipient: str | None,
        wording: Wording,
        others: tuple[str, ...] = (),
        elsewhere: bool | None = None,
    ) -> Scorecard:
        """The scorecard that the service gives the message. ``elsewhere``: whether another of the draft clarifies."""
        context = replace(self.context(case, kind, recipient, others), clarified_elsewhere=elsewhere)
        return score_message(wording, context, check_message(wording, context))

    def facts(self, case: Case) -> Facts:
        key = case.id, case.request.candidate
        if key not in self._facts:
            self._facts[key] = read_notes(case.notes, self._reader, now=case.now, given=case.draft_request.given)
        return self._facts[key]

    def context(self, case: Case, kind: MessageKind, name: str | None, others: tuple[str, ...] = ()) -> CheckContext:
        """What the pipeline held the message against."""
        facts, given = self.facts(case), case.draft_request.given
        known = [*given.recipients, *(Recipient(p.name, p.title) for p in facts.people)]
        recipient = next((r for r in known if r.name == name), Recipient(name))
        stated = (given.candidate, given.interview.company, given.interview.role, recipient.name, recipient.title)
        return CheckContext(
            kind=kind,
            facts=facts,
            recipient=recipient,
            candidate=given.candidate,
            char_limit=case.request.linkedin_limit if kind is MessageKind.LINKEDIN else None,
            others=others,
            given_words=tuple(s for s in stated if s),
            language=facts.language,
        )


def _truthful(case: Case, kind: MessageKind, wording: Wording) -> Iterator[Score]:
    """Whether the message rests on what the case's author would mention: no reading of notes stands between."""
    if not case.could_mention:
        return
    told = [hint for hint in case.could_mention if _told(hint, wording)]
    value = min(1.0, len(told) / min(_HITS[kind], len(case.could_mention)))
    reason = "It mentions " + ", ".join(f"'{hint}'" for hint in told[:3]) if told else "It mentions none of them."
    yield Score("worth_mentioning", value, value >= 0.5, "G3", reason)


def _told(hint: str, wording: Wording) -> bool:
    """Most of a few words in one sentence; of a whole item, which a letter never repeats, three of its words."""
    wanted = _telling(hint)
    enough = min(3.0, 0.6 * len(wanted))
    return any(len(wanted & _telling(s.text)) >= enough for s in read_letter(wording.body).main)


def _telling(text: str) -> frozenset[str]:
    return item_stems(text) | frozenset(re.findall(r"\d+", text))


def _broken_truths(case: Case, recipient: str | None, wording: Wording) -> Iterator[str]:
    text = f"{wording.subject or ''}\n{wording.body}"
    for pattern in case.must_not_appear:
        if re.search(pattern, text, re.IGNORECASE):
            yield "must_not_appear"
    if recipient is not None and recipient in case.truth.not_recipients:
        yield "wrong_recipient"


def _cases(meta: RunMeta, path: Path, run: Path) -> dict[str, Case]:
    cases = select(path, meta.selection)
    if cases_sha256(cases) != meta.cases_sha256:
        raise EvalError(
            f"The cases in {path} are not those that {run} was made with. Name those with --cases, or run again."
        )
    return {c.id: c for c in cases}


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def rubric_sha256() -> str:
    """Names the code and data that scores come from, so that scores of two states are never compared."""
    root = Path(service.__file__).parent
    folders = ("drafting/checks", "rubric", "reading", "phrases")
    files = sorted(f for d in folders for f in (root / d).rglob("*") if f.suffix in (".py", ".yaml"))
    files.append(Path(__file__))
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()
