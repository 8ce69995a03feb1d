"""The embedded model's process is killed while it writes a draft."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from service.app import create_app
from service.models.embedded import EmbeddedModel
from service.models.embedded_process import ServerSettings
from service.models.registry import Weights
from service.settings import Settings
from tests.api.service import NOTES, NOW, serving, until
from tests.models.conftest import small_weights  # noqa: F401 (a fixture)
from tests.reading_shipped import shipped

BODY = {"notes": NOTES, "now": NOW}


@pytest.mark.needs_small_model
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_draft_whose_model_is_killed_in_the_middle_is_finished_and_the_next_one_has_a_model(
    small_weights: Weights,  # noqa: F811
    tmp_path: Path,
    accept: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = EmbeddedModel(small_weights, tmp_path, server=ServerSettings(slots=2, context=8192, threads=1))
    app = create_app(Settings(model="outline", data_dir=tmp_path), model=model, reader=shipped())
    with serving(app) as url, httpx2.Client(timeout=180) as caller, ThreadPoolExecutor(1) as aside:
        until(lambda: caller.get(f"{url}/model").json()["state"] == "ready", 120)
        first = model.server_pid
        assert first is not None
        drafting = aside.submit(
            httpx2.post, f"{url}/draft", json=BODY, headers={"accept": accept}, timeout=180, trust_env=False
        )
        until(lambda: "afterword_model_calls_in_flight 1.0" in caller.get(f"{url}/metrics").text, 120)
        os.kill(first, signal.SIGKILL)
        drafted = drafting.result()
        until(lambda: model.server_pid not in (None, first) and model.state.phase == "ready", 120)
        again = caller.post(f"{url}/draft", json=BODY)
        counted = caller.get(f"{url}/metrics").text
    assert drafted.status_code == 200
    assert "stone ovens" in drafted.text
    assert '"error"' not in drafted.text
    assert again.status_code == 200
    assert 'outcome="answered"' in counted
    assert "stone ovens" not in caplog.text
