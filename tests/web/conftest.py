"""The pages in an app of their own, drafting without a model."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.drafting.pipeline import Drafter
from service.drafting.send_window import SendRules
from service.prompting.library import PromptLibrary
from service.settings import Settings
from service.web.routes import mount_static, router
from tests.reading_shipped import shipped


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    library = PromptLibrary.load()
    app.state.service = SimpleNamespace(
        library=library,
        draft=Drafter(library, lambda: None, shipped()).draft,
        model=None,
        remote=False,
        batches=None,
        reader=shipped(),
        rules=SendRules(),
        settings=Settings(),
    )
    app.include_router(router)
    mount_static(app)

    @app.get("/prompts")
    def prompts_as_data() -> list[str]:
        return list(library.names())

    with TestClient(app, base_url="http://testserver") as client:
        yield client
