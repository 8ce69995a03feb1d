"""The command line. Commands import what they need when they run, so that --help answers at once."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import click

from service import __version__
from service.errors import AfterwordError, RequestError

if TYPE_CHECKING:
    from service.settings import Settings
    from service.types import Draft, DraftRequest, Given

GROUPS = {
    "eval": ("evals.commands:eval_group", "Say with evidence whether a prompt change is better."),
    "model": ("service.models.commands:model", "List, fetch and locate the weights of embedded models."),
    "prompts": ("service.prompting.commands:prompts", "List, compare, write and release prompt versions."),
}


class LazyGroups(click.Group):
    """Groups that are imported only when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *GROUPS])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in GROUPS:
            return super().get_command(ctx, name)
        module, _, attribute = GROUPS[name][0].partition(":")
        try:
            group: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            raise click.ClickException(f"'{name}' needs {error.name}, which is not installed here.") from error
        return group

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Groups are described without importing them."""
        rows = [(name, c.get_short_help_str(70)) for name, c in self.commands.items()]
        rows += [(name, text) for name, (_, text) in GROUPS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AfterwordError as error:
            click.echo(f"afterword: {error.detail}", err=True)
            ctx.exit(2)


@click.group(cls=LazyGroups, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="afterword")
def main() -> None:
    """Turns interview notes into follow-up messages that can be sent as they stand."""


@main.command()
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port to listen on (PORT).")
@click.option("--model", "model_name", default=None, help="'outline', 'embedded', a file, or an upstream model's name.")
def serve(host: str | None, port: int | None, model_name: str | None) -> None:
    """Serve the page and the API."""
    import uvicorn

    from service.api.records import log_to_terminal
    from service.app import create_app

    settings = _settings(host=host, port=port, model=model_name)
    log_to_terminal(settings.log_level)
    app = create_app(settings)
    listening = _listen(settings.host, settings.port)
    click.echo(f"Afterword is at {_address(listening)}", err=True)
    _show_progress(app.state.service.model)
    # Our own records take the place of the access log, and our own format of uvicorn's.
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """Bound before anything is promised: the address that is shown is the one that answers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else "there is no such address"
        raise RequestError(f"{host}:{port} cannot be listened on: {why}. Choose another port with PORT.") from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _show_progress(model: Any) -> None:
    """A bar on the terminal for weights that are still arriving, from a thread that ends with the process."""
    import threading
    import time

    if model is None or not hasattr(model, "state"):
        return

    def watch() -> None:
        from tqdm import tqdm

        bar: Any = None
        last = ""
        while True:
            state = model.state
            if state.phase == "downloading" and state.bytes_total:
                bar = bar or tqdm(total=state.bytes_total, unit="B", unit_scale=True, desc="model", file=sys.stderr)
                bar.update(state.bytes_done - bar.n)
            elif bar is not None:
                bar.close()
                bar = None
            if state.phase != last and state.phase in ("loading", "ready", "failed"):
                said = {
                    "loading": "The model is loading; until then the outline writes.",
                    "ready": "The model is ready.",
                }
                click.echo(said.get(state.phase, f"The model could not start: {state.detail}"), err=True)
            last = state.phase
            if state.phase in ("ready", "failed"):
                return
            time.sleep(0.3)

    threading.Thread(target=watch, daemon=True).start()


def _settings(**overrides: Any) -> Settings:
    from pydantic import ValidationError

    from service.settings import Settings, shown_name

    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        raise RequestError(f"{shown_name(str(fault['loc'][0]))}: {fault['msg']}; see docs/operations.md.") from error


_KINDS = click.Choice(["thank_you", "check_in", "linkedin"])


@main.command()
@click.argument("notes", type=click.File("rb"))
@click.option("--kind", "kinds", multiple=True, type=_KINDS, help="May be given more than once; default thank_you.")
@click.option("--candidate", help="Your name, for the signature.")
@click.option("--recipient", "recipients", multiple=True, help="'Name' or 'Name, Title'; default: who interviewed.")
@click.option("--company")
@click.option("--role")
@click.option("--now", help="The time to take as now, as 2026-11-17T18:00:00+01:00.")
@click.option("--tone", type=click.Choice(["warm", "neutral", "formal"]), default="warm", show_default=True)
@click.option("--length", type=click.Choice(["short", "standard"]), default="standard", show_default=True)
@click.option("--linkedin-limit", type=click.Choice(["200", "300"]), default="200", show_default=True)
@click.option("--model", "model_name", help="'outline', 'embedded', a file, or an upstream model's name.")
@click.option("--json", "as_json", is_flag=True, help="The whole draft as POST /draft answers it.")
def draft(
    notes: Any,
    kinds: tuple[str, ...],
    candidate: str | None,
    recipients: tuple[str, ...],
    company: str | None,
    role: str | None,
    now: str | None,
    tone: str,
    length: str,
    linkedin_limit: str,
    model_name: str | None,
    as_json: bool,
) -> None:
    """Draft messages from NOTES, a text file or - for standard input."""
    from service.types import DraftRequest, Length, MessageKind, Tone

    request = DraftRequest(
        notes=_text(notes),
        now=_time(now),
        kinds=tuple(MessageKind(k) for k in kinds) or (MessageKind.THANK_YOU,),
        given=_given(candidate, recipients, company, role),
        tone=Tone(tone),
        length=Length(length),
        linkedin_limit=int(linkedin_limit),
    )
    made = asyncio.run(_draft(request, _settings(model=model_name)))
    if as_json:
        from service.api.schemas import draft_out

        click.echo(draft_out(made).model_dump_json(indent=2))
        return
    _print(made)


def _given(candidate: str | None, recipients: tuple[str, ...], company: str | None, role: str | None) -> Given:
    from service.types import Given, Interview, Recipient

    named = tuple(Recipient(n.strip(), t.strip() or None) for n, _, t in (r.partition(",") for r in recipients))
    return Given(candidate=candidate, recipients=named, interview=Interview(company=company, role=role))


async def _draft(request: DraftRequest, settings: Settings) -> Draft:
    """Waits for the embedded model where its weights are on this machine; otherwise the outline writes, and says so."""
    from service.app import ready
    from service.drafting.pipeline import Drafter
    from service.drafting.send_window import SendRules
    from service.models.embedded import EmbeddedModel
    from service.models.open import open_model
    from service.prompting.library import PromptLibrary, default_root

    model = open_model(settings)
    library = PromptLibrary.load(settings.prompts_dir or default_root())
    drafter = Drafter(library, ready(model), SendRules(check_in_after_days=settings.check_in_days))
    try:
        if isinstance(model, EmbeddedModel) and _weights_here(settings):
            click.echo("Starting the embedded model…", err=True)
            model.start()
            state = await model.ready()
            if state.phase == "failed":
                click.echo(f"The embedded model could not start: {state.detail} The outline writes.", err=True)
        elif isinstance(model, EmbeddedModel):
            click.echo(
                "The embedded model is not on this machine yet ('afterword model pull'): the outline writes.", err=True
            )
        return await drafter.draft(request)
    finally:
        if model is not None:
            await model.aclose()


def _weights_here(settings: Settings) -> bool:
    from service.models.registry import load_registry
    from service.models.weights import default_data_dir, find_weights, models_dir

    weights = load_registry().resolve(settings.model if settings.model not in (None, "embedded") else "")
    return find_weights(weights, models_dir(settings.data_dir or default_data_dir())) is not None


def _print(made: Draft) -> None:
    for n, message in enumerate(made.messages):
        if n:
            click.echo()
        to = f" to {message.recipient.name}" if message.recipient.name else ""
        click.echo(f"--- {message.kind.value.replace('_', ' ')}{to} · {message.send_window.advice}", err=True)
        if message.wording.subject:
            click.echo(f"Subject: {message.wording.subject}\n")
        click.echo(message.wording.body)
        for warning in message.warnings:
            click.echo(f"note: {warning.detail}", err=True)
    for warning in made.warnings:
        click.echo(f"note: {warning.detail}", err=True)


@main.command()
@click.argument("notes", type=click.File("rb"))
@click.option(
    "--message",
    "message",
    type=click.File("rb"),
    required=True,
    help="The message's text; a first line 'Subject: …' counts as its subject.",
)
@click.option("--kind", type=_KINDS, default="thank_you", show_default=True)
@click.option("--candidate", help="Your name.")
@click.option("--now", help="The time to take as now.")
@click.option("--json", "as_json", is_flag=True)
def score(notes: Any, message: Any, kind: str, candidate: str | None, now: str | None, as_json: bool) -> None:
    """Score a message, written anywhere, against NOTES."""
    from service.drafting.scoring import score_text
    from service.types import Given, MessageKind

    first, _, rest = (text := _text(message)).partition("\n")
    subject = first[8:].strip() if first.lower().startswith("subject:") else None
    body = rest.strip() if subject is not None else text.strip()
    card = score_text(_text(notes), MessageKind(kind), subject, body, now=_time(now), given=Given(candidate=candidate))
    if as_json:
        from service.api.schemas import scorecard_out

        click.echo(json.dumps(scorecard_out(card).model_dump(mode="json"), indent=2))
        return
    click.echo(f"overall {card.overall:.2f}")
    for c in card.criteria:
        value = "-" if c.score is None else f"{c.score:.2f}"
        click.echo(f"{'ok  ' if c.passed else 'weak'} {c.name:<16} {value}  {c.rule:<4} {c.reason}")
    for v in card.violations:
        click.echo(f"{v.severity.value:<4} {v.check:<16} {v.rule:<4} {v.detail}")


def _text(file: Any) -> str:
    from service.errors import NotesError

    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotesError("The file is not text in UTF-8. Save it as plain text first.") from error


def _time(now: str | None) -> Any:
    from datetime import datetime

    try:
        return datetime.fromisoformat(now).astimezone() if now else datetime.now().astimezone()
    except ValueError as error:
        raise RequestError("--now takes a time such as 2026-11-17T18:00:00+01:00.") from error


if __name__ == "__main__":
    main(prog_name="afterword")
