"""An upload read line by line as it comes: JSON Lines, or CSV with named columns. No more is held than one line."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from service.api.batch_schemas import BatchLineIn
from service.api.faults import pointer, sentence
from service.api.schemas import named_recipient
from service.errors import BatchInvalid, BatchTooLarge

MOST_FAULTS = 50
_MOST_LINE = 256 * 1024  # as a body of POST /draft
_LONG = f"The line has more than {_MOST_LINE // 1024} KB."
_NOT_UTF8 = "The line is not UTF-8. Save the file as UTF-8 ('CSV UTF-8' in a spreadsheet)."
COLUMNS = ("notes", "ref", "candidate", "recipient", "company", "role", "interview_at", "decision_date", "kinds",
           "tone", "length", "language", "linkedin_limit", "now", "time_zone")  # fmt: skip


@dataclass(frozen=True)
class UploadLine:
    """``body`` is the line as BatchLineIn takes it, as JSON; None where ``faults`` say why not."""

    number: int
    body: bytes | None
    faults: list[dict[str, Any]] = field(default_factory=list)


async def json_lines(chunks: AsyncIterator[bytes], now: datetime) -> AsyncIterator[UploadLine]:
    async for number, raw in _lines(chunks):
        if raw is None:
            yield _fault(number, _LONG)
        elif raw.strip():
            yield _checked(number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw, now)


async def csv_lines(chunks: AsyncIterator[bytes], now: datetime) -> AsyncIterator[UploadLine]:
    """The first line names the columns, with commas, semicolons or tabs between them."""
    names: list[str] | None = None
    mark = ","
    async for number, raw in _records(_lines(chunks)):
        if raw is None:
            yield _fault(number, _LONG)
            continue
        try:
            text = raw.decode("utf-8-sig" if names is None else "utf-8")
        except UnicodeDecodeError:
            yield _fault(number, _NOT_UTF8)
            continue
        if not text.strip():
            continue
        if names is None:
            mark = max(",;\t", key=text.count)
            names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in _cells(text, mark)]
            if wrong := _wrong_columns(names):
                raise _columns_fault(wrong)
            continue
        cells = _cells(text, mark)
        if any(c.strip() for c in cells[len(names) :]):
            yield _fault(number, f"The line has {len(cells)} cells, and there are {len(names)} columns.")
            continue
        yield _checked(number, _from_cells(dict(zip(names, cells, strict=False))), now)


class Faults:
    """What is wrong with an upload, as far as it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.lines = 0

    def add(self, line: UploadLine) -> None:
        self.lines += 1
        self.told += line.faults[: MOST_FAULTS - len(self.told)]

    def error(self) -> BatchInvalid:
        first = self.told[0]
        where = f"{first['pointer']}: " if first["pointer"] else ""
        more = f" {self.lines - 1} more lines cannot be used either; errors lists the first." if self.lines > 1 else ""
        error = BatchInvalid(f"Nothing was taken. Line {first['line']}: {where}{first['detail']}{more}")
        error.faults = self.told
        return error


async def counted(chunks: AsyncIterator[bytes], most_mb: int) -> AsyncIterator[bytes]:
    """The chunks, until they are too many. Raises BatchTooLarge."""
    read = 0
    async for chunk in chunks:
        read += len(chunk)
        if read > most_mb * 1_000_000:
            raise BatchTooLarge(f"An upload has at most {most_mb} MB here. Send the rest as another batch.")
        yield chunk


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes | None]]:
    """Each line with its number, without its end; None in place of one that is too long."""
    number, rest, skipping = 1, b"", False
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield number, None if skipping or len(line) > _MOST_LINE else line.removesuffix(b"\r")
            number, skipping = number + 1, False
        if len(rest) > _MOST_LINE:
            rest, skipping = b"", True
    if rest or skipping:
        yield number, None if skipping else rest.removesuffix(b"\r")


async def _records(lines: AsyncIterator[tuple[int, bytes | None]]) -> AsyncIterator[tuple[int, bytes | None]]:
    """Lines put together while a quotation is open: notes in a cell have lines of their own."""
    first, held = 0, b""
    async for number, line in lines:
        if line is None or len(held) + len(line) > _MOST_LINE:
            yield first or number, None
            first, held = 0, b""
            continue
        held = held + b"\n" + line if first else line
        first = first or number
        if held.count(b'"') % 2 == 0:
            yield first, held
            first, held = 0, b""
    if first:
        yield first, held


def _cells(text: str, mark: str) -> list[str]:
    return next(iter(csv.reader(_one(text), delimiter=mark)), [])


def _one(text: str) -> Iterator[str]:
    """The record line by line, as csv.reader wants it."""
    yield from text.splitlines(keepends=True)


def _wrong_columns(names: list[str]) -> str:
    if unknown := [n for n in names if n not in COLUMNS]:
        return f"There is no column '{unknown[0][:40]}'. Columns are: {', '.join(COLUMNS)}."
    if len(set(names)) < len(names):
        return "A column is named twice."
    return "" if "notes" in names else "The first line names the columns, and 'notes' is not among them."


def _columns_fault(detail: str) -> BatchInvalid:
    error = BatchInvalid(f"Nothing was taken. Line 1: {detail}")
    error.faults = _fault(1, detail).faults
    return error


def _from_cells(cells: dict[str, str]) -> dict[str, Any]:
    """A CSV line as POST /draft takes it; an empty cell says nothing."""
    said = {name: cell.strip() if name != "notes" else cell for name, cell in cells.items() if cell.strip()}
    body: dict[str, Any] = {k: said[k] for k in ("notes", "ref", "tone", "length", "language", "now", "time_zone")
                            if k in said}  # fmt: skip
    if "candidate" in said:
        body["candidate"] = {"name": said["candidate"]}
    if "kinds" in said:
        body["kinds"] = re.split(r"[\s,;|+]+", said["kinds"])
    if "linkedin_limit" in said:
        body["linkedin_limit"] = int(said["linkedin_limit"]) if said["linkedin_limit"].isdigit() else 0
    if "recipient" in said:
        body["recipients"] = [named_recipient(one) for one in said["recipient"].split(";") if one.strip()]
    interview = {"company": "company", "role": "role", "interview_at": "at", "decision_date": "decision_date"}
    if stated := {field: said[column] for column, field in interview.items() if column in said}:
        body["interview"] = stated
    return body


def _checked(number: int, said: bytes | dict[str, Any], now: datetime) -> UploadLine:
    """With the time of the upload where it says none: asked for again later, the same line means the same."""
    try:
        line = BatchLineIn.model_validate(said) if isinstance(said, dict) else BatchLineIn.model_validate_json(said)
    except ValidationError as error:
        return _faults(number, error)
    body = line.model_dump(mode="json", exclude_unset=True) | {"now": line.time(now).isoformat()}
    return UploadLine(number, json.dumps(body, ensure_ascii=False).encode())


def _faults(number: int, error: ValidationError) -> UploadLine:
    found = error.errors(include_input=False, include_url=False)
    if any(f["type"] == "json_invalid" for f in found):
        return _fault(number, "The line is no JSON. Each line holds one JSON object, as POST /draft takes it.")
    return UploadLine(
        number, None, [{"line": number, "pointer": pointer(f["loc"]), "detail": sentence(f)} for f in found[:5]]
    )


def _fault(number: int, detail: str) -> UploadLine:
    return UploadLine(number, None, [{"line": number, "pointer": "", "detail": detail}])
