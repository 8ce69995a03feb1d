"""What a service answers instead of what was asked for.

ClientError
├── Problem       the service said what is wrong, as a problem of docs/problems.md
└── Unreachable   nobody answered, or what came was no answer of Afterword
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Base of the tree."""


class Unreachable(ClientError):
    """The service cannot be reached, or hung up."""


class Problem(ClientError):
    """``type`` is the last part of the problem's type, such as 'notes-too-long'."""

    def __init__(self, status: int, body: Mapping[str, Any], retry_after_s: float | None = None) -> None:
        self.status = status
        self.type = str(body.get("type", "")).rpartition("/")[2]
        self.detail = str(body.get("detail") or body.get("title") or f"The service answered {status}.")
        self.errors: list[dict[str, str]] = list(body.get("errors") or [])
        self.request_id = body.get("request_id")
        self.retry_after_s = retry_after_s
        super().__init__(self.detail)


def problem_in(status: int, content: bytes, headers: Mapping[str, str]) -> Problem:
    try:
        body = json.loads(content)
    except ValueError:
        body = {}
    stated = headers.get("retry-after", "")
    return Problem(status, body if isinstance(body, dict) else {}, float(stated) if stated.isdigit() else None)
