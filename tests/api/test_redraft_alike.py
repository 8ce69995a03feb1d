"""Two of a cohort with the same notes: their letters are alike, and one is drafted from other lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.drafting.judging import NoJudge
from service.models.port import ModelRequest
from service.models.scripted import ScriptedModel
from service.settings import Settings
from tests.api.service import NOW, until
from tests.reading_shipped import wordless

NOTES = """Interview today at 14:00, Halden Bakery, night baker
Met Ines Duarte (head baker).
- Ines: they proof the rye for 19 hours in the cellar
- Ines: she leads the move to stone ovens, 3 of 11 shops done so far
- she told me how the apprentices choose the loaf of the month themselves
"""
ONE = {"notes": NOTES, "now": NOW, "candidate": {"name": "Mika Sand"}, "recipients": [{"name": "Ines Duarte"}]}


def said_back(asked: ModelRequest) -> str:
    """The note of the request, as the sentence."""
    found = re.search(r"<note>(.*?)</note>", asked.messages[-1].content, re.DOTALL)
    return f" {found[1].strip().rstrip('.')}." if found else " that."


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("alike")
    settings = Settings(model="outline", read_along=False, batches="on", data_dir=folder, grace_s=0)
    model = ScriptedModel(script=said_back)
    with TestClient(create_app(settings, model=model, reader=wordless(), judge=NoJudge())) as c:
        yield c


def drafted(c: TestClient, items: list[dict[str, Any]]) -> str:
    answer = c.post("/batches", content="".join(json.dumps(each) + "\n" for each in items))
    batch_id = str(answer.json()["id"])
    ended(c, batch_id)
    return batch_id


def ended(c: TestClient, batch_id: str) -> list[dict[str, Any]]:
    until(lambda: c.get(f"/batches/{batch_id}").json()["state"] == "finished", 30)
    return [json.loads(each) for each in c.get(f"/batches/{batch_id}/results").text.splitlines()]


def rests_on(item: dict[str, Any]) -> set[str]:
    lines = {i["id"]: i["text"] for i in item["draft"]["facts"]["items"]}
    return {lines[e["item_id"]] for e in item["draft"]["messages"][0]["evidence"]}


def per_cent(c: TestClient, batch_id: str) -> float:
    """How alike the one pair is; the frame around the one told line stays the same."""
    (pair,) = c.get(f"/batches/{batch_id}/alike", params={"ceiling": 50}).json()["pairs"]
    return float(pair["per_cent"])


def test_one_of_two_alike_is_drafted_from_other_lines_and_it_is_said_which(telling: TestClient) -> None:
    batch_id = drafted(telling, [ONE | {"ref": "a"}, ONE | {"ref": "b"}])
    before = ended(telling, batch_id)
    alike_before = per_cent(telling, batch_id)
    (changed,) = telling.post(f"/batches/{batch_id}/redraft-alike").json()["redrafted"]
    after = ended(telling, batch_id)
    n = changed["n"]
    assert set(changed["without"]) == rests_on(before[n])
    assert rests_on(after[n])
    assert not rests_on(after[n]) & rests_on(before[n])
    assert after[1 - n] == before[1 - n]
    assert per_cent(telling, batch_id) < alike_before


def test_what_was_corrected_by_hand_stays_and_so_does_what_has_nothing_else_to_tell(telling: TestClient) -> None:
    bare = ONE | {"notes": "Met Ines Duarte (head baker) at Halden Bakery, night baker."}
    batch_id = drafted(telling, [bare, bare])
    answer = telling.post(f"/batches/{batch_id}/redraft-alike").json()
    assert (answer["redrafted"], len(answer["left"])) == ([], 1)
    batch_id = drafted(telling, [ONE, ONE])
    before = ended(telling, batch_id)
    for n, item in enumerate(before):
        message = item["draft"]["messages"][0]
        telling.put(f"/batches/{batch_id}/items/{n}/messages/0", json={k: message[k] for k in ("subject", "body")})
    assert telling.post(f"/batches/{batch_id}/redraft-alike").json()["redrafted"] == []
