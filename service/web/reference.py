"""The API's reference as a page: read from its own description, with no script and nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.web.templating import templates

router = APIRouter(include_in_schema=False)
_DEPTH = 2  # messages lie two levels below a draft; below that the names say it


@dataclass(frozen=True)
class FieldRow:
    """One field of a body. ``path`` is dotted, with [] for lists."""

    path: str
    kind: str
    required: bool
    says: str


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    says: str
    takes: tuple[FieldRow, ...]
    gives: tuple[FieldRow, ...]
    example: str
    answers: tuple[tuple[str, str], ...]


@router.get("/docs")
async def reference(request: Request) -> HTMLResponse:
    spec: dict[str, Any] = request.app.openapi()
    groups = [(tag, tuple(_operations(spec, tag["name"]))) for tag in spec["tags"]]
    return templates().TemplateResponse(
        request, "reference.html", {"groups": groups, "version": spec["info"]["version"]}
    )


def _operations(spec: Mapping[str, Any], tag: str) -> Iterator[Operation]:
    for path, methods in spec["paths"].items():
        for method, found in methods.items():
            if tag in found["tags"]:
                yield _operation(spec, path, method, found)


def _operation(spec: Mapping[str, Any], path: str, method: str, found: Mapping[str, Any]) -> Operation:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answer = found["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    examples = _resolved(spec, body).get("examples", [])
    return Operation(
        name=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        says=found.get("description", ""),
        takes=tuple(_rows(spec, body, wants=True)),
        gives=tuple(_rows(spec, answer)),
        example=json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "",
        answers=tuple((status, a["description"]) for status, a in found["responses"].items()),
    )


def _rows(
    spec: Mapping[str, Any], schema: Mapping[str, Any], before: str = "", depth: int = 0, *, wants: bool = False
) -> Iterator[FieldRow]:
    """The fields of ``schema``, and below each one its own. ``wants``: of a request, where some are required."""
    whole = _resolved(spec, schema)
    for name, field in whole.get("properties", {}).items():
        path = f"{before}{name}"
        yield FieldRow(path, _kind(spec, field), wants and name in whole.get("required", ()), _says(field))
        inner = _inner(spec, field)
        if depth < _DEPTH and inner.get("properties"):
            many = "[]" if _plain(spec, field).get("type") == "array" else ""
            yield from _rows(spec, inner, f"{path}{many}.", depth + 1, wants=wants)


def _resolved(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    ref = schema.get("$ref", "")
    return spec["components"]["schemas"][ref.rpartition("/")[2]] if ref else schema


def _plain(spec: Mapping[str, Any], field: Mapping[str, Any]) -> Mapping[str, Any]:
    """The field without 'or null' and without references."""
    choices = [c for c in field.get("anyOf", ()) if c.get("type") != "null"]
    return _resolved(spec, choices[0] if choices else field)


def _inner(spec: Mapping[str, Any], field: Mapping[str, Any]) -> Mapping[str, Any]:
    plain = _plain(spec, field)
    return _resolved(spec, plain["items"]) if "items" in plain else plain


def _kind(spec: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    plain, inner = _plain(spec, field), _inner(spec, field)
    what = " | ".join(map(str, inner["enum"])) if "enum" in inner else inner.get("format") or inner.get("type", "any")
    if plain.get("type") == "array":
        what = f"list of {what}s" if what in ("object", "string", "integer") else f"list of {what}"
    null = any(c.get("type") == "null" for c in field.get("anyOf", ()))
    return f"{what}, or null" if null else what


def _says(field: Mapping[str, Any]) -> str:
    notes = [field["description"]] if "description" in field else []
    if "maxLength" in field:
        notes.append(f"At most {field['maxLength']:,} characters.")
    if field.get("default") is not None:
        notes.append(f"Default: {field['default']}.")
    return " ".join(notes)
