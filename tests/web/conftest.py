"""The pages in an app of their own, drafting without a model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.drafting.pipeline import Drafter
from service.notes.read import read_notes
from service.prompting.library import PromptLibrary
from service.settings import Settings
from service.web.routes import mount_static, router


@pytest.fixture(scope="session", autouse=True)
def _word_list() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # textblob leaves its word list to the collector, once
        read_notes("Met Ines Duarte, she proofs the rye for 19 hours.", now=datetime(2026, 11, 17, tzinfo=UTC))


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    library = PromptLibrary.load()
    app.state.service = SimpleNamespace(
        library=library, draft=Drafter(library, lambda: None).draft, model=None, remote=False, settings=Settings()
    )
    app.include_router(router)
    mount_static(app)

    @app.get("/prompts")
    def prompts_as_data() -> list[str]:
        return list(library.names())

    with TestClient(app, base_url="http://testserver") as client:
        yield client
