"""The pages: notes in and messages out, with JavaScript or without."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute

from service.drafting.aside import aside
from service.errors import AfterwordError
from service.exports.mailto import mailto_link
from service.types import Draft
from service.web import batch_page, prompt_pages, static_files
from service.web.form import HEADINGS, MAX_FIELDS, MAX_FORM_BYTES, REFLECTION, PageForm, read_form
from service.web.importing import MAX_FILE_BYTES, read_file
from service.web.security import SecurityHeaders, only_from_this_page, remember_token, token_of
from service.web.services import reader_words, services_of
from service.web.templating import templates
from service.web.understanding import Understanding, understand


class Page(APIRoute):
    """A route whose refusals are pages too, for whoever asked for one."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_or_explain(request: Request) -> Response:
            try:
                return await answer(request)
            except AfterwordError as problem:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                context = {"problem": problem}
                return templates().TemplateResponse(request, "problem.html", context, status_code=problem.status)

        return answer_or_explain


router = APIRouter(include_in_schema=False, route_class=Page)
from_this_page = [Depends(only_from_this_page)]


@router.get("/")
async def page(request: Request) -> HTMLResponse:
    form, services = PageForm(), services_of(request)
    return _page(request, form, understand(form, services.reader, services.rules))


@router.post("/", dependencies=from_this_page, max_body_size=MAX_FORM_BYTES)
async def draft_without_script(request: Request) -> HTMLResponse:
    """The plain form, for a browser that runs no JavaScript: the whole page comes back with the messages on it."""
    form, problem, services = PageForm(), None, services_of(request)
    draft: Draft | None = None
    try:
        form = read_form(await request.form(max_fields=MAX_FIELDS))
        draft = await services.draft(form.request())
    except AfterwordError as error:
        problem = error
    understanding = await aside(understand, form, services.reader, services.rules)
    return _page(request, form, understanding, draft=draft, problem=problem)


@router.post("/understood", dependencies=from_this_page, max_body_size=MAX_FORM_BYTES)
async def understood(request: Request) -> HTMLResponse:
    """The panel of what was understood, and the plan that follows from it: a fragment that htmx puts in place."""
    try:
        form = read_form(await request.form(max_fields=MAX_FIELDS))
        services = services_of(request)
        # Reading long notes holds up nobody else.
        understanding = await aside(understand, form, services.reader, services.rules)
    except AfterwordError as problem:
        form, understanding = PageForm(), Understanding(problem=problem)
    context = {"form": form, "understood": understanding, "fragment": True}
    return templates().TemplateResponse(request, "_understood.html", context, headers={"Cache-Control": "no-store"})


@router.post("/notes/import", dependencies=from_this_page, max_body_size=MAX_FILE_BYTES + 10_000)
async def import_notes(request: Request, file: UploadFile) -> JSONResponse:
    """The text of a .txt, .md, .docx or .eml file."""
    try:
        text = read_file(file.filename or "", await file.read(MAX_FILE_BYTES + 1))
    except AfterwordError as problem:
        return JSONResponse({"detail": problem.detail}, problem.status, headers={"Cache-Control": "no-store"})
    return JSONResponse({"text": text}, headers={"Cache-Control": "no-store"})


def _page(
    request: Request,
    form: PageForm,
    understanding: Understanding,
    *,
    draft: Draft | None = None,
    problem: AfterwordError | None = None,
) -> HTMLResponse:
    token = token_of(request)
    context = {
        "form": form,
        "understood": understanding,
        "reflection": REFLECTION,
        "headings": HEADINGS,
        "modules": static_files.modules(),
        "draft": draft,
        "problem": problem,
        "csrf": token,
        "reader": reader_words(services_of(request)),
        "mailto_link": mailto_link,
        "posted": request.method == "POST",
        "fragment": False,
    }
    status = problem.status if problem else 200
    answer = templates().TemplateResponse(request, "index.html", context, status_code=status)
    answer.headers["Cache-Control"] = "no-store"
    remember_token(request, answer, token)
    return answer


def mount_static(app: FastAPI) -> None:
    """Adds the page's own files, the other pages and the security headers to ``app``."""
    app.include_router(static_files.router)
    own = len(app.router.routes)
    app.include_router(prompt_pages.router)
    app.include_router(batch_page.router)
    # /prompts and /batches are API addresses as well: the pages are asked first, and answer only who accepts HTML.
    app.router.routes[:] = app.router.routes[own:] + app.router.routes[:own]
    app.add_middleware(SecurityHeaders)
