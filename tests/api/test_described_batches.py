"""Batches are what their description says: every operation alone, and from a submission to its deletion."""

from __future__ import annotations

import json
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

# What an upload holds no schema can say: lines, each a request of POST /draft; or a table of them.
ITEM = st.fixed_dictionaries(
    {"notes": st.just(NOTES), "now": st.just(NOW)},
    optional={
        "ref": st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9),
        "language": st.sampled_from(["en", "tlh"]),  # the second is taken, and its item fails
        "kinds": st.sampled_from([["thank_you"], ["linkedin", "thank_you"]]),
    },
)


def as_lines(items: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def as_table(refs: list[str]) -> bytes:
    return "".join(["ref,notes\n", *(f'{ref},"{NOTES}"\n' for ref in refs)]).encode()


LINES = st.lists(ITEM, min_size=1, max_size=3).map(as_lines)
TABLE = st.lists(st.sampled_from(["1", "b", "ü"]), min_size=1, max_size=3).map(as_table)


@pytest.fixture(scope="module", autouse=True)
def uploads() -> None:
    for name, strategy in (("application/jsonl", LINES), ("text/csv", TABLE)):
        schemathesis.openapi.media_type(name, strategy)
        schemathesis.serializer(name)(_as_it_is)


def _as_it_is(ctx: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


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
    ran, failures = found_by(address, stateful=False)
    assert failures == []
    assert ran["coverage"] > 200
    assert ran["fuzzing"] > 100


def test_from_a_submission_to_its_deletion_every_answer_is_as_described(address: str) -> None:
    """What was submitted can be looked at, cancelled and asked for again, and what was deleted cannot."""
    ran, failures = found_by(address, examples=False, coverage=False, fuzzing=False)
    assert failures == []
    assert ran["stateful"] > 50
