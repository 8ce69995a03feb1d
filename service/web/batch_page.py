"""The page for batches: the frame of it; everything that changes comes from the API, by the page's own script.

``/batches`` is an API address too: this route answers only those who ask for HTML.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.web.people import ForPeople
from service.web.services import reader_words, services_of
from service.web.templating import templates

router = APIRouter(include_in_schema=False, route_class=ForPeople)


@router.get("/batches")
async def batches_page(request: Request) -> HTMLResponse:
    services = services_of(request)
    settings = services.settings
    context = {
        "on": services.batches is not None,
        "tells": settings.webhook_secret is not None and bool(settings.webhook_hosts or settings.webhook_inner_hosts),
        "settings": settings,
        "reader": reader_words(services),
    }
    answer = templates().TemplateResponse(request, "batches.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer
