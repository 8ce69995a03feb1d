"""Both clients against the service itself, and against servers that fail first."""

from __future__ import annotations

import asyncio
import inspect
import json
from types import SimpleNamespace

import pytest

from service.app import create_app
from service.client import AsyncClient, Client, Problem, Unreachable, clients
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving
from tests.endpoints.server import as_events, as_json, endpoint
from tests.reading_shipped import shipped

ABOUT = {"kinds": ["thank_you"], "candidate": {"name": "Sam Ortiz"}, "now": NOW}
DRAFT = {"id": "drf_1", "messages": []}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    settings = Settings(model="outline", keep="asked", data_dir=tmp_path_factory.mktemp("kept"))
    with serving(create_app(settings, reader=shipped())) as address:
        yield address


def test_both_clients_can_do_the_same():
    def able(kind):
        return {n: list(inspect.signature(f).parameters) for n, f in vars(kind).items() if not n.startswith("_")}

    waiting, plain = able(AsyncClient), able(Client)
    waiting["close"] = waiting.pop("aclose")
    assert waiting == plain


async def test_drafts_facts_scores_and_kept_drafts(url):
    async with AsyncClient(url) as afterword:
        draft = await afterword.draft(NOTES, keep=True, **ABOUT)
        assert draft["messages"][0]["recipient"]["name"] == "Ines Duarte"
        assert await afterword.kept_draft(draft["id"]) == draft
        await afterword.delete_draft(draft["id"])
        with pytest.raises(Problem) as gone:
            await afterword.kept_draft(draft["id"])
        assert (gone.value.status, gone.value.type) == (404, "draft-not-found")
        assert (await afterword.facts(NOTES, now=NOW))["company"] == "Rye & Co"
        assert (await afterword.score(NOTES, kind="thank_you", body="Hi Ines.", now=NOW))["criteria"]


def test_the_plain_client_too(url):
    with Client(url) as afterword:
        first = afterword.draft(NOTES, idempotency_key="order-7", **ABOUT)
        assert afterword.draft(NOTES, idempotency_key="order-7", **ABOUT) == first
        names = [event.name for event in afterword.stream(NOTES, **ABOUT)]
    assert (names[0], names[-1], "delta" in names) == ("facts", "done", True)


async def test_a_stream_ends_with_the_draft(url):
    async with AsyncClient(url) as afterword:
        events = [event async for event in afterword.stream(NOTES, **ABOUT)]
    text = "".join(e.data["text"] for e in events if e.name == "delta")
    assert text == events[-1].data["messages"][0]["body"]


def test_a_problem_says_what_where_and_under_which_id(url):
    with Client(url) as afterword, pytest.raises(Problem, match="There is no such field") as caught:
        afterword.draft(NOTES, recipient="Ines")
    assert (caught.value.status, caught.value.type) == (422, "invalid-request")
    assert caught.value.errors[0]["pointer"] == "/recipient"
    assert caught.value.request_id.startswith("req_")


async def test_what_may_pass_is_tried_again_under_the_same_key():
    answers = [as_json({"type": "/problems/queue-full"}, 429, **{"retry-after": "0"}), as_json({}, 503), as_json(DRAFT)]
    async with endpoint(lambda call: answers.pop(0)) as here, AsyncClient(here.origin) as afterword:
        assert await afterword.draft(NOTES) == DRAFT
    keys = {call.headers["idempotency-key"] for call in here.calls}
    assert (len(here.calls), len(keys)) == (3, 1)


async def test_the_plain_client_tries_again_too_and_waits_as_long_as_it_is_told(monkeypatch):
    answers = [as_json({"type": "/problems/queue-full"}, 429, **{"retry-after": "7"}), as_json({}, 503), as_json(DRAFT)]
    waited = []
    monkeypatch.setattr(clients, "time", SimpleNamespace(sleep=waited.append))
    async with endpoint(lambda call: answers.pop(0)) as here:

        def ask():
            with Client(here.origin) as afterword:
                return afterword.draft(NOTES)

        assert await asyncio.to_thread(ask) == DRAFT
    keys = {call.headers["idempotency-key"] for call in here.calls}
    assert (len(here.calls), len(keys)) == (3, 1)
    assert waited[0] == 7
    assert 1 <= waited[1] <= 2  # half a second, doubled twice, less up to a half


async def test_the_plain_client_begins_a_refused_stream_again(monkeypatch):
    answers = [as_json({"type": "/problems/queue-full"}, 429), as_events('event: done\ndata: {"id": "drf_1"}\n\n')]
    monkeypatch.setattr(clients, "time", SimpleNamespace(sleep=lambda seconds: None))
    async with endpoint(lambda call: answers.pop(0)) as here:

        def ask():
            with Client(here.origin) as afterword:
                return [event.name for event in afterword.stream(NOTES)]

        assert await asyncio.to_thread(ask) == ["done"]
    assert len(here.calls) == 2


async def test_what_will_not_pass_is_not_tried_again():
    refusal = as_json({"type": "/problems/model-key-refused", "detail": "Check OPENAI_API_KEY."}, 502)
    async with endpoint(lambda call: refusal) as here, AsyncClient(here.origin) as afterword:
        with pytest.raises(Problem, match="OPENAI_API_KEY"):
            await afterword.draft(NOTES)
    assert len(here.calls) == 1


async def test_a_stream_that_breaks_off_is_not_begun_again():
    half = as_events("event: facts\ndata: {}\n\n", done=False)
    async with endpoint(lambda call: half) as here, AsyncClient(here.origin) as afterword:
        with pytest.raises(Unreachable, match="broke off"):
            async for _ in afterword.stream(NOTES):
                pass
    assert len(here.calls) == 1


async def test_an_error_in_the_stream_is_a_problem():
    said = as_events(
        'event: error\ndata: {"type": "/problems/model-timeout", "status": 504, "detail": "slow"}\n\n', done=False
    )
    async with endpoint(lambda call: said) as here, AsyncClient(here.origin, tries=1) as afterword:
        with pytest.raises(Problem) as caught:
            await asyncio.wait_for(anext(afterword.stream(NOTES)), 5)
    assert (caught.value.type, caught.value.status) == ("model-timeout", 504)


def test_a_service_that_is_not_there_is_unreachable():
    with Client("http://127.0.0.1:9", tries=2) as afterword, pytest.raises(Unreachable):
        afterword.facts(NOTES)


async def test_a_batch_is_sent_whole_and_says_whom_to_tell(url, tmp_path):
    """Here nobody is told, so that the address is refused; before, the waiting client could send no batch at all."""
    cohort = tmp_path / "cohort.jsonl"
    cohort.write_text(json.dumps({"notes": NOTES, "now": NOW}) + "\n")
    hook = "https://hooks.example/x"
    async with AsyncClient(url) as waiting:
        taken = await waiting.submit_batch(cohort)
        assert taken["total"] == 1
        assert (await waiting.alike_messages(taken["id"], ceiling=70))["pairs"] == []
        assert (await waiting.redraft_alike(taken["id"]))["redrafted"] == []
        await waiting.delete_batch(taken["id"])
        with pytest.raises(Problem, match="Nobody is told here"):
            await waiting.submit_batch(cohort, webhook_url=hook)

    def plainly():
        with Client(url) as plain:
            batch_id = plain.submit_batch(cohort)["id"]
            assert plain.alike_messages(batch_id)["pairs"] == []
            assert plain.redraft_alike(batch_id, ceiling=70)["left"] == []
            plain.delete_batch(batch_id)
            with pytest.raises(Problem, match="Nobody is told here"):
                plain.submit_batch(cohort, webhook_url=hook)

    await asyncio.to_thread(plainly)


async def test_a_key_goes_with_every_call():
    async with endpoint(lambda call: as_json(DRAFT)) as here, AsyncClient(here.origin, key="aw_x") as afterword:
        await afterword.draft(NOTES)
    assert here.calls[0].headers["authorization"] == "Bearer aw_x"
