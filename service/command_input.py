"""What the commands are given: notes in a file, and a moment to take as now."""

from __future__ import annotations

import codecs
from datetime import datetime
from typing import Any

from service.errors import NotesError, RequestError


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
