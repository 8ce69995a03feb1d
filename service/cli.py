"""The command line. Commands import what they need when they run, so that --help answers at once."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
from typing import TYPE_CHECKING, Any

import click

from service import __version__
from service.drafting_commands import draft, score
from service.errors import AfterwordError, RequestError
from service.reading_commands import read

if TYPE_CHECKING:
    from service.settings import Settings

GROUPS = {
    "batch": ("service.batch_commands:batch", "Many notes at once: submit, watch, collect, cancel."),
    "eval": ("evals.commands:eval_group", "Say with evidence whether a prompt change is better."),
    "keys": ("service.storage.commands:keys", "Make, list and revoke API keys."),
    "storage": ("service.storage.commands:storage", "The database's schema and encryption key."),
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
@click.option("--model", default=None, help="'outline', 'embedded', a file, or an upstream model's name.")
@click.option("--workers", type=int, default=None, help="Processes that share the port and the embedded model.")
def serve(**stated: Any) -> None:
    """Serve the page and the API."""
    from service import serving
    from service.api.records import log_to_terminal
    from service.settings import read_settings

    settings = read_settings(**stated)
    log_to_terminal(settings.log_level)
    if settings.workers > 1:
        _serve_together(settings, stated)
        return
    from service.app import create_app

    app = create_app(settings)
    listening = serving.listen(settings.host, settings.port)
    _require_keys(settings)
    click.echo(f"Afterword is at {serving.address_of(listening)}", err=True)
    _show_progress(app.state.service.model)
    serving.serve_alone(app, settings, listening)


def _serve_together(settings: Settings, stated: dict[str, Any]) -> None:
    """The workers' embedded model is kept here: it must not end with one of them while the others still draft."""
    from service import serving
    from service.drafting.warm import static_requests
    from service.models.embedded import EmbeddedModel
    from service.models.keeper import kept
    from service.models.open import open_model
    from service.prompting.library import PromptLibrary, default_root

    library = PromptLibrary.load(settings.prompts_dir or default_root())
    model = open_model(settings)
    listening = serving.listen(settings.host, settings.port)
    _require_keys(settings)
    click.echo(f"Afterword is at {serving.address_of(listening)}, by {settings.workers} processes", err=True)
    keeping: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
    if isinstance(model, EmbeddedModel):
        model.warm(static_requests(library, model.prompt_channel))
        keeping = kept(model)
        _show_progress(model)
    with keeping, serving.stated_for_workers(settings, *stated):
        serving.serve_together(settings, listening)


def _require_keys(settings: Settings) -> None:
    """Raises RequestError where others than this machine could call, keys are asked for, and there are none."""
    from service.api.admission import keys_are_kept

    if not keys_are_kept(settings):
        return
    from service.storage.commands import with_database
    from service.storage.keys import KeyTable

    if not with_database(lambda engine: KeyTable(engine).any(), settings=settings):
        raise RequestError(
            f"Listening on {settings.host} lets others call, and there is no API key. Make one with "
            "`afterword keys create NAME`, or set AFTERWORD_API_KEYS. AFTERWORD_KEYS=off lets in whoever reaches the "
            "port."
        )


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


@main.command()
@click.option("--model", "model_name", default=None, help="'outline', 'embedded', a file, or an upstream model's name.")
def worker(model_name: str | None) -> None:
    """Work on batches: as many of these as you like, against one database."""
    import asyncio

    from service.api.records import log_to_terminal
    from service.app import create_worker
    from service.settings import read_settings

    settings = read_settings(model=model_name)
    log_to_terminal(settings.log_level)

    async def work() -> None:
        asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, asked.set)
        worker = create_worker(settings)
        async with worker.running():
            click.echo("Working on batches.", err=True)
            ends = [asyncio.ensure_future(asked.wait()), asyncio.ensure_future(worker.batching.refused())]
            done, left = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for each in left:
                each.cancel()
            for each in done:
                each.result()

    asyncio.run(work())


@main.command()
@click.option("--server", envvar="AFTERWORD_SERVER", help="Ask the Afterword at this address (AFTERWORD_SERVER).")
@click.option("--key", envvar="AFTERWORD_KEY", help="The API key for --server (AFTERWORD_KEY).")
def mcp(server: str | None, key: str | None) -> None:
    """Serve the Model Context Protocol on standard input and output, for assistants."""
    import asyncio

    from service.api.records import log_to_terminal
    from service.app import create_app
    from service.client import AsyncClient, in_process
    from service.mcp_tools import mcp_server
    from service.settings import read_settings

    async def serve_tools() -> None:
        if server is not None:
            async with AsyncClient(server, key=key) as afterword:
                await mcp_server(afterword).run_stdio_async()
            return
        # One process and one user: keys and limits are for those who call from elsewhere.
        settings = read_settings(host="127.0.0.1", keys="off", rate_limit="off")
        log_to_terminal(settings.log_level)
        app = create_app(settings)
        async with app.router.lifespan_context(app), in_process(app) as afterword:
            await mcp_server(afterword).run_stdio_async()

    asyncio.run(serve_tools())


@main.command()
def settings() -> None:
    """Every setting: what it takes, its default, and what it does."""
    from service.settings_page import settings_page

    click.echo(settings_page(), nl=False)


main.add_command(draft)
main.add_command(score)
main.add_command(read)

if __name__ == "__main__":
    main(prog_name="afterword")
