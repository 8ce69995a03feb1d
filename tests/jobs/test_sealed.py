"""What lies on the disk of a batch, in our tables and in the engine's: nothing that can be read."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from service.storage.sealing import new_key
from tests.api.test_batches import app_at, finished, line, results, submitted


def test_with_a_key_no_file_holds_a_word_of_notes_or_messages(tmp_path: Any) -> None:
    with TestClient(app_at(tmp_path, storage_key=new_key())) as c:
        batch_id = submitted(c, line(notes="Met Ines Duarte at Rye & Co about the unmistakable quince."), name="quince")
        finished(c, batch_id)
        assert "Rye & Co" in results(c, batch_id)[0]["draft"]["messages"][0]["body"]
        for path in tmp_path.iterdir():
            assert not path.is_file() or not any(w in path.read_bytes() for w in (b"quince", b"Ines", b"Rye"))
