"""``afterword prompts``: look at prompt versions, make a new one, release it, and check them all."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterator
from pathlib import Path

import click

from service.errors import AfterwordError
from service.prompting.check import check_prompts
from service.prompting.evidence import default_results
from service.prompting.library import PromptLibrary, default_root
from service.prompting.lock import FILES, version_folder
from service.prompting.release import new_version
from service.prompting.release import release as release_version

_ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="AFTERWORD_PROMPTS_DIR",
    help="Folder of prompts. Default: AFTERWORD_PROMPTS_DIR, or this installation's.",
)
_RESULTS = click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    help="Gate records. Default: evals/results beside the prompts.",
)


class _Group(click.Group):
    """Says an error of ours as one sentence, exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AfterwordError as error:
            raise click.ClickException(error.detail) from error


@click.group(cls=_Group)
def prompts() -> None:
    """Prompt versions: look, compare, write, release."""


@prompts.command("list")
@_ROOT
def list_prompts(root: Path | None) -> None:
    """Show every version, what it is for, and which channels serve it."""
    library = PromptLibrary.load(root, verified=False)
    for version in library.prompts.values():
        served = [
            f"{channel} {'now' if version.id == entry.stable else 'candidate'}"
            for channel, entry in library.channels.get(version.name, {}).items()
            if version.id in (entry.stable, entry.candidate)
        ]
        about = f"{version.id:<14} {version.status.value:<10} {version.style:<6} {version.sha256[:12]}"
        click.echo(f"{about}  {', '.join(served) or '-'}")


@prompts.command()
@click.argument("ref")
@_ROOT
def show(ref: str, root: Path | None) -> None:
    """Print every file of version REF, for example thank_you@2."""
    library = PromptLibrary.load(root, verified=False)
    version = library.get(ref)
    click.echo(f"{version.id}  {version.status.value}  sha256 {version.sha256}")
    for name in FILES:
        click.echo(f"\n--- {name}\n{_read(library, ref, name).rstrip()}")


@prompts.command()
@click.argument("old")
@click.argument("new")
@_ROOT
def diff(old: str, new: str, root: Path | None) -> None:
    """Show what differs between two versions, file by file."""
    library = PromptLibrary.load(root, verified=False)
    library.get(old), library.get(new)
    for name in FILES:
        before, after = (_read(library, ref, name).splitlines() for ref in (old, new))
        for line in difflib.unified_diff(before, after, f"{old}/{name}", f"{new}/{name}", lineterm=""):
            click.echo(line)


@prompts.command()
@click.argument("name")
@click.option("--from", "parent", metavar="REF", help="The version to start from. Default: the newest.")
@_ROOT
def new(name: str, parent: str | None, root: Path | None) -> None:
    """Start the next version of prompt NAME as a draft."""
    root = root or default_root()
    version = new_version(root, name, parent)
    click.echo(f"{version.id} is a draft, copied from {version.parent}: {version_folder(root, version.id)}")


@prompts.command()
@click.argument("ref")
@click.option("--channel", type=click.Choice(["small", "large"]), help="Serve it to models of this size from now on.")
@click.option("--without-evidence", "reason", default="", metavar="REASON", help="Why there is no gate.")
@_ROOT
@_RESULTS
def release(ref: str, channel: str | None, reason: str, root: Path | None, results: Path | None) -> None:
    """Release version REF: from then on its files stay as they are."""
    root = root or default_root()
    version = release_version(root, results or default_results(root), ref, channel=channel, reason=reason)
    served = f" and is what {channel} models get" if channel else ""
    click.echo(f"{version.id} is released{served}. Commit its folder, channels.yaml and the lock together.")


@prompts.command()
@_ROOT
@_RESULTS
@click.option("--cases", type=click.Path(path_type=Path), help="Cases to render. Default: those of this installation.")
def check(root: Path | None, results: Path | None, cases: Path | None) -> None:
    """Check lock, templates, channels, evidence and git history, and render every version for every case.

    Exit status 1 when something is wrong.
    """
    root = root or default_root()
    found = check_prompts(root, results or default_results(root))
    for remark in found.remarks:
        click.echo(f"note: {remark}")
    problems = found.problems or tuple(_unrendered(root, cases))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("The prompts are as they were released, and render for every case.")


def _unrendered(root: Path, cases: Path | None) -> Iterator[str]:
    """By name, as the command line finds its groups: the service does not know the evals."""
    found: Iterator[str] = importlib.import_module("evals.rendering").unrendered(root, cases)
    return found


def _read(library: PromptLibrary, ref: str, name: str) -> str:
    return (version_folder(library.root, ref) / name).read_text(encoding="utf-8")
