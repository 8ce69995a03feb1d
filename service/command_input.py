"""What the commands are given: notes in a file, a moment to take as now, and an Afterword that is served."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.errors import NotesError, RequestError

if TYPE_CHECKING:
    from service.client import Client


def text_of(file: Any) -> str:
    """The file's text: UTF-8, or UTF-16 where it begins by saying so, as Windows writes it. Raises NotesError."""
    data: bytes = file.read()
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotesError(f"{file.name} is not plain text. Save it as plain text in UTF-8 first.") from error


def moment(now: str | None) -> datetime:
    """``now``, which stands in ISO 8601, or the clock's time where there is none. Raises RequestError."""
    try:
        return datetime.fromisoformat(now).astimezone() if now else datetime.now().astimezone()
    except (ValueError, OverflowError) as error:
        raise RequestError("--now takes a time such as 2026-11-17T18:00:00+01:00.") from error


@contextmanager
def server_at(address: str, key: str | None) -> Iterator[Client]:
    """A client of the Afterword at ``address``. Raises RequestError for what it or the way to it answers with."""
    from service.client import Client
    from service.client.problems import ClientError

    try:
        with Client(address, key=key) as afterword:
            yield afterword
    except ClientError as error:
        raise RequestError(f"{address}: {error}") from error
