"""docs/settings.md, from the settings class: each setting's variable, what it takes, its default, and what it does."""

from __future__ import annotations

from typing import Any

from service.settings import Settings, shown_name

_HEAD = """\
# Settings

Written by `afterword settings`, from the class that reads them (`service/settings.py`). All come from the environment.
An empty variable counts as unset; a value that cannot be used stops the start with a sentence that names it.
[operations.md](operations.md) says how they go together.

| setting | takes | default | what it does |
|---|---|---|---|
"""


def settings_page() -> str:
    """The whole page as Markdown."""
    schemas = Settings.model_json_schema(by_alias=False)["properties"]
    return _HEAD + "".join(_row(name, schemas[name]) for name in Settings.model_fields)


def _row(name: str, schema: dict[str, Any]) -> str:
    does = " ".join((Settings.model_fields[name].description or "").split())
    cells = (f"`{shown_name(name)}`", _takes(schema), _default(name), does)
    return f"| {' | '.join(cells)} |\n"


def _takes(schema: dict[str, Any]) -> str:
    kind = next((s for s in schema.get("anyOf", ()) if s["type"] != "null"), schema)
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    match kind["type"]:
        case "boolean":
            return "`true`, `false`"
        case "array":
            return "a list with commas"
        case "integer" | "number":
            return _range(kind)
    return {"path": "a path", "password": "a secret"}.get(kind.get("format", ""), "text")


def _range(kind: dict[str, Any]) -> str:
    if "exclusiveMinimum" in kind:
        return f"above {kind['exclusiveMinimum']:g}"
    least, most = kind.get("minimum"), kind.get("maximum")
    return f"{least:g} or more" if most is None else f"{least:g} to {most:g}"


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
