"""Batches are what their description says: every operation alone, and from a submission to its deletion."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import strategies as st

from service.app import create_app
from service.models.scripted import NoiseModel
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving
from tests.api.test_described import found_by
from tests.reading_shipped import shipped

# An upload is long when it is shown; that says nothing about the API.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def line(**more: Any) -> bytes:
    return json.dumps({"notes": NOTES, "now": NOW} | more).encode() + b"\n"


def table(*refs: str) -> bytes:
    return "".join(["ref,notes\n", *(f'{ref},"{NOTES}"\n' for ref in refs)]).encode()


# What an upload holds no schema can say: lines, each a request of POST /draft; or a table of them.
UPLOADS = {
    "application/jsonl": [
        line(),
        line(ref="1") + line(ref="ü", kinds=["linkedin", "thank_you"]),
        line(language="tlh") + line(),  # the first is taken, and fails
    ],
    "text/csv": [table("1"), table("a", "ü", "c")],
}


@pytest.fixture(scope="module", autouse=True)
def uploads() -> None:
    for name, contents in UPLOADS.items():
        schemathesis.openapi.media_type(name, st.sampled_from(contents))
        schemathesis.serializer(name)(_as_it_is)


def _as_it_is(ctx: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


# Of the generator itself, seen on a busy machine under CPython 3.11: the parsing of a lambda's source fails now and then
# where other threads run, and a draw that failed does not fail again. What the API answers is told by checks, never so.
GENERATORS_OWN = ("SystemError: AST constructor", "hypothesis.errors.FlakyFailure")


def found(url: str, **phases: bool) -> tuple[Counter[str], list[str]]:
    ran, failures = found_by(url, **phases)
    return ran, [f for f in failures if not f.startswith(GENERATORS_OWN)]


def batches_alone(app: FastAPI) -> FastAPI:
    """Describes nothing else: the rest is asked by test_described."""
    described = app.openapi()
    app.openapi_schema = described | {
        "paths": {p: o for p, o in described["paths"].items() if p.startswith("/batches")}
    }
    return app


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A worker of its own drafts what is submitted, with a model that writes noise."""
    stated = Settings(batches="on", data_dir=tmp_path_factory.mktemp("batches"), max_open_batches=100_000, grace_s=0)
    with serving(batches_alone(create_app(stated, model=NoiseModel(), reader=shipped()))) as url:
        yield url


def test_every_operation_answers_as_it_is_described(address: str) -> None:
    ran, failures = found(address, stateful=False)
    assert failures == []
    assert ran["coverage"] > 200
    assert ran["fuzzing"] > 100


def test_from_a_submission_to_its_deletion_every_answer_is_as_described(address: str) -> None:
    """What was submitted can be looked at, cancelled and asked for again, and what was deleted cannot."""
    ran, failures = found(address, examples=False, coverage=False, fuzzing=False)
    assert failures == []
    assert ran["stateful"] > 50
