"""``afterword draft`` and ``afterword score``: files in, messages or a scorecard on standard output."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, TypeVar

import click

from service.command_input import moment, server_at, text_of
from service.errors import RequestError, WeightsError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from service.api.schemas import DraftIn
    from service.settings import Settings
    from service.types import Draft, DraftRequest

    Body = TypeVar("Body", bound=BaseModel)

_KINDS = click.Choice(["thank_you", "check_in", "linkedin"])
_OPTIONS = {"notes": "NOTES", "body": "--message", "subject": "--message", "recipients": "--recipient"}


@click.command()
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
@click.option("--server", envvar="AFTERWORD_SERVER", help="Ask the Afterword at this address (AFTERWORD_SERVER).")
@click.option("--key", envvar="AFTERWORD_KEY", help="The API key for --server (AFTERWORD_KEY).")
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
    server: str | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Draft messages from NOTES, a text file or - for standard input."""
    from service.api.answers import draft_out
    from service.api.schemas import DraftIn, named_recipient
    from service.settings import read_settings

    body = _read(
        DraftIn,
        notes=text_of(notes),
        kinds=kinds or ("thank_you",),
        candidate=_named(candidate),
        recipients=[named_recipient(r) for r in recipients],
        interview={"company": company, "role": role},
        now=moment(now),
        tone=tone,
        length=length,
        linkedin_limit=int(linkedin_limit),
    )
    if server is not None:
        answer = _ask(server, key, body)
    else:
        made = asyncio.run(_draft(body.request(moment(None)), read_settings(model=model_name)))
        answer = draft_out(made).model_dump(mode="json")
    _show(answer, as_json)


@click.command()
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
    from service.api.answers import scorecard_out
    from service.api.schemas import ScoreIn
    from service.drafting.scoring import score_text
    from service.reading.reader import Reader

    if notes is message:
        raise RequestError("Standard input can be the notes or the message, not both. Put one of them into a file.")
    first, _, rest = (text := text_of(message)).partition("\n")
    subject = first[8:].strip() if first.lower().startswith("subject:") else None
    written = rest.strip() if subject is not None else text.strip()
    named = _named(candidate)
    body = _read(
        ScoreIn, notes=text_of(notes), kind=kind, subject=subject, body=written, candidate=named, now=moment(now)
    )
    at = body.time(moment(None))
    card = score_text(body.notes, body.kind, body.subject, body.body, Reader.load(), now=at, given=body.given(at))
    if as_json:
        click.echo(json.dumps(scorecard_out(card).model_dump(mode="json"), indent=2))
        return
    click.echo(f"overall {card.overall:.2f}")
    for c in card.criteria:
        value = "-" if c.score is None else f"{c.score:.2f}"
        click.echo(f"{'ok  ' if c.passed else 'weak'} {c.name:<16} {value}  {c.rule:<4} {c.reason}")
    for v in card.violations:
        click.echo(f"{v.severity.value:<4} {v.check:<16} {v.rule:<4} {v.detail}")


def _ask(server: str, key: str | None, body: DraftIn) -> dict[str, Any]:
    """The draft that another Afterword makes of the same request."""
    asked = body.model_dump(mode="json", exclude_defaults=True)
    with server_at(server, key) as afterword:
        return afterword.draft(asked.pop("notes"), **asked)


def _show(answer: dict[str, Any], as_json: bool) -> None:
    """The answer of POST /draft: messages on standard output, the rest on standard error."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for n, message in enumerate(answer["messages"]):
        if n:
            click.echo()
        to = f" to {message['recipient']['name']}" if message["recipient"]["name"] else ""
        click.echo(f"--- {message['kind'].replace('_', ' ')}{to} · {message['send_window']['advice']}", err=True)
        if message["subject"]:
            click.echo(f"Subject: {message['subject']}\n")
        click.echo(message["body"])
        for warning in message["warnings"]:
            click.echo(f"note: {warning['detail']}", err=True)
    for warning in answer["warnings"]:
        click.echo(f"note: {warning['detail']}", err=True)


def _read(schema: type[Body], **stated: Any) -> Body:
    """What the API would make of the same values; a fault is said by the option's name."""
    from pydantic import ValidationError

    from service.api.faults import sentence

    try:
        return schema(**stated)
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        field = str(fault["loc"][1] if fault["loc"][0] == "interview" else fault["loc"][0])
        raise RequestError(f"{_OPTIONS.get(field, f'--{field}')}: {sentence(fault)}") from error


def _named(name: str | None) -> dict[str, str] | None:
    return None if name is None else {"name": name}


async def _draft(request: DraftRequest, settings: Settings) -> Draft:
    """Waits for the embedded model where its weights are on this machine; otherwise the outline writes, and says so."""
    from service.app import ready
    from service.drafting.pipeline import Drafter
    from service.drafting.send_window import SendRules
    from service.models.embedded import EmbeddedModel
    from service.models.open import open_model
    from service.prompting.library import PromptLibrary, default_root
    from service.reading.reader import Reader

    model = open_model(settings)
    library = PromptLibrary.load(settings.prompts_dir or default_root())
    drafter = Drafter(
        library,
        ready(model),
        Reader.load(),
        SendRules(check_in_after_days=settings.check_in_days),
        verifies=settings.verify,
        reads_along=settings.read_along,
    )
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
    """Raises WeightsError where the settings name a file that is not there: nobody else will bring it."""
    from service.models.registry import load_registry
    from service.models.weights import find_weights, models_dir

    weights = load_registry().resolve(settings.model if settings.model not in (None, "embedded") else "")
    found = find_weights(weights, models_dir(settings.folder)) is not None
    if weights.local is not None and not found:
        raise WeightsError(f"There is no file {weights.local}.")
    return found
