"""The HTTP API as its callers meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.errors import ModelOverloaded
from service.models.scripted import ScriptedModel, Step
from tests.api.service import NOTES, NOW, client, post


def test_a_draft_has_the_contracts_shape(outline: TestClient) -> None:
    answer = post(outline, kinds=["thank_you", "linkedin"], candidate={"name": "Sam Ortiz"}).json()
    wanted = {"id", "created_at", "time_zone", "model", "language", "facts", "messages", "usage", "warnings", "kept"}
    assert set(answer) == wanted
    assert answer["id"].startswith("drf_")
    assert answer["facts"]["company"] == "Rye & Co"
    thank_you, note = answer["messages"]
    assert thank_you["warnings"][0]["type"] == "frame_only"
    assert "stone ovens" in thank_you["warnings"][0]["detail"]  # what a model would have told
    assert "stone ovens" not in thank_you["body"]
    assert note["subject"] is None
    assert note["char_count"] <= 200
    assert thank_you["send_window"]["status"] in ("too_early", "now", "overdue")


@pytest.mark.parametrize(
    ("body", "status", "type_"),
    [
        ({"notes": ""}, 422, "invalid-request"),
        ({"notes": "   "}, 422, "notes-unusable"),
        ({"notes": "a" * 20_001}, 413, "notes-too-long"),
        ({"notes": "\x00\x01PK\x03\x04" * 50}, 422, "notes-unusable"),
        ({"kinds": ["poem"]}, 422, "invalid-request"),
        ({"prompt": {"thank_you": "thank_you@99"}}, 404, "unknown-prompt"),
        ({"candidate": {"name": "x" * 500}}, 422, "invalid-request"),
        ({"interview": {"at": "2026-11-17", "decision_date": "2026-11-01"}}, 422, "dates-contradict"),
        ({"language": "de"}, 422, "unsupported-language"),
        ({"surprise": 1}, 422, "invalid-request"),
        ({"candidate": {"name": "  "}}, 422, "invalid-request"),
        ({"recipients": [{"name": "Ines\nBcc: all@example.com"}]}, 422, "invalid-request"),
        ({"now": "2026-11-17T18:00:00"}, 422, "invalid-request"),
        ({"corrections": [{"start": 9, "end": 2, "owner": "mine"}]}, 422, "invalid-request"),
        ({"linkedin_limit": 250}, 422, "invalid-request"),
        ({"model_only": True}, 503, "model-unavailable"),
    ],
)
def test_bad_input_is_a_problem_that_says_what_to_do(
    outline: TestClient, body: dict[str, Any], status: int, type_: str
) -> None:
    answer = post(outline, **body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{type_}"
    assert problem["status"] == status
    assert len(problem["detail"]) > 20


FAR = [
    "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "9999-12-24T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
]


@pytest.mark.parametrize("moment", FAR)
@pytest.mark.parametrize("where", ["now", "at", "decision_date"])
@pytest.mark.parametrize("path", ["/draft", "/facts", "/score", "/exports/ics"])
def test_a_year_in_which_no_interview_is_gets_a_sentence(
    outline: TestClient, path: str, where: str, moment: str
) -> None:
    """The end of the calendar was once counted past, which nobody caught."""
    more = {"kind": "check_in", "body": "Hi Ines."} if path == "/score" else {}
    stated = (
        {"now": moment}
        if where == "now"
        else {"interview": {where: moment[:10] if where == "decision_date" else moment}}
    )
    answer = post(outline, path, **stated, **more)
    assert answer.status_code == 422
    assert "Correct its year" in answer.json()["detail"]


@pytest.mark.parametrize(
    "moment", ["1970-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00", "2026-11-17T23:59:59.999999+23:59"]
)
@pytest.mark.parametrize("where", ["now", "at", "decision_date"])
def test_any_other_moment_has_a_plan(outline: TestClient, where: str, moment: str) -> None:
    stated = (
        {"now": moment}
        if where == "now"
        else {"interview": {where: moment[:10] if where == "decision_date" else moment}}
    )
    kinds = ["thank_you", "check_in", "linkedin"]
    assert post(outline, kinds=kinds, **stated).status_code == 200
    assert post(outline, "/exports/ics", **stated).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/draft", 405), ("DELETE", "/score", 405)]
)
def test_wrong_addresses_and_methods_are_problems_too(outline: TestClient, method: str, path: str, status: int) -> None:
    answer = outline.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"{notes: oops", '{"notes": "caf\xe9"}'.encode("latin-1"), b"[" * 100_000], ids=["cut", "latin-1", "deep"]
)
def test_a_body_that_is_no_json_is_said_so(outline: TestClient, body: bytes) -> None:
    answer = outline.post("/draft", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert "JSON" in answer.json()["detail"]


def test_a_fault_is_pointed_at_by_field(outline: TestClient) -> None:
    faults = post(outline, recipients=[{"name": "Ines"}, {"name": "x" * 121}], **{"a/b": 1}).json()["errors"]
    assert [f["pointer"] for f in faults] == ["/recipients/1/name", "/a~1b"]


def test_several_faults_are_one_readable_detail(outline: TestClient) -> None:
    detail = post(outline, notes="", recipients=[{}]).json()["detail"]
    assert (
        detail
        == "/notes: The notes are empty. Paste what was written down after the interview; /recipients/0/name: This is needed, and not there."
    )


def test_a_fields_name_is_not_repeated_at_length(outline: TestClient) -> None:
    assert "y" * 61 not in post(outline, **{"y" * 5_000: 1}).text


def test_a_model_that_fails_is_an_error_only_for_those_who_asked_for_it() -> None:
    failing = client(ScriptedModel(script=lambda r: Step(error=ModelOverloaded("Busy.", retry_after_s=7))))
    assert post(failing).status_code == 200
    refused = post(failing, model_only=True)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "7"


def events(text: str) -> list[tuple[str, Any]]:
    blocks = [b for b in text.split("\n\n") if b.startswith("event:")]
    return [(b.split("\n")[0][7:], json.loads(b.split("\n")[1][6:])) for b in blocks]


def test_stream_and_answer_of_one_request_agree(outline: TestClient) -> None:
    body = {"notes": NOTES, "now": NOW, "kinds": ["thank_you", "check_in"]}
    streamed = events(outline.post("/draft", json=body, headers={"accept": "text/event-stream"}).text)
    answer = outline.post("/draft", json=body).json()
    names = [n for n, _ in streamed]
    assert names[0] == "facts"
    assert names[-1] == "done"
    bodies = {}
    for name, data in streamed:
        if name == "delta":
            bodies[data["index"]] = bodies.get(data["index"], "") + data["text"]
    assert [bodies[n] for n in sorted(bodies)] == [m["body"] for m in answer["messages"]]
    assert [m["body"] for m in streamed[-1][1]["messages"]] == [m["body"] for m in answer["messages"]]


def test_a_stream_that_cannot_start_is_an_ordinary_problem(outline: TestClient) -> None:
    answer = outline.post("/draft", json={"notes": "  "}, headers={"accept": "text/event-stream"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_score_needs_no_model_and_names_rules(outline: TestClient) -> None:
    card = post(
        outline, "/score", kind="thank_you", body="Hi Ines,\n\nThank you for your time.\n\nBest,\n[Name]"
    ).json()
    assert {c["name"] for c in card["criteria"]} >= {"specificity", "gratitude", "brevity"}
    assert any(v["check"] == "placeholder" and v["severity"] == "hard" for v in card["violations"])


def test_facts_are_read_without_writing(outline: TestClient) -> None:
    facts = post(outline, "/facts").json()
    assert facts["interviewers"] == [{"name": "Ines Duarte", "title": "head baker"}]
    assert facts["decision_date"] == "2026-11-25"


def test_prompts_are_listed_and_shown(outline: TestClient) -> None:
    listed = outline.get("/prompts").json()["prompts"]
    assert {"thank_you", "check_in", "linkedin", "read", "verify", "bare", "judge", "prefer"} == {
        p["name"] for p in listed
    }
    shown = outline.get("/prompts/thank_you/1").json()
    assert shown["system"]
    assert outline.get("/prompts/thank_you/99").status_code == 404


def test_health_readiness_model_and_metrics_answer(outline: TestClient) -> None:
    post(outline)
    assert outline.get("/healthz").json() == {"status": "ok"}
    assert outline.get("/readyz").json()["status"] == "ready"
    assert outline.get("/model").json()["state"] == "outline"
    assert "afterword_messages_total" in outline.get("/metrics").text


def test_exports_are_files(outline: TestClient) -> None:
    mail = outline.post("/exports/eml", json={"subject": "Thank you", "body": "Hi Ines,\n\nThank you."})
    assert b"X-Unsent: 1" in mail.content
    calendar = post(outline, "/exports/ics")
    assert calendar.content.startswith(b"BEGIN:VCALENDAR")
    assert outline.post("/exports/mailto", json={"subject": "a", "body": "b"}).json()["link"].startswith("mailto:")


def test_the_operators_wait_for_a_check_in_holds_wherever_a_plan_is_shown(tmp_path: Path) -> None:
    """A week after 'hear back by Nov 25' is December 2; ten days, moved to their Monday, are the 7th."""
    with client(check_in_days=10, keep="always", data_dir=tmp_path) as c:
        draft = post(c, kinds=["check_in"]).json()
        token = {"csrf": re.findall(r'name="csrf" value="([^"]+)"', c.get("/").text)[0]}
        shown = {
            "letter": draft["messages"][0]["send_window"]["not_before"],
            "export": post(c, "/exports/ics").text,
            "kept": c.get(f"/drafts/{draft['id']}.ics").text,
            "page": c.post("/understood", data={"notes": NOTES, "now": NOW} | token).text,
        }
    wanted = {"letter": "2026-12-07", "export": "20261207T08", "kept": "20261207T08", "page": "Mon 7 Dec"}
    assert {place: wanted[place] in text for place, text in shown.items()} == dict.fromkeys(wanted, True)


def test_a_day_alone_is_no_midnight_and_a_time_without_a_zone_is_the_callers(outline: TestClient) -> None:
    def read_at(at: str) -> str:
        return str(post(outline, "/facts", interview={"at": at}, time_zone="Europe/Berlin").json()["interview_at"])

    assert read_at("2026-11-16") == "2026-11-16"
    assert read_at("2026-11-16T10:00:00") == "2026-11-16T10:00:00+01:00"


def test_an_address_names_every_method_that_it_takes(outline: TestClient) -> None:
    refused = outline.put("/drafts/drf_1")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET")
    assert outline.delete("/drafts/drf_1.eml").headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("stated", "greeting"),
    [
        ("Delacroix, Benedikta", "Dear Benedikta,"),
        ("benedikta delacroix", "Dear Benedikta,"),
        ("Dr Delacroix", "Dear Dr Delacroix,"),
        ("Hiring Team", "Hello,"),
        ("Harbour Freight Recruiting", "Hello,"),
        ("Talent Acquisition Team", "Hello,"),
        ("b.delacroix", "Hello,"),
        ("no-reply", "Hello,"),
        ("m.tanaka@harbour.example", "Hello,"),
    ],
)
def test_a_stated_recipient_is_greeted_as_a_person_or_without_a_name(
    outline: TestClient, stated: str, greeting: str
) -> None:
    """The reading knew who is a person, and the letter said 'Hi Hiring,' and 'Hi Delacroix,,' all the same."""
    notes = "Talked on Tues Nov 17 about the depot manager role at Harbour Freight.\n- they run 40 vans from two depots"
    (message,) = post(outline, notes=notes, recipients=[{"name": stated}]).json()["messages"]
    assert message["body"].splitlines()[0] == greeting
    assert "unsafe" not in [w["type"] for w in message["warnings"]]
