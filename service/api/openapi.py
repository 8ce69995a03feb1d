"""The API's description as OpenAPI 3.1: complete enough to generate a client from."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from service.api.answers import DeltaOut, MessageReadyOut, Problem, ProgressOut
from service.api.batch_schemas import BatchItemOut
from service.api.callers import OPEN
from service.api.problems import MEDIA_TYPE

_REF = "#/components/schemas/"
_TAGS = [
    {"name": "drafting", "description": "Notes in; messages, scores or facts out."},
    {"name": "drafts", "description": "Drafts that were kept, where the operator allows it."},
    {"name": "batches", "description": "Many notes at once, on a durable queue."},
    {"name": "exports", "description": "Messages and reminders as files and links."},
    {"name": "prompts", "description": "The prompt versions that can be pinned."},
    {"name": "system", "description": "The model's state, health and metrics."},
]
_SAID = {
    400: "The body cannot be read as JSON.",
    401: "A key is needed, or the one given is not known; only where keys are on.",
    403: "The key may not do that.",
    404: "There is no such prompt version, or no such draft or batch.",
    409: "A request with this Idempotency-Key is still being answered.",
    429: "Too many requests or drafts at once. Retry-After says when to come back.",
    413: "The notes, or the whole body, are too long.",
    415: "The body is not JSON.",
    422: "The request or the notes cannot be used; the detail says what to do, errors where.",
    500: "A fault inside Afterword.",
    502: "With model_only: the model's answer cannot be used.",
    503: "Too many drafts at once; or, with model_only, no model to ask. Retry-After says when to come back.",
    504: "With model_only: the model took too long.",
}
_EVENTS = """Server-sent events, in this order for each message:

| event | data |
|---|---|
| `facts` | FactsOut: what was understood, once |
| `progress` | ProgressOut: a message is begun |
| `delta` | DeltaOut: text that has passed its checks and is not taken back; joined, a message's deltas are its body |
| `message` | MessageReadyOut: one message whole |
| `done` | DraftOut: the same as the JSON answer, last |
| `error` | Problem, in place of `done` |

A comment keeps the connection open while the model is silent. Closing the connection ends the model's work."""
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, as `afterword keys create` gave it."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}
# Where the draft was kept, its id leads to these.
_LINKS = {
    name: {"operationId": name, "parameters": {"draft_id": "$response.body#/id"}}
    for name in ("kept_draft", "draft_eml", "draft_ics", "delete_draft")
}
# A submission leads to everything that can be done about it, and to its first item.
_OF_A_BATCH = (
    "batch",
    "batch_results",
    "batch_items",
    "alike_messages",
    "redraft_alike",
    "batch_mails",
    "cancel_batch",
    "retry_batch",
    "delete_batch",
)
_OF_ITS_ITEM = {"batch_item": {"n": 0}, "correct_message": {"n": 0, "message": 0}}
_BATCH_LINKS = {
    name: {"operationId": name, "parameters": {"batch_id": "$response.body#/id"} | _OF_ITS_ITEM.get(name, {})}
    for name in (*_OF_A_BATCH, *_OF_ITS_ITEM)
}
_SAMPLE = (
    'event: delta\ndata: {"index": 0, "kind": "thank_you", "recipient": "Ines Duarte", "text": "Hi Ines,", '
    '"item_id": null}\n\n'
)


def describe(app: FastAPI) -> None:
    """Has ``app`` answer /openapi.json with problems, streams and tags described."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes, tags=_TAGS, license_info=_LICENCE
    )
    schemas = found["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    more = models_json_schema(
        [(m, "serialization") for m in (Problem, ProgressOut, DeltaOut, MessageReadyOut, BatchItemOut)],
        ref_template=_REF + "{model}",
    )[1]
    schemas.update(more["$defs"])
    keys_are_on = app.state.keys is not None
    if keys_are_on:
        found["components"]["securitySchemes"] = _KEYS
    examples = yaml.safe_load(files("service.api").joinpath("examples.yaml").read_text(encoding="utf-8"))
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _add_example(operation, examples["answers"])
            asks_for_a_key = keys_are_on and path not in OPEN
            statuses = _statuses(path, method) | ({429} if asks_for_a_key else set())
            _add_problems(operation, statuses, examples["problems"])
            if asks_for_a_key:
                operation["security"] = [{name: []} for name in _KEYS]
    found["paths"]["/draft"]["post"]["responses"]["200"]["links"] = _LINKS
    found["paths"]["/batches"]["post"]["responses"]["202"]["links"] = _BATCH_LINKS
    draft = found["paths"]["/draft"]["post"]["responses"]["200"]
    draft["description"] = "The draft; or, with `Accept: text/event-stream`, its events."
    draft["content"]["text/event-stream"] = {
        "schema": {"type": "string", "description": _EVENTS},
        "examples": {"delta": {"value": _SAMPLE}},
    }
    return found


_LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}


def _statuses(path: str, method: str) -> set[int]:
    statuses = {500}
    if method in ("post", "put"):
        statuses |= {400, 413, 415, 422}
    if path == "/draft":
        statuses |= {404, 409, 502, 503, 504}
    if path in ("/draft", "/score", "/facts") or path.startswith(("/exports", "/drafts", "/batches")):
        statuses |= {429}
    if path not in ("/healthz", "/readyz"):
        statuses |= {401, 403}
    if path.startswith(("/drafts", "/batches")):
        statuses |= {503}
    if path.startswith("/batches"):
        statuses |= {422}  # also where batches are off
    if path == "/batches" and method == "post":
        statuses |= {409}
    if "{" in path:
        statuses |= {404, 422}
    return statuses


def _add_example(operation: dict[str, Any], answers: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        for content in answer.get("content", {}).values() if status < "300" else ():
            if operation["operationId"] in answers:
                content["example"] = answers[operation["operationId"]]


def _add_problems(operation: dict[str, Any], statuses: set[int], problems: list[dict[str, Any]]) -> None:
    for status in sorted(statuses):
        examples = {p["type"].rpartition("/")[2]: {"value": p} for p in problems if p["status"] == status}
        answer: dict[str, Any] = {
            "description": _SAID[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": _REF + "Problem"}, "examples": examples}},
        }
        if status in (429, 503):
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        operation["responses"][str(status)] = answer
