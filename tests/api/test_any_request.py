"""Whatever is sent, the answer is an answer or a problem that says what to do, and repeats nothing of the notes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.api.service import NOTES

MARK = "zqxjmarkzqxj"
ANY = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.lists(st.integers(), max_size=2))
TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)
ODD = st.sampled_from(
    ["99/99/9999", "Nov 31", "hear back in 99999999999999999999 days", "| a | b |\n" * 30, "[" * 300, "\u202e" + MARK]
)
ENDS = st.sampled_from(["0001-01-01T00:00:00", "9999-12-24T00:00:00", "9999-12-31T23:59:59"])
MOMENT = st.tuples(
    st.datetimes().map(lambda d: d.isoformat()) | ENDS, st.sampled_from(["", "Z", "+14:00", "-14:00", "+23:59"])
).map("".join)
DAY = st.dates(date(1969, 1, 1), date(2201, 1, 1)).map(str)
INTERVIEW = st.fixed_dictionaries(
    {}, optional={"company": TEXT, "role": TEXT, "at": MOMENT | DAY, "decision_date": DAY}
)
BODY = st.fixed_dictionaries(
    {"notes": st.one_of(TEXT, ODD).map(lambda t: f"{NOTES}\n{MARK} {t}") | TEXT},
    optional={
        "candidate": TEXT.map(lambda t: {"name": t}) | ANY,
        "recipients": st.lists(TEXT.map(lambda t: {"name": t}), max_size=3) | ANY,
        "interview": INTERVIEW | ANY,
        "now": MOMENT | ANY,
        "language": st.sampled_from(["en", "de", "xx"]) | ANY,
    },
)
PATHS = {"/draft": {}, "/facts": {}, "/exports/ics": {}, "/score": {"kind": "check_in", "body": f"Hi {MARK}."}}


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=BODY)
@example(body={"notes": NOTES, "interview": {"at": "9999-12-31T23:59:59Z"}})
@example(body={"notes": NOTES, "candidate": {"name": MARK * 20}, "language": MARK})
def test_any_request_is_answered_or_refused_in_words(path: str, body: dict[str, Any], outline: TestClient) -> None:
    answer = outline.post(path, json=body | PATHS[path])
    if answer.status_code == 200:
        return
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].startswith("/problems/")
    assert problem["status"] == answer.status_code
    assert len(problem["detail"]) > 15
    assert MARK not in answer.text
