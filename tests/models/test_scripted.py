from __future__ import annotations

import asyncio

import pytest

from service.errors import ModelOverloaded, ModelReplyInvalid
from service.models.port import ChatMessage, ModelReply, ModelRequest
from service.models.scripted import NoiseModel, ScriptedModel, Step


def ask(text: str = "Note: 14 drivers") -> ModelRequest:
    return ModelRequest((ChatMessage("user", text),))


async def test_replies_come_in_order_and_requests_are_kept():
    model = ScriptedModel(["one", Step("two", finish_reason="length")])
    assert [(await model.complete(ask(t))).text for t in ("a", "b")] == ["one", "two"]
    assert [r.messages[0].content for r in model.requests] == ["a", "b"]


async def test_a_reply_can_depend_on_the_request():
    model = ScriptedModel(script=lambda request: request.messages[-1].content.upper())
    assert (await model.complete(ask("note"))).text == "NOTE"


async def test_an_error_in_the_script_is_raised():
    with pytest.raises(ModelOverloaded):
        await ScriptedModel([ModelOverloaded()]).complete(ask())


async def test_without_a_reply_left_it_is_a_model_that_says_nothing():
    with pytest.raises(ModelReplyInvalid):
        await ScriptedModel().complete(ask())


async def test_a_stream_is_the_reply_in_pieces():
    pieces = [p async for p in ScriptedModel([" two words\n"]).stream(ask())]
    assert isinstance(pieces[-1], ModelReply)
    assert "".join(pieces[:-1]) == " two words\n"


async def test_a_gated_reply_waits_and_notices_that_nobody_waits_any_more():
    model = ScriptedModel([Step("late", gate=asyncio.Event())])
    task = asyncio.create_task(model.complete(ask()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.cancelled == 1


async def test_noise_is_the_same_for_the_same_seed_and_differs_with_it():
    async def said(seed: int) -> list[str]:
        model = NoiseModel(seed)
        return [(await model.complete(ask(f"Note {n}"))).text for n in range(30)]

    assert await said(1) == await said(1)
    assert await said(1) != await said(2)
