"""What lies on the disk of a batch, in our tables and in the engine's: nothing that can be read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from service.app import create_app
from service.drafting.judging import NoJudge
from service.models.port import ModelReply, ModelRequest
from service.models.scripted import ScriptedModel
from service.settings import Settings
from service.storage.sealing import Sealed, new_key
from tests.api.service import until
from tests.api.test_batches import app_at, finished, line, results, submitted
from tests.reading_shipped import shipped


def test_with_a_key_no_file_holds_a_word_of_notes_or_messages(tmp_path: Any) -> None:
    with TestClient(app_at(tmp_path, storage_key=new_key())) as c:
        batch_id = submitted(c, line(notes="Met Ines Duarte at Rye & Co about the unmistakable quince."), name="quince")
        finished(c, batch_id)
        assert "Rye & Co" in results(c, batch_id)[0]["draft"]["messages"][0]["body"]
        for path in tmp_path.iterdir():
            assert not path.is_file() or not any(w in path.read_bytes() for w in (b"quince", b"Ines", b"Rye"))


def test_a_reply_that_waits_for_its_items_outcome_is_sealed_too(tmp_path: Any) -> None:
    """The first of two messages is answered and kept, and the second is not yet: what was paid lies on the disk."""
    held = threading.Event()

    def script(request: ModelRequest) -> str:
        return " the unmistakable quince."

    class Half(ScriptedModel):
        async def complete(self, request: ModelRequest) -> ModelReply:
            if self.requests:
                await asyncio.to_thread(held.wait)
            return await super().complete(request)

    model = Half(script=script)
    key = new_key()
    settings = Settings(
        model="outline", batches="on", data_dir=tmp_path, grace_s=0, storage_key=key, read_along=False, verify=False
    )
    with TestClient(create_app(settings, model=model, reader=shipped(), judge=NoJudge())) as c:
        batch_id = submitted(c, line(kinds=["thank_you", "linkedin"]))
        until(lambda: bool(replies(tmp_path)), 30)
        (kept,) = replies(tmp_path)
        for path in tmp_path.iterdir():
            assert not path.is_file() or b"quince" not in path.read_bytes()
        assert json.loads(Sealed(key).open(kept, sealed=True))["text"] == script(model.requests[0])
        held.set()
        finished(c, batch_id)
        assert replies(tmp_path) == []


def replies(folder: Path) -> list[bytes]:
    with contextlib.closing(sqlite3.connect(f"file:{folder / 'afterword.db'}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT reply FROM batch_calls")]
