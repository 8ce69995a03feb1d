"""The template environment: everything is escaped, and an unknown name is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette._utils import get_route_path

from service.web.security import root_of
from service.web.static_files import static_url

KIND_NAMES = {"thank_you": "Thank-you email", "linkedin": "LinkedIn note", "check_in": "Check-in"}


@cache
def templates() -> Jinja2Templates:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["kind_names"] = KIND_NAMES
    return Jinja2Templates(env=environment, context_processors=[_placed])


def _placed(request: Request) -> dict[str, Any]:
    """Addresses behind a proxy that has put the service under a path of its own."""
    root = root_of(request)
    return {"root": root, "here": get_route_path(request.scope), "static": lambda name: root + static_url(name)}
