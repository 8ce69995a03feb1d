from __future__ import annotations

import warnings
from datetime import datetime

import pytest
from fastapi.testclient import TestClient

from service.notes.read import read_notes
from tests.api.service import NOTES, NOW, client


@pytest.fixture(scope="session", autouse=True)
def _word_list() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # textblob leaves its word list to the collector, once
        read_notes(NOTES, now=datetime.fromisoformat(NOW))


@pytest.fixture(scope="module")
def outline() -> TestClient:
    return client()
