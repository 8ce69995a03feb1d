"""The API is what its description says: schemathesis asks every operation, alone and one after the other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import limits
import pytest
import schemathesis
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from service.api import rate
from service.app import create_app
from service.models.scripted import NoiseModel
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving
from tests.reading_shipped import shipped

# The service under test runs in a thread here, and its worker draws its own random numbers meanwhile.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
KEY = "0123456789abcdef"
# What a line of an upload holds no schema of a text can say, so every second upload is one of these.
UPLOADS = {
    "application/jsonl": "".join(json.dumps({"ref": str(n), "notes": NOTES, "now": NOW}) + "\n" for n in range(3)),
    "text/csv": 'ref,notes\n1,"Met Ines Duarte, head baker at Rye & Co, Tues Nov 17."\n',
}
# Fields of which JSON Schema cannot say what is right: a list of zones, a date that does not come before another.
UNSAYABLE = ("/time_zone", "/corrections")
UNSAYABLE_KINDS = ("/problems/batch-invalid", "/problems/webhook-refused")
CHECKS = {
    # A valid request refused: by the check below, which knows why.
    "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 422, 429]},
    # Notes that are too long have a status of their own.
    "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429]},
}


@schemathesis.check
def refused_for_its_meaning_alone(ctx: Any, response: Any, case: Any) -> None:
    """A request that the description allows is refused only for what no description can say."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.json()["type"] in UNSAYABLE_KINDS:
        return
    # A refusal by the fields' shapes points at them; one by their meaning (notes without a word, a year 3000) does not.
    wrong = [e for e in response.json().get("errors", ()) if not e["pointer"].startswith(UNSAYABLE)]
    assert wrong == [], "a valid request was refused"


@schemathesis.serializer("application/jsonl", "text/csv")
def as_it_stands(_: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """What the caller does not want kept is not there afterwards, which a checker of resources takes for a loss."""
    if case.operation.label == "POST /batches" and len(str(case.body)) % 2 == 0:
        case.body = UPLOADS.get(case.media_type, case.body)
    if isinstance(case.body, dict) and case.body.get("keep") is False:
        del case.body["keep"]


def found_by(
    url: str, headers: Mapping[str, str] = MappingProxyType({}), **phases: bool
) -> tuple[Counter[str], list[str]]:
    """How much each phase asked, and every failure in words."""
    told = {
        "checks": CHECKS,
        "operations": [
            # It does not see that a deleted draft's files are gone with it, nor that a message of a batch comes later.
            {
                "include-path-regex": r"\.(eml|ics)$|/messages/",
                "checks": {"ensure_resource_availability": {"enabled": False}},
            }
        ],
        "cache": {"enabled": False},
        "headers": dict(headers),
        "seed": 20261128,
        "continue-on-failure": True,
        "generation": {"max-examples": 15, "database": "none", "no-shrink": True},
        "phases": {name: {"enabled": on} for name, on in phases.items()},
    }
    schema = schemathesis.openapi.from_url(
        f"{url}/openapi.json", config=SchemathesisConfig.from_dict(told), headers=dict(headers)
    )
    ran: Counter[str] = Counter()
    failures = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            ran[event.phase.value] += len(event.recorder.cases)
            for case_id, checks in event.recorder.checks.items():
                case = event.recorder.cases[case_id].value
                failures += [
                    f"{case.operation.label}: {c.failure_info.failure.title}: {c.failure_info.failure.message[:600]}"
                    for c in checks
                    if c.failure_info is not None
                ]
        elif isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(str(getattr(event, "info", event)))
    return ran, list(dict.fromkeys(failures))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Drafts are kept, batches are taken and worked on, and the model writes noise."""
    stated = Settings(keep="always", max_open_batches=100_000, data_dir=tmp_path_factory.mktemp("kept"))
    with serving(create_app(stated, model=NoiseModel(), reader=shipped())) as url:
        yield url


def test_every_operation_answers_as_it_is_described(address: str) -> None:
    ran, failures = found_by(address, stateful=False)
    assert failures == [], "\n".join(f[:1500] for f in failures)
    assert ran["coverage"] > 500
    assert ran["fuzzing"] > 100


def test_operations_one_after_the_other_answer_as_they_are_described(address: str) -> None:
    """What was made can be had, and what was deleted cannot."""
    ran, failures = found_by(address, examples=False, coverage=False, fuzzing=False)
    assert failures == [], "\n".join(f[:1500] for f in failures)
    assert ran["stateful"] > 50


def test_where_keys_are_on_no_operation_that_wants_one_answers_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate, "_GUESSES", limits.parse("1000000/minute"))  # or the checks' own guesses end the run
    stated = Settings(keep="always", max_open_batches=100_000, data_dir=tmp_path, api_keys=SecretStr(f"admin:{KEY}"))
    with serving(create_app(stated, model=NoiseModel(), reader=shipped())) as url:
        ran, failures = found_by(url, {"Authorization": f"Bearer {KEY}"}, coverage=False)
    assert failures == [], "\n".join(f[:1500] for f in failures)
    assert ran["fuzzing"] > 100
