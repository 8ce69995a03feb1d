"""Long notes are their sender's to wait for: everybody else is answered meanwhile."""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from service.app import create_app
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving
from tests.reading_shipped import shipped

BODY = {"notes": NOTES, "now": NOW}
SCORED = {"kind": "thank_you", "body": "Hi Ines,\n\nThank you for your time."}
READERS = [
    ("service.drafting.pipeline.read_notes", "/draft", {}),
    ("service.drafting.pipeline.plan_messages", "/draft", {}),
    ("service.drafting.pipeline.check_message", "/draft", {}),
    ("service.drafting.pipeline.score_message", "/draft", {}),
    ("service.api.drafts.read_notes", "/facts", {}),
    ("service.api.drafts.score_text", "/score", SCORED),
    ("service.api.exports.read_notes", "/exports/ics", {}),
]


@pytest.mark.parametrize(("step", "path", "more"), READERS, ids=[f"{p} {s.rpartition('.')[2]}" for s, p, _ in READERS])
async def test_others_are_answered_while_a_step_takes_long(
    step: str, path: str, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(step, _held(_found(step), begun, go_on))
    with serving(create_app(Settings(model="outline"), reader=shipped())) as url:
        async with httpx2.AsyncClient(base_url=url, timeout=20) as caller:
            long = asyncio.create_task(caller.post(path, json=BODY | more))
            try:
                assert await asyncio.to_thread(begun.wait, 20)
                assert (await caller.get("/healthz")).status_code == 200
                assert not long.done()
            finally:
                go_on.set()
            assert (await long).status_code == 200


def _held(real: Callable[..., Any], begun: threading.Event, go_on: threading.Event) -> Callable[..., Any]:
    def step(*args: Any, **kwargs: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return real(*args, **kwargs)

    return step


def _found(step: str) -> Callable[..., Any]:
    module, _, name = step.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
