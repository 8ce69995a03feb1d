from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import httpx2
import pytest

from service.errors import (
    ModelOverloaded,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnavailable,
)
from service.models.limits import Limits
from service.models.openai_compatible import Endpoint, OpenAICompatibleModel
from service.models.port import ChatMessage, ModelReply, ModelRequest

from .upstream import Exchange, answer, chunk, events, serve

QUICK = Limits(connect_s=1.0, first_token_s=5.0, total_s=10.0, backoff_s=0.01)
ENDPOINT = Endpoint("http://127.0.0.1:9/v1", "key", "stand-in", limits=QUICK)
ASK = ModelRequest((ChatMessage("system", "Write one sentence."), ChatMessage("user", "Note: 14 drivers")))


@asynccontextmanager
async def model(sleep=asyncio.sleep, **changes):
    opened = OpenAICompatibleModel(replace(ENDPOINT, **changes), sleep)
    try:
        yield opened
    finally:
        await opened.aclose()


def limits(**changes):
    return replace(QUICK, **changes)


def sse(text: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"content-type": "text/event-stream"})


@pytest.fixture
def completions(httpx2_mock):
    return httpx2_mock.post(f"{ENDPOINT.base_url}/chat/completions")


async def test_the_answer_comes_with_its_usage(completions):
    completions.return_value = sse(answer(" Thank", " you."))
    async with model() as m:
        reply = await m.complete(ASK)
    assert (reply.text, reply.finish_reason) == (" Thank you.", "stop")
    assert (reply.usage.prompt_tokens, reply.usage.cached_tokens, reply.usage.completion_tokens) == (11, 7, 2)
    assert reply.usage.calls == 1


async def test_a_stream_hands_on_pieces_and_last_the_whole_reply(completions):
    completions.return_value = sse(answer("Thank", " you."))
    async with model() as m:
        pieces = [p async for p in m.stream(ASK)]
    assert pieces[:-1] == ["Thank", " you."]
    assert isinstance(pieces[-1], ModelReply)
    assert pieces[-1].text == "Thank you."


async def test_an_overloaded_endpoint_is_asked_again_after_the_time_it_names(completions):
    waits = []

    async def note(seconds):
        waits.append(seconds)

    completions.side_effect = [httpx.Response(429, headers={"retry-after": "2"}, json={}), sse(answer("Thanks."))]
    async with model(sleep=note) as m:
        assert (await m.complete(ASK)).text == "Thanks."
    assert len(waits) == 1
    assert waits[0] >= 2


async def test_a_wait_beyond_the_deadline_is_not_waited(completions):
    completions.return_value = httpx.Response(429, headers={"retry-after": "3600"}, json={})
    async with model() as m:
        with pytest.raises(ModelOverloaded) as caught:
            await m.complete(ASK)
    assert caught.value.retry_after_s == 3600
    assert completions.call_count == 1


async def test_a_failing_endpoint_is_tried_a_bounded_number_of_times_by_one_party_only(completions):
    completions.return_value = httpx.Response(500, json={})
    async with model(limits=limits(tries=3)) as m:
        with pytest.raises(ModelOverloaded):
            await m.complete(ASK)
    assert completions.call_count == 3


async def test_a_lost_connection_is_tried_again(completions):
    completions.side_effect = [httpx2.ConnectError("refused"), sse(answer("Thanks."))]
    async with model() as m:
        assert (await m.complete(ASK)).text == "Thanks."


async def test_an_endpoint_that_is_not_there_is_unavailable(completions):
    completions.side_effect = httpx2.ConnectTimeout("slow")
    async with model(limits=limits(tries=2)) as m:
        with pytest.raises(ModelUnavailable):
            await m.complete(ASK)


async def test_the_limit_on_connecting_reaches_the_transport_and_is_not_the_whole_calls(completions):
    completions.return_value = sse(answer("Thanks."))
    async with model(limits=limits(connect_s=1.5, total_s=9.0)) as m:
        await m.complete(ASK)
    stated = completions.calls.last.request.extensions["timeout"]
    assert (stated["connect"], stated["read"]) == (1.5, 9.0)


async def test_a_silent_endpoint_is_a_timeout_and_not_repeated(completions):
    completions.side_effect = httpx2.ReadTimeout("silent")
    async with model() as m:
        with pytest.raises(ModelTimeout):
            await m.complete(ASK)
    assert completions.call_count == 1


@pytest.mark.parametrize(
    ("status", "says"), [(401, "OPENAI_API_KEY"), (403, "key"), (404, "OPENAI_BASE_URL"), (413, "too long")]
)
async def test_a_refused_request_is_not_repeated_and_says_what_to_check(completions, status, says):
    completions.return_value = httpx.Response(status, json={"error": {"message": "secret notes"}})
    async with model() as m:
        with pytest.raises(ModelRejected, match=says) as caught:
            await m.complete(ASK)
    assert completions.call_count == 1
    assert "secret" not in caught.value.detail


async def test_a_refusal_that_names_nothing_is_asked_once_in_plain_words_and_never_again(completions):
    completions.return_value = httpx.Response(400, json={"error": {"message": "secret notes"}})
    async with model() as m:
        for calls in (2, 3):
            with pytest.raises(ModelRejected, match="400") as caught:
                await m.complete(ASK)
            assert completions.call_count == calls
    assert "secret" not in caught.value.detail


async def test_an_empty_account_is_not_waited_for(completions):
    completions.return_value = httpx.Response(429, json={"error": {"code": "insufficient_quota", "message": "x"}})
    async with model() as m:
        with pytest.raises(ModelRejected, match="quota"):
            await m.complete(ASK)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (events(chunk("Thank you for"), done=False), "cut short"),
        ("<html><body>Sign in</body></html>", "not a chat completion"),
        ("data: {not json}\n\n", "not a chat completion"),
        (events({**chunk(), "choices": None}), "not a chat completion"),
        (answer(""), "nothing"),
        (answer("  \n"), "nothing"),
        (events(chunk(refusal="I cannot help with that."), chunk(finish="stop")), "declined"),
        (events(chunk("Thank"), chunk(finish="content_filter")), "held the answer back"),
        (events(chunk("Thank"), chunk(finish="tool_calls")), "tool"),
    ],
    ids=["cut", "html", "malformed", "no-choices", "empty", "blank", "refusal", "filtered", "tool"],
)
async def test_what_is_not_an_answer_is_named(completions, text, says):
    completions.return_value = sse(text)
    async with model() as m:
        with pytest.raises(ModelReplyInvalid, match=says):
            await m.complete(ASK)
    assert completions.call_count == 1


async def test_an_answer_at_the_length_limit_is_an_answer(completions):
    completions.return_value = sse(answer("Thank you for", finish="length"))
    async with model() as m:
        assert (await m.complete(ASK)).finish_reason == "length"


async def test_an_error_inside_the_stream_is_named(completions):
    completions.return_value = sse('data: {"error": {"message": "out of memory"}}\n\n')
    async with model(limits=limits(tries=1)) as m:
        with pytest.raises(ModelOverloaded):
            await m.complete(ASK)


async def test_a_field_that_the_endpoint_does_not_know_is_left_out_from_then_on(completions):
    refusal = {"error": {"code": "unsupported_parameter", "param": "max_tokens", "message": "no"}}
    completions.side_effect = [httpx.Response(400, json=refusal), sse(answer("A.")), sse(answer("B."))]
    async with model() as m:
        await m.complete(ASK)
        await m.complete(ASK)
    bodies = [json.loads(call.request.content) for call in completions.calls]
    assert [("max_tokens" in b, "max_completion_tokens" in b) for b in bodies] == [
        (True, False),
        (False, True),
        (False, True),
    ]


async def test_a_prefix_is_stated_and_its_repetition_stripped(completions):
    completions.return_value = sse(answer("What you ", "said about", " the depot stayed with me."))
    async with model() as m:
        reply = await m.complete(replace(ASK, prefix="What you said about"))
    assert reply.text == " the depot stayed with me."
    sent = json.loads(completions.calls[0].request.content)
    assert [x["role"] for x in sent["messages"]] == ["system", "user"]
    assert "What you said about" in sent["messages"][-1]["content"]


async def test_an_endpoint_that_continues_gets_the_prefix_as_the_assistants_words(completions):
    completions.return_value = sse(answer(" the depot."))
    async with model(continues_prefix=True, llama_cpp=True) as m:
        reply = await m.complete(replace(ASK, prefix="What you said about "))
    assert reply.text == "the depot."
    sent = json.loads(completions.calls[0].request.content)
    assert sent["messages"][-1] == {"role": "assistant", "content": "What you said about"}
    assert sent["cache_prompt"] is True


async def test_llama_cpps_own_fields_go_to_nobody_else(completions):
    completions.return_value = sse(answer("Thanks."))
    async with model() as m:
        await m.complete(ASK)
    assert "cache_prompt" not in json.loads(completions.calls[0].request.content)


async def test_an_endpoint_that_never_begins_is_given_up():
    async def silence(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.hung_up()

    async with serve(silence) as upstream, model(base_url=upstream.url) as m:
        with pytest.raises(ModelTimeout, match="begin"):
            await m.complete(replace(ASK, first_token_timeout_s=0.05))


async def test_an_endpoint_that_drips_does_not_outlive_the_whole_calls_limit():
    async def drip(exchange: Exchange) -> None:
        await exchange.begin()
        while True:
            await exchange.send(chunk("and "))
            await asyncio.sleep(0.01)

    async with serve(drip) as upstream, model(base_url=upstream.url) as m:
        with pytest.raises(ModelTimeout, match="finish"):
            await m.complete(replace(ASK, timeout_s=0.2))


@pytest.mark.parametrize("begun", [False, True], ids=["before-headers", "in-the-stream"])
async def test_cancelling_the_caller_hangs_up_on_the_endpoint(begun):
    asked, hung_up = asyncio.Event(), asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        if begun:
            await exchange.begin()
            await exchange.send(chunk("Thank"))
        asked.set()
        await exchange.hung_up()
        hung_up.set()

    async with serve(hold) as upstream, model(base_url=upstream.url) as m:
        task = asyncio.create_task(m.complete(ASK))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(hung_up.wait(), 5)


async def test_leaving_a_stream_hangs_up_on_the_endpoint():
    hung_up = asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.send(chunk("Thank"))
        await exchange.hung_up()
        hung_up.set()

    async with serve(hold) as upstream, model(base_url=upstream.url) as m:
        pieces = m.stream(ASK)
        assert await anext(pieces) == "Thank"
        await pieces.aclose()
        await asyncio.wait_for(hung_up.wait(), 5)


async def test_no_more_calls_than_the_cap_are_open_at_once():
    open_now, most, gate = 0, 0, asyncio.Event()

    async def count(exchange: Exchange) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now == 2:
            gate.set()
        await gate.wait()
        open_now -= 1
        await exchange.begin()
        await exchange.send_raw(answer("Thanks."))

    async with serve(count) as upstream, model(base_url=upstream.url, limits=limits(concurrency=2)) as m:
        replies = await asyncio.gather(*[m.complete(ASK) for _ in range(6)])
    assert len(replies) == 6
    assert most == 2


async def test_a_failed_call_gives_its_place_back(completions):
    completions.side_effect = [httpx.Response(401, json={}), sse(answer("Thanks."))]
    async with model(limits=limits(concurrency=1)) as m:
        with pytest.raises(ModelRejected):
            await m.complete(ASK)
        assert (await m.complete(ASK)).text == "Thanks."
