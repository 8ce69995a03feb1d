"""The model's state, prompts, health and metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from service.api.state import Service, service_of

router = APIRouter(tags=["system"])


def model_state(service: Service) -> dict[str, Any]:
    """``state``: outline, absent, downloading, verifying, loading, ready or failed; ``percent`` while it downloads."""
    model = service.model
    if model is None:
        return {"state": "outline", "name": None, "percent": None, "detail": "", "remote": False}
    state = getattr(model, "state", None)
    if state is None:
        return {"state": "ready", "name": model.name, "percent": None, "detail": "", "remote": service.remote}
    phase = {"absent": "loading", "verifying": "loading"}.get(state.phase, state.phase)
    percent = None if state.progress is None or phase != "downloading" else round(100 * state.progress)
    return {"state": phase, "name": model.name, "percent": percent, "detail": state.detail, "remote": service.remote}


@router.get("/model", operation_id="model", summary="Which model writes, and whether it is ready")
async def model(request: Request) -> dict[str, Any]:
    return model_state(service_of(request))


@router.get("/healthz", operation_id="healthz", summary="The process is alive")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", operation_id="readyz", summary="Drafts can be made")
async def readyz(request: Request) -> dict[str, Any]:
    """Ready from the start: until the model is, the outline writes."""
    return {"status": "ready", "model": model_state(service_of(request))["state"]}


@router.get("/metrics", operation_id="metrics", summary="Prometheus metrics")
async def metrics(request: Request) -> Response:
    return Response(service_of(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/prompts", operation_id="prompts", summary="Every prompt version", tags=["prompts"])
async def prompts(request: Request) -> JSONResponse:
    library = service_of(request).library
    names = library.names()
    return JSONResponse({"prompts": [_brief(v) for n in names for v in library.versions(n)]})


@router.get("/prompts/{name}/{version}", operation_id="prompt", summary="One prompt version, whole", tags=["prompts"])
async def prompt(name: str, version: int, request: Request) -> JSONResponse:
    found = service_of(request).library.get(f"{name}@{version}")
    return JSONResponse(_brief(found) | {"system": found.system, "user": found.user, "changelog": found.changelog})


def _brief(version: Any) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "status": str(version.status),
        "parent": version.parent,
        "style": version.style,
        "purpose": version.purpose.strip(),
        "sha256": version.sha256,
    }
