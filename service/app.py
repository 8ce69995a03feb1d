"""Puts the service together: the one place where things are built, and where they are closed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.routing import Route

from service import __version__
from service.api import batch_alike, batch_items, batch_mails, batches, drafts, exports, kept, system
from service.api.admission import AllowedHosts, BodyLimit, keys_are_kept, keys_are_on, only_here
from service.api.callers import Callers, Keys
from service.api.forwarded import Forwarded, HeadAsGet
from service.api.metrics import Metrics
from service.api.observed import Observed
from service.api.openapi import describe
from service.api.problems import add_problem_handlers
from service.api.rate import RateLimiter
from service.api.records import Records
from service.api.state import Service
from service.api.steps import CountedSteps
from service.api.traced import TracedRequests
from service.batching import Batching, Drafting, batches_are_on, sealer_of
from service.drafting.judging import SentenceJudge
from service.drafting.pipeline import Drafter
from service.drafting.send_window import SendRules
from service.drafting.warm import static_requests
from service.errors import RequestError, StorageUnavailable
from service.models.embedded import EmbeddedModel
from service.models.open import open_model, provider_of, reads_elsewhere
from service.models.port import Model
from service.models.traced import Traced
from service.prompting.library import PromptLibrary, default_root
from service.reading.reader import Reader
from service.settings import Settings
from service.storage.database import bring_up_to_date, open_engine
from service.storage.keys import EnvironmentKeys, KeyTable
from service.storage.store import Storage
from service.telemetry import open_tracing
from service.tracing import UNTOLD, Tracing
from service.web import entering, reference
from service.web import routes as pages
from service.web.form import MAX_FORM_BYTES
from service.web.importing import MAX_FILE_BYTES

if TYPE_CHECKING:
    from service.mcp_endpoint import McpEndpoint

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
    one_of_many: bool = False,
) -> FastAPI:
    """The service. ``model`` takes the place of the one the settings name, for tests and for those who build on it.
    ``one_of_many``: the process above keeps the embedded model, and this one only asks it.

    Raises:
        ReaderError: the reader's weights are missing or damaged; the service does not start without them.
        PromptChanged: a released prompt version differs from the lock; the service does not start with it.
        ModelUnavailable: an endpoint is configured without saying which of its models to use.
    """
    settings = settings or Settings()
    metrics, tracing = Metrics(), open_tracing(settings)
    chosen = model or open_model(settings, attaches=one_of_many, retried=metrics.retried)
    drafting = _drafting(settings, metrics, tracing, chosen, reader, judge)
    drafter, library = drafting.drafter, drafting.drafter.library
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

    mcp = _mcp(service) if settings.mcp else None

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
        async with mcp.running() if mcp is not None else contextlib.nullcontext():
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
        await asyncio.to_thread(tracing.close)

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
    _admit(app, service, keys, rates, tracing)
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
    if mcp is not None:
        app.router.routes.append(Route("/mcp", mcp, methods=["POST"], include_in_schema=False))
    describe(app)
    return app


def create_worker(settings: Settings, *, model: Model | None = None, reader: Reader | None = None) -> WorkerApp:
    """A worker for batches, without an API. Raises as create_app does; RequestError where batches are off."""
    engine = _engine(settings)
    if engine is None or not batches_are_on(settings):
        raise RequestError("There are no batches here. Set AFTERWORD_BATCHES=on, as for the API.")
    tracing = open_tracing(settings)
    metrics = Metrics()
    chosen = model or open_model(settings, retried=metrics.retried)
    drafting = _drafting(settings, metrics, tracing, chosen, reader, None)
    return WorkerApp(engine, drafting, Batching(settings, engine, drafting), tracing)


@dataclass(frozen=True)
class WorkerApp:
    engine: AsyncEngine
    drafting: Drafting
    batching: Batching
    tracing: Tracing

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
            await asyncio.to_thread(self.tracing.close)


def _drafting(
    settings: Settings,
    metrics: Metrics,
    tracing: Tracing,
    chosen: Model | None,
    reader: Reader | None,
    judge: SentenceJudge | None,
) -> Drafting:
    counted = Traced(Observed(chosen, metrics), tracing, provider_of(settings)) if chosen is not None else None
    drafter = Drafter(
        PromptLibrary.load(settings.prompts_dir or default_root()),
        ready(chosen, counted),
        reader or Reader.load(),
        SendRules(check_in_after_days=settings.check_in_days),
        judge=judge,
        verifies=settings.verify,
        reads_along=settings.read_along,
        tracing=CountedSteps(tracing, metrics),
    )
    return Drafting(drafter, chosen, counted, metrics.drafted)


def _mcp(service: Service) -> McpEndpoint:
    """Its tools ask an app within, whose requests have passed what stands before every route already."""
    from service.client import in_process
    from service.mcp_endpoint import McpEndpoint

    within = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    within.state.service = service
    add_problem_handlers(within)
    within.add_middleware(Records, metrics=service.metrics)
    within.include_router(drafts.router)
    within.include_router(exports.router)
    return McpEndpoint(in_process(within, tries=1), service.settings.allowed_origins)


def _admit(app: FastAPI, service: Service, keys: Keys | None, rates: RateLimiter, tracing: Tracing) -> None:
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
    if tracing is not UNTOLD:
        app.add_middleware(TracedRequests, tracing=tracing)
    app.add_middleware(Records, metrics=service.metrics)


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
