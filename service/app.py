"""Puts the service together: the one place where things are built, and where they are closed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI

from service import __version__
from service.api import drafts, exports, system
from service.api.problems import BodyLimit, add_problem_handlers
from service.api.state import Service
from service.drafting.pipeline import Drafter
from service.drafting.send_window import SendRules
from service.drafting.warm import static_requests
from service.models.embedded import EmbeddedModel
from service.models.open import open_model, reads_elsewhere
from service.models.port import Model
from service.prompting.library import PromptLibrary, default_root
from service.settings import Settings
from service.web import routes as pages

MAX_BODY = 256 * 1024  # 20,000 characters of notes in any encoding, with room for the rest
log = logging.getLogger("afterword")


def create_app(settings: Settings | None = None, *, model: Model | None = None) -> FastAPI:
    """The service. ``model`` takes the place of the one the settings name, for tests and for those who build on it.

    Raises:
        PromptChanged: a released prompt version differs from the lock; the service does not start with it.
        ModelUnavailable: an endpoint is configured without saying which of its models to use.
    """
    settings = settings or Settings()
    library = PromptLibrary.load(settings.prompts_dir or default_root())
    chosen = model or open_model(settings)
    drafter = Drafter(library, ready(chosen), SendRules(check_in_after_days=settings.check_in_days))
    service = Service(settings, library, drafter, chosen, remote=model is None and reads_elsewhere(settings))

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if isinstance(chosen, EmbeddedModel):
            chosen.warm(static_requests(library, chosen.prompt_channel))
            chosen.start()
        yield
        if chosen is not None:
            await chosen.aclose()

    app = FastAPI(
        title="Afterword",
        version=__version__,
        summary="Interview notes in, sendable follow-up messages out.",
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.drafter = drafter
    app.state.library = library
    add_problem_handlers(app)
    app.add_middleware(BodyLimit, most=MAX_BODY)
    app.include_router(pages.router)
    pages.mount_static(app)  # before the API: /prompts is a page for whoever accepts HTML
    for part in (drafts, system, exports):
        app.include_router(part.router)
    return app


def ready(model: Model | None) -> Callable[[], Model | None]:
    """The model once it can answer; None until then, so that the outline writes."""

    def now() -> Model | None:
        if isinstance(model, EmbeddedModel) and model.state.phase != "ready":
            return None
        return model

    return now
