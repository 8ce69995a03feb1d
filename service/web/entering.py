"""The page's way in where keys are on: it asks for one, once, and the browser keeps it where no script can read it."""

from __future__ import annotations

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from service.web.security import root_of
from service.web.templating import templates

COOKIE = "afterword_key"
_KEPT_S = 90 * 24 * 3600
router = APIRouter(include_in_schema=False)


@router.get("/enter")
async def ask(request: Request) -> HTMLResponse:
    return templates().TemplateResponse(request, "enter.html", {"refused": False})


@router.post("/enter")
async def enter(request: Request, key: str = Form(max_length=300)) -> Response:
    """Sets the cookie for a key that may draft. Another site gains nothing by posting here."""
    keys = request.app.state.keys
    holder = await keys.find(key.strip()) if keys is not None else None
    if holder is None or not holder.may("draft"):
        return templates().TemplateResponse(request, "enter.html", {"refused": True}, status_code=401)
    answer = RedirectResponse(f"{root_of(request)}/", 303)
    secure, path = request.url.scheme == "https", f"{root_of(request)}/"
    answer.set_cookie(COOKIE, key.strip(), max_age=_KEPT_S, samesite="strict", httponly=True, secure=secure, path=path)
    return answer
