"""The model as an item asks it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from service.errors import ModelKeyRefused, ModelOverloaded, ModelUnavailable, StorageUnavailable
from service.jobs.calls import Paced, PaidOnce, Patient
from service.models.port import ChatMessage, ModelRequest
from service.models.scripted import ScriptedModel


def asking(text: str, **more: Any) -> ModelRequest:
    return ModelRequest(messages=(ChatMessage("user", text),), **more)


async def test_a_reply_that_was_paid_for_is_not_paid_for_again() -> None:
    kept: dict[str, dict[str, Any]] = {}

    async def keep(key: str, reply: dict[str, Any]) -> None:
        kept[key] = reply

    first = ScriptedModel(["one", "two", "three"])
    once = PaidOnce(first, {}, keep)
    said = [(await once.complete(asking(t))).text for t in ("a", "b", "a")]
    assert said == ["one", "two", "three"]  # the same asked twice is two answers
    nobody = ScriptedModel([])
    again = PaidOnce(nobody, kept, keep)
    assert [(await again.complete(asking(t))).text for t in ("b", "a", "a")] == ["two", "one", "three"]
    assert nobody.requests == []
    reply = await PaidOnce(nobody, kept, keep).complete(asking("b"))
    assert (reply.finish_reason, reply.usage.calls) == ("stop", 1)


async def test_another_temperature_is_another_question() -> None:
    async def keep(key: str, reply: dict[str, Any]) -> None:
        kept[key] = reply

    kept: dict[str, dict[str, Any]] = {}
    await PaidOnce(ScriptedModel(["one"]), {}, keep).complete(asking("a", temperature=0.1))
    model = ScriptedModel(["two"])
    assert (await PaidOnce(model, kept, keep).complete(asking("a", temperature=0.2))).text == "two"


async def test_a_reply_is_handed_on_only_once_it_is_kept() -> None:
    tried: list[str] = []

    async def keep(key: str, reply: dict[str, Any]) -> None:
        tried.append(key)
        if len(tried) < 3:
            raise StorageUnavailable("The database restarts.")

    assert (await PaidOnce(ScriptedModel(["one"]), {}, keep).complete(asking("a"))).text == "one"
    assert len(tried) == 3


async def test_an_endpoint_that_is_down_is_waited_for_longer_and_longer() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    model = ScriptedModel([ModelUnavailable(), ModelOverloaded(retry_after_s=4), ModelUnavailable(), "there"])
    assert (await Patient(model, 60, sleep).complete(asking("a"))).text == "there"
    assert waited == [0.5, 4, 2]


async def test_patience_ends_and_a_lasting_refusal_is_not_waited_for() -> None:
    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    waited: list[float] = []
    with pytest.raises(ModelUnavailable):
        await Patient(ScriptedModel(script=lambda r: ModelUnavailable()), 4, sleep).complete(asking("a"))
    assert sum(waited) <= 4
    waited.clear()
    with pytest.raises(ModelKeyRefused):
        await Patient(ScriptedModel([ModelKeyRefused()]), 4, sleep).complete(asking("a"))
    assert waited == []


async def test_a_paced_call_begins_when_it_is_its_turn() -> None:
    turns = asyncio.Semaphore(0)

    async def turn() -> None:
        await turns.acquire()

    model = ScriptedModel(["one"])
    call = asyncio.create_task(Paced(model, turn).complete(asking("a")))
    await asyncio.sleep(0.01)
    assert model.requests == []
    turns.release()
    assert (await call).text == "one"
