"""Addresses that people and programs share: a page for whoever accepts HTML, and the API for everybody else."""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope


class ForPeople(APIRoute):
    """A route that is not there for a caller that neither accepts HTML nor is a page of ours."""

    def matches(self, scope: Scope) -> tuple[Match, Any]:
        headers = dict(scope.get("headers", []))
        wanted = b"text/html" in headers.get(b"accept", b"") or b"hx-request" in headers
        return super().matches(scope) if wanted else (Match.NONE, {})
