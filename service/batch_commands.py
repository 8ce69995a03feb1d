"""``afterword batch``: many notes at once, at an Afterword that is served."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from service.client import Client
from service.command_input import server_at

_EVERY_S = 1.0
_ENDED = ("finished", "cancelled")


def _asks_a_server(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command's options for the server, which it is given as a client."""

    @click.option(
        "--server",
        envvar="AFTERWORD_SERVER",
        default="http://127.0.0.1:8000",
        show_default=True,
        help="The Afterword to ask (AFTERWORD_SERVER).",
    )
    @click.option("--key", envvar="AFTERWORD_KEY", help="Its API key (AFTERWORD_KEY).")
    @wraps(command)
    def asking(*args: Any, server: str, key: str | None, **options: Any) -> Any:
        with server_at(server, key) as afterword:
            return command(afterword, *args, **options)

    return asking


@click.group()
def batch() -> None:
    """Many notes at once, at an Afterword that is served."""


@batch.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="For people.")
@click.option("--idempotency-key", help="The same key and file are taken once.")
@click.option("--webhook", metavar="URL", help="Is told, signed, when it is done; a host that the service allows.")
@click.option("--wait", is_flag=True, help="Stay, and show how far it is.")
@_asks_a_server
def submit(
    afterword: Client, file: Path, name: str, idempotency_key: str | None, webhook: str | None, wait: bool
) -> None:
    """Submit FILE: JSON Lines, or a table whose name ends in .csv. Prints the batch's id."""
    kind = "csv" if file.suffix.lower() == ".csv" else "jsonl"
    taken = afterword.submit_batch(
        file, kind=kind, name=name or file.stem, idempotency_key=idempotency_key, webhook_url=webhook
    )
    click.echo(taken["id"])
    click.echo(f"{taken['total']} items taken.", err=True)
    if wait:
        _watch(afterword, taken["id"])


@batch.command()
@click.argument("batch_id", required=False)
@click.option("--wait", is_flag=True, help="Stay, and show how far it is.")
@click.option("--json", "as_json", is_flag=True)
@_asks_a_server
def status(afterword: Client, batch_id: str | None, wait: bool, as_json: bool) -> None:
    """Say how far BATCH_ID is; without one, each of your batches."""
    if wait and batch_id is not None:
        _watch(afterword, batch_id)
    found = afterword.batches() if batch_id is None else [afterword.batch(batch_id)]
    if as_json:
        click.echo(json.dumps(found if batch_id is None else found[0], ensure_ascii=False, indent=2))
        return
    for each in found:
        left = f", {each['seconds_left']:.0f} s left" if each["seconds_left"] else ""
        click.echo(
            f"{each['id']}  {each['state']:<9} {each['done']} of {each['total']} done, {each['failed']} failed{left}  "
            f"{each['name']}"
        )


@batch.command()
@click.argument("batch_id")
@click.option("--order", type=click.Choice(["input", "finished"]), default="input", show_default=True)
@click.option("--after", type=int, default=-1, help="Go on behind the line with this cursor.")
@click.option("--follow", is_flag=True, help="Stay until everything has come.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: standard output.")
@_asks_a_server
def results(afterword: Client, batch_id: str, order: str, after: int, follow: bool, out: Path | None) -> None:
    """Print the results of BATCH_ID as JSON Lines."""
    with _written_to(out) as file:
        while True:
            ended = afterword.batch(batch_id)["state"] in _ENDED
            for line in afterword.batch_results(batch_id, order=order, after=after):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                after = int(line["cursor"])
            file.flush()
            if ended or not follow:
                return
            time.sleep(_EVERY_S)


@batch.command()
@click.argument("batch_id")
@_asks_a_server
def cancel(afterword: Client, batch_id: str) -> None:
    """End what of BATCH_ID is not finished."""
    found = afterword.cancel_batch(batch_id)
    click.echo(f"{found['done']} done, {found['failed']} failed, {found['cancelled']} cancelled.", err=True)


@batch.command()
@click.argument("batch_id")
@_asks_a_server
def retry(afterword: Client, batch_id: str) -> None:
    """Ask for the failed items of BATCH_ID again."""
    click.echo(f"{afterword.retry_batch(batch_id)} items wait again.", err=True)


_ceiling = click.option("--ceiling", type=click.FloatRange(50, 100), help="Per cent of like characters.")


@batch.command()
@click.argument("batch_id")
@_ceiling
@click.option("--json", "as_json", is_flag=True)
@_asks_a_server
def alike(afterword: Client, batch_id: str, ceiling: float | None, as_json: bool) -> None:
    """Name pairs of messages of BATCH_ID, to one reader or company, that are nearly the same."""
    found = afterword.alike_messages(batch_id, ceiling=ceiling)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for pair in found["pairs"]:
        click.echo(_pair(pair))
    more = ", not all of them named" if found["truncated"] else ""
    click.echo(f"{found['found']} pairs among {found['compared']} messages{more}.", err=True)


@batch.command()
@click.argument("batch_id")
@_ceiling
@_asks_a_server
def redraft(afterword: Client, batch_id: str, ceiling: float | None) -> None:
    """Draft one of each such pair of BATCH_ID from other lines of its notes; what it had is gone."""
    found = afterword.redraft_alike(batch_id, ceiling=ceiling)
    for item in found["redrafted"]:
        click.echo(_named(item))
    for pair in found["left"]:
        click.echo(f"Stays: {_pair(pair)}", err=True)
    more = " Ask again for the rest once they are drafted." if found["truncated"] else ""
    click.echo(f"{len(found['redrafted'])} items wait again.{more}", err=True)


@batch.command()
@click.argument("batch_id")
@_asks_a_server
def delete(afterword: Client, batch_id: str) -> None:
    """Delete BATCH_ID for good, notes and messages."""
    afterword.delete_batch(batch_id)
    click.echo(f"{batch_id} is deleted.", err=True)


def _watch(afterword: Client, batch_id: str) -> None:
    """A bar on standard error until the batch has ended."""
    from tqdm import tqdm

    found = afterword.batch(batch_id)
    with tqdm(total=found["total"], unit="item", file=sys.stderr) as bar:
        while True:
            bar.update(found["done"] + found["failed"] + found["cancelled"] - bar.n)
            bar.set_postfix(failed=found["failed"], refresh=False)
            if found["state"] in _ENDED:
                break
            time.sleep(_EVERY_S)
            found = afterword.batch(batch_id)
    if found["failed"]:
        click.echo(f"{found['failed']} failed; 'afterword batch results' says why, 'batch retry' asks again.", err=True)
    if found["alike"]:
        click.echo(
            f"{found['alike']} pairs of messages are nearly the same; 'afterword batch alike' names them.", err=True
        )


def _pair(pair: dict[str, Any]) -> str:
    whom = ", ".join(dict.fromkeys(filter(None, (*pair["recipients"], pair["company"]))))
    return f"{_named(pair['first'])} and {_named(pair['second'])}: {pair['per_cent']} % the same, to {whom}"


def _named(item: dict[str, Any]) -> str:
    return item["ref"] or f"line {item['n'] + 1}"


@contextmanager
def _written_to(out: Path | None) -> Iterator[Any]:
    if out is None:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8") as file:
        yield file
