"""The API's description: complete enough to generate a client from, and true."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.api.service import client, post

OPERATIONS = [
    ("/draft", "post"),
    ("/score", "post"),
    ("/facts", "post"),
    ("/exports/eml", "post"),
    ("/exports/ics", "post"),
    ("/exports/mailto", "post"),
    ("/prompts", "get"),
    ("/prompts/{name}/{version}", "get"),
    ("/drafts/{draft_id}", "get"),
    ("/drafts/{draft_id}", "delete"),
    ("/drafts/{draft_id}.eml", "get"),
    ("/drafts/{draft_id}.ics", "get"),
    ("/batches", "post"),
    ("/batches", "get"),
    ("/batches/{batch_id}", "get"),
    ("/batches/{batch_id}", "delete"),
    ("/batches/{batch_id}/results", "get"),
    ("/batches/{batch_id}/items", "get"),
    ("/batches/{batch_id}/items/{n}", "get"),
    ("/batches/{batch_id}/items/{n}/messages/{message}", "put"),
    ("/batches/{batch_id}/alike", "get"),
    ("/batches/{batch_id}/redraft-alike", "post"),
    ("/batches/{batch_id}/mails.zip", "get"),
    ("/batches/{batch_id}/cancel", "post"),
    ("/batches/{batch_id}/retry", "post"),
    ("/model", "get"),
    ("/healthz", "get"),
    ("/readyz", "get"),
    ("/metrics", "get"),
]


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    found: dict[str, Any] = client().get("/openapi.json").json()
    return found


def schema(spec: dict[str, Any], name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}


def test_it_lists_the_api_and_nothing_of_the_pages(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1")
    assert {(p, m) for p, ops in spec["paths"].items() for m in ops} == set(OPERATIONS)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_is_named_tagged_and_says_how_it_fails(spec: dict[str, Any], path: str, method: str) -> None:
    operation = spec["paths"][path][method]
    assert operation["operationId"]
    assert operation["summary"]
    assert set(operation["tags"]) <= {t["name"] for t in spec["tags"]}
    refused = {s: a for s, a in operation["responses"].items() if s >= "400"}
    assert "500" in refused
    assert ("422" in refused) is (method == "post" or "{" in path or path == "/batches")
    for answer in refused.values():
        assert list(answer["content"]) == ["application/problem+json"]


def test_operation_names_are_unique(spec: dict[str, Any]) -> None:
    names = [o["operationId"] for ops in spec["paths"].values() for o in ops.values()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    def refs(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(refs, node)) if node else set()
        if not isinstance(node, dict):
            return set()
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(refs, node.values()))

    wanted = {r.rpartition("/")[2] for r in refs(spec)}
    assert wanted == wanted & set(spec["components"]["schemas"])


def test_the_stream_and_its_events_are_described(spec: dict[str, Any]) -> None:
    stream = spec["paths"]["/draft"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    for event in ("facts", "progress", "delta", "message", "done", "error"):
        assert f"`{event}`" in stream["schema"]["description"]
    assert {"ProgressOut", "DeltaOut", "MessageReadyOut", "Problem"} <= set(spec["components"]["schemas"])


def test_the_example_is_a_request_that_works(spec: dict[str, Any], outline: TestClient) -> None:
    example = spec["components"]["schemas"]["DraftIn"]["examples"][0]
    assert outline.post("/draft", json=example).status_code == 200


def test_answers_are_what_the_description_says(spec: dict[str, Any], outline: TestClient) -> None:
    answers = {
        "DraftOut": post(outline, kinds=["thank_you", "linkedin"]).json(),
        "ScorecardOut": post(outline, "/score", kind="thank_you", body="Thank you, Ines.").json(),
        "FactsOut": post(outline, "/facts").json(),
        "PromptsOut": outline.get("/prompts").json(),
        "ModelOut": outline.get("/model").json(),
        "Problem": post(outline, surprise=1).json(),
    }
    for name, answer in answers.items():
        jsonschema.Draft202012Validator(schema(spec, name)).validate(answer)


def test_where_keys_are_on_it_says_how_they_are_sent_and_what_needs_none() -> None:
    found = client(api_keys=SecretStr("0123456789abcdef")).get("/openapi.json").json()
    assert set(found["components"]["securitySchemes"]) == {"bearer", "header"}
    assert found["paths"]["/draft"]["post"]["security"] == [{"bearer": []}, {"header": []}]
    assert "security" not in found["paths"]["/healthz"]["get"]


def test_a_drafts_id_leads_to_what_was_kept(spec: dict[str, Any]) -> None:
    links = spec["paths"]["/draft"]["post"]["responses"]["200"]["links"]
    named = {o["operationId"] for ops in spec["paths"].values() for o in ops.values()}
    assert set(links) == {"kept_draft", "draft_eml", "draft_ics", "delete_draft"} <= named


def test_a_batchs_id_leads_to_all_that_can_be_done_about_it(spec: dict[str, Any]) -> None:
    links = spec["paths"]["/batches"]["post"]["responses"]["202"]["links"]
    of_a_batch = {o["operationId"] for p, ops in spec["paths"].items() if "{batch_id}" in p for o in ops.values()}
    assert set(links) == of_a_batch
