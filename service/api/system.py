"""The model's state, prompts, health and metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.api.answers import HealthOut, ModelOut, PromptBriefOut, PromptsOut, PromptWholeOut, ReadyOut
from service.api.state import Service, service_of
from service.models.embedded import EmbeddedModel
from service.prompting.library import PromptVersion

router = APIRouter(tags=["system"])
prompts_router = APIRouter(tags=["prompts"])


def model_state(service: Service) -> ModelOut:
    """An endpoint counts as ready until a call to it, or the look at start, has said otherwise."""
    model = service.model
    if model is None:
        return ModelOut(state="outline", name=None, percent=None, detail="", remote=False)
    if not isinstance(model, EmbeddedModel):
        error = service.trouble
        state, detail = ("failed", error.detail) if error else ("ready", "")
        return ModelOut(state=state, name=model.name, percent=None, detail=detail, remote=service.remote)
    own = model.state
    phase = "loading" if own.phase in ("absent", "verifying") else own.phase
    percent = None if own.progress is None or phase != "downloading" else round(100 * own.progress)
    return ModelOut(state=phase, name=model.name, percent=percent, detail=own.detail, remote=service.remote)


@router.get("/model", operation_id="model", summary="Which model writes, and whether it is ready")
async def model(request: Request) -> ModelOut:
    return model_state(service_of(request))


@router.get("/healthz", operation_id="healthz", summary="The process is alive")
async def healthz() -> HealthOut:
    return HealthOut()


@router.get("/readyz", operation_id="readyz", summary="Drafts can be made")
async def readyz(request: Request) -> ReadyOut:
    """Ready from the start: until the model is, the outline writes. `detail` says what is wrong with the model."""
    state = model_state(service_of(request))
    return ReadyOut(model=state.state, detail=state.detail)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    service = service_of(request)
    service.metrics.in_trouble(service.trouble.type if service.trouble else None)
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


@prompts_router.get("/prompts", operation_id="prompts", summary="Every prompt version")
async def prompts(request: Request) -> PromptsOut:
    library = service_of(request).library
    versions = (v for name in library.names() for v in library.versions(name))
    return PromptsOut(prompts=[PromptBriefOut(**_brief(v)) for v in versions])


@prompts_router.get("/prompts/{name}/{version}", operation_id="prompt", summary="One prompt version, whole")
async def prompt(name: str, version: int, request: Request) -> PromptWholeOut:
    found = service_of(request).library.get(f"{name}@{version}")
    return PromptWholeOut(**_brief(found), system=found.system, user=found.user, changelog=found.changelog)


def _brief(version: PromptVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "status": str(version.status),
        "parent": version.parent,
        "style": version.style,
        "purpose": version.purpose.strip(),
        "sha256": version.sha256,
    }
