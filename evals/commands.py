"""``afterword eval``: run → score → compare → gate → report, each over the files of the one before."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.errors import AfterwordError

if TYPE_CHECKING:
    from evals.compare import Comparison
    from evals.gate import GateResult

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_RUNS = click.option("--runs", type=_FOLDER, default=Path("runs"), show_default=True, help="Where runs lie.")
_CASES = click.option("--cases", type=click.Path(path_type=Path), help="Cases. Default: those of this installation.")


class _Group(click.Group):
    """Says an error of ours as one sentence, exit status 2: invalid or incomplete."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AfterwordError as error:
            click.echo(f"afterword: {error.detail}", err=True)
            ctx.exit(2)
        except ModuleNotFoundError as error:
            if error.name not in ("numpy", "scipy"):
                raise
            click.echo("afterword: comparing needs numpy and scipy: pip install 'afterword[evals]'", err=True)
            ctx.exit(2)


@click.group("eval", cls=_Group)
def eval_group() -> None:
    """Say with evidence whether a prompt version is better than another."""


@eval_group.command()
@click.option("--prompt", "prompts", multiple=True, metavar="REF", help="As thank_you@3; one for each kind at most.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["thank_you", "check_in", "linkedin"]),
    help="Kinds to run with their current prompt. Default: all.",
)
@click.option("--bare", is_flag=True, help="The bare ask: the notes and 'write it', with no chain around the model.")
@click.option("--model", help="'embedded', 'outline', or the id of a model at OPENAI_BASE_URL.")
@_CASES
@click.option("--split", type=click.Choice(["all", "dev", "test"]), default="all", show_default=True)
@click.option("--tag", "tags", multiple=True, help="Only cases with every one of these tags.")
@click.option("--clusters", type=click.IntRange(1), help="Only so many interviews, spread evenly, one case each.")
@click.option("--repeats", type=click.IntRange(1), default=1, show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 256), help="Drafts at once. Default: 4 embedded, else 20.")
@click.option("--shard", default="1/1", show_default=True, metavar="I/N", help="Only this part of the cases.")
@click.option("--out", type=_FILE, help="The file to write. Default: in --runs, named by prompt and model.")
@click.option("--record", type=_FILE, help="Keep the model's answers on this cassette (.jsonl or .jsonl.gz).")
@click.option(
    "--replay",
    type=_FILE,
    is_flag=False,
    flag_value="shipped",
    help="Play the model's answers from this cassette; without a name, the one that ships.",
)
@click.option("--distributed", is_flag=True, help="Leave the drafts to 'afterword worker' at the same database.")
@click.option(
    "--worst", type=click.IntRange(0), default=3, show_default=True, help="Show so many of the worst messages."
)
@_RUNS
def run(worst: int, **options: Any) -> None:
    """Draft messages over the cases. Killed and given again, it goes on where it was."""
    from evals.files import scores_of
    from evals.running import Asked, run_asked
    from evals.summary import worst_messages

    outcome = asyncio.run(run_asked(Asked.of(options)))
    click.echo(f"{outcome.written} of {outcome.units} drafts in {outcome.path}")
    if outcome.written < outcome.units:
        click.echo(f"afterword: {outcome.failed} drafts failed ({outcome.reason}). Give the command again.", err=True)
        raise click.exceptions.Exit(2)
    if worst:
        click.echo(f"\n{worst_messages(outcome.path, scores_of(outcome.path, options['cases']), worst)}")


@eval_group.command()
@click.argument("lots", nargs=-1, type=_FILE)
@click.option("--weights", type=_FOLDER, help="The reader. Default: the one that is served.")
@click.option("--against", type=_FOLDER, help="A second reader, to compare.")
@click.option("--gate", "gated", is_flag=True, help="May it take the place of --against? Exit as for eval gate.")
@click.option("--tags", is_flag=True, help="Also by tag.")
@click.option("--record", "recorded", is_flag=True, help="Keep the figures of the development lots for eval gate.")
def read(
    lots: tuple[Path, ...], weights: Path | None, against: Path | None, gated: bool, tags: bool, recorded: bool
) -> None:
    """Say how well labelled notes (LOTS, JSON Lines) are read, with intervals. Default: the development lot."""
    from service.reading.reader import Reader

    try:
        from training.reader import data, measure
    except ModuleNotFoundError as error:
        raise AfterwordError(
            "Labelled notes come with the source, not with the package: run this in a checkout."
        ) from error
    if recorded:
        path = _record_reading(measure.counted({p.stem: data.lot(p) for p in sorted(data.FOLDER.glob("dev*.jsonl"))}))
        click.echo(f"Recorded in {path}")
        return
    if gated:
        from evals.readers import moved, moved_text, verdict_of

        if against is None:
            raise AfterwordError("A reader is gated against another one: name its weights with --against.")
        records = [r for p in lots or sorted(data.FOLDER.glob("dev*.jsonl")) for r in data.lot(p)]
        before, after = ([c for _, c in measure.read_all(records, Reader.load(w))] for w in (against, weights))
        found = moved(before, after)
        click.echo(moved_text(found))
        raise click.exceptions.Exit(int(verdict_of(found)))
    chosen = {p.stem: data.lot(p) for p in lots or (data.FOLDER / "dev.jsonl",)}
    for line in measure.reports(chosen, [weights, against] if against else [weights], tags=tags):
        click.echo(line)


def _record_reading(lots: dict[str, dict[str, tuple[int, int]]]) -> Path:
    from evals.reading import ReadingRecord, write_reading
    from service.reading.reader import Reader

    return write_reading(_results(), ReadingRecord(reader=Reader.load().name, lots=lots, created=datetime.now(UTC)))


def _results() -> Path:
    """Where records lie: beside the prompts that are in use."""
    from evals.models import settings_for
    from service.prompting.evidence import default_results
    from service.prompting.library import default_root

    return default_results(settings_for(None).prompts_dir or default_root())


@eval_group.command()
@click.argument("shards", nargs=-1, required=True, type=_FILE)
@click.option("--out", type=_FILE, required=True)
def merge(shards: tuple[Path, ...], out: Path) -> None:
    """Join the SHARDS of one run."""
    from evals.merge import merge as join

    click.echo(f"{join(shards, out).units} drafts in {out}")


@eval_group.command()
@click.argument("run_ref", metavar="RUN")
@_CASES
@_RUNS
def score(run_ref: str, cases: Path | None, runs: Path) -> None:
    """Score the messages of RUN, a file or a prompt version. Asks no model."""
    from evals.files import find_run, scores_of
    from evals.summary import summary, worst_messages

    found = find_run(run_ref, runs)
    path = scores_of(found, cases)
    click.echo(summary(path))
    click.echo(worst_messages(found, path))
    click.echo(f"Scores in {path}")


@eval_group.command()
@click.argument("baseline")
@click.argument("candidate")
@click.option(
    "--flips", type=click.IntRange(0), default=5, show_default=True, help="Show so many messages that flipped."
)
@_CASES
@_RUNS
def compare(baseline: str, candidate: str, flips: int, cases: Path | None, runs: Path) -> None:
    """Compare two runs, message by message."""
    from evals.files import compared
    from evals.summary import comparison_table, flip_text

    made, path = compared((baseline, candidate), runs, cases)
    click.echo(comparison_table(made))
    for flip in made.flips[:flips]:
        click.echo(f"\n{flip_text(flip)}")
    click.echo(f"\nComparison in {path}")


@eval_group.command()
@click.argument("refs", nargs=-1, required=True, metavar="COMPARISON | BASELINE CANDIDATE")
@click.option("--margin", "margins", multiple=True, metavar="[NAME=]X", help="What may be lost. Default: 0.05.")
@click.option("--min-clusters", type=click.IntRange(2), default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--results", type=_FOLDER, help="Where a pass on all cases is recorded. Default: beside the prompts.")
@click.option("--no-record", is_flag=True, help="Judge only.")
@_CASES
@_RUNS
def gate(
    refs: tuple[str, ...],
    margins: tuple[str, ...],
    min_clusters: int,
    as_json: bool,
    results: Path | None,
    no_record: bool,
    cases: Path | None,
    runs: Path,
) -> None:
    """May the candidate replace the baseline? Exit 0: yes; 1: it is worse; 2: invalid; 3: not enough cases to tell."""
    from evals.files import compared
    from evals.gate import gate as judge
    from evals.gate import gate_json, read_by
    from evals.reading import served_reading

    made, path = compared(refs, runs, cases)
    general, named = _margins(margins)
    folder = results or _results()
    reader, reading = served_reading(folder)
    result = read_by(judge(made, margin=general, margins=named, min_clusters=min_clusters), reader, reading)
    told = json.dumps(gate_json(result), indent=1)
    path.with_name(path.name.removesuffix(".comparison.json") + ".gate.json").write_text(told + "\n", encoding="utf-8")
    click.echo(told if as_json else _gate_text(result))
    if not no_record:
        _record(made, result, folder, cases)
    raise click.exceptions.Exit(int(result.exit))


def _margins(given: tuple[str, ...]) -> tuple[float, dict[str, float]]:
    from evals.errors import EvalError
    from evals.gate import MARGIN

    general, named = MARGIN, {}
    for entry in given:
        name, _, value = entry.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number < 1:
            raise EvalError(f"--margin takes a number from 0 to 1, or NAME=NUMBER, not '{entry}'.")
        if name:
            named[name] = number
        else:
            general = number
    return general, named


def _gate_text(result: GateResult) -> str:
    from evals.reading import reading_text

    lines = [f"{v.verdict:<13} {v.name:<18} {v.reason}" for v in result.criteria]
    for name, keys in result.new_failures.items():
        lines += [f"broken        {name:<18} {key}" for key in keys[:10]]
    return "\n".join([reading_text(result.reading, result.reader), *lines, f"{result.word}: {result.summary}"])


def _record(made: Comparison, result: GateResult, folder: Path, cases: Path | None) -> None:
    from evals.cases import load_cases
    from evals.files import CASES
    from evals.gate import record
    from evals.run import cases_sha256

    if result.exit != 0:
        return
    whole = cases_sha256(load_cases(cases or CASES))
    path = record(made, result, folder, datetime.now(UTC), whole)
    why = "Not recorded: a release wants one prompt version over all cases."
    click.echo(f"Recorded in {path}" if path else why, err=True)


@eval_group.command()
@click.argument("refs", nargs=-1, required=True, metavar="RUN | BASELINE CANDIDATE")
@click.option("--out", type=_FILE, help="The HTML file; .json and .xml are written beside it.")
@click.option("--worst", type=click.IntRange(1), default=30, show_default=True, help="Show so many messages in full.")
@_CASES
@_RUNS
def report(refs: tuple[str, ...], out: Path | None, worst: int, cases: Path | None, runs: Path) -> None:
    """Write one HTML page about a run, or about two compared; JUnit XML and JSON beside it."""
    from evals.report.write import write_report

    for path in write_report(refs, runs, out=out, cases=cases, worst=worst):
        click.echo(f"{path}")


@eval_group.command()
@click.option("--part", type=click.Choice(["test", "tune"]), default="test", show_default=True)
@click.option("--verdicts", type=_FILE, help="Judged messages (.jsonl). Default: those of this installation.")
@click.option("--judge", type=_FILE, help="What `eval judge` wrote about the same messages, to stand beside.")
@click.option("--json", "as_json", is_flag=True)
@_CASES
def validity(part: str, verdicts: Path | None, judge: Path | None, as_json: bool, cases: Path | None) -> None:
    """Measure the scores themselves: against what blind readers said of the same messages."""
    from dataclasses import asdict

    from evals.errors import EvalError
    from evals.files import CASES
    from evals.judge.items import judged_items
    from evals.judge.verdicts import read_verdicts
    from evals.validity import held, measure, validity_text
    from evals.verdicts.data import VERDICTS, judged_cases, load_verdicts

    messages = load_verdicts(verdicts or VERDICTS, "tune" if part == "tune" else "test")
    if not messages:
        raise EvalError(f"{verdicts or VERDICTS} holds no judged message of the {part} part.")
    about = judged_cases(cases or CASES)
    said = read_verdicts(judge, judged_items(messages, about)) if judge else None
    found = measure(held(messages, about, judged=said, lots=_lots()))
    click.echo(json.dumps(asdict(found), indent=1) if as_json else validity_text(found))


def _lots() -> dict[str, str]:
    """What the reader has of each labelled interview; empty where there are no labelled notes, as in a package."""
    try:
        from training.reader import data
    except ModuleNotFoundError:
        return {}
    roles = (("dev", "was calibrated on them"), ("test-", "has not seen them"))
    out: dict[str, str] = {}
    for path in data.FOLDER.glob("*.jsonl"):
        role = next((said for start, said in roles if path.stem.startswith(start)), "was trained on them")
        out |= {record["id"]: role for record in data.lot(path)}
    return out


@eval_group.command("judge")
@click.argument("refs", nargs=-1, metavar="[A B]")
@click.option("--model", help="As for run; 'outline' cannot judge.")
@click.option("--part", type=click.Choice(["test", "tune"]), default="test", show_default=True)
@click.option("--verdicts", type=_FILE, help="Judged messages (.jsonl). Default: those of this installation.")
@click.option("--limit", type=click.IntRange(1), help="Only so many messages, evenly over all.")
@click.option("--out", type=_FILE, help="The file of verdicts. Default: in --runs, named by the model.")
@click.option("--record", type=_FILE, help="Keep the model's answers on this cassette (.jsonl or .jsonl.gz).")
@click.option("--replay", type=_FILE, help="Play the model's answers from this cassette.")
@_RUNS
def model_judge(refs: tuple[str, ...], record: Path | None, replay: Path | None, **options: Any) -> None:
    """Ask a model for verdicts by the readers' guide: on what they judged, or on which of two runs' messages to send.

    Nothing rests on it: no score and no gate. Killed and given again, it goes on where it was.
    """
    from evals.judge.agreement import judge_text
    from evals.judge.judging import judge
    from evals.models import Tape
    from evals.verdicts.data import VERDICTS

    options["verdicts"] = options["verdicts"] or VERDICTS
    judged = asyncio.run(judge(refs, tape=Tape(record, replay), **options))
    click.echo(f"{judge_text(judged.rows, judged.by, judged.messages)}\nVerdicts in {judged.path}")


@eval_group.command()
@click.option("--model", help="As for run.")
@click.option("--clusters", type=click.IntRange(1), help="Interviews for each kind. Default: what fits in ten minutes.")
@_CASES
@_RUNS
def candidates(model: str | None, clusters: int | None, cases: Path | None, runs: Path) -> None:
    """Gate every channel's candidate against its stable version on a subset; nothing to do where there is none."""
    from evals.candidates import contests, decide
    from evals.gate import read_by
    from evals.reading import served_reading

    channel, found = contests(model)
    if not found:
        click.echo(f"No candidate differs from its stable version for {channel} models: there is nothing to compare.")
    worst = 0
    reader, reading = served_reading(_results())
    for contest, judged in decide(found, model, clusters, cases, runs):
        result = read_by(judged, reader, reading)
        click.echo(f"== {contest}\n{_gate_text(result)}")
        worst = max(worst, int(result.exit), key=[0, 3, 1, 2].index)
    raise click.exceptions.Exit(worst)
