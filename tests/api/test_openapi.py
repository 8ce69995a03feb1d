"""The API's description: complete enough to generate a client from, and true."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from fastapi.testclient import TestClient
from pydantic import SecretStr

from service.api.batch_schemas import CorrectedIn
from tests.api.service import client, post
from tests.test_repository import problem_types

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


WITH_A_BODY = [(p, m) for p, m in OPERATIONS if m in ("post", "put") and not p.endswith(("alike", "cancel", "retry"))]


def examples_of_request(spec: dict[str, Any], path: str, method: str) -> list[tuple[str, Any]]:
    """Each with its media type."""
    found: list[tuple[str, Any]] = []
    for kind, content in spec["paths"][path][method]["requestBody"]["content"].items():
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        stated = [content["example"]] if "example" in content else spec["components"]["schemas"][name]["examples"]
        found += [(kind, example) for example in stated]
    return found


def test_every_operation_that_takes_a_body_has_an_example_of_one(spec: dict[str, Any]) -> None:
    taking = {(p, m) for p, ops in spec["paths"].items() for m, o in ops.items() if "requestBody" in o}
    assert taking == set(WITH_A_BODY)
    assert [one for one in WITH_A_BODY if not examples_of_request(spec, *one)] == []


@pytest.mark.parametrize(("path", "method"), [one for one in WITH_A_BODY if "{" not in one[0]])
def test_the_examples_are_requests_that_work(spec: dict[str, Any], path: str, method: str, tmp_path: Path) -> None:
    with client(keep="always", worker_in_api=False, data_dir=tmp_path) as c:
        for kind, example in examples_of_request(spec, path, method):
            content = example if isinstance(example, str) else json.dumps(example)
            answer = c.request(method, path, content=content, headers={"content-type": kind})
            assert answer.is_success, answer.text


def test_the_example_of_a_correction_is_one(spec: dict[str, Any]) -> None:
    ((_, example),) = examples_of_request(spec, "/batches/{batch_id}/items/{n}/messages/{message}", "put")
    assert CorrectedIn.model_validate(example)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_has_an_example_that_is_as_its_schema_says(spec: dict[str, Any], path: str, method: str) -> None:
    for status, answer in spec["paths"][path][method]["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if kind == "application/zip":
                continue  # of bytes there is none to show
            several = [e["value"] for e in content.get("examples", {}).values()]
            examples = [content["example"]] if "example" in content else several
            assert examples, (status, kind)
            for example in examples:
                whole = content["schema"] | {"components": spec["components"]}
                jsonschema.Draft202012Validator(whole).validate(example)
                assert unknown(spec, content["schema"], example) == [], (status, kind)


def unknown(spec: dict[str, Any], schema: dict[str, Any], example: Any) -> list[str]:
    """The fields of ``example`` that its schema does not have: a schema of answers lets any stand."""
    named = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return [name for name in example if name not in named["properties"]] if isinstance(example, dict) else []


def test_an_example_of_a_problem_is_one_that_can_come(spec: dict[str, Any]) -> None:
    problems = yaml.safe_load(files("service.api").joinpath("examples.yaml").read_text(encoding="utf-8"))["problems"]
    known = problem_types()
    assert {p["type"]: p["status"] for p in problems} == {
        p["type"]: known[p["type"].removeprefix("/problems/")] for p in problems
    }


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
