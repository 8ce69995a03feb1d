"""Puts the service together: the one place where things are built, and where they are closed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.ext.asyncio import AsyncEngine

from service import __version__
from service.api import batch_alike, batch_items, batch_mails, batches, drafts, exports, kept, system
from service.api.admission import AllowedHosts, BodyLimit, only_here
from service.api.callers import Callers, Keys
from service.api.forwarded import Forwarded, HeadAsGet
from service.api.metrics import Metrics
from service.api.observed import Observed
from service.api.openapi import describe
from service.api.problems import add_problem_handlers
from service.api.rate import RateLimiter
from service.api.records import Records
from service.api.state import Service
from service.batching import Batching, Drafting, batches_are_on, sealer_of
from service.drafting.judging import SentenceJudge
from service.drafting.pipeline import Drafter
from service.drafting.send_window import SendRules
from service.drafting.warm import static_requests
from service.errors import RequestError, StorageUnavailable
from service.models.embedded import EmbeddedModel
from service.models.open import open_model, reads_elsewhere
from service.models.port import Model
from service.prompting.library import PromptLibrary, default_root
from service.reading.reader import Reader
from service.settings import Settings
from service.storage.database import bring_up_to_date, open_engine
from service.storage.keys import EnvironmentKeys, KeyTable
from service.storage.store import Storage
from service.web import entering, reference
from service.web import routes as pages
from service.web.form import MAX_FORM_BYTES
from service.web.importing import MAX_FILE_BYTES

MAX_BODY = 256 * 1024  # 20,000 characters of notes in any encoding, with room for the rest
_LARGER = {
    "/": MAX_FORM_BYTES,
    "/understood": MAX_FORM_BYTES,
    "/notes/import": MAX_FILE_BYTES + 10_000,
    "/batches": 1 << 40,  # read as it comes, and held to its own limit
}


def create_app(
    settings: Settings | None = None,
    *,
    model: Model | None = None,
    reader: Reader | None = None,
    judge: SentenceJudge | None = None,
) -> FastAPI:
    """The service. ``model`` takes the place of the one the settings name, for tests and for those who build on it.

    Raises:
        ReaderError: the reader's weights are missing or damaged; the service does not start without them.
        PromptChanged: a released prompt version differs from the lock; the service does not start with it.
        ModelUnavailable: an endpoint is configured without saying which of its models to use.
    """
    settings = settings or Settings()
    metrics = Metrics()
    drafting = _drafting(settings, metrics, model, reader, judge)
    drafter, chosen, library = drafting.drafter, drafting.model, drafting.drafter.library
    remote = model is None and reads_elsewhere(settings)
    engine = _engine(settings)
    rates = RateLimiter(_rate(settings), settings.redis_url)
    batching = Batching(settings, engine, drafting) if engine is not None and batches_are_on(settings) else None
    service = Service(
        settings,
        library,
        drafter,
        chosen,
        remote,
        metrics,
        _storage(settings, engine),
        batching.batches if batching is not None else None,
    )
    environment = EnvironmentKeys(settings.api_keys.get_secret_value() if settings.api_keys else "")
    keys = (
        Keys(environment, KeyTable(engine) if engine is not None and keys_are_kept(settings) else None)
        if keys_are_on(settings)
        else None
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if isinstance(chosen, EmbeddedModel):
            chosen.warm(static_requests(library, chosen.prompt_channel))
            chosen.start()
        if engine is not None:
            await bring_up_to_date(engine)
        if service.storage is not None:
            await service.storage.purge()
        if batching is not None:
            await batching.start(works=settings.worker_in_api)
        sweeping = asyncio.create_task(_sweep(service.storage))
        looking = asyncio.create_task(_look_at(chosen))
        yield
        looking.cancel()
        sweeping.cancel()
        await asyncio.wait({looking, sweeping})
        if batching is not None:
            await batching.stop()
        if chosen is not None:
            await chosen.aclose()
        await rates.aclose()
        if engine is not None:
            await engine.dispose()

    app = FastAPI(
        title="Afterword",
        version=__version__,
        summary="Interview notes in, sendable follow-up messages out.",
        lifespan=lifespan,
        docs_url=None,  # the framework's own fetches its scripts from elsewhere
        redoc_url=None,
    )
    app.state.service = service
    app.state.keys = keys
    add_problem_handlers(app)
    _admit(app, service, keys, rates)
    app.include_router(pages.router)
    pages.mount_static(app)  # before the API: /prompts is a page for whoever accepts HTML
    app.include_router(entering.router)
    for router in (
        drafts.router,
        kept.router,
        batches.router,
        batch_alike.router,
        batch_items.router,
        batch_mails.router,
        exports.router,
        system.prompts_router,
        system.router,
    ):
        app.include_router(router)
    app.include_router(reference.router)
    describe(app)
    return app


def create_worker(settings: Settings, *, model: Model | None = None, reader: Reader | None = None) -> WorkerApp:
    """A worker for batches, without an API. Raises as create_app does; RequestError where batches are off."""
    engine = _engine(settings)
    if engine is None or not batches_are_on(settings):
        raise RequestError("There are no batches here. Set AFTERWORD_BATCHES=on, as for the API.")
    drafting = _drafting(settings, Metrics(), model, reader, None)
    return WorkerApp(engine, drafting, Batching(settings, engine, drafting))


@dataclass(frozen=True)
class WorkerApp:
    engine: AsyncEngine
    drafting: Drafting
    batching: Batching

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises StorageUnavailable where it cannot begin for want of the database."""
        model = self.drafting.model
        if isinstance(model, EmbeddedModel):
            model.start()
        await bring_up_to_date(self.engine)
        await self.batching.start(works=True)
        try:
            yield
        finally:
            await self.batching.stop()
            if model is not None:
                await model.aclose()
            await self.engine.dispose()


def _drafting(
    settings: Settings, metrics: Metrics, model: Model | None, reader: Reader | None, judge: SentenceJudge | None
) -> Drafting:
    chosen = model or open_model(settings)
    counted = Observed(chosen, metrics) if chosen is not None else None
    drafter = Drafter(
        PromptLibrary.load(settings.prompts_dir or default_root()),
        ready(chosen, counted),
        reader or Reader.load(),
        SendRules(check_in_after_days=settings.check_in_days),
        judge=judge,
        verifies=settings.verify,
        reads_along=settings.read_along,
    )
    return Drafting(drafter, chosen, counted, metrics.drafted)


def _admit(app: FastAPI, service: Service, keys: Keys | None, rates: RateLimiter) -> None:
    """What every request passes before its route, the last one added first."""
    settings = service.settings
    app.add_middleware(Callers, keys=keys, rates=rates)
    app.add_middleware(BodyLimit, most=MAX_BODY, larger=_LARGER)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=[
                "Accept",
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "Webhook-Url",
                "X-API-Key",
                "X-Request-ID",
            ],
            expose_headers=["Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(HeadAsGet)
    app.add_middleware(Forwarded, proxies=settings.trusted_proxies, root_path=settings.root_path)
    # Before the proxy's word for the name is taken: a page elsewhere could otherwise give its own.
    if settings.allowed_hosts or only_here(settings.host):
        app.add_middleware(AllowedHosts, hosts=settings.allowed_hosts)
    app.add_middleware(Records, metrics=service.metrics)


def keys_are_on(settings: Settings) -> bool:
    """By what was set; left to itself: wherever keys are listed, or others than this machine can call."""
    if settings.keys == "auto":
        return settings.api_keys is not None or not only_here(settings.host)
    return settings.keys == "required"


def keys_are_kept(settings: Settings) -> bool:
    """Whether keys are looked for in the database: those of the environment, where there are any, stand alone."""
    return keys_are_on(settings) and settings.api_keys is None


def _engine(settings: Settings) -> AsyncEngine | None:
    """The database, where something is kept in one: drafts, batches, or keys beside those of the environment."""
    if settings.keep == "never" and not batches_are_on(settings) and not keys_are_kept(settings):
        return None
    return open_engine(settings.database_url, settings.folder)


def _storage(settings: Settings, engine: AsyncEngine | None) -> Storage | None:
    if engine is None or settings.keep == "never":
        return None
    return Storage(engine, sealer_of(settings), timedelta(days=settings.retention_days))


def _rate(settings: Settings) -> str | None:
    """Left to itself nobody on this machine alone is counted, and everybody else is."""
    if settings.rate_limit == "auto":
        return None if only_here(settings.host) else "120/minute"
    return None if settings.rate_limit == "off" else settings.rate_limit


async def _sweep(storage: Storage | None) -> None:
    """Away with what is past its time, once an hour."""
    while storage is not None:
        await asyncio.sleep(3600)
        with contextlib.suppress(StorageUnavailable):
            await storage.purge()


async def _look_at(model: Model | None) -> None:
    """A refused key or an endpoint that is not there shows at start, not at the first draft."""
    probe = getattr(model, "probe", None)
    if probe is not None:
        await probe()


def ready(model: Model | None, counted: Model | None = None) -> Callable[[], Model | None]:
    """The model (or ``counted``, which stands before it) once it can answer; None until then: the outline writes."""

    def now() -> Model | None:
        if isinstance(model, EmbeddedModel) and model.state.phase != "ready":
            return None
        return counted or model

    return now
