"""``afterword model``: which models there are, fetching one, where it lies."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import click
from tqdm import tqdm

from service.models.nearby import find_nearby, memory_gib
from service.models.registry import Weights, load_registry
from service.models.weights import Progress, find_weights, models_dir, obtain_weights, weights_path

_DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="AFTERWORD_DATA_DIR",
    help="Where models are kept. Default: AFTERWORD_DATA_DIR, or your own data folder.",
)


@click.group()
def model() -> None:
    """The embedded model's weights on this machine."""


@model.command("list")
@_DATA_DIR
def list_models(data_dir: Path | None) -> None:
    """Show the models that Afterword knows by name, and the servers that already answer on this machine."""
    registry = load_registry()
    folder, memory = models_dir(data_dir), memory_gib()
    for name, weights in registry.models.items():
        here = "here" if weights_path(weights, folder).is_file() else "not here"
        mark = "*" if name == registry.default else " "
        size = f"{weights.bytes / 1e6:.0f} MB" if weights.bytes else ""
        click.echo(
            f"{mark} {name:<20} {size:>8}  {here:<8}  {_fits(weights, memory):<22}  "
            f"{'measured' if weights.measured else 'not measured here':<17}  {weights.licence}  {weights.title}"
        )
    for server in asyncio.run(find_nearby()):
        click.echo(
            f"\n{server.maker} answers on this machine. Nothing is sent there until you choose one of its models:"
        )
        for served in server.models:
            click.echo(f"  OPENAI_BASE_URL={server.base_url} AFTERWORD_MODEL={served}")


def _fits(weights: Weights, memory: float | None) -> str:
    if weights.memory_gib is None:
        return ""
    if memory is None:
        return f"wants {weights.memory_gib:g} GiB"
    return f"{'fits' if weights.memory_gib <= memory else 'too large'} ({weights.memory_gib:g} GiB)"


@model.command()
@click.argument("name", required=False)
@_DATA_DIR
def pull(name: str | None, data_dir: Path | None) -> None:
    """Fetch NAME (default: the default model), verify it, and print where it lies."""
    weights = load_registry().resolve(name)
    with ProgressBar(weights) as bar:
        path = obtain_weights(weights, models_dir(data_dir), report=bar.show, stopped=threading.Event())
    click.echo(str(path))


@model.command()
@click.argument("name", required=False)
@_DATA_DIR
def path(name: str | None, data_dir: Path | None) -> None:
    """Print where NAME lies; exit status 1 when it is not on this machine."""
    found = find_weights(load_registry().resolve(name), models_dir(data_dir))
    if found is None:
        raise click.ClickException(f"It is not on this machine. Fetch it: afterword model pull {name or ''}".rstrip())
    click.echo(str(found))


class ProgressBar:
    """A bar in the terminal, on standard error; silent where that is no terminal."""

    def __init__(self, weights: Weights) -> None:
        self._bar = tqdm(
            total=weights.bytes,
            unit="B",
            unit_scale=True,
            unit_divisor=1000,
            desc=weights.name,
            disable=None,
            leave=False,
        )
        self._phase = ""

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        if progress.phase != self._phase:
            self._phase = progress.phase
            self._bar.set_description(progress.phase)
        if progress.bytes_total:
            self._bar.total = progress.bytes_total
        self._bar.n = progress.bytes_done
        self._bar.refresh()
