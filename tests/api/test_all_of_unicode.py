"""Notes of any characters: an answer or a refusal, never a failure inside. `make texts` tries ten thousand."""

from __future__ import annotations

import json
import os

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.api.service import NOTES, NOW

TEXTS = int(os.environ.get("AFTERWORD_TEST_TEXTS", "150"))
# Surrogates too: JSON carries them as escapes, and so does whatever was cut in the middle of an emoji.
ANY = st.characters(exclude_categories=())
LINES = st.sampled_from(NOTES.splitlines())
# Characters that break what reads text: joiners, marks, directions, controls, the last ones, look-alikes of figures.
ODD = st.text(st.sampled_from("\0\b\x0b\x1b\x85\xad\u0300\u0301\u034f\u061c\u180e\u200b\u200d\u200e\u2028\u2029\u202e\u2066\u20e3\ufe0f\ufeff\ufffd\ufffe\uffff\U0001f1e6\U0001f468\U0001f3fd\U000e0041\U0010ffff\ud800\udfff½²Ⅳ٣०🄰ﬁßİıŉΣς"), max_size=30)  # fmt: skip
TEXT = st.text(ANY, max_size=120) | ODD
NOTE = TEXT | st.lists(LINES | TEXT, min_size=1, max_size=6).map("\n".join)


@settings(
    max_examples=TEXTS,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(notes=NOTE, kind=st.sampled_from(["thank_you", "check_in", "linkedin"]))
@example(notes="Met \ud83d Ines", kind="thank_you")
@example(notes="\u200d" * 20_000, kind="linkedin")
@example(notes="İ" * 20_000, kind="check_in")
def test_any_text_is_drafted_from_or_refused(outline: TestClient, notes: str, kind: str) -> None:
    body = json.dumps({"notes": notes, "now": NOW, "kinds": [kind], "language": "en"}).encode()
    answer = outline.post("/draft", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 413, 422), answer.text
    answer.content.decode("utf-8")
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        return
    facts, messages = answer.json()["facts"], answer.json()["messages"]
    for item in facts["items"]:
        assert 0 <= item["start"] < item["end"] <= len(notes)
    for message in messages:
        assert message["body"]
