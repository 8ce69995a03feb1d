"""POST /batches and what becomes of them, with a worker in the same process."""

from __future__ import annotations

import base64
import email
import email.policy
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from service.app import create_app
from service.jobs import likeness
from service.settings import Settings
from tests.api.service import NOTES, NOW, client, serving, until
from tests.reading_shipped import shipped

JSONL, CSV = {"content-type": "application/jsonl"}, {"content-type": "text/csv"}


def line(**more: Any) -> str:
    return json.dumps({"notes": NOTES, "now": NOW} | more) + "\n"


def app_at(folder: Any, **settings: Any) -> Any:
    return create_app(Settings(model="outline", batches="on", data_dir=folder, grace_s=0, **settings), reader=shipped())


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(app_at(tmp_path_factory.mktemp("batches")), raise_server_exceptions=False) as c:
        yield c


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Nobody works here: what is submitted stays as it is."""
    app = app_at(tmp_path_factory.mktemp("waiting"), worker_in_api=False, max_batch_items=20, max_batch_mb=1)
    with TestClient(app, raise_server_exceptions=False) as c:
        yield c
        for batch in c.get("/batches").json()["batches"]:
            c.delete(f"/batches/{batch['id']}")


def submitted(c: TestClient, content: Any, headers: dict[str, str] = JSONL, **query: str) -> str:
    answer = c.post("/batches", content=content, headers=headers, params=query)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def finished(c: TestClient, batch_id: str) -> dict[str, Any]:
    until(lambda: c.get(f"/batches/{batch_id}").json()["state"] == "finished", 30)
    found: dict[str, Any] = c.get(f"/batches/{batch_id}").json()
    return found


def results(c: TestClient, batch_id: str, **query: Any) -> list[dict[str, Any]]:
    answer = c.get(f"/batches/{batch_id}/results", params=query)
    assert answer.status_code == 200
    return [json.loads(each) for each in answer.text.splitlines()]


def test_every_line_becomes_what_post_draft_would_answer(working: TestClient) -> None:
    batch_id = submitted(working, line(ref="a") + "\n" + line(ref="b", kinds=["linkedin"]), name="Spring cohort")
    ended = finished(working, batch_id)
    assert (ended["name"], ended["total"], ended["done"], ended["seconds_left"]) == ("Spring cohort", 2, 2, None)
    first, second = results(working, batch_id)
    assert (first["n"], first["ref"], first["state"], second["ref"]) == (0, "a", "done", "b")
    alone = working.post("/draft", json={"notes": NOTES, "now": NOW}).json()
    assert first["draft"]["messages"] == alone["messages"]
    assert [m["kind"] for m in second["draft"]["messages"]] == ["linkedin"]


def test_an_item_is_shown_as_the_results_have_it(working: TestClient) -> None:
    """A day without an hour stays one: it came back as that day's midnight."""
    batch_id = submitted(working, line())
    finished(working, batch_id)
    (told,) = results(working, batch_id)
    shown = working.get(f"/batches/{batch_id}/items/0").json()
    assert shown["draft"] == told["draft"]
    assert shown["draft"]["facts"]["interview_at"] == "2026-11-17"


def test_a_failed_item_carries_its_problem_and_stops_no_other(working: TestClient) -> None:
    batch_id = submitted(working, line() + line(language="tlh") + line())
    ended = finished(working, batch_id)
    assert (ended["done"], ended["failed"]) == (2, 1)
    failed = results(working, batch_id)[1]
    assert (failed["state"], failed["problem"]["type"]) == ("failed", "/problems/unsupported-language")
    assert "draft" not in failed


def test_only_failed_items_are_asked_for_again(working: TestClient) -> None:
    batch_id = submitted(working, line() + line(language="tlh"))
    finished(working, batch_id)
    before = results(working, batch_id)[0]
    assert working.post(f"/batches/{batch_id}/retry").json() == {"again": 1}
    ended = finished(working, batch_id)
    assert (ended["done"], ended["failed"]) == (1, 1)
    assert results(working, batch_id)[0] == before
    assert results(working, batch_id, order="finished")[-1]["n"] == 1


def test_results_go_on_behind_a_cursor(working: TestClient) -> None:
    batch_id = submitted(working, "".join(line(ref=str(n)) for n in range(7)))
    finished(working, batch_id)
    for order in ("input", "finished"):
        first = results(working, batch_id, order=order, limit=3)
        rest = results(working, batch_id, order=order, after=first[-1]["cursor"])
        assert (len(first), len(rest)) == (3, 4)
        assert {r["ref"] for r in first + rest} == {str(n) for n in range(7)}
        assert results(working, batch_id, order=order, after=rest[-1]["cursor"]) == []


def test_messages_that_are_nearly_the_same_are_named_by_item(working: TestClient) -> None:
    other = "Met Tom Reed at Hollin Mill, Tues Nov 17."
    batch_id = submitted(working, line(ref="a") + line(ref="b", notes=other) + line(ref="c"))
    finished(working, batch_id)
    found = working.get(f"/batches/{batch_id}/alike").json()
    assert found["compared"] == 3
    assert [{p["first"]["ref"], p["second"]["ref"]} for p in found["pairs"]] == [{"a", "c"}]
    assert (found["pairs"][0]["company"], found["pairs"][0]["per_cent"]) == ("Rye & Co", 100.0)
    assert (found["found"], found["truncated"]) == (1, False)


def test_a_finished_batch_says_how_many_messages_are_alike_without_being_asked(
    working: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = submitted(working, line() * 3)
    until(lambda: working.get("/batches").json()["batches"][0]["state"] == "finished", 30)
    assert working.get("/batches").json()["batches"][0]["alike"] is None
    assert working.get(f"/batches/{batch_id}").json()["alike"] == 3
    with monkeypatch.context() as patched:
        patched.setattr(likeness, "read_letter", None)  # it is counted once
        assert working.get(f"/batches/{batch_id}").json()["alike"] == 3
        assert working.get("/batches").json()["batches"][0]["alike"] == 3
    other = {"subject": "Rye", "body": "Dear Ines,\n\nThe rye is proofed for a night before anybody touches it.\n\nSam"}
    assert working.put(f"/batches/{batch_id}/items/0/messages/0", json=other).status_code == 200
    assert working.get(f"/batches/{batch_id}").json()["alike"] == 1  # what was corrected is looked at anew


def test_the_mails_come_as_one_file(working: TestClient) -> None:
    batch_id = submitted(working, line(ref="../7", kinds=["thank_you", "linkedin"]) + line(language="tlh"))
    finished(working, batch_id)
    answer = working.get(f"/batches/{batch_id}/mails.zip")
    assert "afterword-mails.zip" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["00000-_7-Ines_Duarte-thank_you-0.eml"]
    mail = email.message_from_bytes(archive.read(archive.namelist()[0]), policy=email.policy.default)
    assert mail["X-Unsent"] == "1"
    assert mail.get_content().startswith("Dear Ines,")


def test_items_are_listed_whatever_their_state_and_one_comes_with_its_notes(waiting: TestClient) -> None:
    batch_id = submitted(waiting, "".join(line(ref=str(n), recipients=[{"name": "Ines Duarte"}]) for n in range(3)))
    first = waiting.get(f"/batches/{batch_id}/items", params={"limit": 2}).json()
    assert [(i["ref"], i["state"], i["recipients"]) for i in first["items"]] == [
        ("0", "waiting", ["Ines Duarte"]),
        ("1", "waiting", ["Ines Duarte"]),
    ]
    rest = waiting.get(f"/batches/{batch_id}/items", params={"limit": 2, "after": first["next"]}).json()
    assert ([i["ref"] for i in rest["items"]], rest["next"]) == (["2"], None)
    assert waiting.get(f"/batches/{batch_id}/items", params={"state": "failed"}).json()["items"] == []
    one = waiting.get(f"/batches/{batch_id}/items/1").json()
    assert (one["notes"], one["draft"], one["problem"]) == (NOTES, None, None)
    assert waiting.get(f"/batches/{batch_id}/items/3").status_code == 404


def test_a_corrected_message_is_what_results_and_mails_give(working: TestClient) -> None:
    batch_id = submitted(working, line(kinds=["thank_you", "linkedin"]) + line(language="tlh"))
    finished(working, batch_id)
    said = {"subject": "Thank you, Ines", "body": "Hi Ines,\n\nYou moved 57 ovens on your own.\n\nSam"}
    answer = working.put(f"/batches/{batch_id}/items/0/messages/0", json=said)
    assert answer.status_code == 200
    corrected = answer.json()
    assert (corrected["written_by"], corrected["word_count"], corrected["evidence"]) == ("person", 10, [])
    assert any("57" in v["detail"] for v in corrected["scorecard"]["violations"])
    assert results(working, batch_id)[0]["draft"]["messages"][0] == corrected
    archive = zipfile.ZipFile(io.BytesIO(working.get(f"/batches/{batch_id}/mails.zip").content))
    mail = email.message_from_bytes(archive.read(archive.namelist()[0]), policy=email.policy.default)
    assert (mail["Subject"], mail.get_content().strip().splitlines()[2]) == (
        said["subject"],
        "You moved 57 ovens on your own.",
    )
    listed = working.get(f"/batches/{batch_id}/items").json()["items"]
    assert [(i["corrected"], bool(i["problem"])) for i in listed] == [(True, False), (False, True)]


def test_a_correction_that_has_no_place_is_refused(working: TestClient) -> None:
    batch_id = submitted(working, line(kinds=["linkedin"]) + line(language="tlh"))
    finished(working, batch_id)
    at = f"/batches/{batch_id}/items"
    note = {"subject": None, "body": "Hi Ines"}
    assert working.put(f"{at}/0/messages/0", json=note).status_code == 200
    assert working.put(f"{at}/0/messages/0", json=note | {"subject": "A note has none"}).status_code == 422
    for nowhere in ("0/messages/1", "1/messages/0", "2/messages/0"):
        assert working.put(f"{at}/{nowhere}", json=note).status_code == 404


def test_whoever_is_to_be_told_of_the_end_is_told(tmp_path: Any) -> None:
    told: list[bytes] = []

    async def receive(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            told.append((await receive())["body"])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    key = f"whsec_{base64.b64encode(bytes(24)).decode()}"
    app = app_at(tmp_path, webhook_inner_hosts=("127.0.0.1",), webhook_secret=SecretStr(key), worker_in_api=False)
    with serving(receive) as url, TestClient(app) as c:  # type: ignore[arg-type]
        elsewhere = c.post("/batches", content=line(), headers=JSONL | {"webhook-url": "https://elsewhere.example/"})
        assert (elsewhere.status_code, elsewhere.json()["type"]) == (422, "/problems/webhook-refused")
        assert c.get("/batches").json()["batches"] == []
        batch_id = submitted(c, line(), JSONL | {"webhook-url": f"{url}/told"})
        c.post(f"/batches/{batch_id}/cancel")
        until(lambda: bool(told), 30)
    counts = {"id": batch_id, "total": 1, "done": 0, "failed": 0, "cancelled": 1}
    assert json.loads(told[0]) == {"type": "batch.cancelled", "data": counts}


def test_a_table_with_named_columns(working: TestClient) -> None:
    table = (
        "\ufeffRef;Notes;Candidate;Recipient;Kinds;Now\r\n"
        f'1;"{NOTES.replace(chr(10), chr(13) + chr(10))}";Sam Ortiz;Ines Duarte, head baker;thank_you linkedin;{NOW}\r\n'
        f'2;"She said ""hello"" at Rye & Co.\n- two ovens";;;;{NOW}\r\n'
    )
    batch_id = submitted(working, table.encode(), CSV)
    finished(working, batch_id)
    first, second = results(working, batch_id)
    assert [m["kind"] for m in first["draft"]["messages"]] == ["thank_you", "linkedin"]
    assert first["draft"]["messages"][0]["recipient"] == {"name": "Ines Duarte", "title": "head baker"}
    assert first["draft"]["messages"][0]["body"].endswith("Sam Ortiz")
    assert second["draft"]["facts"]["items"][0]["text"].startswith('She said "hello"')


@pytest.mark.parametrize(
    ("content", "headers", "faults"),
    [
        (line() + '{"notes": ""}\n' + "[1\n" + line(kind="x"), JSONL, [(2, "/notes"), (3, ""), (4, "/kind")]),
        (line(keep=True), JSONL, [(1, "")]),
        (b'{"notes": "caf\xe9"}\n', JSONL, [(1, "")]),
        ('{"notes": "' + "x" * 300_000 + '"}\n' + line(), JSONL, [(1, "")]),
        ("name,notes\nSam,Met Ines\n", CSV, [(1, "")]),
        ("ref\n1\n", CSV, [(1, "")]),
        ("notes,tone\nMet Ines at Rye,loud\n", CSV, [(2, "/tone")]),
        (b"notes\ncaf\xe9\n", CSV, [(2, "")]),
        ("notes\nMet Ines,and,more\n", CSV, [(2, "")]),
    ],
)
def test_nothing_is_taken_where_a_line_cannot_be_used(
    waiting: TestClient, content: Any, headers: dict[str, str], faults: list[tuple[int, str]]
) -> None:
    before = waiting.get("/batches").json()
    answer = waiting.post("/batches", content=content, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/batch-invalid")
    assert [(f["line"], f["pointer"]) for f in answer.json()["errors"]] == faults
    assert "Met Ines" not in answer.text
    assert waiting.get("/batches").json() == before


def test_an_upload_without_lines_is_refused(waiting: TestClient) -> None:
    assert waiting.post("/batches", content="\n\n").json()["type"] == "/problems/batch-invalid"


@pytest.mark.parametrize("content", [line() * 21, "x" * 1_100_000], ids=["items", "bytes"])
def test_more_than_a_batch_may_have_is_refused(waiting: TestClient, content: str) -> None:
    answer = waiting.post("/batches", content=content)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/batch-too-large")


def test_the_same_key_and_upload_are_one_batch(waiting: TestClient) -> None:
    keyed = JSONL | {"idempotency-key": "cohort-7"}
    first = waiting.post("/batches", content=line(), headers=keyed)
    again = waiting.post("/batches", content=line(), headers=keyed)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"
    other = waiting.post("/batches", content=line() + line(), headers=keyed)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_cancelled_batch_is_at_its_end(waiting: TestClient) -> None:
    batch_id = submitted(waiting, line() * 3)
    ended = waiting.post(f"/batches/{batch_id}/cancel").json()
    assert (ended["state"], ended["cancelled"], ended["waiting"]) == ("cancelled", 3, 0)
    assert [r["state"] for r in results(waiting, batch_id, order="finished")] == ["cancelled"] * 3


def test_one_caller_has_only_so_many_unfinished_batches(tmp_path: Any) -> None:
    with TestClient(app_at(tmp_path, worker_in_api=False, max_open_batches=1)) as c:
        batch_id = submitted(c, line())
        refused = c.post("/batches", content=line())
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-batches")
        c.post(f"/batches/{batch_id}/cancel")
        submitted(c, line())


def test_a_batch_is_its_own_keys_alone(tmp_path: Any) -> None:
    keys = "first-secret-of-someone,other-secret-of-another"
    with TestClient(app_at(tmp_path, worker_in_api=False, keys="required", api_keys=keys)) as c:
        mine, other = ({"authorization": f"Bearer {k}"} for k in keys.split(","))
        batch_id = submitted(c, line(), JSONL | mine)
        assert c.get(f"/batches/{batch_id}", headers=mine).status_code == 200
        for path in (f"/batches/{batch_id}", f"/batches/{batch_id}/results"):
            assert c.get(path, headers=other).json()["type"] == "/problems/batch-not-found"
        assert c.delete(f"/batches/{batch_id}", headers=other).status_code == 404
        assert c.get("/batches", headers=other).json() == {"batches": []}


def test_where_nothing_is_kept_there_are_no_batches() -> None:
    refused = client().post("/batches", content=line())
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/batches-off")


def test_answers_are_what_the_description_says(working: TestClient) -> None:
    spec = working.get("/openapi.json").json()
    batch_id = submitted(working, line() + line(language="tlh"))
    answers = [("BatchOut", finished(working, batch_id)), ("BatchesOut", working.get("/batches").json())]
    answers += [("BatchItemOut", each) for each in results(working, batch_id)]
    for name, answer in answers:
        schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer)


def test_a_day_alone_is_no_midnight_in_an_item_that_was_kept_either(working: TestClient) -> None:
    """Read back, it was the midnight before, in no zone; schemathesis found it."""
    batch_id = submitted(working, line())
    finished(working, batch_id)
    assert working.get(f"/batches/{batch_id}/items/0").json()["draft"]["facts"]["interview_at"] == "2026-11-17"
